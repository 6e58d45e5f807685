package decisioning_test

import (
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/rank"
)

// A fault spoils an entity of one kind: it changes the i-th.
type fault[T any] struct {
	name  string
	spoil func(x *T)
}

var badRules = []string{"profil.age > 1", "profile.age >", "profile.age + 1 > 3", "'yes'", "offer.priority > 1.0", "1", "events.nothing", ""}

// badRule draws a rule with a fault; where empty is no rule, not the empty one.
func (g *generator) badRule() string { return pick(g, badRules[:len(badRules)-1]) }

// spoil makes one or two entities of different kinds faulty and notes which.
func (g *generator) spoil() {
	kinds := []func(){
		g.spoilOffer, g.spoilOffer, g.spoilRepresentation, g.spoilRule, g.spoilCollection, g.spoilActivity,
		g.spoilPolicy, g.spoilContactPolicy, g.spoilFallback, g.spoilPlacement,
	}
	first := g.upTo(len(kinds) - 1)
	kinds[first]()
	if second := g.upTo(len(kinds) - 1); second/2 != first/2 && g.chance(4) {
		kinds[second]()
	}
}

// spoilOne changes one of the entities by one of the faults and returns its index.
func spoilOne[T any](g *generator, all []T, out *[]int, of []fault[T]) int {
	if len(all) == 0 {
		return -1
	}
	i, f := g.upTo(len(all)-1), pick(g, of)
	f.spoil(&all[i])
	g.s.Faults.Kinds = append(g.s.Faults.Kinds, f.name)
	*out = append(*out, i)
	return i
}

// repeat gives one of the entities the id of another: both are out.
func repeat[T any](g *generator, all []T, out *[]int, name string, copyID func(to, from *T)) bool {
	if len(all) < 2 || !g.chance(2) {
		return false
	}
	to := 1 + g.upTo(len(all)-2)
	copyID(&all[to], &all[0])
	g.s.Faults.Kinds = append(g.s.Faults.Kinds, name+" with a repeated id")
	*out = append(*out, 0, to)
	return true
}

func (g *generator) spoilOffer() {
	c, out := &g.s.Catalog, &g.s.Faults
	if repeat(g, c.Offers, &out.Offers, "offer", func(to, from *offer.Offer) { to.ID = from.ID }) {
		return
	}
	withCap := func(caps ...offer.Cap) func(*offer.Offer) {
		return func(o *offer.Offer) { o.Caps = append(o.Caps, caps...) }
	}
	spoilOne(g, c.Offers, &out.Offers, []fault[offer.Offer]{
		{"offer eligibility", func(o *offer.Offer) { o.Eligibility = g.badRule() }},
		{"offer applicability", func(o *offer.Offer) { o.Applicability = g.badRule() }},
		{"offer suitability", func(o *offer.Offer) { o.Suitability = g.badRule() }},
		{"offer rule", func(o *offer.Offer) { o.Rule = "nothing" }},
		{"offer acceptance", func(o *offer.Offer) {
			o.Acceptance = pick(g, []string{"offer.nothing", "'x'", "offer.priority + 1", "1 +"})
		}},
		{"offer priority", func(o *offer.Offer) { o.Priority = -1 }},
		{"offer status", func(o *offer.Offer) { o.Status = "ready" }},
		{"offer kind", func(o *offer.Offer) { o.Kind = "gift" }},
		{"offer end", func(o *offer.Offer) { o.Start, o.End = g.base, g.base }},
		{"cap limit", withCap(offer.Cap{Per: offer.PerAll, Counts: "x"})},
		{"cap per", withCap(offer.Cap{Limit: 1, Counts: "x"})},
		{"cap per decision", withCap(offer.Cap{Limit: 1, Per: offer.PerDecision})},
		{"cap placement", withCap(offer.Cap{Limit: 1, Per: offer.PerAll, Placement: "nowhere"})},
		{"cap zone", withCap(offer.Cap{Limit: 1, Per: offer.PerAll, Window: offer.Window{Every: offer.Day, Timezone: "Mars/Base"}})},
		{"cap window", withCap(offer.Cap{Limit: 1, Per: offer.PerAll, Window: offer.Window{Every: "year"}})},
		{"cap rolling", withCap(offer.Cap{Limit: 1, Per: offer.PerAll, Window: offer.Window{Rolling: -time.Hour}})},
		{"cap week start", withCap(offer.Cap{Limit: 1, Per: offer.PerAll, Window: offer.Window{Every: offer.Day, WeekStart: "monday"}})},
		{"equal caps", withCap(
			offer.Cap{Limit: 1, Per: offer.PerAll, Window: offer.Window{Every: offer.Week}},
			offer.Cap{Limit: 2, Per: offer.PerAll, Window: offer.Window{Every: offer.Week, Timezone: "UTC", WeekStart: "monday"}},
		)},
	})
}

func (g *generator) spoilRepresentation() {
	c, out := &g.s.Catalog, &g.s.Faults
	all, of, list := c.Offers[g.upTo(len(c.Offers)-1)].Representations, 0, &out.Representations
	for i := range c.Offers {
		if len(all) > 0 && len(c.Offers[i].Representations) > 0 && &c.Offers[i].Representations[0] == &all[0] {
			of = i
		}
	}
	if g.chance(2) {
		of, list = g.upTo(len(c.Fallbacks)-1), &out.FallbackRepresentations
		all = c.Fallbacks[of].Representations
	}
	if len(all) > 1 && g.chance(2) {
		all[1].Placement = all[0].Placement
		out.Kinds = append(out.Kinds, "two representations for one placement")
		*list = append(*list, [2]int{of, 0}, [2]int{of, 1})
		return
	}
	var at []int
	i := spoilOne(g, all, &at, []fault[offer.Representation]{
		{"representation placement", func(r *offer.Representation) { r.Placement = "nowhere" }},
		{"component type", func(r *offer.Representation) { r.Components[0].Type = "video/mp4" }},
		{"component without content", func(r *offer.Representation) { r.Components[0].Content = "" }},
		{"component with both", func(r *offer.Representation) { r.Components[0].URL = "https://example.com" }},
		{"no component", func(r *offer.Representation) { r.Components = nil }},
	})
	if i >= 0 {
		*list = append(*list, [2]int{of, i})
	}
}

func (g *generator) spoilRule() {
	c, out := &g.s.Catalog, &g.s.Faults
	if !repeat(g, c.Rules, &out.Rules, "rule", func(to, from *sharedRule) { to.ID = from.ID }) {
		spoilOne(g, c.Rules, &out.Rules, []fault[sharedRule]{
			{"shared rule", func(r *sharedRule) { r.Expr = pick(g, badRules) }},
		})
	}
}

func (g *generator) spoilCollection() {
	c, out := &g.s.Catalog, &g.s.Faults
	if repeat(g, c.Collections, &out.Collections, "collection", func(to, from *offers) { to.ID = from.ID }) {
		return
	}
	of := []fault[offers]{
		{"collection eligibility", func(x *offers) { x.Eligibility = g.badRule() }},
		{"collection rule", func(x *offers) { x.Rule = "nothing" }},
	}
	if g.chance(3) { // only the list's faulty member is lost
		for i := range c.Collections {
			if x := &c.Collections[i]; len(x.Offers) > 0 {
				x.Offers = append(x.Offers, "nothing")
				out.Kinds = append(out.Kinds, "collection member")
				return
			}
		}
	}
	spoilOne(g, c.Collections, &out.Collections, of)
}

func (g *generator) spoilActivity() {
	c, out := &g.s.Catalog, &g.s.Faults
	if repeat(g, c.Activities, &out.Activities, "activity", func(to, from *decisioning.Activity) { to.ID = from.ID }) {
		return
	}
	type activity = decisioning.Activity
	spoilOne(g, c.Activities, &out.Activities, []fault[activity]{
		{"activity count", func(a *activity) { a.Count = pick(g, []int{31, -1}) }},
		{"activity weight", func(a *activity) { a.Weight = pick(g, []float64{-1, 1001}) }},
		{"activity without answer", func(a *activity) { a.Fallback, a.Optional = "", false }},
		{"activity with two answers", func(a *activity) { a.Fallback, a.Optional = c.Fallbacks[0].ID, true }},
		{"activity fallback", func(a *activity) { a.Fallback, a.Optional = "nothing", false }},
		{"activity placement", func(a *activity) { a.Placement = "nowhere" }},
		{"activity without selection", func(a *activity) { a.Collection, a.Selections = "", nil }},
		{"activity with both", func(a *activity) {
			a.Collection, a.Selections = c.Collections[0].ID, []decisioning.Selection{{Collection: c.Collections[0].ID}}
		}},
		{"activity end", func(a *activity) { a.Start, a.End = g.base, g.base.Add(-time.Hour) }},
		{"activity eligibility", func(a *activity) { a.Eligibility = g.badRule() }},
		{"activity rule", func(a *activity) { a.Rule = "nothing" }},
		{"activity rank", func(a *activity) { a.Rank = rank.Spec{By: rank.ByPriority, Formula: "1.0"} }},
		{"activity formula", func(a *activity) {
			a.Rank = rank.Spec{Formula: pick(g, []string{"'x'", "offer.nothing", "activity.nothing", "true"})}
		}},
		{"selection collection", func(a *activity) {
			a.Collection, a.Selections = "", []decisioning.Selection{{}, {Collection: "nothing"}}
		}},
		{"selection eligibility", func(a *activity) {
			a.Collection, a.Selections = "", []decisioning.Selection{{}, {Eligibility: g.badRule()}}
		}},
	})
}

func (g *generator) spoilPolicy() {
	c, out := &g.s.Catalog, &g.s.Faults
	if !repeat(g, c.Policies, &out.Policies, "policy", func(to, from *policy) { to.ID = from.ID }) {
		spoilOne(g, c.Policies, &out.Policies, []fault[policy]{
			{"policy when", func(p *policy) { p.When = pick(g, badRules) }},
			{"policy until", func(p *policy) { p.Until = pick(g, []string{"1.0", "true", "nothing"}) }},
			{"policy onError", func(p *policy) { p.OnError = "maybe" }},
			{"policy collection", func(p *policy) { p.Suppress = "nothing" }},
		})
	}
}

func (g *generator) spoilContactPolicy() {
	c, out := &g.s.Catalog, &g.s.Faults
	if repeat(g, c.ContactPolicies, &out.ContactPolicies, "contact policy", func(to, from *contactPolicy) { to.ID = from.ID }) {
		return
	}
	spoilOne(g, c.ContactPolicies, &out.ContactPolicies, []fault[contactPolicy]{
		{"contact policy limit", func(p *contactPolicy) { p.Limit = 0 }},
		{"contact policy per", func(p *contactPolicy) { p.Per = "person" }},
		{"contact policy window", func(p *contactPolicy) { p.Per, p.Window = offer.PerDecision, offer.Window{Every: offer.Day} }},
		{"contact policy zone", func(p *contactPolicy) { p.Per, p.Window = offer.PerAll, offer.Window{Every: offer.Day, Timezone: "?"} }},
		{"contact policy placement", func(p *contactPolicy) { p.Placement = "nowhere" }},
		{"contact policy collection", func(p *contactPolicy) { p.Collection = "nothing" }},
	})
}

func (g *generator) spoilFallback() {
	c, out := &g.s.Catalog, &g.s.Faults
	if g.chance(4) {
		c.Fallbacks[0].ID = c.Offers[0].ID
		out.Kinds, out.Offers, out.Fallbacks = append(out.Kinds, "offer and fallback with one id"), append(out.Offers, 0), append(out.Fallbacks, 0)
		return
	}
	if !repeat(g, c.Fallbacks, &out.Fallbacks, "fallback", func(to, from *offer.Fallback) { to.ID = from.ID }) {
		spoilOne(g, c.Fallbacks, &out.Fallbacks, []fault[offer.Fallback]{{"fallback id", func(f *offer.Fallback) { f.ID = "a\x00b" }}})
	}
}

func (g *generator) spoilPlacement() {
	c, out := &g.s.Catalog, &g.s.Faults
	if !repeat(g, c.Placements, &out.Placements, "placement", func(to, from *spot) { to.ID = from.ID }) {
		spoilOne(g, c.Placements, &out.Placements, []fault[spot]{
			{"placement without types", func(p *spot) { p.ContentTypes = nil }},
			{"placement type", func(p *spot) { p.ContentTypes = []string{"html"} }},
		})
	}
}

// Short names for what is spoilt.
type (
	sharedRule    = constraint.Rule
	policy        = constraint.Policy
	contactPolicy = capping.ContactPolicy
	offers        = collection.Collection
	spot          = placement.Placement
)
