package capping

import (
	"context"
	"errors"

	"github.com/proffer-go/proffer/placement"
)

type eventID struct{ tenant, id string }

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
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	id := eventID{e.Tenant, e.ID}
	if _, ok := m.seen[id]; ok {
		return nil
	}
	var of *record
	if e.Decision != "" {
		of = m.records[recordID{e.Tenant, e.Decision}]
	}
	if err := complete(&e, of); err != nil {
		return err
	}
	m.seen[id] = struct{}{}
	m.recorded.push(m.clock.add(m.config.EventRetention), id)
	m.ledger.happen(&e)
	if of != nil && e.Display {
		// It was displayed whether there is room for lapsed units again or not.
		_ = m.confirm(of, e.concerns)
	}
	return nil
}

// concerns reports whether the event may be about the part of its decision.
func (e *Event) concerns(p *part) bool {
	return p.offer == e.Offer &&
		(e.Activity == "" || p.activity == e.Activity) &&
		(e.Placement == "" || p.placement == e.Placement)
}

// complete fills in what the event leaves out from the record of its decision, if
// one is kept, and refuses what contradicts it.
func complete(e *Event, of *record) error {
	switch {
	case of == nil && e.Profile != "" && e.Placement != "":
		return nil
	case of == nil && e.Decision != "":
		return ErrUnknownDecision
	case of == nil:
		return errNoPerson
	case e.Profile != "" && e.Profile != of.profile:
		return ErrContradiction
	}
	e.Profile = of.profile
	place, err := of.placementOf(e)
	e.Placement = place
	return err
}

// placementOf returns the one placement in which the event can have happened.
func (r *record) placementOf(e *Event) (place placement.ID, err error) {
	err = ErrContradiction
	for i := range r.parts {
		switch p := &r.parts[i]; {
		case !e.concerns(p):
		case err == nil && p.placement != place:
			return "", errWhichPlace
		default:
			place, err = p.placement, nil
		}
	}
	return place, err
}
