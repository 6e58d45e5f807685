package capping

import (
	"errors"
	"fmt"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// PolicyID identifies a contact policy. It is valid UTF-8 without control
// characters, 1 to 256 bytes.
type PolicyID string

// A ContactPolicy limits how often the offers of a collection are proposed, all
// of them together.
type ContactPolicy struct {
	ID         PolicyID      `json:"id"`
	Collection collection.ID `json:"collection"`
	Limit      int64         `json:"limit"` // at least 1
	// Per may also be offer.PerDecision: at most Limit propositions in one
	// decision. It then has no window.
	Per       offer.Per    `json:"per"`
	Window    offer.Window `json:"window,omitzero"`
	Counts    string       `json:"counts,omitempty"`    // as in [offer.Cap]
	Placement placement.ID `json:"placement,omitempty"` // as in [offer.Cap]
}

// A Key names one counter in one window. Two caps with equal keys draw on the
// same counter. It is comparable, and plain data: a backend may store it in any
// form that keeps different keys apart.
type Key struct {
	Tenant    string       `json:"tenant,omitempty"`
	Offer     offer.ID     `json:"offer,omitempty"`     // empty if Policy is given
	Policy    PolicyID     `json:"policy,omitempty"`    // the contact policy, or an application's own name; empty if Offer is given
	Profile   profile.ID   `json:"profileId,omitempty"` // empty: over all profiles
	Counts    string       `json:"counts,omitempty"`    // type of the recorded events that are counted; empty: propositions
	Placement placement.ID `json:"placement,omitempty"` // empty: all placements together
	Window    offer.Window `json:"window,omitzero"`     // in normal form
	// Start and End bound the window of a calendar period, in Unix seconds: it
	// is Start ≤ t < End. Both are 0 for a rolling window and for ever.
	Start int64 `json:"start,omitempty"`
	End   int64 `json:"end,omitempty"`
}

// A Limit is a cap as arbitration reckons with it: at most Max units on Key. A
// proposition takes one of them, unless Key.Counts says that events are counted.
type Limit struct {
	Key Key   `json:"key"`
	Max int64 `json:"max"` // at least 1
	// PerDecision counts the propositions of one decision only: Key tells limits
	// apart, and no counter is asked.
	PerDecision bool `json:"perDecision,omitempty"`
}

// CheckLimits returns what is wrong with limits that a [Capper] named, nil if
// nothing is.
func CheckLimits(limits []Limit) error {
	for i := range limits {
		k := &limits[i].Key
		switch {
		case limits[i].Max < 1:
			return fmt.Errorf("a limit of %d: it is at least 1; to rule an offer out use a filter", limits[i].Max)
		case (k.Offer == "") == (k.Policy == ""):
			return errors.New("a key with both or neither of Offer and Policy")
		case k.Counts != "" && k.Offer == "":
			return errors.New("a key that counts events without an Offer: only the catalog's contact policies are told of events")
		case k.Window != k.Window.Normal():
			return errors.New("a window that is not in normal form: equal windows would count apart")
		case (k.Window.Every != "") != (k.Start < k.End):
			return errors.New("a calendar window without its bounds, or bounds without one: take the key from Schedule.At")
		}
	}
	return nil
}

// A Capper names the limits under which an offer stands for a placement, in
// addition to the catalog's. It appends them to dst and returns dst.
//   - Pure: the same facts and offer give the same limits, with no I/O.
//   - Limits that share a Key, also of different offers, share its units; they
//     have the same Max.
//   - Each passes [CheckLimits]; a Key whose window is per calendar period comes
//     from [Schedule.At].
//   - If they do not pass, or it panics, the offer is out as capped, and the decision is degraded.
//   - Safe for concurrent use.
type Capper interface {
	Limits(f *profile.Facts, o *offer.Offer, p placement.ID, dst []Limit) []Limit
}

// CapperFunc is a function as a [Capper].
type CapperFunc func(f *profile.Facts, o *offer.Offer, p placement.ID, dst []Limit) []Limit

// Limits calls fn.
func (fn CapperFunc) Limits(f *profile.Facts, o *offer.Offer, p placement.ID, dst []Limit) []Limit {
	return fn(f, o, p, dst)
}
