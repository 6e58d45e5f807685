package capping

import (
	"encoding/binary"
	"time"
)

// schedule sees to it that the record, which was decided now, is forgotten in time, and
// that what it holds lapses.
func (m *Memory) schedule(id hash, e *entry, hold time.Duration) {
	forget := m.clock.add(max(m.config.Retention, hold))
	e.second, e.nano = forget.second, forget.nano
	e.postponed = e.queued
	switch {
	case hold > 0:
		m.agenda.set(&m.records.entries, id, m.clock.add(hold))
	case e.place > 0:
		m.agenda.set(&m.records.entries, id, forget)
	case !e.queued:
		e.queued = true
		m.queue.push(id)
	}
}

// expire does all that has fallen due: holds lapse, records and events are forgotten.
func (m *Memory) expire() {
	for waiting := true; waiting; {
		waiting = m.expireQueued()
	}
	for len(m.agenda) > 0 && !m.clock.before(m.agenda[0].instant) {
		m.expireListed(m.agenda[0].id)
	}
	for b := m.buried.head(); b != nil && !m.clock.before(b.instant); b = m.buried.head() {
		m.unbury(m.buried.pop().id)
	}
	for r := m.recorded.head(); r != nil && !m.clock.before(r.instant); r = m.recorded.head() {
		delete(m.seen, m.recorded.pop().id)
	}
}

// expireQueued does what is due with the first record of the queue, and reports
// whether one has left the queue. One that was decided again goes to the agenda:
// its place is not at the head any more.
func (m *Memory) expireQueued() bool {
	first := m.queue.head()
	if first == nil {
		return false
	}
	id := *first
	e := m.records.entries.get(id)
	overdue := !m.clock.before(e.forget())
	if !overdue && !e.postponed {
		return false
	}
	m.queue.pop()
	e.queued, e.postponed = false, false
	switch {
	case e.place > 0:
	case overdue:
		m.forget(id)
	default:
		m.agenda.set(&m.records.entries, id, e.forget())
	}
	return true
}

// expireListed does what is due with the first record of the agenda. It has left the
// queue if it is to be forgotten, for its place there is no later.
func (m *Memory) expireListed(id hash) {
	forget := m.records.entries.get(id).forget()
	if m.clock.before(forget) {
		r := m.load(id)
		m.lapseHeld(r)
		m.save(id, r)
		m.agenda.set(&m.records.entries, id, forget)
		return
	}
	m.agenda.pop(&m.records.entries)
	m.forget(id)
}

// forget ends the record, of which only what its own reservation does not tell is kept on.
func (m *Memory) forget(id hash) {
	r := m.load(id)
	m.lapseHeld(r)
	m.records.delete(id)
	if r.asTaken() {
		m.shapes.useAll(r, -1)
		return
	}
	m.bury(id, append(m.loadPast(id), *r))
}

// lapseHeld gives back what the record holds. What it has confirmed stays.
func (m *Memory) lapseHeld(r *record) {
	for i := range r.units {
		if u := &r.units[i]; u.state == held {
			m.ledger.giveBack(&u.counter, u.at)
			u.state = lapsed
		}
	}
}

// bury keeps what is known of forgotten decisions of one id, of which the last is new,
// for releases by their own record.
func (m *Memory) bury(id hash, all []record) {
	m.savePast(id, all)
	m.buried.push(due{m.clock.add(max(m.config.EventRetention, m.config.Retention)), id})
}

// unbury forgets the first of the forgotten decisions of the id for good.
func (m *Memory) unbury(id hash) {
	all := m.loadPast(id)
	m.shapes.useAll(&all[0], -1)
	m.savePast(id, all[1:])
}

// loadPast returns the forgotten decisions of the id, in order.
func (m *Memory) loadPast(id hash) []record {
	e := m.past.entries.get(id)
	if e == nil {
		return nil
	}
	b := m.past.bytes(e)
	all := make([]record, b.uvarint())
	for i := range all {
		all[i].read(&b, &m.shapes)
	}
	return all
}

func (m *Memory) savePast(id hash, all []record) {
	if len(all) == 0 {
		m.past.delete(id)
		return
	}
	m.buffer = binary.AppendUvarint(m.buffer[:0], uint64(len(all)))
	for i := range all {
		m.buffer = all[i].appendTo(m.buffer, &m.shapes)
	}
	m.past.put(id, m.buffer)
}
