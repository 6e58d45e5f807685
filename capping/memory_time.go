package capping

import (
	"container/heap"
	"slices"
)

// A queue holds what falls due in the order in which it was put in.
type queue[T any] []struct {
	due   instant
	value T
}

func (q *queue[T]) push(due instant, v T) {
	*q = append(*q, struct {
		due   instant
		value T
	}{due, v})
}

// pop takes the first value out if it is due.
func (q *queue[T]) pop(now instant) (v T, ok bool) {
	if len(*q) == 0 || now.before((*q)[0].due) {
		return v, false
	}
	first := &(*q)[0]
	v, *first = first.value, struct {
		due   instant
		value T
	}{}
	*q = (*q)[1:]
	return v, true
}

// An agenda is a heap of records by when they are due.
type agenda []*record

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].due.before(a[j].due) }

func (a agenda) Swap(i, j int) {
	a[i], a[j] = a[j], a[i]
	a[i].place, a[j].place = i, j
}

// Push implements [heap.Interface].
func (a *agenda) Push(x any) {
	r := x.(*record)
	r.place = len(*a)
	*a = append(*a, r)
}

// Pop implements [heap.Interface].
func (a *agenda) Pop() any {
	last := len(*a) - 1
	r := (*a)[last]
	(*a)[last] = nil
	*a = (*a)[:last]
	return r
}

// expire does all that has fallen due: holds lapse, records and events are forgotten.
func (m *Memory) expire() {
	for len(m.agenda) > 0 && !m.clock.before(m.agenda[0].due) {
		r := m.agenda[0]
		m.lapseHeld(r)
		if m.clock.before(r.forget) {
			r.due = r.forget
			heap.Fix(&m.agenda, 0)
			continue
		}
		heap.Pop(&m.agenda)
		delete(m.records, r.id)
		if !r.asTaken() {
			m.bury(r)
		}
	}
	for r, ok := m.buried.pop(m.clock); ok; r, ok = m.buried.pop(m.clock) {
		if m.past[r.id] = slices.DeleteFunc(m.past[r.id], func(p *record) bool { return p == r }); len(m.past[r.id]) == 0 {
			delete(m.past, r.id)
		}
	}
	for id, ok := m.recorded.pop(m.clock); ok; id, ok = m.recorded.pop(m.clock) {
		delete(m.seen, id)
	}
}

// lapseHeld gives back what the record holds. What it has confirmed stays.
func (m *Memory) lapseHeld(r *record) {
	for i := range r.units {
		if u := &r.units[i]; u.state == held {
			m.ledger.giveBack(&u.key, u.at)
			u.state = lapsed
		}
	}
}

// bury keeps what is known of a forgotten decision for releases by its own record.
func (m *Memory) bury(r *record) {
	m.past[r.id] = append(m.past[r.id], r)
	m.buried.push(m.clock.add(max(m.config.EventRetention, m.config.Retention)), r)
}
