package decisioning_test

import (
	"context"
	"errors"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/decisioning"
)

// find returns the decision to follow up and the activity, empty for all.
func (p *player) find(f *follow) (*made, decisioning.ActivityID) {
	if f.Ask >= len(p.made) {
		return nil, ""
	}
	m := &p.made[len(p.made)-1-f.Ask]
	if items := m.judge.record.items; f.One && len(items) > 0 {
		return m, items[0].activity
	}
	return m, ""
}

// keeps reports whether a latest record has kept units of an earlier one: to which
// activity they belong then is not for sure.
func (p *player) keeps(m *made) bool {
	r := p.judge.counters.record(m.judge.record.id)
	return r != nil && r != m.judge.record
}

func (p *player) confirm(ctx context.Context, f *follow) {
	m, activity := p.find(f)
	if m == nil || p.keeps(m) && activity != "" {
		return
	}
	var part []decisioning.ActivityID
	if activity != "" {
		part = append(part, activity)
	}
	want := p.judge.counters.confirm(m.judge.record.id, activity)
	for i, t := range p.twins {
		p.compareErrors("Confirm", t.engine.Confirm(ctx, m.engines[i].ID, part...), want)
	}
}

func (p *player) release(ctx context.Context, f *follow) {
	m, activity := p.find(f)
	if m == nil || p.keeps(m) && activity != "" {
		return
	}
	var part []decisioning.ActivityID
	if activity != "" {
		part = append(part, activity)
	}
	want := p.judge.counters.release(m.judge.record.id, activity)
	for i, t := range p.twins {
		p.compareErrors("Release", t.engine.Release(ctx, m.engines[i].ID, part...), want)
	}
}

func (p *player) correct(ctx context.Context, f *follow) {
	m, _ := p.find(f)
	if m == nil || p.judge.counters.record(m.judge.record.id) == nil && m.murky {
		return
	}
	p.judge.counters.releaseRecord(m.judge.record)
	for i, t := range p.twins {
		p.compareErrors("ReleaseRecord", t.engine.ReleaseRecord(ctx, m.engines[i]), nil)
	}
}

func (p *player) record(ctx context.Context, h *happening) {
	o := decisioning.Outcome{ID: h.ID, Type: h.Type, Offer: h.Offer, Placement: h.Where, ProfileID: "u1"}
	if h.Late != 0 {
		o.At = p.judge.counters.clock.Add(-h.Late)
	}
	var named *made
	if h.Named && h.Ask < len(p.made) {
		named = &p.made[len(p.made)-1-h.Ask]
		if !p.name(&o, h, named) {
			return
		}
	}
	want := p.judge.counters.happened(o, p.judge.policiesCounting(o.Offer, o.Type))
	for i, t := range p.twins {
		own := o
		if o.Decision != "" {
			own.Decision = named.engines[i].ID
		}
		p.compareErrors("Record", t.engine.Record(ctx, own), want)
	}
}

// name lets the outcome name the decision and be about its first item. It
// returns false if what follows is not for sure: whether a display takes lapsed
// units again, or to which record it belongs.
func (p *player) name(o *decisioning.Outcome, h *happening, m *made) bool {
	items := m.judge.record.items
	if len(items) == 0 {
		return true
	}
	item := items[0]
	if h.Type == display && len(item.units) > 0 && item.units[0].lapsed(p.judge.counters.clock) || p.keeps(m) {
		return false
	}
	o.Decision, o.Activity, o.Offer, o.Placement, o.ProfileID = m.judge.record.id, item.activity, item.offer, item.placement, m.judge.record.profile
	if h.Bare {
		o.Placement, o.ProfileID = "", ""
	}
	if h.Wrong != "" {
		o.ProfileID = h.Wrong
	}
	return true
}

func (p *player) compareErrors(what string, got, want error) {
	for _, kind := range []error{
		capping.ErrUnknownDecision, capping.ErrUnknownActivity, capping.ErrLapsed, capping.ErrReleased, capping.ErrContradiction, capping.ErrOtherProfile,
	} {
		if errors.Is(got, kind) != errors.Is(want, kind) {
			p.failf("%s: %v, want %v", what, got, want)
		}
	}
	if (got == nil) != (want == nil) {
		p.failf("%s: %v, want %v", what, got, want)
	}
}
