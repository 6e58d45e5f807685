package decisioning

import (
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/internal/strictjson"
	"github.com/proffer-go/proffer/rank"
)

const (
	maxCount  = 30
	maxWeight = 1000
)

func (k *checker) collection(key string, c *collection.Collection) {
	forms := 0
	for _, n := range []int{len(c.AnyTags), len(c.AllTags), len(c.Offers)} {
		forms += min(n, 1)
	}
	_, i, _ := entityAt(key)
	switch {
	case forms > 1:
		k.fault(key, "", "more than one of anyTags, allTags and offers: give one of them")
	case forms == 0:
		k.vague[i] = true
		if k.absent(key, "anyTags", "allTags", "offers") {
			k.fault(key, "", "none of anyTags, allTags and offers: give one of them")
		}
	}
	empty := k.distinct(key, "anyTags", len(c.AnyTags), func(i int) string { return string(c.AnyTags[i]) })
	empty += k.distinct(key, "allTags", len(c.AllTags), func(i int) string { return string(c.AllTags[i]) })
	if empty > 0 {
		k.vague[i] = true
	}
	k.distinct(key, "offers", len(c.Offers), func(i int) string { return string(c.Offers[i]) })
	for i, id := range c.Offers {
		at := strictjson.Element(key+".offers", i)
		_, offer := k.offers[id]
		if _, fallback := k.fallbacks[id]; fallback && !offer {
			k.fault(at, "", "%q is a fallback: only offers can be collected", id)
			continue
		}
		ref(k, at, "", "offers", id, k.offers)
	}
	k.constraints(key, c.Rule, c.Eligibility, c.Applicability, c.Suitability)
}

func (k *checker) activity(key string, a *Activity) {
	mustRef(k, key, "placement", "placements", a.Placement, k.placements)
	switch {
	case a.Collection != "" && len(a.Selections) > 0:
		k.fault(key, "", "both collection and selections: give one of them")
	case a.Collection == "" && len(a.Selections) == 0 && k.absent(key, "collection", "selections"):
		k.fault(key, "", "neither collection nor selections: give one of them; a selection without a collection is the whole inventory")
	}
	ref(k, key, "collection", "collections", a.Collection, k.collections)
	for i := range a.Selections {
		s, at := &a.Selections[i], strictjson.Element(key+".selections", i)
		ref(k, at, "collection", "collections", s.Collection, k.collections)
		k.constraints(at, s.Rule, s.Eligibility, "", "")
		k.rank(at, s.Rank)
	}
	k.fallback(key, a)
	if a.Count < 0 || a.Count > maxCount {
		k.fault(key, "count", "%d is out of range: want 1 to %d", a.Count, maxCount)
	}
	if a.Weight < 0 || a.Weight > maxWeight {
		k.fault(key, "weight", "%v is out of range: want above 0 and at most %d", a.Weight, maxWeight)
	}
	k.calendar(key, a.Start, a.End)
	k.constraints(key, a.Rule, a.Eligibility, "", "")
	k.rank(key, a.Rank)
}

// fallback checks that the activity at key has a fallback for its placement, or
// is optional.
func (k *checker) fallback(key string, a *Activity) {
	switch {
	case a.Fallback != "" && a.Optional:
		k.fault(key, "", "both fallback and optional: give one of them")
	case a.Fallback == "" && !a.Optional && k.absent(key, "fallback", "optional"):
		k.fault(key, "", "neither fallback nor optional: name a fallback, or set optional to true to propose nothing instead")
	}
	i, ok := k.fallbacks[a.Fallback]
	if _, isOffer := k.offers[a.Fallback]; isOffer && !ok {
		k.fault(key, "fallback", "%q is an offer: name one of the fallbacks", a.Fallback)
		return
	}
	if !ok {
		ref(k, key, "fallback", "fallbacks", a.Fallback, k.fallbacks)
		return
	}
	at := strictjson.Element("fallbacks", i)
	_, known := k.placements[a.Placement]
	if known && k.catalog.Fallbacks[i].Representation(a.Placement) == nil && !k.anyUnread(at, len(k.catalog.Fallbacks[i].Representations)) {
		k.fault(key, "fallback", "%q has no representation for placement %q: add one, or name another fallback", a.Fallback, a.Placement)
	}
}

// anyUnread reports whether for which placements the n representations of the
// entity at key are could not be read.
func (k *checker) anyUnread(key string, n int) bool {
	if !k.absent(key, "representations") {
		return true
	}
	for i := range n {
		if !k.absent(strictjson.Element(key+".representations", i), "placement") {
			return true
		}
	}
	return false
}

func (k *checker) rank(key string, s rank.Spec) {
	if s.IsZero() {
		return
	}
	key = strictjson.Field(key, "rank")
	switch {
	case s.By != "" && s.Formula != "":
		k.fault(key, "", "both by and formula: give one of them")
	case s.By == "" && s.Formula == "" && k.absent(key, "by", "formula"):
		k.fault(key, "", "neither by nor formula: give one of them")
	case s.By != "" && s.By != rank.ByPriority && s.By != rank.ByUtility:
		k.rankers = append(k.rankers, k.newFault(strictjson.Field(key, "by"), s.By))
	}
	k.expr(key, "formula", rules.Score, s.Formula)
}

func (k *checker) policy(key string, p *constraint.Policy) {
	k.required(key, "when", rules.Condition, p.When)
	mustRef(k, key, "suppress", "collections", p.Suppress, k.collections)
	k.expr(key, "until", rules.Until, p.Until)
	if p.OnError != "" && p.OnError != constraint.SuppressOnError {
		k.fault(key, "onError", "unknown onError %q: use suppress or leave it out", p.OnError)
	}
}
