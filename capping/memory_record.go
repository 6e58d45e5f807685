package capping

import (
	"slices"

	"github.com/proffer-go/proffer/offer"
)

// A record is what is kept of a decision, from its first Reserve until it is
// forgotten, and of some decisions beyond. This is the form to work with; it is
// kept in bytes.
type record struct {
	profile  hash
	first    uint64 // the revision that it began with
	revision uint64
	parts    []part // by item of the reservation
	units    []unit // those of the parts, then what was kept of former revisions
	released bool   // as a whole
	lapse    instant
}

// A part is one item of a decision.
type part struct {
	shape    uint32
	released bool
}

// A unit is one that a part took.
type unit struct {
	counter
	max      int64 // the limit
	at       instant
	shape    uint32 // of the part
	taking   uint32 // which of the shape's
	revision uint64 // the latest that it served
	state    unitState
}

type unitState uint8

const (
	held      unitState = iota // until the hold lapses
	confirmed                  // in the step that took it
	sticky                     // later, or displayed: only a release gives it back
	lapsed                     // back; a confirmation may take it again
	released                   // back for good
)

// standing reports whether the unit counts.
func (u *unit) standing() bool { return u.state <= sticky }

// counts reports whether the unit counts on c at the instant.
func (u *unit) counts(c *counter, at instant) bool {
	return u.standing() && u.id == c.id && (c.rolling <= 0 || u.at.near(at, c.rolling))
}

// latest returns the revision of the record, 0 for none.
func (r *record) latest() uint64 {
	if r == nil {
		return 0
	}
	return r.revision
}

// counted returns how many of the record's units count on s at the instant.
func (r *record) counted(s *source, at instant) (n int64) {
	if r == nil || s.events {
		return 0
	}
	for i := range r.units {
		if r.units[i].counts(&s.counter, at) {
			n++
		}
	}
	return n
}

// fill makes r the record of the reservation, which asks d: its parts, and a unit in
// the state for each limit that takes one.
func (r *record) fill(of *Reservation, d *demand, s *shapes, revision uint64, state unitState) {
	r.profile, r.revision, r.released = d.profile, revision, false
	r.parts, r.units = r.parts[:0], r.units[:0]
	at := instantOf(of.At)
	next := 0
	for i := range of.Items {
		item := &of.Items[i]
		taken := d.items[i]
		p := part{shape: s.put(taken.shape, item, d.takes[taken.from:taken.to])}
		r.parts = append(r.parts, p)
		for range item.Limits {
			a := &d.asks[d.limits[next]]
			next++
			if !a.events {
				taking := uint32(len(r.units) - taken.from) //nolint:gosec // far fewer
				r.units = append(r.units, unit{a.counter, a.max, at, p.shape, taking, revision, state})
			}
		}
	}
}

// kept takes the units that a next revision keeps.
func (r *record) kept() []unit {
	var kept []unit
	for _, u := range r.units {
		if u.state == sticky {
			kept = append(kept, u)
		}
	}
	return kept
}

// serve lets units of former revisions stand for new ones of the same key that are
// dated within reach, those of the same activity first. What is left over stays as it is.
func (r *record) serve(kept []unit, s *shapes) {
	for _, sameActivity := range [...]bool{true, false} {
		for i := range r.units {
			u := &r.units[i]
			if u.state == sticky {
				continue
			}
			k := slices.IndexFunc(kept, func(old unit) bool {
				return old.counts(&u.counter, u.at) && (!sameActivity || s.activity(old.shape) == s.activity(u.shape))
			})
			if k >= 0 {
				u.at, u.state = kept[k].at, sticky
				kept = slices.Delete(kept, k, k+1)
			}
		}
	}
	r.units = append(r.units, kept...)
}

func (s *shapes) activity(n uint32) offer.ActivityID { return s.all[n].activity }

// knows reports whether the activity, or any if it is empty, has a part in the
// decision or kept a unit of a former one.
func (r *record) knows(a offer.ActivityID, s *shapes) bool {
	return a == "" ||
		slices.ContainsFunc(r.parts, func(p part) bool { return s.activity(p.shape) == a }) ||
		slices.ContainsFunc(r.units, func(u unit) bool { return s.activity(u.shape) == a })
}

// asTaken reports whether each unit of the only revision counts where its reservation
// put it, so that the reservation tells all there is to know.
func (r *record) asTaken() bool {
	return r.first == r.revision && !slices.ContainsFunc(r.units, func(u unit) bool { return !u.standing() })
}

// holds reports whether some unit is held.
func (r *record) holds() bool {
	return slices.ContainsFunc(r.units, func(u unit) bool { return u.state == held })
}
