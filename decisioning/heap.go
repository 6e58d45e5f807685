package decisioning

import "math"

// pop takes the first candidate off the heap.
func (w *walk) pop(d *deciding) queued {
	n := len(w.queue)
	w.queue[0], w.queue[n-1] = w.queue[n-1], w.queue[0]
	w.queue = w.queue[:n-1]
	w.sink(d, 0)
	return w.queue[:n][n-1]
}

// heapify makes a heap of the queue.
func (w *walk) heapify(d *deciding) {
	for i := len(w.queue)/2 - 1; i >= 0; i-- {
		w.sink(d, i)
	}
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
	case unscored && q.entry.priorTo(o.entry):
		return true
	case unscored && o.entry.priorTo(q.entry):
		return false
	case q.hash != o.hash:
		return q.hash < o.hash
	default:
		return d.compareIDs(q.entry, o.entry) < 0
	}
}
