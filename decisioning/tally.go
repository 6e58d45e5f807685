package decisioning

import (
	"math"
	"slices"

	"github.com/proffer-go/proffer/rank"
)

// A tally is the scores of many offers, computed column by column: those of a walk's
// candidates, or of the whole inventory. Walks of a decision that score alike share the
// latter: a formula that does not read the activity gives an offer the same score in each.
type tally struct {
	formula int32     // noFormula: they are utility
	slot    *slot     // whose activity may be read; nil: walks share it
	whole   bool      // they are those of the whole inventory
	told    bool      // else there are none
	scores  []float64 // by offer, if it is the whole; or by the position in the order
}

// How many walks have to be scored together for the whole inventory to be: their
// candidates are at least this part of it. Offers that stand together are computed eight
// times as fast as those that are picked out; for utility other things take as long.
const (
	partForFormula = 8
	partForUtility = 2
)

// tally returns the scores that the walk goes by, nil if columns do not tell all of them.
// A trace wants to know of errors, which they do not tell apart from no score.
func (d *deciding) tally(s *slot, w *walk) *tally {
	if d.tracing() || w.ranking.formula != nil && w.ranking.computed == noFormula {
		return nil
	}
	if w.bests.tally == 0 {
		w.bests.tally = d.tallyFor(s, w)
	}
	t := &d.scoring.tallies[w.bests.tally-1]
	if !t.told {
		return nil
	}
	return t
}

// tallyFor returns the number of the tally for the walk.
func (d *deciding) tallyFor(s *slot, w *walk) int {
	c, formula := &d.scoring, w.ranking.computed
	reads := formula != noFormula && d.binding.snapshot.formulas[formula].ReadsActivity()
	if !reads {
		if n := d.share(w); n > 0 {
			return n
		}
	}
	n := c.add(tally{formula: formula, slot: s, whole: reads && d.isMany(w.order.n, formula)})
	t := &c.tallies[n-1]
	t.told = d.count(t, w.order)
	return n
}

// share returns the tally that the walk shares with others, 0 if it has none.
func (d *deciding) share(w *walk) int {
	c := &d.scoring
	n := 1 + slices.IndexFunc(c.tallies, func(t tally) bool { return t.slot == nil && t.formula == w.ranking.computed })
	if n == 0 {
		n = c.add(tally{formula: w.ranking.computed, whole: true})
		t := &c.tallies[n-1]
		t.told = d.isMany(d.alike(w), t.formula) && d.count(t, nil)
	}
	if !c.tallies[n-1].told {
		return 0
	}
	return n
}

// add adds a tally, and returns its number, from 1. It uses the memory of one before.
func (c *scoring) add(t tally) (n int) {
	n = len(c.tallies) + 1
	c.tallies = resize(c.tallies, n)
	t.scores = c.tallies[n-1].scores[:0]
	c.tallies[n-1] = t
	return n
}

// isMany reports whether so many candidates are worth scoring the whole inventory.
func (d *deciding) isMany(n int, formula int32) bool {
	part := partForFormula
	if formula == noFormula {
		part = partForUtility
	}
	return n*part >= d.binding.snapshot.options.Len()
}

// alike returns how many candidates the walks have that score as w does.
func (d *deciding) alike(w *walk) (n int) {
	for i := range d.slots {
		for k := range d.slots[i].walks {
			if o := &d.slots[i].walks[k]; o.ranking.computed == w.ranking.computed && o.ranking.by == w.ranking.by {
				n += o.order.n
			}
		}
	}
	return n
}

// count computes the scores, of the order if it is not the whole inventory. It reports
// false if only CEL can tell some of them.
func (d *deciding) count(t *tally, o *order) bool {
	c, s := &d.scoring, d.binding.snapshot
	c.rows = c.rows[:0]
	n := s.options.Len()
	if !t.whole {
		for e := range o.all {
			c.rows = append(c.rows, e.offer)
		}
		n = len(c.rows)
	}
	t.scores = resize(t.scores, n)
	switch {
	case t.formula == noFormula:
		return d.countUtility(t)
	case !c.eval.Fold(s.formulas[t.formula], d.columnFacts(t.slot, t.formula)):
		return false
	case t.whole:
		c.eval.Run(s.columns, 0, n, t.scores)
	default:
		c.eval.RunAt(s.columns, c.rows, t.scores)
	}
	return true
}

// countUtility computes the acceptance of the offers, formula by formula.
func (d *deciding) countUtility(t *tally) bool {
	c, s := &d.scoring, d.binding.snapshot
	accepts := func(i int32) int32 {
		if !t.whole {
			i = c.rows[i]
		}
		return d.option(i).accepts
	}
	return c.byFormula(len(s.formulas), len(t.scores), accepts, func(formula int32) bool {
		offers := c.batch
		if !t.whole {
			c.offers = c.offers[:0]
			for _, i := range c.batch {
				c.offers = append(c.offers, c.rows[i])
			}
			offers = c.offers
		}
		c.scores = resize(c.scores, len(offers))
		if !d.accept(t, formula, offers, c.scores) {
			return false
		}
		for k, i := range c.batch {
			o := s.offers.At(int(offers[k]))
			t.scores[i] = rank.Utility(c.scores[k], o.Value, o.Cost)
		}
		return true
	})
}

// accept computes the acceptance of the offers, which have the formula for it. It reports
// false if only CEL can tell, or if it is different in each activity but the tally is shared.
func (d *deciding) accept(t *tally, formula int32, offers []int32, scores []float64) bool {
	c, s := &d.scoring, d.binding.snapshot
	if formula == noFormula {
		for k, o := range offers {
			if d.option(o).acceptance != nil {
				return false
			}
			scores[k] = math.NaN()
		}
		return true
	}
	if t.slot == nil && s.formulas[formula].ReadsActivity() || !c.eval.Fold(s.formulas[formula], d.columnFacts(t.slot, formula)) {
		return false
	}
	c.eval.RunAt(s.columns, offers, scores)
	return true
}
