package decisioning_test

import (
	"slices"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// faults are the entities of a catalog that were made faulty in themselves, by
// index: what else is out with them follows.
type faults struct {
	Kinds                                                         []string `json:",omitempty"` // what was done
	Placements, Rules, Offers, Fallbacks, Collections, Activities []int    `json:",omitempty"`
	Policies, ContactPolicies                                     []int    `json:",omitempty"`
	Representations, FallbackRepresentations                      [][2]int `json:",omitempty"` // of (offer or fallback, representation)
}

func (f faults) any() bool { return len(f.Kinds) > 0 }

// survivors returns what quarantine leaves of the catalog.
func (f faults) survivors(c decisioning.Catalog) decisioning.Catalog {
	var left decisioning.Catalog
	left.Placements = without(c.Placements, f.Placements)
	left.Rules = without(c.Rules, f.Rules)
	left.Fallbacks = f.fallbacks(c, left)

	for i, x := range c.Collections {
		if !slices.Contains(f.Collections, i) && ruleOK(left, x.Rule) {
			left.Collections = append(left.Collections, x)
		}
	}
	for i, x := range c.Policies {
		if !slices.Contains(f.Policies, i) && hasCollection(left, x.Suppress) {
			left.Policies = append(left.Policies, x)
		}
	}
	for i, x := range c.ContactPolicies {
		if !slices.Contains(f.ContactPolicies, i) && hasCollection(left, x.Collection) && placementOK(left, x.Placement) {
			left.ContactPolicies = append(left.ContactPolicies, x)
		}
	}
	left.Offers = f.offers(c, left)
	for i, a := range c.Activities {
		if !slices.Contains(f.Activities, i) && activityOK(left, a) {
			left.Activities = append(left.Activities, a)
		}
	}
	return left
}

// refused reports whether even quarantine refuses the catalog: a policy is out,
// and nobody knows what it was to suppress or limit.
func (f faults) refused(c decisioning.Catalog) bool {
	unknown := func(id collection.ID) bool {
		return !slices.ContainsFunc(c.Collections, func(x collection.Collection) bool { return x.ID == id })
	}
	for _, p := range c.Policies {
		if unknown(p.Suppress) {
			return true
		}
	}
	for _, p := range c.ContactPolicies {
		if unknown(p.Collection) {
			return true
		}
	}
	return false
}

func without[T any](all []T, out []int) (left []T) {
	for i, x := range all {
		if !slices.Contains(out, i) {
			left = append(left, x)
		}
	}
	return left
}

func ruleOK(left decisioning.Catalog, id constraint.RuleID) bool {
	return id == "" || slices.ContainsFunc(left.Rules, func(r constraint.Rule) bool { return r.ID == id })
}

func placementOK(left decisioning.Catalog, id placement.ID) bool {
	return id == "" || slices.ContainsFunc(left.Placements, func(p placement.Placement) bool { return p.ID == id })
}

func hasCollection(left decisioning.Catalog, id collection.ID) bool {
	return slices.ContainsFunc(left.Collections, func(c collection.Collection) bool { return c.ID == id })
}

// fallbacks lose their faulty representations, and are out if they are faulty.
func (f faults) fallbacks(c, left decisioning.Catalog) (all []offer.Fallback) {
	for i, x := range c.Fallbacks {
		x.Representations = representations(left, x.Representations, i, f.FallbackRepresentations)
		if !slices.Contains(f.Fallbacks, i) {
			all = append(all, x)
		}
	}
	return all
}

func representations(left decisioning.Catalog, all []offer.Representation, of int, out [][2]int) (sound []offer.Representation) {
	for i, r := range all {
		if !slices.Contains(out, [2]int{of, i}) && placementOK(left, r.Placement) {
			sound = append(sound, r)
		}
	}
	return sound
}

// offers are out if they are faulty, or if something that limits them is.
func (f faults) offers(c, left decisioning.Catalog) (all []offer.Offer) {
	for i, o := range c.Offers {
		if slices.Contains(f.Offers, i) || !ruleOK(left, o.Rule) || limiterOut(c, left, &o, f) {
			continue
		}
		if slices.ContainsFunc(o.Caps, func(c offer.Cap) bool { return !placementOK(left, c.Placement) }) {
			continue
		}
		o.Representations = representations(left, o.Representations, i, f.Representations)
		all = append(all, o)
	}
	return all
}

// limiterOut reports whether a policy, a contact policy or a collection with
// rules is out that binds the offer.
func limiterOut(c, left decisioning.Catalog, o *offer.Offer, f faults) bool {
	var binding []collection.ID
	for i, p := range c.Policies {
		if slices.Contains(f.Policies, i) || !hasCollection(left, p.Suppress) {
			binding = append(binding, p.Suppress)
		}
	}
	for i, p := range c.ContactPolicies {
		if slices.Contains(f.ContactPolicies, i) || !hasCollection(left, p.Collection) || !placementOK(left, p.Placement) {
			binding = append(binding, p.Collection)
		}
	}
	for i, x := range c.Collections {
		out := slices.Contains(f.Collections, i) || !ruleOK(left, x.Rule)
		ruled := x.Rule != "" || x.Eligibility != "" || x.Applicability != "" || x.Suitability != ""
		if selects(&x, o) && (out && ruled || slices.Contains(binding, x.ID)) {
			return true
		}
	}
	return false
}

// activityOK reports whether all that the activity refers to is there.
func activityOK(left decisioning.Catalog, a decisioning.Activity) bool {
	fallback := a.Optional
	for _, x := range left.Fallbacks {
		fallback = fallback || x.ID == a.Fallback && representation(x.Representations, a.Placement) != nil
	}
	ok := fallback && placementOK(left, a.Placement) && ruleOK(left, a.Rule)
	for _, s := range selections(&a) {
		ok = ok && ruleOK(left, s.Rule) && (s.Collection == "" || hasCollection(left, s.Collection))
	}
	return ok
}
