package capping

import (
	"context"
	"errors"
)

// Errors for reservations that no engine makes.
var (
	errNoID     = errors.New("a reservation without the id of its decision")
	errNegative = errors.New("a reservation with a negative hold")
	errAnother  = errors.New("a reservation for another attempt than that of the session")
)

// Reserve implements [Counter].
func (m *Memory) Reserve(ctx context.Context, r Reservation) (Grant, error) {
	if err := r.check(); err != nil {
		return Grant{}, err
	}
	d := m.desk()
	defer m.putBack(d)
	d.begin(m, &r.Attempt)
	return m.reserve(ctx, d, &r, nil)
}

func (r *Reservation) check() error {
	switch {
	case r.ID == "":
		return errNoID
	case r.Hold < 0:
		return errNegative
	default:
		return nil
	}
}

// reserve does the work of Reserve for the attempt that d has begun with, in a session unless that is nil.
func (m *Memory) reserve(ctx context.Context, d *demand, r *Reservation, in *Session) (Grant, error) {
	read, err := m.read(ctx)
	if err != nil {
		return Grant{}, err
	}
	d.add(m, r, read.second)
	for {
		b := m.open(d.id, read)
		own, err := b.recordOf(d)
		switch {
		case err != nil:
		case own != nil && in != nil:
			err = in.refuses(own)
		case own.latest() != r.Revision:
			err = ErrStale
		}
		if err != nil {
			b.mu.Unlock()
			return Grant{}, err
		}
		if !d.claim(b.now.second) {
			now := b.now.second
			b.mu.Unlock()
			d.add(m, r, now)
			continue
		}
		if set := d.stripes | own.stripes(); m.seize(b, set) {
			g := Grant{}
			if g.Full, err = m.full(r, d, own, b.now); err == nil && g.Granted() {
				g.Revision = m.grant(b, r, d, own)
			}
			m.leave(b, set)
			return g, err
		}
	}
}

// full returns the keys without room for what is asked of them. Of what is
// counted by events nothing is taken: there it is enough that one more had room.
func (m *Memory) full(r *Reservation, d *demand, own *record, now instant) ([]Full, error) {
	var full []Full
	at := instantOf(r.At)
	d.touched = m.stripes.touch(d.asks)
	for i := range d.asks {
		a := &d.asks[i]
		if m.gone(&a.source, at, now) {
			return nil, errGone
		}
		needed := a.units
		if a.events {
			needed = 1
		}
		if others := m.find(a, at, own); others+needed > a.max {
			full = append(full, Full{Key: r.Items[a.item].Limits[a.limit].Key, Used: others})
		}
	}
	return full, nil
}

// find returns how many units or events others have on what is asked for. If nothing goes back before more are
// taken it keeps the number at hand.
func (m *Memory) find(a *ask, at instant, own *record) int64 {
	if own != nil || a.events {
		return m.othersOn(&a.source, at, own)
	}
	n, number := m.stripes.of(&a.counter).find(&a.counter, at)
	a.number = number
	return n
}

// grant replaces what the decision held by the reservation, for which there is room.
func (m *Memory) grant(b *book, r *Reservation, d *demand, own *record) uint64 {
	revision := m.revision.Add(1)
	next := &d.next
	next.first = revision
	next.forget = b.now.add(max(b.retention, r.Hold))
	next.long = r.Hold > b.retention
	state := confirmed
	if r.Hold > 0 {
		state, next.lapse = held, b.now.add(r.Hold)
	}
	if own != nil {
		m.replace(b, own, next, r, d, revision, state)
	} else {
		m.stripes.take(d.asks, instantOf(r.At))
		next.profile, next.revision = d.person, revision
		d.buffer = next.appendFirst(d.buffer[:0], d, instantOf(r.At), state)
		b.records.add(d.id, d.buffer, b.now.second)
	}
	if r.Hold > 0 {
		b.schedule(d.id, next)
	}
	if m.config.Lateness > 0 {
		m.stripes.purge(d.stripes, b.now.add(-m.config.Lateness))
	}
	return revision
}

// replace puts the record of the reservation in the place of the decision's own.
func (m *Memory) replace(b *book, own, next *record, r *Reservation, d *demand, revision uint64, state unitState) {
	b.fill(next, r, d, revision, state)
	next.first = own.first
	m.clear(own)
	next.serve(own.kept())
	b.useUnits(next.units)
	for i := range next.units {
		if u := &next.units[i]; u.state == state {
			m.stripes.of(&u.counter).take(&u.counter, u.at)
		}
	}
	b.save(d.id, next, &d.buffer)
}

// clear gives back what the record's revision took, but for what only a release
// gives back.
func (m *Memory) clear(r *record) {
	for i := range r.units {
		if u := &r.units[i]; u.state == held || u.state == confirmed {
			m.stripes.of(&u.counter).giveBack(&u.counter, u.at)
		}
	}
}
