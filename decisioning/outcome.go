package decisioning

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// Display is the type of the outcome that confirms what its decision held.
const Display = "decisioning.propositionDisplay"

// An Outcome is something that happened to an offer that was proposed: it was
// displayed, clicked, accepted, …
type Outcome struct {
	ID    string   `json:"id"`   // the outcome's own: it counts once
	Type  string   `json:"type"` // [Display], or what caps name in Counts
	Offer offer.ID `json:"offer"`
	// ProfileID and Placement may be left out if Decision is given and its record
	// is still kept, which they must not contradict.
	ProfileID profile.ID   `json:"profileId,omitempty"`
	Placement placement.ID `json:"placement,omitempty"`
	At        time.Time    `json:"at,omitzero"`        // zero: Config.Now; at most 5 minutes in the future
	Decision  string       `json:"decision,omitempty"` // the id of the decision
	Activity  ActivityID   `json:"activity,omitempty"` // of the decision that proposed the offer
}

// maxAhead is how far an outcome may lie in the future, for clocks that differ.
const maxAhead = 5 * time.Minute

// Record counts the outcome once for its id, in the windows that its instant lies in,
// however late it comes. Offers that no catalog knows are counted too. A
// recorded [Display] confirms what its decision held for the offer.
//
// Errors name the field; [capping.ErrContradiction] and
// [capping.ErrUnknownDecision] are as [capping.Recorder] says.
func (e *Engine) Record(ctx context.Context, o Outcome) error {
	event, err := e.event(o)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if err := e.counter.Record(ctx, event); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

// event checks the outcome and adds the contact policies that count it.
func (e *Engine) event(o Outcome) (capping.Event, error) {
	now := e.config.Now()
	at := o.At
	if at.IsZero() {
		at = now
	}
	at = at.Round(0).UTC()
	switch {
	case o.ID == "":
		return capping.Event{}, errors.New("outcome.id: empty; give the event's own id, which it is counted once for")
	case o.Type == "":
		return capping.Event{}, errors.New("outcome.type: empty")
	case o.Offer == "":
		return capping.Event{}, errors.New("outcome.offer: empty")
	case at.Year() < 1 || at.Year() > 9999:
		return capping.Event{}, errors.New("outcome.at: not within the years 1 and 9999")
	case at.Sub(now) > maxAhead:
		return capping.Event{}, errors.New("outcome.at: more than 5 minutes in the future")
	}
	for _, id := range [...]struct{ field, text string }{
		{"outcome.id", o.ID},
		{"outcome.type", o.Type},
		{"outcome.offer", string(o.Offer)},
		{"outcome.profileId", string(o.ProfileID)},
		{"outcome.placement", string(o.Placement)},
		{"outcome.decision", o.Decision},
		{"outcome.activity", string(o.Activity)},
	} {
		if err := checkID(id.field, id.text); err != nil {
			return capping.Event{}, err
		}
	}
	event := capping.Event{
		Tenant: e.config.Tenant, ID: o.ID, Type: o.Type, Offer: o.Offer, Profile: o.ProfileID,
		Placement: o.Placement, At: at, Decision: o.Decision, Activity: o.Activity, Display: o.Type == Display,
	}
	if s := e.Snapshot(); s != nil {
		event.Policies = s.counting(o.Offer, o.Type)
	}
	return event, nil
}

// counting returns the contact policies over the offer that count the type.
func (s *Snapshot) counting(id offer.ID, eventType string) []capping.PolicyID {
	i, ok := s.offers.Index(id)
	if !ok {
		return nil
	}
	var policies []capping.PolicyID
	for _, l := range s.bundles[s.options.At(i).bundle].limits {
		if l.cap.Counts == eventType {
			policies = append(policies, l.policy)
		}
	}
	return policies
}

// Confirm makes the units that a decision holds count for good: of the
// activities, or of all without any. It may be repeated. After the hold has
// lapsed it takes the units again if all have room, else it returns
// [capping.ErrLapsed]. [capping.ErrUnknownDecision] is returned for an id whose
// record is not kept any more, [capping.ErrReleased] for what was released. Several
// activities are resolved one after the other; the first error ends it.
func (e *Engine) Confirm(ctx context.Context, id string, activities ...ActivityID) error {
	return e.resolve(ctx, "confirm", capping.Resolution{ID: id, Action: capping.Confirm}, activities)
}

// Release gives the units of a decision back to the windows that they came
// from, also confirmed ones: of the activities, or of all without any. It may be
// repeated. [capping.ErrUnknownDecision] is returned for an id whose record is
// not kept any more; [Engine.ReleaseRecord] works at any age.
func (e *Engine) Release(ctx context.Context, id string, activities ...ActivityID) error {
	return e.resolve(ctx, "release", capping.Resolution{ID: id, Action: capping.Release}, activities)
}

// ErrUnsettled is returned by [Engine.ReleaseRecord] for a decision that does not
// know what it reserved, because the reply was lost.
var ErrUnsettled = errors.New("the reservation is unsettled: release it by its id, or decide the id again")

// ReleaseRecord is Release from the decision itself, which the caller kept. It
// works at any age. If the id was decided again since, it does nothing: the
// units of d went back then. So it does if d reserved nothing.
func (e *Engine) ReleaseRecord(ctx context.Context, d *Decision) error {
	switch {
	case d == nil:
		return errors.New("release: the decision is nil")
	case d.Unsettled:
		return fmt.Errorf("release: %w", ErrUnsettled)
	case d.Record == nil:
		return nil
	}
	return e.resolve(ctx, "release", capping.Resolution{ID: d.ID, Action: capping.Release, Record: d.Record}, nil)
}

func (e *Engine) resolve(ctx context.Context, verb string, r capping.Resolution, activities []ActivityID) error {
	r.Tenant = e.config.Tenant
	if len(activities) == 0 {
		activities = []ActivityID{""}
	}
	for _, a := range activities {
		r.Activity = a
		err := e.counter.Resolve(ctx, r)
		if errors.Is(err, capping.ErrUnknownActivity) {
			err = fmt.Errorf("%w: %w", ErrUnknownActivity, err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", verb, err)
		}
	}
	return nil
}
