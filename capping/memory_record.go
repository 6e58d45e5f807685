package capping

import (
	"slices"
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
	long     bool   // it was held for longer than records are kept
	lapse    instant
	forget   instant
}

// A part is one item of a decision.
type part struct {
	activity hash
	place    uint32 // number of the name
	choice   uint32 // number of the name
	released bool
}

// A unit is one that a part took.
type unit struct {
	counter
	max      int64 // the limit
	at       instant
	activity hash
	place    uint32 // of the part
	choice   uint32 // of the part
	stake    uint32 // which of the choice's
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

// most returns the smallest limit under which the unit's revision took those of its counter.
func (r *record) most(u *unit) int64 {
	most := u.max
	for i := range r.units {
		if same := &r.units[i]; same.id == u.id && same.revision == u.revision {
			most = min(most, same.max)
		}
	}
	return most
}

// stripes returns those in which the record has units.
func (r *record) stripes() (set stripeSet) {
	if r == nil {
		return 0
	}
	for i := range r.units {
		set |= 1 << r.units[i].id.part(stripeBits)
	}
	return set
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

// kept takes the units that a next revision keeps.
func (r *record) kept() []unit {
	var kept []unit
	for i := range r.units {
		if r.units[i].state == sticky {
			kept = append(kept, r.units[i])
		}
	}
	return kept
}

// serve lets units of former revisions stand for new ones of the same key that are
// dated within reach, those of the same activity first. What is left over stays as it is.
func (r *record) serve(kept []unit) {
	for _, sameActivity := range [...]bool{true, false} {
		for i := range r.units {
			u := &r.units[i]
			if u.state == sticky {
				continue
			}
			k := slices.IndexFunc(kept, func(old unit) bool {
				return old.counts(&u.counter, u.at) && (!sameActivity || old.activity == u.activity)
			})
			if k >= 0 {
				u.at, u.state = kept[k].at, sticky
				kept = slices.Delete(kept, k, k+1)
			}
		}
	}
	r.units = append(r.units, kept...)
}

// knows reports whether the activity, or any if it is none, has a part in the
// decision or kept a unit of a former one.
func (r *record) knows(a hash) bool {
	return a == hash{} ||
		slices.ContainsFunc(r.parts, func(p part) bool { return p.activity == a }) ||
		slices.ContainsFunc(r.units, func(u unit) bool { return u.activity == a })
}

// isReleased reports whether all parts of the activity, or of the decision if it is
// none, were released.
func (r *record) isReleased(a hash) bool {
	some := false
	for i := range r.parts {
		if a == (hash{}) || r.parts[i].activity == a {
			if !r.parts[i].released {
				return false
			}
			some = true
		}
	}
	return some || r.released
}

// asTaken reports whether each unit of the only revision counts where its reservation
// put it, so that the reservation tells all there is to know.
func (r *record) asTaken() bool {
	return r.first == r.revision && !slices.ContainsFunc(r.units, func(u unit) bool { return !u.standing() })
}

// holds reports whether some unit is held.
func (r *record) holds() bool {
	for i := range r.units {
		if r.units[i].state == held {
			return true
		}
	}
	return false
}
