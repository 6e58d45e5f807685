package capping

import (
	"container/heap"
	"context"
	"errors"
	"slices"
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
	if err := m.enter(ctx); err != nil {
		return Grant{}, err
	}
	defer m.mu.Unlock()
	own, err := m.recordOf(&r.Attempt)
	switch {
	case err != nil:
		return Grant{}, err
	case own.latest() != r.Revision:
		return Grant{}, ErrStale
	}
	wanted := sum(&r)
	full, err := m.full(wanted, instantOf(r.At), own)
	if err != nil || len(full) > 0 {
		return Grant{Full: full}, err
	}
	return Grant{Revision: m.grant(&r, wanted, own)}, nil
}

// A demand is what a reservation asks, by key in the order of first mention.
type demand struct {
	asks  []ask
	index map[Key]int
}

// An ask is what a reservation asks of one key, and the smallest of its limits on it.
type ask struct {
	Limit
	units int64
}

func sum(r *Reservation) demand {
	d := demand{index: make(map[Key]int)}
	for i := range r.Items {
		for _, l := range r.Items[i].Limits {
			k, ok := d.index[l.Key]
			if !ok {
				k = len(d.asks)
				d.index[l.Key] = k
				d.asks = append(d.asks, ask{Limit: l})
			}
			d.asks[k].units++
			d.asks[k].Max = min(d.asks[k].Max, l.Max)
		}
	}
	return d
}

// full returns the keys without room for what is asked of them. Of what is
// counted by events nothing is taken: there it is enough that one more had room.
func (m *Memory) full(d demand, at instant, own *record) ([]Full, error) {
	var full []Full
	for i := range d.asks {
		a := &d.asks[i]
		if m.gone(&a.Key, at) {
			return nil, errGone
		}
		needed := a.units
		if a.Key.Counts != "" {
			needed = 1
		}
		if others := m.othersOn(&a.Key, at, own); others+needed > a.Max {
			full = append(full, Full{Key: a.Key, Used: others})
		}
	}
	return full, nil
}

// grant replaces what the decision held by the reservation, for which there is room.
func (m *Memory) grant(r *Reservation, d demand, own *record) uint64 {
	m.revision++
	var kept []unit
	if own == nil {
		own = &record{id: recordID{r.Tenant, r.ID}, profile: r.Profile, first: m.revision, place: -1}
	} else {
		kept = m.clear(own)
	}
	state := confirmed
	if r.Hold > 0 {
		state = held
	}
	own.fill(r, d, m.revision, state)
	own.serve(kept)
	for i := range own.units {
		if u := &own.units[i]; u.state == state {
			m.ledger.take(&u.key, u.at)
		}
	}
	own.forget = m.clock.add(max(m.config.Retention, r.Hold))
	own.due = own.forget
	if r.Hold > 0 {
		own.due = m.clock.add(r.Hold)
	}
	m.enlist(own)
	if m.config.Lateness > 0 {
		m.ledger.purge(m.clock.add(-m.config.Lateness), 4*len(own.units))
	}
	return m.revision
}

// clear gives back what the record's revision took, but for what only a release
// gives back, which it returns.
func (m *Memory) clear(r *record) []unit {
	return slices.DeleteFunc(r.units, func(u unit) bool {
		if u.state == held || u.state == confirmed {
			m.ledger.giveBack(&u.key, u.at)
		}
		return u.state != sticky
	})
}

// enlist keeps the record and puts it on the agenda.
func (m *Memory) enlist(r *record) {
	if r.place >= 0 {
		heap.Fix(&m.agenda, r.place)
		return
	}
	m.records[r.id] = r
	heap.Push(&m.agenda, r)
}
