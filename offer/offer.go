package offer

import (
	"slices"
	"time"

	"github.com/proffer-go/proffer/placement"
)

// ID identifies an offer or a fallback offer, which share one space of ids. It
// is valid UTF-8 without control characters, 1 to 256 bytes.
type ID string

// RuleID identifies a rule that entities share by name.
type RuleID string

// Tag is a topic that collections select offers by.
type Tag string

// Status says whether an offer is ready to be proposed.
type Status string

// The statuses of an offer. The empty status is [Draft].
const (
	Draft    Status = "draft"
	Approved Status = "approved" // only approved offers are proposed
	Archived Status = "archived"
)

// Kind says what kind of treatment an offer is.
type Kind string

// The kinds of offers. The empty kind is [Promotion].
const (
	Promotion Kind = "promotion"
	Action    Kind = "action" // sells nothing: a service message, an escalation, a delay
)

// An Offer is a decision option with its content and constraints.
type Offer struct {
	ID     ID     `json:"id"`
	Name   string `json:"name,omitempty"` // for people
	Status Status `json:"status,omitempty"`
	Kind   Kind   `json:"kind,omitempty"`
	Tags   []Tag  `json:"tags,omitempty"`
	// Representations are the offer's content, at most one for each placement.
	// Without one for an activity's placement it is not proposed there.
	Representations []Representation `json:"representations,omitempty"`

	// Start and End bound the offer's calendar: Start ≤ now < End. Zero is unbounded.
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`

	// Rule names a shared rule; Eligibility, Applicability and Suitability are
	// rules in CEL. All that are present must be true; empty is no rule.
	Rule          RuleID `json:"rule,omitempty"`
	Eligibility   string `json:"eligibility,omitempty"`   // may the person have it at all
	Applicability string `json:"applicability,omitempty"` // does it make sense now
	Suitability   string `json:"suitability,omitempty"`   // is it good for the person

	Caps []Cap `json:"caps,omitempty"` // all must have room

	Priority   int64          `json:"priority,omitempty"`   // at least 0; larger is better, but beyond 10^9 it is no score
	Value      float64        `json:"value,omitempty"`      // of an acceptance, in a unit of the application's choice
	Cost       float64        `json:"cost,omitempty"`       // of proposing it, in the same unit
	Acceptance string         `json:"acceptance,omitempty"` // formula in CEL for the probability of acceptance; empty is none
	Attributes map[string]any `json:"attributes,omitempty"` // for formulas and the application; JSON values
}

// A Representation is an offer's content for one placement.
type Representation struct {
	Placement  placement.ID `json:"placement"`
	Components []Component  `json:"components"` // one or more
}

// A Component is one piece of content. Exactly one of Content and URL is given.
type Component struct {
	Type      string   `json:"type"` // media type, one that the placement accepts
	Languages []string `json:"languages,omitempty"`
	Content   string   `json:"content,omitempty"` // inline
	URL       string   `json:"url,omitempty"`
}

// A Fallback is what an activity proposes when no offer qualifies. It has
// content and no constraints, so there is always an answer.
type Fallback struct {
	ID              ID               `json:"id"`
	Representations []Representation `json:"representations,omitempty"`
}

// Representation returns the offer's content for the placement, or nil.
func (o *Offer) Representation(p placement.ID) *Representation { return find(o.Representations, p) }

// Representation returns the fallback's content for the placement, or nil.
func (f *Fallback) Representation(p placement.ID) *Representation { return find(f.Representations, p) }

func find(all []Representation, p placement.ID) *Representation {
	for i := range all {
		if all[i].Placement == p {
			return &all[i]
		}
	}
	return nil
}

// HasTag reports whether the offer carries the tag.
func (o *Offer) HasTag(t Tag) bool { return slices.Contains(o.Tags, t) }

// Open reports whether the offer's calendar is open at the instant: at Start it
// is, at End it is not.
func (o *Offer) Open(at time.Time) bool { return Open(o.Start, o.End, at) }

// Open reports whether start ≤ at < end, where a zero bound is absent.
func Open(start, end, at time.Time) bool {
	return (start.IsZero() || !at.Before(start)) && (end.IsZero() || at.Before(end))
}
