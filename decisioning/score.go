package decisioning

import (
	"math"

	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/rank"
)

// A scoring is the memory of scoring many candidates at once.
type scoring struct {
	eval   column.Eval
	rows   []int32 // offers, by the position in an order
	offers []int32 // of a batch
	scores []float64
	batch  []int32 // positions in the queue, or of a tally
	first  []int32 // by formula, plus 1: the first position with it, plus 1
	next   []int32 // by position: the next one with its formula, plus 1

	tallies []tally // of the decision
}

// score queues all candidates of a walk of which only CEL can score some. It is spared those
// that their rules keep out.
func (w *walk) score(s *slot, d *deciding) {
	for e := range w.order.all {
		if e.open(d) {
			w.queue = append(w.queue, queued{entry: e, hash: tieOf(s.tieBase, e.hash), score: math.NaN()})
		} else if e.end < d.seconds {
			w.passOver(d, 1)
		}
	}
	if w.ranking.formula == nil {
		w.scoreByUtility(s, d)
	} else {
		for i := range w.queue {
			w.scoreOne(s, d, &w.queue[i])
		}
	}
	kept := w.queue[:0]
	for i := range w.queue {
		q := &w.queue[i]
		q.score = valid(q.score, s.weight)
		if q.entry != nil && (d.tracing() || !w.ranking.leavesOut(q.score, math.IsNaN(q.score))) {
			kept = append(kept, *q)
		}
	}
	w.queue = kept
}

// scoreByUtility computes the acceptance of the candidates, formula by formula.
func (w *walk) scoreByUtility(s *slot, d *deciding) {
	c := &d.scoring
	accepts := func(i int32) int32 { return d.option(w.queue[i].entry.offer).accepts }
	c.byFormula(len(d.binding.snapshot.formulas), len(w.queue), accepts, func(formula int32) bool {
		w.compute(s, d, formula)
		return true
	})
}

// byFormula calls do for each formula, or noFormula, with the batch of those of n positions
// that have it, until it reports false.
func (c *scoring) byFormula(formulas, n int, of func(i int32) int32, do func(formula int32) bool) bool {
	c.first = resize(c.first, formulas+1)
	clear(c.first)
	c.next = resize(c.next, n)
	for i := int32(n) - 1; i >= 0; i-- { // so that each list ascends
		f := of(i) + 1
		c.next[i], c.first[f] = c.first[f], i+1
	}
	for f := range c.first {
		c.batch = c.batch[:0]
		for i := c.first[f]; i != 0; i = c.next[i-1] {
			c.batch = append(c.batch, i-1)
		}
		if len(c.batch) > 0 && !do(int32(f)-1) {
			return false
		}
	}
	return true
}

// compute scores the batch by the formula for the acceptance, or without one by CEL.
func (w *walk) compute(s *slot, d *deciding, formula int32) {
	c := &d.scoring
	if formula == noFormula || d.tracing() || !c.eval.Fold(d.binding.snapshot.formulas[formula], d.columnFacts(s, formula)) {
		for _, i := range c.batch {
			w.scoreOne(s, d, &w.queue[i])
		}
		return
	}
	c.offers, c.scores = c.offers[:0], resize(c.scores, len(c.batch))
	for _, i := range c.batch {
		c.offers = append(c.offers, w.queue[i].entry.offer)
	}
	c.eval.RunAt(d.binding.snapshot.columns, c.offers, c.scores)
	for k, i := range c.batch {
		o := d.option(c.offers[k]).offer
		w.queue[i].score = rank.Utility(c.scores[k], o.Value, o.Cost)
	}
}

// scoreOne scores a candidate by CEL if its rules let it pass. Else nobody needs the
// score, and it is out.
func (w *walk) scoreOne(s *slot, d *deciding, q *queued) {
	o := d.option(q.entry.offer)
	if w.ranking.formula != nil || o.acceptance != nil {
		if q.passed = s.passes(d, w, q.entry); !q.passed {
			q.entry = nil
			return
		}
	}
	q.score = s.score(d, w.ranking, o)
}

// columnFacts returns what formulas read, without a slot those that read no activity.
func (d *deciding) columnFacts(s *slot, formula int32) column.Facts {
	f := column.Facts{Row: d.row(), Counts: d.row(), Now: d.now}
	if s != nil {
		f.Activity = s.ref
	}
	if d.binding.snapshot.formulas[formula].Parts() > 0 {
		f.Parts = d.cel()
	}
	return f
}
