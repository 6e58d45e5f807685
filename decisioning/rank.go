package decisioning

import (
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

// valid returns the score of an offer in an activity with the weight, or NaN if it is none.
func valid(score, weight float64) float64 {
	if !(math.Abs(score) <= maxScore && math.Abs(weight*score) <= maxScore) {
		return math.NaN()
	}
	return score + 0 // -0 is 0
}

// leavesOut reports whether the score is below the least one.
func (r *ranking) leavesOut(score float64, unscored bool) bool {
	return score < r.minScore || unscored && r.minScore > math.Inf(-1)
}

// batched reports whether Go code of the application scores, all at once.
func (r *ranking) batched(d *deciding) bool {
	return !r.static && (r.ranker != nil || r.by == rank.ByUtility && d.engine.config.Acceptance != nil)
}

// scores reports whether that is so of a selection of the activity.
func (d *deciding) scores(a *boundActivity) bool {
	return slices.ContainsFunc(a.rankings, func(r ranking) bool { return r.batched(d) })
}

// rank lets Go code of the application score those of the pool that have room, and
// puts the pool in order.
func (s *slot) rank(ctx context.Context, d *deciding) {
	var batch []int32 // positions in the pool, in the order of their offers
	for i := range s.walks {
		w := &s.walks[i]
		if !w.ranking.batched(d) {
			continue
		}
		batch = batch[:0]
		for k := range s.pool {
			r := &s.pool[k]
			if r.tier == w.tier && d.capped(&r.draw) == "" {
				batch = append(batch, int32(k))
			}
		}
		slices.SortFunc(batch, func(a, b int32) int { return int(s.pool[a].offer - s.pool[b].offer) })
		for k, score := range s.scores(ctx, d, w.ranking, batch) {
			r := &s.pool[batch[k]]
			r.score = valid(score, s.weight)
			r.low = w.ranking.leavesOut(r.score, !r.scored())
		}
	}
	slices.SortFunc(s.pool, func(a, b ranked) int { return a.compare(s, d, &b) })
}

// score returns the score that the catalog gives to one offer, NaN for none.
func (s *slot) score(d *deciding, r *ranking, o *option) float64 {
	switch {
	case r.formula != nil:
		n, err := s.number(d, r.formula, o)
		if err != nil && d.tracing() {
			d.warnOf(r.formula, err, fmt.Sprintf("activities[%s] rank formula of tier %d", s.id, r.tier))
		}
		return n
	case r.by == rank.ByUtility:
		n, err := s.number(d, o.acceptance, o)
		if err != nil && d.tracing() {
			d.warnOf(o.acceptance, err, fmt.Sprintf("offers[%s].acceptance", o.offer.ID))
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
	case d.rang():
		return math.NaN(), errLate
	}
	n, err := formula.Number(d.cel(), o.object, s.object)
	if err != nil {
		return math.NaN(), err
	}
	return n, nil
}

// warnOf tells that a formula erred, once in a decision. Only traced decisions do: the
// others do not look at all candidates.
func (d *deciding) warnOf(formula *rules.Expr, err error, entity string) {
	if slices.Contains(d.warned, formula) {
		return
	}
	d.warned = append(d.warned, formula)
	detail := err.Error()
	if own, ok := errors.AsType[*rules.Error](err); ok {
		detail = d.errorText(own)
	}
	d.result.Warnings = append(d.result.Warnings, Warning{Entity: entity, Detail: detail})
}

// scores lets the application's ranker score, or its model predict the acceptance of
// offers that have no expression of their own for it. The batch are positions in the pool.
func (s *slot) scores(ctx context.Context, d *deciding, r *ranking, batch []int32) []float64 {
	scores := make([]float64, len(batch))
	if r.ranker != nil {
		s.call(d, batch, scores, func(c *offer.Candidates) error { return r.ranker.Rank(ctx, &d.facts, c, scores) })
		return scores
	}
	modelled := slices.DeleteFunc(slices.Clone(batch), func(i int32) bool { return d.option(s.pool[i].offer).acceptance != nil })
	predicted := make([]float64, len(modelled))
	s.call(d, modelled, predicted, func(c *offer.Candidates) error {
		return d.engine.config.Acceptance.Predict(ctx, &d.facts, c, predicted)
	})
	for k, i := range batch {
		o := d.option(s.pool[i].offer)
		if o.acceptance != nil {
			scores[k] = s.score(d, r, o)
			continue
		}
		scores[k] = rank.Utility(predicted[0], o.offer.Value, o.offer.Cost)
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
	offers := d.binding.snapshot.offers
	err := func() (err error) {
		defer contain(&err)
		shown := offer.NewCandidates(offers, s.ref, false)
		for _, i := range batch {
			shown.Add(int(s.pool[i].offer))
		}
		if err := fn(shown); err != nil {
			return err
		}
		unchanged := shown.Offers == offers && shown.Len() == len(batch)
		for _, i := range batch {
			unchanged = unchanged && shown.Has(int(s.pool[i].offer))
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
