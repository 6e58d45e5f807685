package decisioning

import (
	"math"

	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/rank"
)

// noFormula is the number of what is not computed over columns.
const noFormula = -1

// score compiles a formula, and numbers it if it can be computed over columns.
func (l *lineage) score(text string) (*rules.Expr, int32) {
	e := mustCompile(l.compiler, rules.Score, text)
	if e.Column() == nil {
		return e, noFormula
	}
	i, ok := l.formula[e]
	if !ok {
		i = int32(len(l.formula))
		l.formula[e] = i
	}
	return e, i
}

// compute gives the snapshot the columns that the formula reads.
func (l *lineage) compute(s *Snapshot, e *rules.Expr) {
	i, p := int(l.formula[e]), e.Column()
	l.lexicon.Need(p.Paths(), p.Counts())
	s.columns = s.columns.Grow([]*column.Program{p}, s.offers.At)
	for len(s.formulas) <= i {
		s.formulas = append(s.formulas, nil)
	}
	s.formulas[i] = p.Bind(l.lexicon.View().Schema(), s.columns)
}

// A scoring is the memory of scoring many candidates at once.
type scoring struct {
	eval   column.Eval
	offers []int32 // of a batch
	scores []float64
	batch  []int32 // positions in the queue
	first  []int32 // by formula: its first candidate in the queue, plus 1
	next   []int32 // by candidate: the next one with its formula, plus 1
}

// score makes a heap of all candidates. A formula is computed over columns, for all of
// them at once; one that takes a CEL program for each is spared those that their rules
// keep out.
func (w *walk) score(s *slot, d *deciding) {
	for e := range w.order.all {
		if e.open(d) {
			w.queue = append(w.queue, queued{entry: e, hash: tieOf(s.tieBase, e.hash), score: math.NaN()})
		} else if e.end < d.seconds {
			w.expired++
		}
	}
	if w.ranking.formula != nil {
		w.scoreByFormula(s, d)
	} else {
		w.scoreByUtility(s, d)
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
	for i := len(w.queue)/2 - 1; i >= 0; i-- {
		w.sink(d, i)
	}
}

func (w *walk) scoreByFormula(s *slot, d *deciding) {
	c := &d.scoring
	c.batch = c.batch[:0]
	for i := range w.queue {
		c.batch = append(c.batch, int32(i))
	}
	w.compute(s, d, w.ranking.computed)
}

// scoreByUtility computes the acceptance of the candidates, formula by formula.
func (w *walk) scoreByUtility(s *slot, d *deciding) {
	c := &d.scoring
	// The last one is for those that are not computed over columns.
	c.first = resize(c.first, len(d.binding.snapshot.formulas)+1)
	clear(c.first)
	c.next = resize(c.next, len(w.queue))
	slow := int32(len(c.first) - 1)
	for i := range w.queue {
		f := d.option(w.queue[i].entry.offer).accepts
		if f == noFormula {
			f = slow
		}
		c.next[i], c.first[f] = c.first[f], int32(i)+1
	}
	for f := range c.first {
		if c.first[f] == 0 {
			continue
		}
		c.batch = c.batch[:0]
		for i := c.first[f]; i != 0; i = c.next[i-1] {
			c.batch = append(c.batch, i-1)
		}
		if int32(f) == slow {
			f = noFormula
		}
		w.compute(s, d, int32(f))
	}
}

// compute scores the batch by the formula, or without one by CEL. A trace wants to know of
// errors, which columns do not tell apart from no score.
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
		q := &w.queue[i]
		q.score = c.scores[k]
		if w.ranking.by == rank.ByUtility {
			o := d.option(q.entry.offer).offer
			q.score = rank.Utility(q.score, o.Value, o.Cost)
		}
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

func (d *deciding) columnFacts(s *slot, formula int32) column.Facts {
	f := column.Facts{Row: d.row(), Counts: d.row(), Now: d.now, Activity: s.ref}
	if d.binding.snapshot.formulas[formula].Parts() > 0 {
		f.Parts = d.cel()
	}
	return f
}
