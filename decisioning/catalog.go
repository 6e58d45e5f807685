package decisioning

import (
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/rank"
)

// A Catalog is everything that decisions are made from, as plain data. Its JSON
// form, version 1, is what encoding/json makes of it. [Compile] checks it and
// makes a [Snapshot]; until then it may be changed at will.
type Catalog struct {
	Placements      []placement.Placement   `json:"placements,omitempty"`
	Rules           []constraint.Rule       `json:"rules,omitempty"`
	Offers          []offer.Offer           `json:"offers,omitempty"`
	Fallbacks       []offer.Fallback        `json:"fallbacks,omitempty"`
	Collections     []collection.Collection `json:"collections,omitempty"`
	Activities      []Activity              `json:"activities,omitempty"`
	Policies        []constraint.Policy     `json:"policies,omitempty"`
	ContactPolicies []capping.ContactPolicy `json:"contactPolicies,omitempty"`
}

// ActivityID identifies an activity. It is valid UTF-8 without control
// characters, 1 to 256 bytes.
type ActivityID = offer.ActivityID

// An Activity fills one placement with the best offers of its selections.
type Activity struct {
	ID        ActivityID   `json:"id"`
	Placement placement.ID `json:"placement"`
	// Collection is short for a single selection of it; an activity has either
	// Collection or Selections.
	Collection collection.ID `json:"collection,omitempty"`
	Selections []Selection   `json:"selections,omitempty"` // tried in order
	// Fallback is proposed when no offer qualifies; an activity has one or is
	// Optional: then it proposes nothing instead.
	Fallback offer.ID `json:"fallback,omitempty"`
	Optional bool     `json:"optional,omitempty"`
	Count    int      `json:"count,omitempty"`  // how many offers it wants, 1 to 30; 0 is 1
	Weight   float64  `json:"weight,omitempty"` // of its scores in arbitration, above 0, at most 1000; 0 is 1

	// Start and End bound the activity's calendar, as an offer's; outside it the
	// activity is closed. So it is while its Rule or Eligibility is not true.
	Start       time.Time    `json:"start,omitzero"`
	End         time.Time    `json:"end,omitzero"`
	Rule        offer.RuleID `json:"rule,omitempty"`
	Eligibility string       `json:"eligibility,omitempty"`
	Rank        rank.Spec    `json:"rank,omitzero"` // of the selections that have none
}

// A Selection is a part of the inventory with a ranking of its own. Its position
// in the activity, from 0, is the tier of its offers.
type Selection struct {
	Collection  collection.ID `json:"collection,omitempty"` // empty: the whole inventory
	Rule        offer.RuleID  `json:"rule,omitempty"`       // it is closed while its rules are not true
	Eligibility string        `json:"eligibility,omitempty"`
	Rank        rank.Spec     `json:"rank,omitzero"` // zero: the activity's
}
