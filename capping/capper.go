package capping

import (
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
	Tenant    string
	Offer     offer.ID     // empty if Policy is given
	Policy    PolicyID     // the contact policy, or an application's own name; empty if Offer is given
	Profile   profile.ID   // empty: over all profiles
	Counts    string       // type of the recorded events that are counted; empty: propositions
	Placement placement.ID // empty: all placements together
	Window    offer.Window // in normal form
	// Start and End bound the window of a calendar period, in Unix seconds: it
	// is Start ≤ t < End. Both are 0 for a rolling window and for ever.
	Start, End int64
}

// A Limit is a cap as arbitration reckons with it: at most Max units on Key. If
// Key.Counts is empty a proposition takes one unit, else none: then it is the
// events that fill the key.
type Limit struct {
	Key Key
	Max int64
}

// A Capper names the limits under which an offer stands for a placement, in
// addition to the catalog's. It appends them to dst and returns dst.
//   - Pure: the same facts and offer give the same limits, with no I/O.
//   - Limits that share a Key, also of different offers, share its units; they
//     have the same Max.
//   - A Key whose window is per calendar period comes from [Schedule.At].
//   - If it panics, the offer is out as capped, and the decision is degraded.
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
