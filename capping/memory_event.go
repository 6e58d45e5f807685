package capping

import (
	"context"
	"errors"

	"github.com/proffer-go/proffer/placement"
)

// Errors for events that no engine passes on.
var (
	errNoEvent    = errors.New("an event without id, type or offer")
	errNoPerson   = errors.New("an event without decision needs profile and placement")
	errWhichPlace = errors.New("the decision proposes the offer in several placements: name the activity or the placement")
)

// Record implements [Recorder].
func (m *Memory) Record(ctx context.Context, e Event) error {
	if e.ID == "" || e.Type == "" || e.Offer == "" {
		return errNoEvent
	}
	id, person := m.seeds.id(e.Tenant, e.ID), m.seeds.profile(e.Profile)
	decision := m.seeds.id(e.Tenant, e.Decision)
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if _, ok := m.seen[id]; ok {
		return nil
	}
	var of *record
	if e.Decision != "" {
		of = m.load(decision)
	}
	if of != nil && e.Profile == "" {
		person = of.profile
	}
	if err := m.complete(&e, person, of); err != nil {
		return err
	}
	m.seen[id] = struct{}{}
	m.recorded.push(due{m.clock.add(m.config.EventRetention), id})
	m.ledger.happen(&m.seeds, &e, person)
	// It was displayed whether there is room for lapsed units again or not.
	if of != nil && e.Display && m.confirm(of, e.concerns) {
		m.save(decision, of)
	}
	return nil
}

// concerns reports whether the event may be about an item of the shape.
func (e *Event) concerns(p *shape) bool {
	return p.offer == e.Offer &&
		(e.Activity == "" || p.activity == e.Activity) &&
		(e.Placement == "" || p.placement == e.Placement)
}

// complete fills in the placement if the event leaves it out, from the record of its decision, if
// one is kept, and refuses what contradicts it.
func (m *Memory) complete(e *Event, person hash, of *record) error {
	switch {
	case of == nil && e.Profile != "" && e.Placement != "":
		return nil
	case of == nil && e.Decision != "":
		return ErrUnknownDecision
	case of == nil:
		return errNoPerson
	case person != of.profile:
		return ErrContradiction
	}
	place, err := m.placementOf(e, of)
	e.Placement = place
	return err
}

// placementOf returns the one placement in which the event can have happened.
func (m *Memory) placementOf(e *Event, r *record) (place placement.ID, err error) {
	err = ErrContradiction
	for i := range r.parts {
		switch p := &m.shapes.all[r.parts[i].shape]; {
		case !e.concerns(p):
		case err == nil && p.placement != place:
			return "", errWhichPlace
		default:
			place, err = p.placement, nil
		}
	}
	return place, err
}
