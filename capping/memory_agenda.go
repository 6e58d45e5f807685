package capping

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

// A due is something that falls due.
type due struct {
	instant
	id hash
}

// An agenda is a heap of records by when they are due, for those that a queue cannot
// keep in order: what is held, held long, or decided again. It tells the entries of
// the records their places.
type agenda []due

// set enters the record, or moves it.
func (a *agenda) set(entries *table[entry], id hash, at instant) {
	e := entries.get(id)
	if e.place == 0 {
		*a = append(*a, due{at, id})
		a.up(entries, len(*a)-1)
		return
	}
	k := int(e.place) - 1
	(*a)[k].instant = at
	a.up(entries, a.down(entries, k))
}

// pop takes the first record out.
func (a *agenda) pop(entries *table[entry]) {
	entries.get((*a)[0].id).place = 0
	last := len(*a) - 1
	(*a)[0] = (*a)[last]
	*a = (*a)[:last]
	if last > 0 {
		a.down(entries, 0)
	}
}

func (a agenda) put(entries *table[entry], k int, d due) {
	a[k] = d
	entries.get(d.id).place = uint32(k + 1) //nolint:gosec // far fewer
}

func (a agenda) up(entries *table[entry], k int) {
	d := a[k]
	for k > 0 && d.before(a[(k-1)/2].instant) {
		a.put(entries, k, a[(k-1)/2])
		k = (k - 1) / 2
	}
	a.put(entries, k, d)
}

func (a agenda) down(entries *table[entry], k int) int {
	d := a[k]
	for {
		child := 2*k + 1
		if child+1 < len(a) && a[child+1].before(a[child].instant) {
			child++
		}
		if child >= len(a) || !a[child].before(d.instant) {
			a.put(entries, k, d)
			return k
		}
		a.put(entries, k, a[child])
		k = child
	}
}
