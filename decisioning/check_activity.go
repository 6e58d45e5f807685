package decisioning

import (
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/rank"
)

const (
	maxCount  = 30
	maxWeight = 1000
)

func (k *checker) collection(at *place, c *collection.Collection) {
	forms := 0
	for _, n := range []int{len(c.AnyTags), len(c.AllTags), len(c.Offers)} {
		forms += min(n, 1)
	}
	switch {
	case forms > 1:
		k.fault(at, "", "more than one of anyTags, allTags and offers: give one of them")
	case forms == 0:
		k.vague[at.i] = true
		if k.absent(at, "anyTags", "allTags", "offers") {
			k.fault(at, "", "none of anyTags, allTags and offers: give one of them")
		}
	}
	empty := distinct(k, at, "anyTags", c.AnyTags) + distinct(k, at, "allTags", c.AllTags)
	if empty > 0 {
		k.vague[at.i] = true
	}
	distinct(k, at, "offers", c.Offers)
	for i, id := range c.Offers {
		member := at.element("offers", i)
		_, offer := k.offers[id]
		if _, fallback := k.fallbacks[id]; fallback && !offer {
			k.fault(&member, "", "%q is a fallback: only offers can be collected", id)
			continue
		}
		ref(k, &member, "", "offers", id, k.offers)
	}
	k.constraints(at, c.Rule, c.Eligibility, c.Applicability, c.Suitability)
}

func (k *checker) activity(at *place, a *Activity) {
	mustRef(k, at, "placement", "placements", a.Placement, k.placements)
	switch {
	case a.Collection != "" && len(a.Selections) > 0:
		k.fault(at, "", "both collection and selections: give one of them")
	case a.Collection == "" && len(a.Selections) == 0 && k.absent(at, "collection", "selections"):
		k.fault(at, "", "neither collection nor selections: give one of them; a selection without a collection is the whole inventory")
	}
	ref(k, at, "collection", "collections", a.Collection, k.collections)
	for i := range a.Selections {
		s, at := &a.Selections[i], at.element("selections", i)
		ref(k, &at, "collection", "collections", s.Collection, k.collections)
		k.constraints(&at, s.Rule, s.Eligibility, "", "")
		k.rank(&at, s.Rank)
	}
	k.fallback(at, a)
	if a.Count < 0 || a.Count > maxCount {
		k.fault(at, "count", "%d is out of range: want 1 to %d", a.Count, maxCount)
	}
	if a.Weight < 0 || a.Weight > maxWeight {
		k.fault(at, "weight", "%v is out of range: want above 0 and at most %d", a.Weight, maxWeight)
	}
	k.calendar(at, a.Start, a.End)
	k.constraints(at, a.Rule, a.Eligibility, "", "")
	k.rank(at, a.Rank)
}

// fallback checks that the activity has a fallback for its placement, or
// is optional.
func (k *checker) fallback(at *place, a *Activity) {
	switch {
	case a.Fallback != "" && a.Optional:
		k.fault(at, "", "both fallback and optional: give one of them")
	case a.Fallback == "" && !a.Optional && k.absent(at, "fallback", "optional"):
		k.fault(at, "", "neither fallback nor optional: name a fallback, or set optional to true to propose nothing instead")
	}
	i, ok := k.fallbacks[a.Fallback]
	if _, isOffer := k.offers[a.Fallback]; isOffer && !ok {
		k.fault(at, "fallback", "%q is an offer: name one of the fallbacks", a.Fallback)
		return
	}
	if !ok {
		ref(k, at, "fallback", "fallbacks", a.Fallback, k.fallbacks)
		return
	}
	_, known := k.placements[a.Placement]
	if known && k.catalog.Fallbacks[i].Representation(a.Placement) == nil && !k.anyUnread(&place{name: "fallbacks", i: i}, len(k.catalog.Fallbacks[i].Representations)) {
		k.fault(at, "fallback", "%q has no representation for placement %q: add one, or name another fallback", a.Fallback, a.Placement)
	}
}

// anyUnread reports whether for which placements the n representations of the
// entity at the place are could not be read.
func (k *checker) anyUnread(at *place, n int) bool {
	if !k.absent(at, "representations") {
		return true
	}
	for i := range n {
		r := at.element("representations", i)
		if !k.absent(&r, "placement") {
			return true
		}
	}
	return false
}

func (k *checker) rank(at *place, s rank.Spec) {
	if s.IsZero() {
		return
	}
	spec := at.field("rank")
	at = &spec
	switch {
	case s.By != "" && s.Formula != "":
		k.fault(at, "", "both by and formula: give one of them")
	case s.By == "" && s.Formula == "" && k.absent(at, "by", "formula"):
		k.fault(at, "", "neither by nor formula: give one of them")
	case s.By != "" && s.By != rank.ByPriority && s.By != rank.ByUtility:
		by := at.field("by")
		k.rankers = append(k.rankers, k.newFault(by.key(), s.By))
	}
	k.expr(at, "formula", rules.Score, s.Formula)
}

func (k *checker) policy(at *place, p *constraint.Policy) {
	k.required(at, "when", rules.Condition, p.When)
	mustRef(k, at, "suppress", "collections", p.Suppress, k.collections)
	k.expr(at, "until", rules.Until, p.Until)
	if p.OnError != "" && p.OnError != constraint.SuppressOnError {
		k.fault(at, "onError", "unknown onError %q: use suppress or leave it out", p.OnError)
	}
}
