package decisioning

import (
	"encoding/binary"
	"slices"
	"sync"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/internal/predicate"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// A lineage is a compiled catalog and all that were made from it by changes: what it
// numbers keeps its number, so that its snapshots share nearly everything. What a
// snapshot has of its lists it keeps, also while they grow.
type lineage struct {
	mu sync.Mutex // of all below, while a snapshot is made

	catalog   *Catalog // without offers
	given     *Catalog // with what quarantine has left out; nil if that is nothing
	cache     *Cache
	checks    *offerChecks
	compiler  *rules.Compiler
	shelf     *shelf
	shared    map[offer.RuleID]*rules.Expr
	exprs     map[string]*rules.Expr // conditions, by their text
	formula   map[*rules.Expr]int32  // those that are computed over columns
	lexicon   *predicate.Lexicon
	schedules map[offer.Window]*capping.Schedule
	sites     map[placement.ID][]site
	formulas  bool // activities rank by them

	brings   []bundle // what each collection brings
	bundles  []bundle
	bundled  map[string]int32 // by what is in them
	programs []*rules.Expr
	program  map[*rules.Expr]int32
	unfits   []unfitRule
	unfit    map[string]int32 // by rule and programs
	counters int32

	rulesAtFirst, countersAtFirst int

	forms []predicate.Packed // scratch
	key   []byte
}

// newSnapshot compiles a checked catalog: nothing in it can fail any more.
func newSnapshot(c *checked) *Snapshot {
	own := c.catalog
	own.Offers = nil
	l := &lineage{
		catalog: &own, given: c.given, cache: c.cache, checks: c.checks, compiler: c.compiler, shelf: newShelf(own.Collections),
		shared: make(map[offer.RuleID]*rules.Expr, len(own.Rules)), exprs: conditionsOf(c.exprs),
		lexicon: predicate.NewLexicon(), schedules: c.schedules, sites: make(map[placement.ID][]site),
		formula: make(map[*rules.Expr]int32), bundled: make(map[string]int32), program: make(map[*rules.Expr]int32), unfit: make(map[string]int32),
	}
	for _, r := range own.Rules {
		l.shared[r.ID] = l.expr(r.Expr)
	}
	s := &Snapshot{
		lineage: l, content: c.content, catalog: c.catalog, faults: c.faults, rankers: c.rankers,
		quarantine: c.quarantine, quarantined: c.quarantined,
	}
	l.collections(s)
	l.activities(s)
	l.offers(s, c.workers)
	s.version = s.content.String()
	s.formulas, s.columns = nil, column.NewTable(nil, s.offers.At, s.offers.Len())
	for e := range l.formula {
		l.compute(s, e)
	}
	l.complete(s)
	l.rulesAtFirst, l.countersAtFirst = l.lexicon.Rules(), int(l.counters)
	return s
}

// complete gives the snapshot the lists as they are now.
func (l *lineage) complete(s *Snapshot) {
	s.bundles, s.programs, s.unfits = l.bundles, l.programs, l.unfits
	s.counters = int(l.counters)
	s.index = l.lexicon.View()
}

// conditionsOf returns the conditions among the expressions, by their text.
func conditionsOf(exprs []*rules.Expr) map[string]*rules.Expr {
	conditions := make(map[string]*rules.Expr)
	for _, e := range exprs {
		if e.Kind() == rules.Condition {
			conditions[e.Text()] = e
		}
	}
	return conditions
}

// expr compiles a condition that was compiled before, when it was checked.
func (l *lineage) expr(text string) *rules.Expr {
	e := l.exprs[text]
	if e == nil {
		e = mustCompile(l.compiler, rules.Condition, text)
		l.exprs[text] = e
	}
	return e
}

func mustCompile(c *rules.Compiler, k rules.Kind, text string) *rules.Expr {
	e, issues := c.Compile(k, text)
	if len(issues) > 0 {
		panic("decisioning: a checked expression does not compile: " + issues[0].Message)
	}
	return e
}

// condition returns a rule that stands somewhere.
func (l *lineage) condition(where string, e *rules.Expr) condition {
	return condition{expr: e, rule: l.rule(e), where: where}
}

// conditions returns the rules that stand on an activity or selection.
func (l *lineage) conditions(prefix string, rule offer.RuleID, eligibility string) (all []condition) {
	if rule != "" {
		all = append(all, l.condition(prefix+"rule "+string(rule), l.shared[rule]))
	}
	if eligibility != "" {
		all = append(all, l.condition(prefix+"eligibility", l.expr(eligibility)))
	}
	return all
}

// rule returns the conjunction of the conditions.
func (l *lineage) rule(conditions ...*rules.Expr) ruleRef {
	if len(conditions) == 0 {
		return noRule
	}
	l.forms = l.forms[:0]
	fits := true
	for _, e := range conditions {
		l.forms = append(l.forms, e.Form())
		fits = fits && e.Form().Fits()
	}
	r := l.lexicon.Rule(l.forms...)
	if fits {
		return ruleRef(r)
	}
	l.key = binary.LittleEndian.AppendUint32(l.key[:0], uint32(r))
	for _, e := range conditions {
		l.key = binary.LittleEndian.AppendUint32(l.key, uint32(l.programOf(e)))
	}
	i, ok := l.unfit[string(l.key)]
	if !ok {
		i = int32(len(l.unfits))
		l.unfit[string(l.key)] = i
		u := unfitRule{rule: r}
		for k := 4; k < len(l.key); k += 4 {
			u.programs = append(u.programs, int32(binary.LittleEndian.Uint32(l.key[k:])))
		}
		l.unfits = append(l.unfits, u)
	}
	return noRule - 1 - ruleRef(i)
}

// programOf numbers a condition of a rule that the index cannot tell alone.
func (l *lineage) programOf(e *rules.Expr) int32 {
	i, ok := l.program[e]
	if !ok {
		i = int32(len(l.programs))
		l.program[e] = i
		l.programs = append(l.programs, e)
	}
	return i
}

// collections finds what each collection brings to its offers.
func (l *lineage) collections(s *Snapshot) {
	l.brings = make([]bundle, len(l.catalog.Collections))
	index := make(map[collection.ID]int32, len(l.brings))
	for i := range l.catalog.Collections {
		c := &l.catalog.Collections[i]
		index[c.ID] = int32(i)
		if c.Binds() {
			l.brings[i].binding = []int32{int32(i)}
		}
	}
	s.policies = make([]policy, len(l.catalog.Policies))
	for i := range s.policies {
		def := &l.catalog.Policies[i]
		p := policy{def: def, when: l.condition("policy "+string(def.ID)+": when", l.expr(def.When))}
		reads := p.when.expr.Reads()
		if def.Until != "" {
			p.until = mustCompile(l.compiler, rules.Until, def.Until)
			reads |= p.until.Reads()
		}
		s.policies[i] = p
		to := &l.brings[index[def.Suppress]]
		to.policies = append(to.policies, int32(i))
		to.reads |= reads
	}
	for i := range l.catalog.ContactPolicies {
		p := &l.catalog.ContactPolicies[i]
		to := &l.brings[index[p.Collection]]
		to.limits = append(to.limits, l.limit(l.counter(), p.ID, &offer.Cap{
			Limit: p.Limit, Per: p.Per, Window: p.Window, Counts: p.Counts, Placement: p.Placement,
		}))
	}
}

// counter returns the number of a counter that nothing draws on yet.
func (l *lineage) counter() int32 {
	l.counters++
	return l.counters - 1
}

// limit compiles a cap, of a policy or, without one, of an offer.
func (l *lineage) limit(id int32, p capping.PolicyID, c *offer.Cap) limit {
	compiled := limit{id: id, policy: p, cap: c}
	if c.Per != offer.PerDecision {
		compiled.schedule = l.schedule(c.Window)
	}
	return compiled
}

// schedule returns the schedule of the window, which was made when it was checked.
// For ever has none to check.
func (l *lineage) schedule(w offer.Window) *capping.Schedule {
	if s := l.schedules[w]; s != nil {
		return s
	}
	s, err := capping.NewSchedule(w)
	if err != nil {
		panic("decisioning: a checked window is refused: " + err.Error())
	}
	l.schedules[w] = s
	return s
}

// bundle returns what the collections bring together.
func (l *lineage) bundle(within []int32) (int32, *bundle) {
	l.key = l.bundleKey(l.key[:0], within)
	id, ok := l.bundled[string(l.key)]
	if !ok {
		id = int32(len(l.bundles))
		l.bundled[string(l.key)] = id
		var all bundle
		for _, c := range within {
			from := &l.brings[c]
			all.binding = append(all.binding, from.binding...)
			all.policies = append(all.policies, from.policies...)
			all.limits = append(all.limits, from.limits...)
			all.reads |= from.reads
		}
		slices.Sort(all.policies)
		l.bundles = append(l.bundles, all)
	}
	return id, &l.bundles[id]
}
