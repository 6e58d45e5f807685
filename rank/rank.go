package rank

import (
	"context"
	"math"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A Ranker scores candidates.
//   - It writes one score for each candidate to scores, in candidate order;
//     len(scores) is c.Len(). Higher is better.
//   - NaN is "no score", as is an infinity or a score beyond ±10^9: the offer
//     ranks after all scored ones of its tier.
//   - It leaves c as it is and keeps nothing of f, c or scores.
//   - If it returns an error or panics, no candidate has a score, and the
//     decision says that it is degraded.
//   - Safe for concurrent use.
type Ranker interface {
	Rank(ctx context.Context, f *profile.Facts, c *offer.Candidates, scores []float64) error
}

// A Static is a [Ranker] whose scores depend on the offer and the activity alone: nobody's
// facts change them, nor the other candidates. The engine asks for each score once, when a
// snapshot is published, and keeps the candidates in order, so that a decision looks at
// the best of them only. Score and Rank agree; NaN is "no score". [Fixed] gives it for
// free.
type Static interface {
	Ranker
	Score(o *offer.Offer, a offer.ActivityRef) float64
}

// Fixed returns the [Static] ranker with the score.
func Fixed(score func(o *offer.Offer, a offer.ActivityRef) float64) Static { return fixed(score) }

type fixed func(*offer.Offer, offer.ActivityRef) float64

func (score fixed) Score(o *offer.Offer, a offer.ActivityRef) float64 { return score(o, a) }

func (score fixed) Rank(_ context.Context, _ *profile.Facts, c *offer.Candidates, scores []float64) error {
	k := 0
	for _, o := range c.All() {
		scores[k] = score(o, c.For)
		k++
	}
	return nil
}

// A Binder does work once for each snapshot, when it is published, and returns
// the Ranker to use with it.
type Binder interface {
	Bind(s *offer.Set) (Ranker, error)
}

// Func is a function as a [Ranker].
type Func func(ctx context.Context, f *profile.Facts, c *offer.Candidates, scores []float64) error

// Rank calls fn.
func (fn Func) Rank(ctx context.Context, f *profile.Facts, c *offer.Candidates, scores []float64) error {
	return fn(ctx, f, c, scores)
}

// Names of the built-in rankers in a catalog.
const (
	ByPriority = "priority"
	ByUtility  = "utility"
)

// A Spec is the ranking that a catalog gives to an activity or a selection.
// Exactly one of By and Formula is given; the zero Spec is "none given".
type Spec struct {
	By      string `json:"by,omitempty"`      // priority, utility, or a registered ranker's name
	Formula string `json:"formula,omitempty"` // in CEL, numeric
	// MinScore leaves out offers with a lower score or none. Nil is no bound,
	// but 0 for utility: what is expected to lose is not proposed.
	MinScore *float64 `json:"minScore,omitempty"`
}

// IsZero reports whether no ranking is given.
func (s Spec) IsZero() bool { return s == Spec{} }

// Each returns the [Ranker] that scores one offer at a time. An error of score is
// no score for that offer; the others have theirs.
func Each(score func(ctx context.Context, f *profile.Facts, o *offer.Offer) (float64, error)) Ranker {
	return each(score)
}

type each func(context.Context, *profile.Facts, *offer.Offer) (float64, error)

func (score each) Rank(ctx context.Context, f *profile.Facts, c *offer.Candidates, scores []float64) error {
	k := 0
	for _, o := range c.All() {
		s, err := score(ctx, f, o)
		if err != nil {
			s = math.NaN()
		}
		scores[k] = s
		k++
	}
	return nil
}

// Priority returns the [Ranker] whose score is the offer's priority.
func Priority() Ranker {
	return Fixed(func(o *offer.Offer, _ offer.ActivityRef) float64 { return float64(o.Priority) })
}

// A Model predicts the probability that each candidate is accepted. It follows
// the rules of [Ranker]; a probability is clamped to [0,1], NaN is "none".
type Model interface {
	Predict(ctx context.Context, f *profile.Facts, c *offer.Candidates, acceptance []float64) error
}

// Utility returns acceptance × value − cost, the expected gain of proposing an
// offer, with acceptance clamped to [0,1]. Value and cost share a unit, which is
// that of the result. It is NaN, no score, if acceptance is.
func Utility(acceptance, value, cost float64) float64 {
	// The conversion keeps a compiler from fusing the two operations, so that
	// every machine gets the same score.
	return float64(min(max(acceptance, 0), 1)*value) - cost
}
