package decisioning

import (
	"fmt"
	"slices"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// newSnapshot compiles a checked catalog: nothing in it can fail any more.
func newSnapshot(c *checked) *Snapshot {
	b := &builder{
		catalog:     &c.catalog,
		compiler:    c.compiler,
		rules:       make(map[offer.RuleID]string, len(c.catalog.Rules)),
		ids:         make(map[*rules.Expr]int32),
		collections: make(map[collection.ID][]int32, len(c.catalog.Collections)),
		schedules:   c.schedules,
		counters:    make(map[counterID]int32),
		snapshot: &Snapshot{
			version: c.version, catalog: c.catalog, faults: c.faults, rankers: c.rankers,
			quarantine: c.quarantine, quarantined: c.quarantined,
			offers: offer.NewSet(c.catalog.Offers),
		},
	}
	for _, r := range c.catalog.Rules {
		b.rules[r.ID] = r.Expr
	}
	b.options()
	b.collect()
	b.policies()
	b.contactPolicies()
	b.activities()
	b.snapshot.conditions, b.snapshot.counters = len(b.ids), len(b.counters)
	return b.snapshot
}

// A builder fills one snapshot.
type builder struct {
	catalog     *Catalog
	snapshot    *Snapshot
	compiler    *rules.Compiler
	rules       map[offer.RuleID]string
	ids         map[*rules.Expr]int32 // of the conditions
	collections map[collection.ID][]int32
	schedules   map[offer.Window]*capping.Schedule
	counters    map[counterID]int32
}

// A counterID tells counters apart, but for the person.
type counterID struct {
	key    capping.Key
	per    offer.Per
	window offer.Window
}

// expr compiles an expression that was compiled before, when it was checked.
func (b *builder) expr(k rules.Kind, text string) *rules.Expr {
	e, issues := b.compiler.Compile(k, text)
	if len(issues) > 0 {
		panic("decisioning: a checked expression does not compile: " + issues[0].Message)
	}
	return e
}

func (b *builder) condition(where, text string) condition {
	e := b.expr(rules.Condition, text)
	id, ok := b.ids[e]
	if !ok {
		id = int32(len(b.ids))
		b.ids[e] = id
	}
	return condition{expr: e, id: id, where: where}
}

// add appends the condition if there is one. The prefix says on what it stands.
func (b *builder) add(dst []condition, prefix string, rule offer.RuleID, name, text string) []condition {
	if rule != "" {
		dst = append(dst, b.condition(prefix+"rule "+string(rule), b.rules[rule]))
	}
	if text != "" {
		dst = append(dst, b.condition(prefix+name, text))
	}
	return dst
}

func (b *builder) options() {
	s := b.snapshot
	s.options = make([]option, s.offers.Len())
	for i := range s.options {
		o := s.offers.At(i)
		opt := &s.options[i]
		*opt = option{offer: o, hash: hashText(string(o.ID)), object: rules.OfferObject(o)}
		if o.Acceptance != "" {
			opt.acceptance = b.expr(rules.Score, o.Acceptance)
		}
		b.bind(opt, "", o.Rule, o.Eligibility, o.Applicability, o.Suitability)
		for _, c := range o.Caps {
			opt.limits = append(opt.limits, b.limit(capping.Key{Offer: o.ID}, c))
		}
	}
}

// bind adds the four rules of an offer, or of a collection that it is in.
func (b *builder) bind(opt *option, prefix string, rule offer.RuleID, eligibility, applicability, suitability string) {
	opt.eligible = b.add(opt.eligible, prefix, rule, "eligibility", eligibility)
	opt.applicable = b.add(opt.applicable, prefix, "", "applicability", applicability)
	opt.suitable = b.add(opt.suitable, prefix, "", "suitability", suitability)
	for _, conditions := range [][]condition{opt.eligible, opt.applicable, opt.suitable} {
		for _, c := range conditions {
			opt.reads |= c.expr.Reads()
		}
	}
}

func (b *builder) limit(k capping.Key, c offer.Cap) limit {
	k.Counts, k.Placement = c.Counts, c.Placement
	counter := counterID{k, c.Per, c.Window.Normal()}
	id, ok := b.counters[counter]
	if !ok {
		id = int32(len(b.counters))
		b.counters[counter] = id
	}
	l := limit{id: id, max: c.Limit, per: c.Per, key: k}
	if c.Per != offer.PerDecision {
		l.schedule = b.schedule(c.Window)
	}
	return l
}

// schedule returns the schedule of the window, which was made when it was checked.
// For ever has none to check.
func (b *builder) schedule(w offer.Window) *capping.Schedule {
	if s := b.schedules[w]; s != nil {
		return s
	}
	s, err := capping.NewSchedule(w)
	if err != nil {
		panic("decisioning: a checked window is refused: " + err.Error())
	}
	b.schedules[w] = s
	return s
}

// collect finds the members of each collection, and binds them by its rules.
func (b *builder) collect() {
	byTag := make(map[offer.Tag][]int32)
	for i := range b.snapshot.options {
		for _, t := range b.snapshot.options[i].offer.Tags {
			byTag[t] = append(byTag[t], int32(i))
		}
	}
	for i := range b.catalog.Collections {
		c := &b.catalog.Collections[i]
		m := b.members(c, byTag)
		b.collections[c.ID] = m
		if !c.Binds() {
			continue
		}
		prefix := "collection " + string(c.ID) + ": "
		for _, o := range m {
			b.bind(&b.snapshot.options[o], prefix, c.Rule, c.Eligibility, c.Applicability, c.Suitability)
		}
	}
}

// members returns the offers that the collection selects, ascending.
func (b *builder) members(c *collection.Collection, byTag map[offer.Tag][]int32) []int32 {
	var m []int32
	switch {
	case len(c.Offers) > 0:
		for _, id := range c.Offers {
			if i, ok := b.snapshot.offers.Index(id); ok {
				m = append(m, int32(i))
			}
		}
	case len(c.AllTags) > 0:
		for _, i := range byTag[c.AllTags[0]] {
			if c.Selects(b.snapshot.options[i].offer) {
				m = append(m, i)
			}
		}
	default:
		for _, t := range c.AnyTags {
			m = append(m, byTag[t]...)
		}
	}
	slices.Sort(m)
	return slices.Compact(m)
}

func (b *builder) policies() {
	s := b.snapshot
	s.policies = make([]policy, len(b.catalog.Policies))
	for i := range s.policies {
		def := &b.catalog.Policies[i]
		p := policy{def: def, when: b.condition("policy "+string(def.ID)+": when", def.When)}
		reads := p.when.expr.Reads()
		if def.Until != "" {
			p.until = b.expr(rules.Until, def.Until)
			reads |= p.until.Reads()
		}
		s.policies[i] = p
		for _, o := range b.collections[def.Suppress] {
			s.options[o].policies = append(s.options[o].policies, int32(i))
			s.options[o].reads |= reads
		}
	}
}

func (b *builder) contactPolicies() {
	for i := range b.catalog.ContactPolicies {
		p := &b.catalog.ContactPolicies[i]
		l := b.limit(capping.Key{Policy: p.ID}, offer.Cap{
			Limit: p.Limit, Per: p.Per, Window: p.Window, Counts: p.Counts, Placement: p.Placement,
		})
		for _, o := range b.collections[p.Collection] {
			b.snapshot.options[o].limits = append(b.snapshot.options[o].limits, l)
		}
	}
}

func (b *builder) activities() {
	fallbacks := make(map[offer.ID]*offer.Fallback, len(b.catalog.Fallbacks))
	for i := range b.catalog.Fallbacks {
		fallbacks[b.catalog.Fallbacks[i].ID] = &b.catalog.Fallbacks[i]
	}
	placed := b.placed()
	b.snapshot.activities = make(map[ActivityID]*activity, len(b.catalog.Activities))
	for i := range b.catalog.Activities {
		def := &b.catalog.Activities[i]
		a := &activity{
			def:    def,
			ref:    offer.ActivityRef{ID: def.ID, Placement: def.Placement, Count: max(def.Count, 1)},
			weight: def.Weight,
		}
		if a.weight == 0 {
			a.weight = 1
		}
		a.object = rules.ActivityObject(a.ref)
		a.conditions = b.add(nil, "activity: ", def.Rule, "eligibility", def.Eligibility)
		if !def.Optional {
			a.fallback = &ProposedFallback{ID: def.Fallback, Representation: fallbacks[def.Fallback].Representation(def.Placement)}
		}
		b.choose(a)
		a.candidates = slices.DeleteFunc(slices.Clone(placed[def.Placement]), func(o int32) bool { return !a.takes(o) })
		b.snapshot.activities[def.ID] = a
	}
}

// placed returns the approved offers by the placements that they have
// representations for.
func (b *builder) placed() map[placement.ID][]int32 {
	placed := make(map[placement.ID][]int32)
	for i := range b.snapshot.options {
		o := b.snapshot.options[i].offer
		if o.Status != offer.Approved {
			continue
		}
		for _, r := range o.Representations {
			placed[r.Placement] = append(placed[r.Placement], int32(i))
		}
	}
	return placed
}

// choose compiles the selections of the activity; a lone collection is one.
func (b *builder) choose(a *activity) {
	defs := a.def.Selections
	if a.def.Collection != "" {
		defs = []Selection{{Collection: a.def.Collection}}
	}
	a.selections = make([]selection, len(defs))
	for i, def := range defs {
		s := &a.selections[i]
		s.conditions = b.add(nil, fmt.Sprintf("selection %d: ", i), def.Rule, "eligibility", def.Eligibility)
		if def.Collection != "" {
			s.members = newMembers(b.snapshot.offers.Len())
			for _, o := range b.collections[def.Collection] {
				s.members.add(o)
			}
		}
		s.rank = def.Rank
		if s.rank.IsZero() {
			s.rank = a.def.Rank
		}
		if s.rank.Formula != "" {
			s.formula = b.expr(rules.Score, s.rank.Formula)
		}
	}
}

func (a *activity) takes(o int32) bool {
	return slices.ContainsFunc(a.selections, func(s selection) bool { return s.takes(o) })
}
