package decisioning

import "cmp"

// A walk serves the candidates of one open selection in rank order, for as long
// as somebody asks. Whom it serves is within its calendar and not excluded by the
// request; whether its rules hold is mostly not known yet.
//
// Where no request changes the order, the walk goes from tie to tie. Otherwise the request
// scores the candidates first, and the best wait in a heap.
type walk struct {
	selection *selection
	ranking   *ranking
	order     *order
	tier      int32
	heaped    bool
	plain     bool // only rules can keep a candidate out

	ties  ties
	bests bests
	queue []queued
	heap  []waiting // those of the queue that wait

	expired int // candidates passed over
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
	w.selection, w.ranking, w.tier = &s.selections[tier], &s.rankings[tier], int32(tier)
	w.order, w.heaped = d.order(w.ranking), !w.ranking.static
	w.plain = !d.suppressing && len(s.strategy.filters)+len(w.selection.earlier)+len(d.excluded) == 0
	w.queue, w.heap, w.expired = w.queue[:0], w.heap[:0], 0
	w.ties.begin(w.order)
	w.bests = bests{}
}

// compareIDs has the last word where even hashes are equal.
func (d *deciding) compareIDs(a, b *entry) int {
	return cmp.Compare(d.option(a.offer).offer.ID, d.option(b.offer).offer.ID)
}
