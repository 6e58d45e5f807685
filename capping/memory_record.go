package capping

import (
	"slices"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

type recordID struct{ tenant, id string }

// A record is what is kept of a decision, from its first Reserve until it is
// forgotten, and of some decisions beyond.
type record struct {
	id       recordID
	profile  profile.ID
	first    uint64 // the revision that it began with
	revision uint64
	parts    []part // by item of the reservation
	units    []unit // those of the parts, then what was kept of former revisions
	released bool   // as a whole

	forget instant
	due    instant // when what is held lapses, or else forget
	place  int     // in the agenda; -1: not in it
}

// A part is one item of a decision.
type part struct {
	activity  offer.ActivityID
	placement placement.ID
	offer     offer.ID
	released  bool
}

// A unit is one that a part took.
type unit struct {
	key      Key
	max      int64 // the limit
	at       instant
	of       *part
	revision uint64 // the latest that it served
	state    unitState
}

type unitState int8

const (
	held      unitState = iota // until the hold lapses
	confirmed                  // in the step that took it
	sticky                     // later, or displayed: only a release gives it back
	lapsed                     // back; a confirmation may take it again
	released                   // back for good
)

// standing reports whether the unit counts.
func (u *unit) standing() bool { return u.state <= sticky }

// counts reports whether the unit counts on k at the instant.
func (u *unit) counts(k *Key, at instant) bool {
	return u.standing() && u.key == *k && (k.Window.Rolling <= 0 || u.at.near(at, k.Window.Rolling))
}

// latest returns the revision of the record, 0 for none.
func (r *record) latest() uint64 {
	if r == nil {
		return 0
	}
	return r.revision
}

// counted returns how many of the record's units count on k at the instant.
func (r *record) counted(k *Key, at instant) (n int64) {
	if r == nil || k.Counts != "" {
		return 0
	}
	for i := range r.units {
		if r.units[i].counts(k, at) {
			n++
		}
	}
	return n
}

// fill makes r the record of the reservation, which asks d: its parts, and a unit in
// the state for each limit that takes one.
func (r *record) fill(of *Reservation, d demand, revision uint64, state unitState) {
	n := 0
	r.revision, r.released = revision, false
	r.parts = make([]part, len(of.Items))
	for i := range of.Items {
		item := &of.Items[i]
		r.parts[i] = part{activity: item.Activity, placement: item.Placement, offer: item.Offer}
		n += len(item.Limits)
	}
	r.units = make([]unit, 0, n)
	at := instantOf(of.At)
	for i := range of.Items {
		for _, l := range of.Items[i].Limits {
			if l.Key.Counts == "" {
				limit := d.asks[d.index[l.Key]].Max
				r.units = append(r.units, unit{l.Key, limit, at, &r.parts[i], revision, state})
			}
		}
	}
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
				return old.counts(&u.key, u.at) && (!sameActivity || old.of.activity == u.of.activity)
			})
			if k >= 0 {
				u.at, u.state = kept[k].at, sticky
				kept = slices.Delete(kept, k, k+1)
			}
		}
	}
	r.units = append(r.units, kept...)
}

// knows reports whether the activity, or any if it is empty, has a part in the
// decision or kept a unit of a former one.
func (r *record) knows(a offer.ActivityID) bool {
	return a == "" ||
		slices.ContainsFunc(r.parts, func(p part) bool { return p.activity == a }) ||
		slices.ContainsFunc(r.units, func(u unit) bool { return u.of.activity == a })
}

// asTaken reports whether each unit of the only revision counts where its reservation
// put it, so that the reservation tells all there is to know.
func (r *record) asTaken() bool {
	return r.first == r.revision && !slices.ContainsFunc(r.units, func(u unit) bool { return !u.standing() })
}
