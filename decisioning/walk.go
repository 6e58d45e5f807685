package decisioning

import (
	"cmp"
	"math"
)

// A walk serves the candidates of one open selection in rank order, for as long
// as somebody asks. Whom it serves is within its calendar and not excluded by the
// request; whether its rules hold is mostly not known yet.
//
// Where no request changes the order, the walk goes from tie to tie. Otherwise the request
// scores the candidates first, and the best wait in a heap.
type walk struct {
	ranking *ranking
	order   *order
	tier    int32
	heaped  bool
	plain   bool // only rules can keep a candidate out
	bounded bool // it ends where scores are below the least one
	expired int  // candidates passed over

	ties ties // whose first fields end the second cache line: all that most decisions touch

	bests bests
	queue []queued
	heap  []waiting // those of the queue that wait
}

// A queued candidate waits for its turn, or has it.
type queued struct {
	entry  *entry
	hash   uint64
	score  float64 // NaN: none
	passed bool    // its rules have been looked at
}

// begin makes w the walk of an open selection.
func (w *walk) begin(s *slot, d *deciding, tier int) {
	r := &s.rankings[tier]
	w.ranking, w.order, w.tier, w.expired = r, d.order(r), int32(tier), 0
	w.plain = d.plain && len(s.strategy.filters)+len(s.selections[tier].earlier) == 0
	w.bounded = r.minScore > math.Inf(-1) && !d.tracing()
	if w.heaped = !r.static; w.heaped {
		w.queue, w.heap, w.bests = w.queue[:0], w.heap[:0], bests{}
		return
	}
	w.ties.begin(d, w.order)
}

// beginAgain begins a walk in an order that no request changes once more.
func (w *walk) beginAgain() {
	w.expired = 0
	w.ties.beginAgain()
}

// passOver counts candidates that have expired.
func (w *walk) passOver(d *deciding, expired int) {
	w.expired += expired
	d.pruning = d.pruning || w.expired > expiredAtOnce
}

// next returns the next candidate that passes, with its score, none after the last.
func (w *walk) next(s *slot, d *deciding) (e *entry, score float64) {
	if w.heaped {
		return w.nextScored(s, d)
	}
	for t := &w.ties; w.turn(s, d); {
		q := &t.band[t.head]
		t.head++
		if e = w.entry(q); s.passes(d, w, e) {
			return e, e.scoreOrNaN()
		}
	}
	return nil, 0
}

// nextScored is next where the request scores.
func (w *walk) nextScored(s *slot, d *deciding) (e *entry, score float64) {
	for {
		q := w.nextOfBest(s, d)
		// That it has passed counts only while no filter has failed.
		if q.entry == nil || q.passed && !s.barred || !q.passed && s.passes(d, w, q.entry) {
			return q.entry, q.score
		}
	}
}

// compareIDs has the last word where even hashes are equal.
func (d *deciding) compareIDs(a, b *entry) int {
	return cmp.Compare(d.option(a.offer).offer.ID, d.option(b.offer).offer.ID)
}
