package decisioning

import "math"

// A waiting candidate is one of the queue in the heap, which holds little, so that it is moved
// about quickly.
type waiting struct {
	rank float64
	at   int32 // in the queue
}

// rankOf returns what orders scores, none of which is infinite. Those without one come last.
func rankOf(score float64) float64 {
	if math.IsNaN(score) {
		return math.Inf(-1)
	}
	return score
}

// heapify makes a heap of the queue.
func (w *walk) heapify(d *deciding) {
	queue, heap := w.queue, resize(w.heap, len(w.queue))
	for i := range queue {
		heap[i].rank, heap[i].at = rankOf(queue[i].score), int32(i)
	}
	w.heap = heap
	for i := len(heap)/2 - 1; i >= 0; i-- {
		w.fill(d, i, heap[i])
	}
}

// pop takes the first candidate off the heap.
func (w *walk) pop(d *deciding) queued {
	first, n := w.heap[0], len(w.heap)-1
	last := w.heap[n]
	if w.heap = w.heap[:n]; n > 0 {
		w.fill(d, 0, last)
	}
	return w.queue[first.at]
}

// fill puts the candidate in the place of the i-th, which is free, or below it. The place sinks to
// the end, and the candidate, which mostly belongs there, rises from it (Wegener, Bottom-up heapsort,
// Theoretical Computer Science 118, 1993).
//
// Which of two candidates comes first no processor could foresee, so that there is hardly a branch on it.
func (w *walk) fill(d *deciding, i int, t waiting) {
	heap, at := w.heap, i
	for child := 2*at + 1; child < len(heap); child = 2*at + 1 {
		if other := child + 1; other < len(heap) {
			if a, b := heap[child].rank, heap[other].rank; a == b {
				child += one(w.earlier(d, &heap[other], &heap[child]))
			} else {
				child += one(b > a)
			}
		}
		heap[at], at = heap[child], child
	}
	for at > i {
		above := (at - 1) / 2
		if !w.earlier(d, &t, &heap[above]) {
			break
		}
		heap[at], at = heap[above], above
	}
	heap[at] = t
}

func (w *walk) earlier(d *deciding, a, b *waiting) bool {
	return a.rank > b.rank || a.rank == b.rank && w.queue[a.at].before(d, &w.queue[b.at])
}

// before orders candidates of a selection by score, then hash. Without a score they
// come last, by priority.
func (q *queued) before(d *deciding, o *queued) bool {
	switch a, b := rankOf(q.score), rankOf(o.score); {
	case a != b:
		return a > b
	case math.IsNaN(q.score) && q.entry.priorTo(o.entry):
		return true
	case math.IsNaN(q.score) && o.entry.priorTo(q.entry):
		return false
	case q.hash != o.hash:
		return q.hash < o.hash
	default:
		return d.compareIDs(q.entry, o.entry) < 0
	}
}

// one is 1 for true.
func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
