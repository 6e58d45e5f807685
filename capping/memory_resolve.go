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
	read, err := m.read(ctx)
	if err != nil {
		return err
	}
	d := m.desk()
	defer m.putBack(d)
	release := r.Action == Release && r.Record != nil
	if release {
		d.sum(m, r.Record, read.second)
	} else {
		d.begin(m, &Attempt{Tenant: r.Tenant, ID: r.ID})
	}
	activity := d.name(string(r.Activity))
	for {
		b := m.open(d.id, read)
		if release {
			if !d.claim(b.now.second) {
				now := b.now.second
				b.mu.Unlock()
				d.sum(m, r.Record, now)
				continue
			}
			err := m.releaseRecord(b, d, activity, &r)
			b.mu.Unlock()
			return err
		}
		known := b.load(d.id, &d.own)
		if known == nil {
			b.mu.Unlock()
			return ErrUnknownDecision
		}
		if set := known.stripes(); m.seize(b, set) {
			err := m.resolve(b, known, activity, &r)
			if err == nil {
				b.saveChanged(d.id, known, &d.buffer)
			}
			m.leave(b, set)
			return err
		}
	}
}

// resolve confirms or releases the record, the stripes of which are locked.
func (m *Memory) resolve(b *book, known *record, activity hash, r *Resolution) error {
	switch {
	case !known.knows(activity):
		return unknownActivity(r.Activity)
	case r.Action == Release:
		m.release(known, activity)
	case known.isReleased(activity):
		return ErrReleased
	case !m.confirm(known, b.now, func(u *unit) bool { return activity == hash{} || u.activity == activity }):
		return ErrLapsed
	}
	return nil
}

func unknownActivity(a offer.ActivityID) error { return fmt.Errorf("%w: %q", ErrUnknownActivity, a) }

// confirm makes the units that are meant count for good. What has lapsed it
// takes again; if there is no room for all of that it changes nothing and reports false.
func (m *Memory) confirm(r *record, now instant, meant func(*unit) bool) bool {
	for i := range r.units {
		u := &r.units[i]
		if u.state != lapsed || !meant(u) {
			continue
		}
		l := m.stripes.of(&u.counter)
		if m.dropped(u.term, u.at, now) || l.units(&u.counter, u.at) >= r.most(u) {
			for j := range i {
				if t := &r.units[j]; t.state == lapsed && meant(t) {
					m.stripes.of(&t.counter).giveBack(&t.counter, t.at)
				}
			}
			return false
		}
		l.take(&u.counter, u.at)
	}
	for i := range r.units {
		if u := &r.units[i]; u.state != released && meant(u) {
			u.state = sticky
		}
	}
	return true
}

// release gives back the units of the activity, or of the decision if it is none. The
// stripes of the record are locked.
func (m *Memory) release(r *record, a hash) {
	for i := range r.parts {
		if p := &r.parts[i]; a == (hash{}) || p.activity == a {
			p.released = true
		}
	}
	r.released = r.released || a == hash{}
	for i := range r.units {
		if u := &r.units[i]; a == (hash{}) || u.activity == a {
			m.returnUnit(u)
		}
	}
}

func (m *Memory) returnUnit(u *unit) {
	if u.standing() {
		m.stripes.of(&u.counter).giveBack(&u.counter, u.at)
	}
	u.state = released
}

// releaseRecord releases what the decision's own record names and what has not
// gone back yet, whether its record is kept or not.
func (m *Memory) releaseRecord(b *book, d *demand, activity hash, of *Resolution) error {
	revision := of.Record.Revision
	if revision == 0 || revision > m.revision.Load() {
		return nil // never granted, or not here
	}
	living := b.load(d.id, &d.own)
	switch {
	case living != nil && living.revision < revision:
		return nil // not of this decision
	case living != nil && living.first <= revision:
		err := m.releaseRevision(living, activity, of)
		b.saveChanged(d.id, living, &d.buffer)
		return err
	}
	past := b.pastOf(d.id)
	for i := range past {
		if past[i].first <= revision && revision <= past[i].revision {
			err := m.releaseRevision(&past[i], activity, of)
			b.keepPast(d.id, past)
			return err
		}
	}
	return m.releaseForgotten(b, d, activity, of)
}

// releaseRevision releases what is left of one revision of the record.
func (m *Memory) releaseRevision(r *record, activity hash, of *Resolution) error {
	set := r.stripes()
	m.stripes.lock(set)
	defer m.stripes.unlock(set)
	if of.Record.Revision == r.revision {
		if !r.knows(activity) {
			return unknownActivity(of.Activity)
		}
		m.release(r, activity)
		return nil
	}
	for i := range r.units { // replaced: only what was kept of it is still there
		u := &r.units[i]
		if u.revision == of.Record.Revision && (activity == hash{} || u.activity == activity) {
			m.returnUnit(u)
		}
	}
	return nil
}

// releaseForgotten releases what is where the reservation put it, and keeps in mind
// that it is back.
func (m *Memory) releaseForgotten(b *book, d *demand, activity hash, of *Resolution) error {
	r := record{first: of.Record.Revision}
	b.fill(&r, of.Record, d, of.Record.Revision, confirmed)
	err := m.releaseRevision(&r, activity, of)
	b.bury(d.id, &r)
	return err
}
