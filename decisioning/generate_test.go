package decisioning_test

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"time"

	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// scenario is a catalog, an application and what happens to them.
type scenario struct {
	Catalog decisioning.Catalog
	Faults  faults `json:",omitzero"`
	Setup   setup
	Steps   []step
	Broad   bool `json:",omitempty"` // too much for a judge that tries all plans and remembers nothing
}

// String is the scenario as JSON, to reproduce a failure by.
func (s scenario) String() string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// GoString is String, for rapid, which prints what it drew that way.
func (s scenario) GoString() string { return s.String() }

// generator draws scenarios. Its knobs make each catalog rich in some things
// and poor in others.
type generator struct {
	*rapid.T
	s             scenario
	base          time.Time
	ruled, capped int  // out of ten
	flat          bool // offers are worth the same
	counting      bool // few offers and many steps, for what is counted
	tiny          bool // scores are around the half of a millionth
	zone          string
	rng           *rand.Rand // draws instead of rapid, which is slow at thousands
	pool          []string   // of rules that offers share
}

// scenarios draws whole scenarios.
func scenarios() *rapid.Generator[scenario] {
	return rapid.Custom(func(t *rapid.T) scenario {
		g := &generator{T: t}
		base := pick(g, bases)
		g.base, g.zone = base.at, base.zone
		if g.counting = g.chance(3); g.counting {
			g.capped, g.flat = 8, true
		} else {
			g.ruled, g.capped, g.flat = pick(g, []int{0, 1, 2, 3}), pick(g, []int{0, 3, 5, 7}), g.chance(4)
			g.tiny = g.chance(1) && !g.flat
		}
		g.s.Setup.Profiles, g.s.Setup.Events = g.source(), g.source()
		g.catalog()
		if g.chance(5) && !g.counting {
			g.spoil()
		}
		g.setup()
		g.steps()
		return g.s
	})
}

// bases are instants to play around: plain ones, and those where the clocks of a
// zone change.
var bases = []struct {
	at   time.Time
	zone string
}{
	{time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), ""},
	{time.Date(2026, 1, 31, 23, 30, 0, 0, time.UTC), "UTC"},
	{time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), "Europe/Berlin"},      // repeats an hour
	{time.Date(2026, 3, 8, 6, 45, 0, 0, time.UTC), "America/New_York"},     // skips an hour
	{time.Date(2026, 4, 4, 14, 30, 0, 0, time.UTC), "Australia/Lord_Howe"}, // repeats half an hour
	{time.Date(2018, 11, 4, 2, 30, 0, 0, time.UTC), "America/Sao_Paulo"},   // has no midnight
	{time.Date(2006, 10, 29, 2, 30, 30, 0, time.UTC), "America/St_Johns"},  // repeats 23:01 to midnight
	{time.Date(2011, 12, 30, 9, 30, 0, 0, time.UTC), "Pacific/Apia"},       // skips a day
}

var zones = []string{"", "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "America/St_Johns", "Pacific/Apia"}

// upTo draws from 0 to n, all alike: rapid's own ranges prefer the small.
func (g *generator) upTo(n int) int {
	if g.rng != nil {
		return g.rng.IntN(n + 1)
	}
	u := 0
	for range bits.Len(uint(n)) + 2 {
		u <<= 1
		if rapid.Bool().Draw(g.T, "bit") {
			u++
		}
	}
	return u % (n + 1)
}

// chance is true about n times out of ten, and shrinks to false.
func (g *generator) chance(n int) bool { return n > 0 && g.upTo(15)*10 >= (10-n)*16 }

func pick[T any](g *generator, from []T) T { return from[g.upTo(len(from)-1)] }

// some draws a subset.
func some[T any](g *generator, from []T, outOfTen int) (subset []T) {
	for _, x := range from {
		if g.chance(outOfTen) {
			subset = append(subset, x)
		}
	}
	return subset
}

func ids[ID ~string](letter string, n int) (all []ID) {
	for i := range n {
		all = append(all, ID(fmt.Sprintf("%s%d", letter, i)))
	}
	return all
}

func (g *generator) catalog() {
	c := &g.s.Catalog
	for _, id := range ids[placement.ID]("p", pick(g, []int{1, 1, 2, 3})) {
		c.Placements = append(c.Placements, placement.Placement{ID: id, ContentTypes: pick(g, [][]string{{"text/html"}, {"Text/*"}, {"image/png", "text/html"}})})
	}
	for _, id := range ids[constraint.RuleID]("r", g.upTo(min(g.ruled, 2))) {
		c.Rules = append(c.Rules, constraint.Rule{ID: id, Expr: g.rule()})
	}
	many := []int{1, 3, 4, 5, 6, 7, 8}
	if g.counting {
		many = []int{1, 2, 3}
	}
	offers := ids[offer.ID]("o", pick(g, many))
	for _, id := range offers {
		c.Offers = append(c.Offers, g.offer(id))
	}
	for i, id := range ids[offer.ID]("f", 1+g.upTo(1)) {
		f := offer.Fallback{ID: id}
		for k, p := range c.Placements {
			if i == 0 || k == 0 || g.chance(5) {
				f.Representations = append(f.Representations, content(p.ID))
			}
		}
		c.Fallbacks = append(c.Fallbacks, f)
	}
	for _, id := range ids[collection.ID]("c", 1+g.upTo(2)) {
		c.Collections = append(c.Collections, g.collection(id, offers))
	}
	many = []int{1, 2, 2, 3, 3, 4}
	if g.counting {
		many = []int{1, 2}
	}
	for _, id := range ids[decisioning.ActivityID]("a", pick(g, many)) {
		c.Activities = append(c.Activities, g.activity(id))
	}
	if g.chance(3) && !g.counting {
		for _, id := range ids[constraint.PolicyID]("s", 1+g.upTo(1)) {
			c.Policies = append(c.Policies, g.policy(id))
		}
	}
	if g.chance(g.capped) {
		for _, id := range ids[capping.PolicyID]("k", 1+g.upTo(2)) {
			c.ContactPolicies = append(c.ContactPolicies, g.contactPolicy(id))
		}
	}
}

func content(p placement.ID) offer.Representation {
	return offer.Representation{Placement: p, Components: []offer.Component{{Type: "text/HTML; charset=utf-8", Content: "<p>" + string(p) + "</p>"}}}
}

var tags = []offer.Tag{"a", "b", "c"}

func (g *generator) offer(id offer.ID) offer.Offer {
	o := offer.Offer{
		ID: id, Status: offer.Approved, Kind: pick(g, []offer.Kind{"", offer.Promotion, offer.Action}), Tags: some(g, tags, 7),
		Priority: pick(g, []int64{1, 1, 2, 5, 0, 2_000_000_000}), Value: pick(g, []float64{1, 2.5, 10, 0}), Cost: pick(g, []float64{0, 0, 0.5, 3}),
	}
	if g.counting {
		o.Tags = tags
	}
	if g.flat {
		o.Priority, o.Value, o.Cost = 1, 1, 0
	}
	if g.chance(8) {
		o.Name = "offer " + string(id)
	}
	if g.chance(1) {
		o.Status = pick(g, []offer.Status{"", offer.Draft, offer.Archived})
	}
	for _, p := range g.s.Catalog.Placements {
		if g.chance(9) {
			o.Representations = append(o.Representations, content(p.ID))
		}
	}
	o.Start, o.End = g.dates()
	o.Rule = g.sharedRule()
	o.Eligibility, o.Applicability, o.Suitability = g.maybeRule(), g.maybeRule(), g.maybeRule()
	for g.chance(g.capped) && len(o.Caps) < 3 {
		if c := g.cap(); !sameCap(o.Caps, c) {
			o.Caps = append(o.Caps, c)
		}
	}
	if g.chance(5) && !g.flat {
		o.Acceptance = pick(g, formulas)
	}
	if g.chance(6) {
		o.Attributes = map[string]any{"brand": pick(g, []any{"blue", "red", 7.0}), "margin": pick(g, []any{0.5, 2.0, "none"})}
	}
	return o
}

// dates draws a calendar around the instants of the requests, mostly open.
func (g *generator) dates() (start, end time.Time) {
	if g.chance(1) {
		start = g.base.Add(pick(g, []time.Duration{-time.Hour, 0, time.Minute, time.Millisecond, time.Hour}))
	}
	if g.chance(1) {
		end = g.base.Add(pick(g, []time.Duration{48 * time.Hour, 2 * time.Hour, time.Hour + time.Minute, 90 * time.Minute}))
	}
	return start, end
}

// sameCap reports whether a cap of the list has the identity of c.
func sameCap(all []offer.Cap, c offer.Cap) bool {
	c.Limit, c.Window = 0, c.Window.Normal()
	for _, x := range all {
		x.Limit, x.Window = 0, x.Window.Normal()
		if x == c {
			return true
		}
	}
	return false
}

func (g *generator) cap() offer.Cap {
	return offer.Cap{
		Limit: int64(1 + g.upTo(2)), Per: pick(g, []offer.Per{offer.PerProfile, offer.PerAll}), Window: g.window(),
		Counts: g.counts(), Placement: g.onePlacement(),
	}
}

func (g *generator) counts() string {
	if g.chance(3) {
		return pick(g, []string{display, "click"})
	}
	return ""
}

func (g *generator) onePlacement() placement.ID {
	if g.chance(3) || g.counting && g.chance(2) {
		return pick(g, g.s.Catalog.Placements).ID
	}
	return ""
}

func (g *generator) window() (w offer.Window) {
	switch g.upTo(2) {
	case 1:
		w.Rolling = pick(g, []time.Duration{time.Hour, time.Minute, 24 * time.Hour, 168 * time.Hour})
	case 2:
		w.Every, w.Timezone = pick(g, []offer.Every{offer.Day, offer.Hour, offer.Week, offer.Month}), pick(g, append(zones, g.zone, g.zone, g.zone, g.zone))
		if w.Every == offer.Week {
			w.WeekStart = pick(g, []string{"", "monday", "sunday", "friday"})
		}
	}
	return w
}

func (g *generator) collection(id collection.ID, offers []offer.ID) collection.Collection {
	c := collection.Collection{ID: id}
	switch g.upTo(2) {
	case 0:
		c.AnyTags = append(some(g, tags[1:], 5), "a")
	case 1:
		c.Offers = append(some(g, offers[1:], 8), offers[0])
	case 2:
		c.AllTags = append(some(g, tags[:2], 2), "c")
	}
	if g.chance(2) {
		c.Rule = g.sharedRule()
		c.Eligibility, c.Applicability, c.Suitability = g.maybeRule(), g.maybeRule(), g.maybeRule()
	}
	return c
}

func (g *generator) activity(id decisioning.ActivityID) decisioning.Activity {
	c := &g.s.Catalog
	a := decisioning.Activity{
		ID: id, Placement: pick(g, c.Placements).ID, Count: pick(g, []int{0, 1, 1, 2, 2, 3}), Weight: pick(g, []float64{0, 1, 0.5, 3, 0.1, 1000}),
	}
	if len(c.Activities) > 1 {
		a.Count = min(a.Count, 2) // all plans are tried
	}
	if g.chance(3) {
		a.Optional = true
	} else {
		a.Fallback = c.Fallbacks[0].ID
		for _, f := range c.Fallbacks {
			if f.Representation(a.Placement) != nil && g.chance(3) {
				a.Fallback = f.ID
			}
		}
	}
	if g.chance(5) {
		a.Collection = pick(g, c.Collections).ID
	} else {
		for range 1 + g.upTo(2) {
			a.Selections = append(a.Selections, g.selection())
		}
	}
	if g.chance(1) {
		a.Start, a.End = g.dates()
	}
	if g.chance(1) {
		a.Rule, a.Eligibility = g.sharedRule(), g.maybeRule()
	}
	if g.tiny {
		a.Weight = 1
	}
	if (g.tiny || g.chance(6)) && !g.counting {
		a.Rank = g.rank()
	}
	return a
}

func (g *generator) selection() decisioning.Selection {
	s := decisioning.Selection{Collection: pick(g, g.s.Catalog.Collections).ID}
	if g.chance(3) {
		s.Collection = ""
	}
	if g.chance(2) {
		s.Rule, s.Eligibility = g.sharedRule(), g.maybeRule()
	}
	if g.chance(4) && !g.counting {
		s.Rank = g.rank()
	}
	return s
}

func (g *generator) rank() (r rank.Spec) {
	kind := g.upTo(4)
	if g.tiny {
		kind = 1
	}
	switch kind {
	case 0:
		r.By = rank.ByPriority
	case 1, 2:
		r.Formula = pick(g, formulas)
		if g.flat {
			r.Formula = "offer.priority * 2.0"
		}
		if g.tiny {
			r.Formula = pick(g, tinyFormulas)
		}
	case 3:
		r.By = rank.ByUtility
	default:
		r.By = "custom"
	}
	if g.chance(2) {
		lowest := pick(g, []float64{0, 1, -5, 2.5})
		r.MinScore = &lowest
	}
	return r
}

func (g *generator) policy(id constraint.PolicyID) constraint.Policy {
	p := constraint.Policy{ID: id, When: g.condition(), Suppress: pick(g, g.s.Catalog.Collections).ID}
	if g.chance(4) {
		p.Until = pick(g, untils)
	}
	if g.chance(3) {
		p.OnError = constraint.SuppressOnError
	}
	return p
}

func (g *generator) contactPolicy(id capping.PolicyID) capping.ContactPolicy {
	p := capping.ContactPolicy{
		ID: id, Collection: pick(g, g.s.Catalog.Collections).ID, Limit: int64(1 + g.upTo(2)), Placement: g.onePlacement(),
		Per: pick(g, []offer.Per{offer.PerProfile, offer.PerDecision, offer.PerAll}),
	}
	if p.Per != offer.PerDecision {
		p.Window, p.Counts = g.window(), g.counts()
	}
	return p
}

func (g *generator) setup() {
	s := &g.s.Setup
	s.Seed, s.Sequential, s.JSON, s.Model, s.Capper = uint64(g.upTo(3)), g.chance(1), g.chance(5), g.chance(2), g.chance(1)
	if g.counting {
		return
	}
	if g.chance(1) {
		s.Filter = pick(g, []part{works, works, fails, panics})
		s.Where, s.Second = g.chance(5), g.chance(2)
	}
	if g.chance(1) {
		s.Ranker = pick(g, []part{works, works, fails, panics})
	}
	if g.chance(1) {
		s.FilterOnly, s.Plain = pick(g, g.s.Catalog.Activities).ID, g.chance(5)
	}
}

func (g *generator) source() part {
	if g.chance(2) {
		return pick(g, []part{works, works, fails, panics, lies})
	}
	return ""
}

// person draws who asks.
func (g *generator) person() profile.ID { return pick(g, []profile.ID{"u1", "u1", "u2", ""}) }
