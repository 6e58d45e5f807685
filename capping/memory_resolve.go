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
	id := m.seeds.id(r.Tenant, r.ID)
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if r.Action == Release && r.Record != nil {
		return m.releaseRecord(id, &r)
	}
	known := m.load(id)
	if known == nil {
		return ErrUnknownDecision
	}
	if err := m.resolve(known, &r); err != nil {
		return err
	}
	m.save(id, known)
	return nil
}

func (m *Memory) resolve(known *record, r *Resolution) error {
	switch {
	case r.Action == Release:
		return m.release(known, r.Activity)
	case !known.knows(r.Activity, &m.shapes):
		return unknownActivity(r.Activity)
	case known.isReleased(r.Activity, &m.shapes):
		return ErrReleased
	case !m.confirm(known, func(s *shape) bool { return r.Activity == "" || s.activity == r.Activity }):
		return ErrLapsed
	}
	return nil
}

func unknownActivity(a offer.ActivityID) error { return fmt.Errorf("%w: %q", ErrUnknownActivity, a) }

// isReleased reports whether all parts of the activity, or of the decision if it is
// empty, were released.
func (r *record) isReleased(a offer.ActivityID, s *shapes) bool {
	some := false
	for i := range r.parts {
		if a == "" || s.activity(r.parts[i].shape) == a {
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
func (m *Memory) confirm(r *record, meant func(*shape) bool) bool {
	for i := range r.units {
		u := &r.units[i]
		if u.state != lapsed || !m.means(u, meant) {
			continue
		}
		if m.dropped(u.term, u.at) || m.ledger.units(&u.counter, u.at) >= u.max {
			for j := range i {
				if t := &r.units[j]; t.state == lapsed && m.means(t, meant) {
					m.ledger.giveBack(&t.counter, t.at)
				}
			}
			return false
		}
		m.ledger.take(&u.counter, u.at)
	}
	for i := range r.units {
		if u := &r.units[i]; u.state != released && m.means(u, meant) {
			u.state = sticky
		}
	}
	return true
}

func (m *Memory) means(u *unit, meant func(*shape) bool) bool { return meant(&m.shapes.all[u.shape]) }

// release gives back the units of the activity, or of the decision if it is empty.
func (m *Memory) release(r *record, a offer.ActivityID) error {
	if !r.knows(a, &m.shapes) {
		return unknownActivity(a)
	}
	for i := range r.parts {
		if p := &r.parts[i]; a == "" || m.shapes.activity(p.shape) == a {
			p.released = true
		}
	}
	r.released = r.released || a == ""
	for i := range r.units {
		if u := &r.units[i]; a == "" || m.shapes.activity(u.shape) == a {
			m.returnUnit(u)
		}
	}
	return nil
}

func (m *Memory) returnUnit(u *unit) {
	if u.standing() {
		m.ledger.giveBack(&u.counter, u.at)
	}
	u.state = released
}

// releaseRecord releases what the decision's own record names and what has not
// gone back yet, whether its record is kept or not.
func (m *Memory) releaseRecord(id hash, of *Resolution) error {
	revision := of.Record.Revision
	if revision == 0 || revision > m.revision {
		return nil // never granted, or not here
	}
	living := m.load(id)
	switch {
	case living != nil && living.revision < revision:
		return nil // not of this decision
	case living != nil && living.first <= revision:
		if err := m.releaseRevision(living, of); err != nil {
			return err
		}
		m.save(id, living)
		return nil
	}
	past := m.loadPast(id)
	for i := range past {
		if past[i].first <= revision && revision <= past[i].revision {
			if err := m.releaseRevision(&past[i], of); err != nil {
				return err
			}
			m.savePast(id, past)
			return nil
		}
	}
	return m.releaseForgotten(id, past, of)
}

// releaseRevision releases what is left of one revision of the record.
func (m *Memory) releaseRevision(r *record, of *Resolution) error {
	if of.Record.Revision == r.revision {
		return m.release(r, of.Activity)
	}
	for i := range r.units { // replaced: only what was kept of it is still there
		u := &r.units[i]
		if u.revision == of.Record.Revision && (of.Activity == "" || m.shapes.activity(u.shape) == of.Activity) {
			m.returnUnit(u)
		}
	}
	return nil
}

// releaseForgotten releases what is where the reservation put it, and keeps in mind
// that it is back.
func (m *Memory) releaseForgotten(id hash, past []record, of *Resolution) error {
	var d demand
	d.sum(&m.seeds, of.Record)
	r := record{first: of.Record.Revision}
	r.fill(of.Record, &d, &m.shapes, of.Record.Revision, confirmed)
	m.shapes.useAll(&r, 1)
	err := m.release(&r, of.Activity)
	m.bury(id, append(past, r))
	return err
}
