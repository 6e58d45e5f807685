package capping

// A due is something that falls due.
type due struct {
	instant
	id hash
}

// A queue holds values in the order in which they were put in, in pages that are
// used again.
type queue[T any] struct {
	pages [][]T
	first int // in the first page
	spare []T
}

const pageLength = 512

func (q *queue[T]) push(v T) {
	if n := len(q.pages); n == 0 || len(q.pages[n-1]) == pageLength {
		if q.spare == nil {
			q.spare = make([]T, 0, pageLength)
		}
		q.pages, q.spare = append(q.pages, q.spare), nil
	}
	last := &q.pages[len(q.pages)-1]
	*last = append(*last, v)
}

// head returns the first value, nil if there is none.
func (q *queue[T]) head() *T {
	if len(q.pages) == 0 || q.first == len(q.pages[0]) {
		return nil
	}
	return &q.pages[0][q.first]
}

// pop takes the first value out.
func (q *queue[T]) pop() T {
	v := q.pages[0][q.first]
	if q.first++; q.first == pageLength {
		q.spare, q.first = q.pages[0][:0], 0
		q.pages = q.pages[1:]
	}
	return v
}

// An agenda is a heap of records by when what they hold lapses. One that was decided again
// since may still stand at an earlier time, which then means nothing.
type agenda []due

func (a *agenda) push(d due) {
	h := append(*a, d)
	k := len(h) - 1
	for ; k > 0 && d.before(h[(k-1)/2].instant); k = (k - 1) / 2 {
		h[k] = h[(k-1)/2]
	}
	h[k] = d
	*a = h
}

// pop takes the earliest out.
func (a *agenda) pop() due {
	h := *a
	first, d := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*a = h
	if len(h) > 0 {
		h.sink(0, d)
	}
	return first
}

// sink puts d at k or below.
func (a agenda) sink(k int, d due) {
	for {
		child := 2*k + 1
		if child+1 < len(a) && a[child+1].before(a[child].instant) {
			child++
		}
		if child >= len(a) || !a[child].before(d.instant) {
			a[k] = d
			return
		}
		a[k] = a[child]
		k = child
	}
}

// restrict keeps only what is meant.
func (a *agenda) restrict(meant func(due) bool) {
	h := (*a)[:0]
	for _, d := range *a {
		if meant(d) {
			h = append(h, d)
		}
	}
	*a = h
	for k := len(h)/2 - 1; k >= 0; k-- {
		h.sink(k, h[k])
	}
}
