package decisioning

import (
	"cmp"
	"context"
	"math"
	"slices"

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
	lines  []int32 // of the ledger, that a proposition draws on
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

// rank scores the candidates that have room and puts them in order.
func (s *slot) rank(ctx context.Context, d *deciding) {
	s.ranked = s.ranked[:0]
	base := tieBase(d.engine.config.Seed, d.person(), s.id)
	for t := range s.selections {
		if !s.selections[t] {
			continue
		}
		var members offer.Candidates
		members.Reset(s.candidates.Offers, s.ref)
		for o := range s.candidates.All() {
			if s.tier(int32(o)) == t {
				members.Add(o)
			}
		}
		s.score(ctx, d, t, &members, base)
	}
	s.ranked = shortlist(s.ranked, d.wanted)
	slices.SortFunc(s.ranked, func(a, b ranked) int { return a.compare(&b) })
}

// shortlist leaves out what no plan needs. All slots together propose n offers
// at most: if a plan uses a candidate beyond a slot's n best among those that
// draw on no counter, one of these is free and at least as good. The order is
// left as it falls.
func shortlist(all []ranked, n int) []ranked {
	if len(all) <= 4*n {
		return all
	}
	kept := all[:0]
	best := make([]ranked, 0, n+1) // ascending
	for i := range all {
		r := all[i]
		switch {
		case len(r.lines) > 0:
			kept = append(kept, r)
		case len(best) < n || r.compare(&best[n-1]) < 0:
			at, _ := slices.BinarySearchFunc(best, r, func(a, b ranked) int { return a.compare(&b) })
			best = slices.Insert(best, at, r)
			best = best[:min(len(best), n)]
		}
	}
	return append(kept, best...)
}

// score appends the members of a selection with their scores, but for those
// below its minimum.
func (s *slot) score(ctx context.Context, d *deciding, t int, members *offer.Candidates, base uint64) {
	scores := make([]float64, members.Len())
	r := &s.rankings[t]
	switch {
	case r.ranker != nil:
		s.scoreBy(ctx, d, r, members, scores)
	case r.by == rank.ByUtility:
		s.scoreUtility(ctx, d, members, scores)
	default:
		s.scoreEach(d, r, members, scores)
	}
	k := -1
	for o := range members.All() {
		k++
		score := s.valid(scores[k])
		if !(score >= r.minScore) && !math.IsInf(r.minScore, -1) {
			s.exclude(o, BelowMinScore, d.belowMinScore(score, r.minScore))
			s.candidates.Remove(o)
			continue
		}
		option := &d.binding.snapshot.options[o]
		s.ranked = append(s.ranked, ranked{
			offer: int32(o), tier: int32(t), score: score, hash: tieOf(base, option.hash),
			option: option, lines: d.draw(s, int32(o)).lines,
		})
	}
}

// valid returns the score, or NaN if it is none.
func (s *slot) valid(score float64) float64 {
	if !(math.Abs(score) <= maxScore && math.Abs(s.weight*score) <= maxScore) {
		return math.NaN()
	}
	return score + 0 // -0 is 0
}

// scoreEach scores by priority or formula.
func (s *slot) scoreEach(d *deciding, r *ranking, members *offer.Candidates, scores []float64) {
	k := 0
	for i, o := range members.All() {
		scores[k] = float64(o.Priority)
		if r.formula != nil {
			var err error
			if scores[k], err = r.formula.Number(d.input, d.binding.snapshot.options[i].object, s.object); err != nil {
				scores[k] = math.NaN()
			}
		}
		k++
	}
}

// scoreUtility scores by acceptance × value − cost. An offer's own expression
// for its acceptance goes before the application's model.
func (s *slot) scoreUtility(ctx context.Context, d *deciding, members *offer.Candidates, scores []float64) {
	acceptance := make([]float64, len(scores))
	var modelled offer.Candidates
	modelled.Reset(members.Offers, s.ref)
	k := 0
	for i := range members.All() {
		o := &d.binding.snapshot.options[i]
		acceptance[k] = math.NaN()
		if o.acceptance == nil {
			modelled.Add(i)
		} else if a, err := o.acceptance.Number(d.input, o.object, s.object); err == nil {
			acceptance[k] = a
		}
		k++
	}
	if model := d.engine.config.Acceptance; model != nil && modelled.Len() > 0 {
		predicted := make([]float64, modelled.Len())
		s.call(d, predicted, func() error { return model.Predict(ctx, d.facts, &modelled, predicted) })
		k, m := 0, 0
		for i := range members.All() {
			if modelled.Has(i) {
				acceptance[k] = predicted[m]
				m++
			}
			k++
		}
	}
	k = 0
	for _, o := range members.All() {
		scores[k] = rank.Utility(acceptance[k], o.Value, o.Cost)
		k++
	}
}

// scoreBy lets a ranker of the application score.
func (s *slot) scoreBy(ctx context.Context, d *deciding, r *ranking, members *offer.Candidates, scores []float64) {
	if members.Len() > 0 {
		s.call(d, scores, func() error { return r.ranker.Rank(ctx, d.facts, members, scores) })
	}
}

// call runs a ranker or a model; if it fails nothing has a score.
func (s *slot) call(d *deciding, scores []float64, fn func() error) {
	err := func() (err error) {
		defer contain(&err)
		return fn()
	}()
	if err == nil {
		return
	}
	d.degrade(RankerFailed, s.id, err)
	for i := range scores {
		scores[i] = math.NaN()
	}
}
