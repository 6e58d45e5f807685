package decisioning

import (
	"slices"
	"strings"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/strictjson"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// A quarantine finds what has to be left out of a faulty catalog so that what
// stays is bound by all that its author meant to bind it.
//
// Faults spread along references, from one kind of entity to the next: rules and
// placements, collections, policies, offers, fallbacks, activities. So one pass
// in this order finds all.
type quarantine struct {
	*checker
	refused bool            // it cannot be told what has to be left out
	out     map[string]bool // by key: entities, representations, members of explicit lists
	key     []byte          // being looked up
	binding map[int]bool    // collections that may have rules which could not be read
}

func newQuarantine(k *checker) *quarantine {
	q := &quarantine{checker: k, out: make(map[string]bool), binding: make(map[int]bool)}
	for _, key := range k.blamed {
		q.out[key] = true
	}
	for _, f := range k.faults {
		q.blame(f)
	}
	c := k.catalog
	each(c.Collections, "collections", q.collection)
	each(c.Policies, "policies", q.policy)
	each(c.ContactPolicies, "contactPolicies", q.contactPolicy)
	each(c.Offers, "offers", q.offer)
	each(c.Fallbacks, "fallbacks", func(key string, f *offer.Fallback) { q.representations(key, f.Representations) })
	each(c.Activities, "activities", q.activity)
	return q
}

// each calls do for every entity of a section, with its key.
func each[T any](list []T, section string, do func(key string, e *T)) {
	for i := range list {
		do(strictjson.Element(section, i), &list[i])
	}
}

// blame marks what a fault belongs to.
func (q *quarantine) blame(f strictjson.Fault) {
	key := f.Key
	if f.Meant != "" {
		key = f.Meant
	}
	section, i, ok := entityAt(key)
	if !ok || f.Ends {
		q.refused = true
		return
	}
	entity := strictjson.Element(section, i)
	rest := key[len(entity):]
	switch part, _, _ := strings.Cut(rest, "]"); {
	case strings.HasPrefix(part, ".representations["):
		q.out[entity+part+"]"] = true
	case section == "collections" && strings.HasPrefix(part, ".offers["):
		q.out[entity+part+"]"] = true
	default:
		q.out[entity] = true
		q.blameField(section, i, rest, q.reading.Unread(entity))
	}
}

// blameField marks what cannot be told any more of the entity, of which the part
// at rest is faulty.
func (q *quarantine) blameField(section string, i int, rest string, unread bool) {
	switch section {
	case "policies":
		q.refused = q.refused || unread || rest == ".suppress"
	case "contactPolicies":
		q.refused = q.refused || unread || rest == ".collection"
	case "collections":
		switch {
		case unread:
			q.vague[i], q.binding[i] = true, true
		case rest == ".anyTags", rest == ".allTags", rest == ".offers":
			q.vague[i] = true
		case rest != "" && rest != ".id" && !strings.HasPrefix(rest, ".anyTags[") && !strings.HasPrefix(rest, ".allTags["):
			q.binding[i] = true // a rule, or an unknown field that may be meant as one
		}
	}
}

// gone reports whether what the id refers to is out.
func gone[K ~string](q *quarantine, section string, id K, known map[K]int) bool {
	i, ok := known[id]
	return ok && q.isOut(section, i)
}

// isOut reports whether an element of the list at the key is out.
func (q *quarantine) isOut(list string, i int) bool {
	q.key = strictjson.AppendElement(append(q.key[:0], list...), i)
	return q.out[string(q.key)]
}

func (q *quarantine) leaveOut(key string, when bool) {
	if when {
		q.out[key] = true
	}
}

func (q *quarantine) collection(key string, c *collection.Collection) {
	q.leaveOut(key, gone(q, "rules", c.Rule, q.rules))
	_, i, _ := entityAt(key)
	if q.out[key] && (q.binding[i] || c.Binds()) {
		q.leaveOutMembers(i)
	}
}

func (q *quarantine) policy(key string, p *constraint.Policy) {
	q.leaveOut(key, gone(q, "collections", p.Suppress, q.collections))
	q.leaveOutRuled(key, p.Suppress)
}

func (q *quarantine) contactPolicy(key string, p *capping.ContactPolicy) {
	q.leaveOut(key, gone(q, "collections", p.Collection, q.collections) || gone(q, "placements", p.Placement, q.placements))
	q.leaveOutRuled(key, p.Collection)
}

// leaveOutRuled leaves out what a policy rules, if the policy is out: the offers
// of every collection with the id, if several have it.
func (q *quarantine) leaveOutRuled(policy string, id collection.ID) {
	if !q.out[policy] {
		return
	}
	if _, known := q.collections[id]; !known {
		q.refused = true
		return
	}
	for i := range q.catalog.Collections {
		if q.catalog.Collections[i].ID == id {
			q.leaveOutMembers(i)
		}
	}
}

// leaveOutMembers leaves out all offers of the collection, by whichever form.
func (q *quarantine) leaveOutMembers(i int) {
	if q.vague[i] {
		q.refused = true
		return
	}
	c := q.catalog.Collections[i]
	for _, id := range c.Offers {
		if j, ok := q.offers[id]; ok {
			q.out[strictjson.Element("offers", j)] = true
		}
	}
	c.Offers = nil
	all, some := c, c
	all.AnyTags, some.AllTags = nil, nil
	each(q.catalog.Offers, "offers", func(key string, o *offer.Offer) {
		q.leaveOut(key, all.Selects(o) || some.Selects(o))
	})
}

func (q *quarantine) offer(key string, o *offer.Offer) {
	q.leaveOut(key, gone(q, "rules", o.Rule, q.rules))
	for _, c := range o.Caps {
		q.leaveOut(key, gone(q, "placements", c.Placement, q.placements))
	}
	q.representations(key, o.Representations)
}

func (q *quarantine) representations(key string, all []offer.Representation) {
	for i := range all {
		if gone(q, "placements", all[i].Placement, q.placements) {
			q.out[strictjson.Element(key+".representations", i)] = true
		}
	}
}

func (q *quarantine) activity(key string, a *Activity) {
	q.leaveOut(key, gone(q, "placements", a.Placement, q.placements) || gone(q, "rules", a.Rule, q.rules) ||
		gone(q, "collections", a.Collection, q.collections) || q.withoutFallback(a))
	for _, s := range a.Selections {
		q.leaveOut(key, gone(q, "collections", s.Collection, q.collections) || gone(q, "rules", s.Rule, q.rules))
	}
}

// withoutFallback reports whether the activity's fallback is out, or what it has
// for the activity's placement.
func (q *quarantine) withoutFallback(a *Activity) bool {
	i, ok := q.fallbacks[a.Fallback]
	if !ok {
		return false
	}
	key := strictjson.Element("fallbacks", i)
	left := q.remaining(key, q.catalog.Fallbacks[i].Representations)
	return q.out[key] || !slices.ContainsFunc(left, func(r offer.Representation) bool { return r.Placement == a.Placement })
}

func (q *quarantine) remaining(key string, all []offer.Representation) []offer.Representation {
	return remaining(q, key+".representations", all)
}

// remaining returns the elements of the list at key that are not out: the list
// itself if all remain.
func remaining[T any](q *quarantine, key string, list []T) []T {
	var left []T
	all := true
	for i := range list {
		switch {
		case q.isOut(key, i):
			if all {
				left = append(left, list[:i]...)
			}
			all = false
		case !all:
			left = append(left, list[i])
		}
	}
	if all {
		return list
	}
	return left
}

// activities returns the activities that are out, with their placements.
func (q *quarantine) activities() map[ActivityID]placement.ID {
	out := make(map[ActivityID]placement.ID)
	each(q.catalog.Activities, "activities", func(key string, a *Activity) {
		if q.out[key] && a.ID != "" {
			out[a.ID] = a.Placement
		}
	})
	return out
}

// survivors returns the catalog without what is out.
func (q *quarantine) survivors() Catalog {
	c := q.catalog
	for i := range c.Offers {
		o := &c.Offers[i]
		o.Representations = q.remaining(strictjson.Element("offers", i), o.Representations)
	}
	for i := range c.Fallbacks {
		f := &c.Fallbacks[i]
		f.Representations = q.remaining(strictjson.Element("fallbacks", i), f.Representations)
	}
	each(c.Collections, "collections", func(key string, c *collection.Collection) {
		if len(c.Offers) > 0 {
			c.Offers = slices.DeleteFunc(remaining(q, key+".offers", c.Offers), func(id offer.ID) bool {
				return gone(q, "offers", id, q.offers)
			})
		}
	})
	return Catalog{
		Placements:      remaining(q, "placements", c.Placements),
		Rules:           remaining(q, "rules", c.Rules),
		Offers:          remaining(q, "offers", c.Offers),
		Fallbacks:       remaining(q, "fallbacks", c.Fallbacks),
		Collections:     remaining(q, "collections", c.Collections),
		Activities:      remaining(q, "activities", c.Activities),
		Policies:        remaining(q, "policies", c.Policies),
		ContactPolicies: remaining(q, "contactPolicies", c.ContactPolicies),
	}
}
