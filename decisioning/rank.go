package decisioning

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/rank"
)

// maxScore is the largest score, and the largest product of weight and score.
const maxScore = 1e9

// A ranked is a candidate of a slot with its place in the slot's order.
type ranked struct {
	offer  int32
	tier   int32
	score  float64 // NaN: none
	hash   uint64
	option *option
}

func (r *ranked) scored() bool { return !math.IsNaN(r.score) }

// compare orders by tier, then score, then the tie hash. Without a score an
// offer comes after all scored ones of its tier, by priority.
func (r *ranked) compare(o *ranked) int {
	if r.tier != o.tier {
		return cmp.Compare(r.tier, o.tier)
	}
	if r.scored() != o.scored() {
		if r.scored() {
			return -1
		}
		return 1
	}
	if r.scored() && r.score != o.score {
		return cmp.Compare(o.score, r.score)
	}
	if !r.scored() && r.option.offer.Priority != o.option.offer.Priority {
		return cmp.Compare(o.option.offer.Priority, r.option.offer.Priority)
	}
	if r.hash != o.hash {
		return cmp.Compare(r.hash, o.hash)
	}
	return cmp.Compare(r.option.offer.ID, o.option.offer.ID)
}

// rank scores the candidates that have room, and puts those in order that a plan
// may need.
func (s *slot) rank(ctx context.Context, d *deciding) {
	list := shortlist{
		slot: s, d: d, most: d.wanted,
		tieBase: tieBase(d.engine.config.Seed, d.person(), s.id),
	}
	batches := make([][]int32, len(s.rankings)) // for Go code, by tier
	for o := range s.candidates.All() {
		t := s.tier(int32(o))
		if s.rankings[t].batched(d) {
			batches[t] = append(batches[t], int32(o))
		} else {
			list.add(o, t, s.score(d, t, &d.binding.snapshot.options[o]))
		}
	}
	for t, batch := range batches {
		for k, score := range s.scores(ctx, d, t, batch) {
			list.add(int(batch[k]), t, score)
		}
	}
	s.ranked = list.ranked()
}

// batched reports whether Go code of the application scores, all at once.
func (r *ranking) batched(d *deciding) bool {
	return r.ranker != nil || r.by == rank.ByUtility && d.engine.config.Acceptance != nil
}

// valid returns the score, or NaN if it is none.
func (s *slot) valid(score float64) float64 {
	if !(math.Abs(score) <= maxScore && math.Abs(s.weight*score) <= maxScore) {
		return math.NaN()
	}
	return score + 0 // -0 is 0
}

// score returns the score that the catalog gives to one offer, NaN for none.
func (s *slot) score(d *deciding, tier int, o *option) float64 {
	switch r := &s.rankings[tier]; {
	case r.formula != nil:
		n, err := s.number(d, r.formula, o)
		if err != nil {
			d.warnOf(r.formula, err, func() string { return fmt.Sprintf("activities[%s] rank formula of tier %d", s.id, tier) })
		}
		return n
	case r.by == rank.ByUtility:
		n, err := s.number(d, o.acceptance, o)
		if err != nil {
			d.warnOf(o.acceptance, err, func() string { return fmt.Sprintf("offers[%s].acceptance", o.offer.ID) })
		}
		return rank.Utility(n, o.offer.Value, o.offer.Cost)
	default:
		return float64(o.offer.Priority)
	}
}

// number evaluates the formula. It is NaN if it errs or there is none.
func (s *slot) number(d *deciding, formula *rules.Expr, o *option) (float64, error) {
	switch {
	case formula == nil:
		return math.NaN(), nil
	case d.alarm.rang():
		return math.NaN(), errLate
	}
	n, err := formula.Number(d.input, o.object, s.object)
	if err != nil {
		return math.NaN(), err
	}
	return n, nil
}

// warnOf tells that a formula erred, once in a decision.
func (d *deciding) warnOf(formula *rules.Expr, err error, entity func() string) {
	if d.warned[formula] {
		return
	}
	if d.warned == nil {
		d.warned = make(map[*rules.Expr]bool)
	}
	d.warned[formula] = true
	detail := err.Error()
	if own, ok := errors.AsType[*rules.Error](err); ok {
		detail = d.errorText(own)
	}
	d.result.Warnings = append(d.result.Warnings, Warning{Entity: entity(), Detail: detail})
}

// scores lets the application's ranker score, or its model predict the
// acceptance of offers that have no expression of their own for it.
func (s *slot) scores(ctx context.Context, d *deciding, tier int, batch []int32) []float64 {
	scores := make([]float64, len(batch))
	if r := s.rankings[tier].ranker; r != nil {
		s.call(d, batch, scores, func(c *offer.Candidates) error { return r.Rank(ctx, d.facts, c, scores) })
		return scores
	}
	modelled := slices.DeleteFunc(slices.Clone(batch), func(o int32) bool {
		return d.binding.snapshot.options[o].acceptance != nil
	})
	predicted := make([]float64, len(modelled))
	s.call(d, modelled, predicted, func(c *offer.Candidates) error {
		return d.engine.config.Acceptance.Predict(ctx, d.facts, c, predicted)
	})
	for k, o := range batch {
		option := &d.binding.snapshot.options[o]
		if option.acceptance != nil {
			scores[k] = s.score(d, tier, option)
			continue
		}
		scores[k] = rank.Utility(predicted[0], option.offer.Value, option.offer.Cost)
		predicted = predicted[1:]
	}
	return scores
}

// errChanged is what a ranker does that is not its business.
var errChanged = errors.New("the candidates were changed: a ranker leaves them as they are")

// call shows the offers to a ranker or a model of the application. If it fails
// none has a score.
func (s *slot) call(d *deciding, batch []int32, scores []float64, fn func(*offer.Candidates) error) {
	if len(batch) == 0 {
		return
	}
	err := func() (err error) {
		defer contain(&err)
		shown := offer.NewCandidates(s.candidates.Offers, s.ref, false)
		for _, o := range batch {
			shown.Add(int(o))
		}
		if err := fn(shown); err != nil {
			return err
		}
		unchanged := shown.Offers == s.candidates.Offers && shown.Len() == len(batch)
		for _, o := range batch {
			unchanged = unchanged && shown.Has(int(o))
		}
		if !unchanged {
			return errChanged
		}
		return nil
	}()
	if err == nil {
		return
	}
	d.degrade(RankerFailed, s.id, err)
	for i := range scores {
		scores[i] = math.NaN()
	}
}
