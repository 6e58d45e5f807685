package capping

import (
	"context"
	"errors"
)

// ErrNotNew is what a session returns for a decision that has a record: there it cannot tell the decision's own units
// from those of others.
var ErrNotNew = errors.New("the decision is not new")

// A Session is one attempt of a new decision at a [Memory], from the first look at a counter to the
// reservation. It answers as Usage and Reserve do, but tells keys one by one, at hardly any cost: so an engine
// knows of an offer that it is full as soon as it comes by it, and need not plan with it before. It is not
// safe for concurrent use.
type Session struct {
	memory *Memory
	demand *demand
	whose  Attempt
	began  uint64 // later revisions were given since
	timed  bool   // it has read the clock
}

// Begin begins a session, which has to end. It takes no lock.
func (m *Memory) Begin(a Attempt) Session {
	d := m.desk()
	d.begin(m, &a)
	d.at = instantOf(a.At)
	return Session{memory: m, demand: d, whose: a, began: m.revision.Load()}
}

// End ends the session, and changes nothing.
func (s *Session) End() {
	s.memory.putBack(s.demand)
	*s = Session{}
}

// Used reads how many units the key holds now: those of the decision, too, if it is not new.
func (s *Session) Used(k *Key) (int64, error) {
	m, d := s.memory, s.demand
	var on source
	d.source(&on, k)
	from := &m.stripes[on.stripe()]
	for {
		if s.readClock(); m.gone(&on, d.at, d.now) {
			return 0, errGone
		}
		from.mu.Lock()
		if !s.timed || !m.soon.reached(d.now) { // no hold that is newer than the look at the clock is over
			n := from.used(&on, d.at)
			from.mu.Unlock()
			return n, nil
		}
		from.mu.Unlock()
		m.lapse(d.now)
	}
}

// readClock reads the clock, once, if the time matters: it ends holds, and drops units.
func (s *Session) readClock() {
	if m := s.memory; !s.timed && (m.soon.holds.Load() > 0 || m.config.Lateness > 0) {
		s.demand.now, s.timed = m.clock.advance(instantOf(m.config.Now())), true
	}
}

// Reserve is that of the [Memory] for the attempt that s began with. If the decision had a record by then it changes
// nothing and returns [ErrNotNew]; if it was decided since, [ErrStale].
func (s *Session) Reserve(ctx context.Context, r *Reservation) (Grant, error) {
	if err := r.check(); err != nil {
		return Grant{}, err
	}
	if a := &s.whose; r.ID != a.ID || r.Profile != a.Profile || r.Tenant != a.Tenant || !r.At.Equal(a.At) {
		return Grant{}, errAnother
	}
	return s.memory.reserve(ctx, s.demand, r, s)
}

// refuses returns why a session refuses to replace the record.
func (s *Session) refuses(own *record) error {
	if own.revision > s.began {
		return ErrStale
	}
	return ErrNotNew
}
