package decisioning_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// broadScenario draws a scenario over up to so many offers, which presses the edges
// of what is done for speed: ties larger than a band, orders of several blocks,
// rules that seldom hold, counters that are full for most, slots that compete.
func broadScenario(seed uint64, offers int) scenario {
	g := &broad{generator: &generator{rng: rand.New(rand.NewPCG(seed, 0)), base: bases[0].at}}
	g.s.Broad = true
	g.offers = ids[offer.ID]("o", max(1, offers/2+g.upTo(offers/2)))
	g.priorities = pick(g.generator, []int{1, 1, 2, 2, 5, 100})
	g.ruled, g.capped = pick(g.generator, []int{0, 3, 6, 9}), pick(g.generator, []int{0, 0, 2, 5, 9})
	g.plain = g.chance(6)
	g.rare = g.chance(3)
	g.rules()
	g.catalog()
	g.setup()
	g.steps()
	return g.s
}

// A broad generator draws broad scenarios.
type broad struct {
	*generator
	offers     []offer.ID
	priorities int  // how many different ones there are
	plain      bool // most activities rank by priority
	rare       bool // most rules hold for few
}

// rules draws the rules that offers share.
func (g *broad) rules() {
	var own []string
	for range pick(g.generator, []int{2, 8, 30, 80}) {
		switch g.upTo(9) {
		case 0, 1, 2:
			own = append(own, g.rule())
		case 3:
			fits, other := pick(g.generator, atoms), pick(g.generator, atoms)
			own = append(own, fmt.Sprintf("(%s) && (%s)", fits, other), fmt.Sprintf("(%s) && (%s)", fits, pick(g.generator, atoms)),
				fmt.Sprintf("(%s) && (%s) && (%s)", fits, pick(g.generator, unfits), other))
		case 4:
			fits := pick(g.generator, fitting)
			for range 3 { // the index knows the same part of each
				own = append(own, fmt.Sprintf("%s && %s", fits, pick(g.generator, unfits)), fmt.Sprintf("%s || %s", fits, pick(g.generator, unfits)))
			}
		case 5:
			own = append(own, pick(g.generator, unfits))
		default:
			own = append(own, g.edge(2))
		}
	}
	for i := range 40 {
		if g.rare {
			own = append(own, fmt.Sprintf("profile.segment == %d", i), fmt.Sprintf("profile.segment == %d && %s", i, pick(g.generator, unfits)))
		}
	}
	g.pool = own
}

// fitting are rules that the index knows, and unfits such that it does not.
var (
	fitting = []string{"profile.age >= 18", "profile.tier == 'gold'", "has(profile.vip)", "profile.n == 1", "profile.nothing == 1", "context.limit < 20"}
	unfits  = []string{
		"profile.age + 1.0 > 20.0", "profile.age + 1.0 > 40.0", "profile.age * 2.0 < 50.0", "profile.tier + '!' == 'gold!'",
		"profile.owns.exists_one(p, p.startsWith('a'))", "profile.tier.matches('^g.*d$')", "profile.gone + 1.0 > 0.0",
		"profile.n - 1.0 == 0.0", "profile.n / 0.0 > 1.0", "profile.tier.size() + 1 > 4",
	}
)

func (g *broad) catalog() {
	c := &g.s.Catalog
	for _, id := range ids[placement.ID]("p", 1+g.upTo(2)) {
		c.Placements = append(c.Placements, placement.Placement{ID: id, ContentTypes: []string{"text/html"}})
	}
	for _, id := range ids[constraint.RuleID]("r", g.upTo(3)) {
		c.Rules = append(c.Rules, constraint.Rule{ID: id, Expr: g.rule()})
	}
	everywhere := g.chance(8)
	for _, id := range g.offers {
		c.Offers = append(c.Offers, g.offer(id, everywhere))
	}
	f := offer.Fallback{ID: "f0"}
	for _, p := range c.Placements {
		f.Representations = append(f.Representations, content(p.ID))
	}
	c.Fallbacks = []offer.Fallback{f}
	for _, tag := range broadTags {
		c.Collections = append(c.Collections, collection.Collection{ID: collection.ID(tag), AnyTags: []offer.Tag{tag}})
	}
	c.Collections = append(c.Collections,
		collection.Collection{ID: "both", AllTags: []offer.Tag{"half", "third"}},
		collection.Collection{ID: "either", AnyTags: []offer.Tag{"third", "tenth"}},
		collection.Collection{ID: "crowd", Offers: slices.Clone(g.offers[:min(len(g.offers), 2+g.upTo(10))])},
	)
	if g.chance(3) {
		at := &c.Collections[g.upTo(len(c.Collections)-1)]
		at.Eligibility = g.maybeRule()
	}
	for range g.upTo(2) {
		if g.chance(4) {
			c.Policies = append(c.Policies, g.policy(constraint.PolicyID(fmt.Sprintf("s%d", len(c.Policies)))))
		}
	}
	if g.chance(6) {
		for _, id := range ids[capping.PolicyID]("k", 1+g.upTo(3)) {
			c.ContactPolicies = append(c.ContactPolicies, g.contactPolicy(id))
		}
	}
	crowded := g.chance(4)
	for _, id := range ids[decisioning.ActivityID]("a", 1+g.upTo(pick(g.generator, []int{1, 3, 7}))) {
		c.Activities = append(c.Activities, g.activity(id, crowded))
	}
}

// broadTags are tags by how many offers have them.
var broadTags = []offer.Tag{"all", "nearly", "half", "third", "tenth", "few"}

func (g *broad) offer(id offer.ID, everywhere bool) offer.Offer {
	o := offer.Offer{
		ID: id, Status: offer.Approved, Tags: []offer.Tag{"all"},
		Priority: int64(g.upTo(g.priorities - 1)), Value: pick(g.generator, []float64{1, 2.5, 10, 0}), Cost: pick(g.generator, []float64{0, 0.5, 3}),
	}
	for i, outOf100 := range []int{97, 50, 33, 10, 2} {
		if g.upTo(99) < outOf100 {
			o.Tags = append(o.Tags, broadTags[i+1])
		}
	}
	if g.chance(8) {
		o.Name = "offer " + string(id)
	}
	if g.upTo(50) == 0 {
		o.Status = offer.Draft
	}
	for _, p := range g.s.Catalog.Placements {
		if everywhere || g.chance(6) {
			o.Representations = append(o.Representations, content(p.ID))
		}
	}
	if g.chance(1) {
		o.Start = g.base.Add(pick(g.generator, []time.Duration{-time.Hour, 0, 1, -1, time.Second - 1, time.Second, time.Minute}))
	}
	if g.chance(1) {
		o.End = g.base.Add(pick(g.generator, []time.Duration{48 * time.Hour, 1, time.Second, time.Second - 1, time.Second + 1, time.Minute, 61 * time.Second, 2 * time.Minute}))
	}
	if o.Start.Compare(o.End) >= 0 {
		o.Start = time.Time{}
	}
	o.Rule, o.Eligibility = g.sharedRule(), g.maybeRule()
	if g.chance(1) {
		o.Applicability, o.Suitability = g.maybeRule(), g.maybeRule()
	}
	for g.chance(g.capped) && len(o.Caps) < 2 {
		if c := g.cap(); !sameCap(o.Caps, c) {
			o.Caps = append(o.Caps, c)
		}
	}
	if g.chance(4) {
		o.Acceptance = pick(g.generator, formulas)
	}
	if g.chance(6) {
		o.Attributes = map[string]any{"brand": pick(g.generator, []any{"blue", "red", 7.0}), "margin": pick(g.generator, []any{0.5, 2.0, "none"})}
	}
	return o
}

func (g *broad) contactPolicy(id capping.PolicyID) capping.ContactPolicy {
	p := capping.ContactPolicy{
		ID: id, Collection: pick(g.generator, g.s.Catalog.Collections).ID, Limit: int64(1 + g.upTo(5)),
		Per: pick(g.generator, []offer.Per{offer.PerProfile, offer.PerDecision, offer.PerDecision, offer.PerAll}),
	}
	if g.chance(3) {
		p.Placement = pick(g.generator, g.s.Catalog.Placements).ID
	}
	if p.Per != offer.PerDecision && g.chance(3) {
		p.Window, p.Counts = g.window(), g.counts()
	}
	return p
}

func (g *broad) activity(id decisioning.ActivityID, crowded bool) decisioning.Activity {
	a := decisioning.Activity{
		ID: id, Placement: pick(g.generator, g.s.Catalog.Placements).ID, Count: pick(g.generator, []int{0, 1, 1, 2, 3, 5}),
		Weight: pick(g.generator, []float64{0, 1, 1, 0.5, 3}), Fallback: "f0",
	}
	if g.chance(3) {
		a.Optional, a.Fallback = true, ""
	}
	if crowded && g.chance(8) {
		a.Collection = "crowd"
	} else {
		for range 1 + g.upTo(2) {
			a.Selections = append(a.Selections, g.selection())
		}
	}
	if g.chance(1) {
		a.Start = g.base.Add(pick(g.generator, []time.Duration{0, 1, -time.Hour}))
		a.Eligibility = g.maybeRule()
	}
	if !g.plain || g.chance(2) {
		a.Rank = g.rank()
	}
	return a
}

func (g *broad) selection() decisioning.Selection {
	s := decisioning.Selection{Collection: pick(g.generator, g.s.Catalog.Collections).ID}
	if g.chance(4) {
		s.Collection = ""
	}
	if g.chance(3) {
		s.Rule, s.Eligibility = g.sharedRule(), g.rule()
	}
	if !g.plain && g.chance(4) {
		s.Rank = g.rank()
	}
	return s
}

func (g *broad) rank() rank.Spec {
	r := g.generator.rank()
	if r.MinScore != nil {
		r.MinScore = new(pick(g.generator, []float64{0, 1, 2, 3, float64(g.priorities) / 2}))
	}
	return r
}

func (g *broad) setup() {
	s := &g.s.Setup
	s.Seed, s.Sequential, s.JSON, s.Model, s.Capper = uint64(g.upTo(3)), g.chance(3), g.chance(1), g.chance(2), g.chance(1)
	if g.chance(2) {
		s.Filter, s.Where, s.Second = works, g.chance(6), g.chance(3)
	}
	if g.chance(1) {
		s.Ranker = works
	}
}

func (g *broad) steps() {
	at := g.base
	for range 2 + g.upTo(2) {
		if g.chance(5) {
			at = at.Add(pick(g.generator, []time.Duration{1, time.Second, time.Second - 1, time.Minute, time.Hour}))
		}
		if g.capped > 0 && g.chance(7) {
			g.s.Steps = append(g.s.Steps, step{At: at, Fill: g.filling()})
		}
		g.s.Steps = append(g.s.Steps, step{At: at, Ask: g.ask()})
		if g.chance(1) {
			g.s.Steps = append(g.s.Steps, step{At: at, Relimit: pick(g.generator, []int64{1, -1})})
		}
	}
}

func (g *broad) filling() *filling {
	f := &filling{Person: "u1", Left: int64(g.upTo(1))}
	share := pick(g.generator, []int{5, 9, 10})
	f.Offers = some(g.generator, g.offers, share)
	for _, p := range g.s.Catalog.ContactPolicies {
		if g.chance(2) {
			f.Policies = append(f.Policies, p.ID)
		}
	}
	return f
}

func (g *broad) ask() *inquiry {
	a := &inquiry{
		ID: fmt.Sprintf("d%d", len(g.s.Steps)), ProfileID: pick(g.generator, []profile.ID{"u1", "u1", "u2", ""}),
		Profile: g.edges(), Events: g.events(), Context: g.context(), Values: g.chance(2), AllowDuplicates: g.chance(2), DryRun: g.chance(1),
	}
	if g.chance(2) {
		a.ID = ""
	} else if g.chance(2) {
		a.ID, a.ProfileID = "d1", "u1"
	}
	for _, x := range g.s.Catalog.Activities {
		a.Activities = append(a.Activities, x.ID)
	}
	g.rng.Shuffle(len(a.Activities), func(i, k int) { a.Activities[i], a.Activities[k] = a.Activities[k], a.Activities[i] })
	if g.chance(3) {
		a.Exclude = append(some(g.generator, g.offers, 3), "nothing")
	}
	if g.chance(3) {
		a.Hold = 10*time.Minute + time.Microsecond
	}
	if g.chance(4) {
		a.Sneaks = pick(g.generator, []int{1, 2, 4, 7, 8, 9})
	}
	return a
}
