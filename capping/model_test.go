package capping_test

import (
	"errors"
	"slices"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// A model is the judge of Memory: it keeps every unit, decision and event for ever
// in lists, and goes through all of them for every answer.
type model struct {
	now       time.Time
	revision  uint64
	decisions []*modelDecision
	events    []capping.Event
}

type modelDecision struct {
	capping.Attempt
	first, last    uint64
	lapses, forget time.Time
	items          []*modelItem
	units          []*modelUnit
	forgotten      bool
	released       bool
}

type modelItem struct {
	capping.Item
	released bool
}

type modelUnit struct {
	limit    capping.Limit
	at       time.Time
	item     *modelItem
	revision uint64
	state    string // held, taken, sticky, lapsed, back
}

func (u *modelUnit) standing() bool { return u.state != "lapsed" && u.state != "back" }

func inWindow(k capping.Key, unit, at time.Time) bool {
	apart := at.Sub(unit)
	if apart < 0 {
		apart = -apart
	}
	return k.Window.Rolling == 0 || apart < k.Window.Rolling
}

func (m *model) advance(by time.Duration) {
	m.now = m.now.Add(by)
	for _, d := range m.decisions {
		for _, u := range d.units {
			if u.state == "held" && !d.forgotten && !m.now.Before(d.lapses) {
				u.state = "lapsed"
			}
		}
		d.forgotten = d.forgotten || !m.now.Before(d.forget)
	}
}

func (m *model) record(tenant, id string) *modelDecision {
	for _, d := range m.decisions {
		if d.Tenant == tenant && d.ID == id && !d.forgotten {
			return d
		}
	}
	return nil
}

// used counts what is on the key, but for the decision's own.
func (m *model) used(k capping.Key, at time.Time, own *modelDecision) (n int64) {
	if k.Counts != "" {
		return m.happened(k, at)
	}
	for _, d := range m.decisions {
		for _, u := range d.units {
			if d != own && u.standing() && u.limit.Key == k && inWindow(k, u.at, at) {
				n++
			}
		}
	}
	return n
}

func (m *model) happened(k capping.Key, at time.Time) (n int64) {
	for _, e := range m.events {
		about := e.Tenant == k.Tenant && e.Type == k.Counts &&
			(k.Policy == "" && e.Offer == k.Offer || k.Policy != "" && slices.Contains(e.Policies, k.Policy)) &&
			(k.Profile == "" || e.Profile == k.Profile) && (k.Placement == "" || e.Placement == k.Placement)
		inCalendar := k.Window.Every == "" || k.Start <= e.At.Unix() && e.At.Unix() < k.End
		if about && inCalendar && inWindow(k, e.At, at) {
			n++
		}
	}
	return n
}

func (m *model) reserve(r capping.Reservation, retention time.Duration) (capping.Grant, error) {
	d := m.record(r.Tenant, r.ID)
	switch {
	case d != nil && d.Profile != r.Profile:
		return capping.Grant{}, capping.ErrOtherProfile
	case d == nil && r.Revision != 0 || d != nil && r.Revision != d.last:
		return capping.Grant{}, capping.ErrStale
	}
	if full := m.full(r, d); len(full) > 0 {
		return capping.Grant{Full: full}, nil
	}
	m.revision++
	if d == nil {
		d = &modelDecision{first: m.revision}
		m.decisions = append(m.decisions, d)
	}
	kept := slices.DeleteFunc(d.units, func(u *modelUnit) bool { return u.state != "sticky" })
	d.Attempt, d.last, d.released = r.Attempt, m.revision, false
	d.lapses, d.forget = m.now.Add(r.Hold), m.now.Add(max(r.Hold, retention))
	d.items, d.units = taken(r, m.revision)
	d.serve(kept)
	return capping.Grant{Revision: m.revision}, nil
}

func (m *model) full(r capping.Reservation, own *modelDecision) (full []capping.Full) {
	var limits []capping.Limit
	for _, item := range r.Items {
		limits = append(limits, item.Limits...)
	}
	for i, l := range limits {
		same := func(o capping.Limit) bool { return o.Key == l.Key }
		if slices.ContainsFunc(limits[:i], same) {
			continue
		}
		asked := int64(1)
		for _, o := range limits[i+1:] {
			if same(o) && l.Key.Counts == "" {
				asked++
			}
			if same(o) {
				l.Max = min(l.Max, o.Max)
			}
		}
		if used := m.used(l.Key, r.At, own); used+asked > l.Max {
			full = append(full, capping.Full{Key: l.Key, Used: used})
		}
	}
	return full
}

func taken(r capping.Reservation, revision uint64) (items []*modelItem, units []*modelUnit) {
	for _, i := range r.Items {
		item := &modelItem{Item: i}
		items = append(items, item)
		for _, l := range i.Limits {
			u := &modelUnit{limit: l, at: r.At, item: item, revision: revision, state: "taken"}
			if r.Hold > 0 {
				u.state = "held"
			}
			if l.Key.Counts == "" {
				units = append(units, u)
			}
		}
	}
	return items, units
}

func (d *modelDecision) serve(kept []*modelUnit) {
	for _, anyActivity := range []bool{false, true} {
		for i, u := range d.units {
			for k, old := range kept {
				if u.state != "sticky" && old.limit.Key == u.limit.Key && inWindow(u.limit.Key, old.at, u.at) &&
					(anyActivity || old.item.Activity == u.item.Activity) {
					d.units[i] = &modelUnit{limit: u.limit, at: old.at, item: u.item, revision: u.revision, state: "sticky"}
					kept = slices.Delete(kept, k, k+1)
					break
				}
			}
		}
	}
	d.units = append(d.units, kept...)
}

func (m *model) resolve(r capping.Resolution) error {
	if r.Record != nil {
		return m.releaseRecord(r)
	}
	d := m.record(r.Tenant, r.ID)
	if d == nil {
		return capping.ErrUnknownDecision
	}
	meant := func(a offer.ActivityID) bool { return r.Activity == "" || r.Activity == a }
	known, open := r.Activity == "", r.Activity == "" && len(d.items) == 0 && !d.released
	for _, i := range d.items {
		known = known || meant(i.Activity)
		open = open || meant(i.Activity) && !i.released
	}
	for _, u := range d.units {
		known = known || meant(u.item.Activity)
		onlyKept := !slices.ContainsFunc(d.items, func(i *modelItem) bool { return meant(i.Activity) })
		open = open || onlyKept && meant(u.item.Activity) && !d.released
	}
	switch {
	case !known:
		return capping.ErrUnknownActivity
	case r.Action == capping.Release:
		d.release(meant)
		d.released = d.released || r.Activity == ""
		return nil
	case !open:
		return capping.ErrReleased
	case !m.confirm(d, func(i *modelItem) bool { return meant(i.Activity) }):
		return capping.ErrLapsed
	}
	return nil
}

func (d *modelDecision) release(meant func(offer.ActivityID) bool) {
	for _, i := range d.items {
		i.released = i.released || meant(i.Activity)
	}
	for _, u := range d.units {
		if meant(u.item.Activity) {
			u.state = "back"
		}
	}
}

// confirm tries it on a copy of the states.
func (m *model) confirm(d *modelDecision, meant func(*modelItem) bool) bool {
	before := make([]string, len(d.units))
	for i, u := range d.units {
		before[i] = u.state
		if meant(u.item) && u.state != "back" {
			u.state = "sticky"
		}
	}
	for i, u := range d.units {
		if before[i] == "lapsed" && u.state == "sticky" && m.used(u.limit.Key, u.at, nil) > u.limit.Max {
			for i, u := range d.units {
				u.state = before[i]
			}
			return false
		}
	}
	return true
}

func (m *model) releaseRecord(r capping.Resolution) error {
	for _, d := range m.decisions {
		rev := r.Record.Revision
		if d.Tenant != r.Tenant || d.ID != r.ID || rev < d.first || rev > d.last {
			continue
		}
		meant := func(a offer.ActivityID) bool { return r.Activity == "" || r.Activity == a }
		if rev == d.last {
			known := r.Activity == ""
			for _, i := range d.items {
				known = known || meant(i.Activity)
			}
			for _, u := range d.units {
				known = known || meant(u.item.Activity)
			}
			if !known {
				return capping.ErrUnknownActivity
			}
			d.release(meant)
			d.released = d.released || r.Activity == ""
			return nil
		}
		for _, u := range d.units {
			if u.revision == rev && meant(u.item.Activity) {
				u.state = "back"
			}
		}
	}
	return nil
}

// errRefused stands for any error that has no name.
var errRefused = errors.New("refused")

func (m *model) happen(e capping.Event) error {
	if slices.ContainsFunc(m.events, func(o capping.Event) bool { return o.Tenant == e.Tenant && o.ID == e.ID }) {
		return nil
	}
	var d *modelDecision
	if e.Decision != "" {
		d = m.record(e.Tenant, e.Decision)
	}
	switch complete := e.Profile != "" && e.Placement != ""; {
	case d == nil && !complete && e.Decision != "":
		return capping.ErrUnknownDecision
	case d == nil && !complete:
		return errRefused
	case d == nil:
		m.events = append(m.events, e)
		return nil
	}
	concerns := func(i *modelItem) bool {
		return i.Offer == e.Offer && (e.Activity == "" || e.Activity == i.Activity) && (e.Placement == "" || e.Placement == i.Placement)
	}
	var places []placement.ID
	for _, i := range d.items {
		if concerns(i) && !slices.Contains(places, i.Placement) {
			places = append(places, i.Placement)
		}
	}
	switch {
	case e.Profile != "" && e.Profile != d.Profile || len(places) == 0:
		return capping.ErrContradiction
	case len(places) > 1:
		return errRefused
	}
	e.Profile, e.Placement = d.Profile, places[0]
	m.events = append(m.events, e)
	if e.Display {
		m.confirm(d, concerns)
	}
	return nil
}
