package capping

import (
	"context"
	"errors"
)

// Errors for reservations that no engine makes.
var (
	errNoID     = errors.New("a reservation without the id of its decision")
	errNegative = errors.New("a reservation with a negative hold")
)

// Reserve implements [Counter].
func (m *Memory) Reserve(ctx context.Context, r Reservation) (Grant, error) {
	switch {
	case r.ID == "":
		return Grant{}, errNoID
	case r.Hold < 0:
		return Grant{}, errNegative
	}
	d := m.desks.take()
	defer m.desks.putBack(d)
	d.sum(&m.seeds, &r)
	if err := m.enter(ctx); err != nil {
		return Grant{}, err
	}
	defer m.mu.Unlock()
	own, err := m.recordOf(d)
	switch {
	case err != nil:
		return Grant{}, err
	case own.latest() != r.Revision:
		return Grant{}, ErrStale
	}
	full, err := m.full(&r, d, own)
	if err != nil || len(full) > 0 {
		return Grant{Full: full}, err
	}
	return Grant{Revision: m.grant(&r, d, own)}, nil
}

// full returns the keys without room for what is asked of them. Of what is
// counted by events nothing is taken: there it is enough that one more had room.
func (m *Memory) full(r *Reservation, d *demand, own *record) ([]Full, error) {
	var full []Full
	at := instantOf(r.At)
	for i := range d.asks {
		a := &d.asks[i]
		if m.gone(&a.source, at) {
			return nil, errGone
		}
		needed := a.units
		if a.events {
			needed = 1
		}
		if others := m.othersOn(&a.source, at, own); others+needed > a.max {
			full = append(full, Full{Key: r.Items[a.item].Limits[a.limit].Key, Used: others})
		}
	}
	return full, nil
}

// grant replaces what the decision held by the reservation, for which there is room.
func (m *Memory) grant(r *Reservation, d *demand, own *record) uint64 {
	m.revision++
	next := &m.next
	next.first = m.revision
	state := confirmed
	if r.Hold > 0 {
		state, next.lapse = held, m.clock.add(r.Hold)
	}
	next.fill(r, d, &m.shapes, m.revision, state)
	if own != nil {
		next.first = own.first
		m.clear(own)
		next.serve(own.kept(), &m.shapes)
	}
	m.shapes.useAll(next, 1)
	if own != nil {
		m.shapes.useAll(own, -1)
	}
	for i := range next.units {
		if u := &next.units[i]; u.state == state {
			m.ledger.take(&u.counter, u.at)
		}
	}
	m.schedule(d.id, m.save(d.id, next), r.Hold)
	if m.config.Lateness > 0 {
		m.ledger.purge(m.clock.add(-m.config.Lateness))
	}
	return m.revision
}

// clear gives back what the record's revision took, but for what only a release
// gives back.
func (m *Memory) clear(r *record) {
	for i := range r.units {
		if u := &r.units[i]; u.state == held || u.state == confirmed {
			m.ledger.giveBack(&u.counter, u.at)
		}
	}
}
