// Package collection selects offers from an inventory.
//
// A [Collection] selects by any of its tags, by all of its tags, or by an
// explicit list, for which tags are ignored. The rules that stand on a collection
// bind each of its offers wherever it is proposed, also through another
// collection.
package collection

import (
	"slices"

	"github.com/proffer-go/proffer/offer"
)

// ID identifies a collection. It is valid UTF-8 without control characters, 1
// to 256 bytes.
type ID string

// A Collection selects offers in exactly one of three ways, and may bind them
// by rules.
type Collection struct {
	ID ID `json:"id"`

	AnyTags []offer.Tag `json:"anyTags,omitempty"` // offers with at least one of these tags
	AllTags []offer.Tag `json:"allTags,omitempty"` // offers with all of these tags
	Offers  []offer.ID  `json:"offers,omitempty"`  // these offers

	// The rules bind each offer of the collection wherever it is proposed, like
	// the offer's own; see [offer.Offer]. Empty is no rule.
	Rule          offer.RuleID `json:"rule,omitempty"`
	Eligibility   string       `json:"eligibility,omitempty"`
	Applicability string       `json:"applicability,omitempty"`
	Suitability   string       `json:"suitability,omitempty"`
}

// Selects reports whether the collection selects the offer. A collection
// without a form selects nothing.
func (c *Collection) Selects(o *offer.Offer) bool {
	switch {
	case len(c.Offers) > 0:
		return slices.Contains(c.Offers, o.ID)
	case len(c.AllTags) > 0:
		for _, t := range c.AllTags {
			if !o.HasTag(t) {
				return false
			}
		}
		return true
	default:
		return slices.ContainsFunc(c.AnyTags, o.HasTag)
	}
}

// Binds reports whether a rule stands on the collection.
func (c *Collection) Binds() bool {
	return c.Rule != "" || c.Eligibility != "" || c.Applicability != "" || c.Suitability != ""
}
