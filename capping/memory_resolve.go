package capping

import (
	"context"
	"errors"
	"fmt"

	"github.com/proffer-go/proffer/offer"
)

// Errors for resolutions that no engine makes.
var (
	errNoAction    = errors.New("a resolution that neither confirms nor releases")
	errOtherRecord = errors.New("a release with the record of another decision")
)

// Resolve implements [Counter].
func (m *Memory) Resolve(ctx context.Context, r Resolution) error {
	switch {
	case r.Action != Confirm && r.Action != Release:
		return errNoAction
	case r.Action == Release && r.Record != nil && (r.Record.Tenant != r.Tenant || r.Record.ID != r.ID):
		return errOtherRecord
	}
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if r.Action == Release && r.Record != nil {
		return m.releaseRecord(&r)
	}
	known := m.records[recordID{r.Tenant, r.ID}]
	switch {
	case known == nil:
		return ErrUnknownDecision
	case r.Action == Release:
		return m.release(known, r.Activity)
	case !known.knows(r.Activity):
		return unknownActivity(r.Activity)
	case known.isReleased(r.Activity):
		return ErrReleased
	case !m.confirm(known, func(p *part) bool { return r.Activity == "" || p.activity == r.Activity }):
		return ErrLapsed
	}
	return nil
}

func unknownActivity(a offer.ActivityID) error { return fmt.Errorf("%w: %q", ErrUnknownActivity, a) }

// isReleased reports whether all parts of the activity, or of the decision if it is
// empty, were released.
func (r *record) isReleased(a offer.ActivityID) bool {
	some := false
	for i := range r.parts {
		if a == "" || r.parts[i].activity == a {
			if !r.parts[i].released {
				return false
			}
			some = true
		}
	}
	return some || r.released
}

// confirm makes the units of the parts that are meant count for good. What has lapsed it
// takes again; if there is no room for all of that it changes nothing and reports false.
func (m *Memory) confirm(r *record, meant func(*part) bool) bool {
	for i := range r.units {
		u := &r.units[i]
		if u.state != lapsed || !meant(u.of) {
			continue
		}
		if m.gone(&u.key, u.at) || m.ledger.used(&u.key, u.at) >= u.max {
			for j := range i {
				if t := &r.units[j]; t.state == lapsed && meant(t.of) {
					m.ledger.giveBack(&t.key, t.at)
				}
			}
			return false
		}
		m.ledger.take(&u.key, u.at)
	}
	for i := range r.units {
		if u := &r.units[i]; u.state != released && meant(u.of) {
			u.state = sticky
		}
	}
	return true
}

// release gives back the units of the activity, or of the decision if it is empty.
func (m *Memory) release(r *record, a offer.ActivityID) error {
	if !r.knows(a) {
		return unknownActivity(a)
	}
	for i := range r.parts {
		if p := &r.parts[i]; a == "" || p.activity == a {
			p.released = true
		}
	}
	r.released = r.released || a == ""
	for i := range r.units {
		if u := &r.units[i]; a == "" || u.of.activity == a {
			m.returnUnit(u)
		}
	}
	return nil
}

func (m *Memory) returnUnit(u *unit) {
	if u.standing() {
		m.ledger.giveBack(&u.key, u.at)
	}
	u.state = released
}

// releaseRecord releases what the decision's own record names and what has not
// gone back yet, whether its record is kept or not.
func (m *Memory) releaseRecord(of *Resolution) error {
	revision := of.Record.Revision
	if revision == 0 || revision > m.revision {
		return nil // never granted, or not here
	}
	id := recordID{of.Tenant, of.ID}
	r := m.records[id]
	if r != nil && r.revision < revision {
		return nil // not of this decision
	}
	for _, p := range m.past[id] {
		if p.first <= revision && revision <= p.revision {
			r = p
		}
	}
	switch {
	case r == nil || revision < r.first: // forgotten, and its units are where they were put
		r = &record{id: id, first: revision, place: -1}
		r.fill(of.Record, sum(of.Record), revision, confirmed)
		m.bury(r)
	case revision < r.revision: // replaced: only what was kept of it is still there
		for i := range r.units {
			if u := &r.units[i]; u.revision == revision && (of.Activity == "" || u.of.activity == of.Activity) {
				m.returnUnit(u)
			}
		}
		return nil
	}
	return m.release(r, of.Activity)
}
