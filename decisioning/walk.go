package decisioning

import (
	"cmp"
	"math"
)

// A walk serves the candidates of one open selection in rank order, for as long
// as somebody asks. Whom it serves is within its calendar and not excluded by the
// request; its rules have not been looked at.
//
// Where no request changes the order, the walk goes from tie to tie. Otherwise all
// candidates are scored first, and wait in a heap.
type walk struct {
	selection *selection
	ranking   *ranking
	order     *order
	tier      int32
	heaped    bool
	ready     bool // the heap is there

	ties  ties
	queue []queued // the heap

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
	w.ready, w.queue, w.expired = false, w.queue[:0], 0
	w.ties.begin()
}

// next returns the candidate whose turn it is, without an entry after the last.
func (w *walk) next(s *slot, d *deciding) queued {
	if w.heaped {
		if !w.ready {
			w.ready = true
			w.score(s, d)
		}
		return w.pop(d)
	}
	return w.nextOfTies(s, d)
}

// compareIDs has the last word where even hashes are equal.
func (d *deciding) compareIDs(a, b *entry) int {
	return cmp.Compare(d.option(a.offer).offer.ID, d.option(b.offer).offer.ID)
}

// pop takes the first candidate off the heap.
func (w *walk) pop(d *deciding) queued {
	n := len(w.queue)
	if n == 0 {
		return queued{}
	}
	w.queue[0], w.queue[n-1] = w.queue[n-1], w.queue[0]
	w.queue = w.queue[:n-1]
	w.sink(d, 0)
	return w.queue[:n][n-1]
}

// sink restores the heap below i.
func (w *walk) sink(d *deciding, i int) {
	for {
		child := 2*i + 1
		if child >= len(w.queue) {
			return
		}
		if child+1 < len(w.queue) && w.queue[child+1].before(d, &w.queue[child]) {
			child++
		}
		if !w.queue[child].before(d, &w.queue[i]) {
			return
		}
		w.queue[i], w.queue[child] = w.queue[child], w.queue[i]
		i = child
	}
}

// before orders candidates of a selection by score, then hash. Without a score they
// come last, by priority.
func (q *queued) before(d *deciding, o *queued) bool {
	switch unscored, other := math.IsNaN(q.score), math.IsNaN(o.score); {
	case unscored != other:
		return other
	case !unscored && q.score != o.score:
		return q.score > o.score
	case unscored && d.option(q.entry.offer).offer.Priority != d.option(o.entry.offer).offer.Priority:
		return d.option(q.entry.offer).offer.Priority > d.option(o.entry.offer).offer.Priority
	case q.hash != o.hash:
		return q.hash < o.hash
	default:
		return d.compareIDs(q.entry, o.entry) < 0
	}
}
