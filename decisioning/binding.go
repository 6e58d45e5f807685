package decisioning

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync/atomic"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/rank"
)

// A binding is a snapshot with the application's parts bound to it.
type binding struct {
	*roster
	number   uint64 // from 1, in its engine
	snapshot *Snapshot
	live     []atomic.Pointer[live] // by the number of the selection
	binds    bool                   // a part of the application is bound to this very snapshot
}

// A roster is the activities, which snapshots that differ in offers alone share.
type roster struct {
	activities  map[ActivityID]*boundActivity
	quarantined map[ActivityID]placement.ID
	faults      Faults // why they are
}

// A boundActivity is an activity with its strategy.
type boundActivity struct {
	*activity
	number   int    // from 0, among those of the binding
	hash     uint64 // of its id, for ties
	start    int64  // its calendar, in Unix seconds
	end      int64
	strategy *boundStrategy
	rankings []ranking // by selection
}

// A boundStrategy is a Strategy whose parts know the snapshot.
type boundStrategy struct {
	filters []constraint.Filter
	lazy    []constraint.Lazy // those of the filters that can judge one offer
	ranker  rank.Ranker       // nil: by priority
	cappers []capping.Capper
	reads   rules.Reads
}

// add makes the shared strategy part of b: what an activity has of its own never
// switches off what is shared.
func (b *boundStrategy) add(shared *boundStrategy) {
	b.filters = slices.Concat(shared.filters, b.filters)
	b.lazy = slices.Concat(shared.lazy, b.lazy)
	b.cappers = slices.Concat(shared.cappers, b.cappers)
	b.reads |= shared.reads
	if b.ranker == nil {
		b.ranker = shared.ranker
	}
}

// A ranking is how one selection scores.
type ranking struct {
	tier     int
	number   int32  // of the order of its candidates
	order    *order // by a static ranker; nil: the snapshot's
	static   bool   // the order is the rank order, but for ties
	by       string // priority, utility, formula, or a name of the application's
	formula  *rules.Expr
	computed int32 // the formula over columns, or noFormula
	ranker   rank.Ranker
	strategy *boundStrategy // whose ranker it is, if it is a strategy's
	minScore float64        // -Inf: none
}

// byStrategy names the ranker of a strategy, and byFormula a formula.
const (
	byStrategy = "strategy"
	byFormula  = "formula"
)

func (e *Engine) bind(s *Snapshot) (*binding, error) {
	if s == nil {
		return nil, errors.New("publish: the snapshot is nil")
	}
	if _, ok := e.config.Counter.(capping.Recorder); !ok && s.countsEvents() {
		return nil, fmt.Errorf("publish: caps of the catalog count events: %w", errNoRecorder)
	}
	if last := e.current.Load(); last != nil && last.snapshot.lineage == s.lineage && !last.binds {
		next := *last // which differs in offers alone
		next.snapshot, next.live = s, liveAfter(last.live, last.snapshot.orders, s.orders)
		return &next, nil
	}
	b := &binding{
		binds: e.config.binds(), snapshot: s, live: make([]atomic.Pointer[live], len(s.orders)),
		roster: &roster{activities: make(map[ActivityID]*boundActivity, len(s.activities)), quarantined: maps.Clone(s.quarantined)},
	}
	if b.quarantined == nil {
		b.quarantined = make(map[ActivityID]placement.ID)
	}
	if err := e.checkRankers(b); err != nil {
		return nil, err
	}
	shared, err := bindStrategy("config.Strategy", e.config.Strategy, s.offers)
	if err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	rankers := make(map[string]rank.Ranker)
	for _, name := range slices.Sorted(maps.Keys(e.config.Rankers)) {
		if rankers[name], err = bindRanker(e.config.Rankers[name], s.offers); err != nil {
			return nil, fmt.Errorf("publish: config.Rankers[%s]: %w", name, err)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.activities)) {
		a := s.activities[id]
		if _, out := b.quarantined[id]; out {
			continue
		}
		strategy := shared
		if own, ok := e.config.Activities[id]; ok {
			if strategy, err = bindStrategy(fmt.Sprintf("config.Activities[%s]", id), own, s.offers); err != nil {
				return nil, fmt.Errorf("publish: %w", err)
			}
			strategy.add(shared)
		}
		bound, err := bindActivity(s, a, strategy, rankers)
		if err != nil {
			return nil, fmt.Errorf("publish: %w", err)
		}
		bound.number = len(b.activities)
		b.activities[id] = bound
	}
	return b, nil
}

// binds reports whether a part of the application does work once for each snapshot.
func (c *Config) binds() bool {
	strategies := append(slices.Collect(maps.Values(c.Activities)), c.Strategy)
	for _, s := range strategies {
		if bindsRanker(s.Ranker) {
			return true
		}
		for _, f := range s.Filters {
			if _, ok := f.(constraint.Binder); ok {
				return true
			}
		}
	}
	for _, r := range c.Rankers {
		if bindsRanker(r) {
			return true
		}
	}
	return false
}

func bindsRanker(r rank.Ranker) bool {
	_, binds := r.(rank.Binder)
	_, static := r.(rank.Static)
	return binds || static
}

// checkRankers finds the activities that name a ranker that is not registered. In
// quarantine mode they are out.
func (e *Engine) checkRankers(b *binding) error {
	for _, use := range b.snapshot.rankers {
		if e.config.Rankers[use.name] != nil {
			continue
		}
		f := use.fault
		f.Err = fmt.Errorf("unknown ranker %q: register it in Config.Rankers, or use priority, utility or a formula", use.name)
		b.faults = append(b.faults, &f)
		b.quarantined[use.activity] = b.snapshot.activities[use.activity].ref.Placement
	}
	if len(b.faults) > 0 && !b.snapshot.quarantine {
		return b.faults
	}
	b.faults = append(b.snapshot.Faults(), b.faults...)
	return nil
}

// bindStrategy binds the strategy, which stands at the path in the config.
func bindStrategy(path string, s Strategy, offers *offer.Set) (*boundStrategy, error) {
	b := &boundStrategy{}
	if s.Capper != nil {
		b.cappers = []capping.Capper{s.Capper}
	}
	for i, f := range s.Filters {
		if f == nil {
			return nil, fmt.Errorf("%s.Filters[%d]: nil", path, i)
		}
		if binder, ok := f.(constraint.Binder); ok {
			own, err := bound(func() (constraint.Filter, error) { return binder.Bind(offers) })
			if err != nil {
				return nil, fmt.Errorf("%s.Filters[%d]: %w", path, i, err)
			}
			f = own
		}
		b.filters = append(b.filters, f)
		if lazy, ok := f.(constraint.Lazy); ok {
			b.lazy = append(b.lazy, lazy)
		}
	}
	var err error
	if b.ranker, err = bindRanker(s.Ranker, offers); err != nil {
		return nil, fmt.Errorf("%s.Ranker: %w", path, err)
	}
	if len(b.filters)+len(b.cappers) > 0 {
		b.reads = rules.ReadsProfile | rules.ReadsEvents // Go code may read anything
	}
	return b, nil
}

func bindRanker(r rank.Ranker, offers *offer.Set) (rank.Ranker, error) {
	if binder, ok := r.(rank.Binder); ok {
		return bound(func() (rank.Ranker, error) { return binder.Bind(offers) })
	}
	return r, nil
}

// bound returns what an application's part becomes for a snapshot.
func bound[T any](bind func() (T, error)) (part T, err error) {
	defer contain(&err)
	if part, err = bind(); err == nil && any(part) == nil {
		err = errors.New("it was bound to nil")
	}
	return part, err
}

func bindActivity(s *Snapshot, a *activity, strategy *boundStrategy, rankers map[string]rank.Ranker) (*boundActivity, error) {
	bound := &boundActivity{
		activity: a, hash: hashText(string(a.ref.ID)), strategy: strategy, rankings: make([]ranking, len(a.selections)),
	}
	bound.start, bound.end = bounds(a.def.Start, a.def.End)
	for i := range a.selections {
		sel := &a.selections[i]
		r := ranking{tier: i, number: sel.number, by: sel.rank.By, formula: sel.formula, computed: sel.computed, minScore: math.Inf(-1)}
		switch {
		case r.formula != nil:
			r.by = byFormula
		case r.by == "" && strategy.ranker != nil:
			r.by, r.ranker, r.strategy = byStrategy, strategy.ranker, strategy
		case r.by == "":
			r.by = rank.ByPriority
		default:
			r.ranker = rankers[r.by]
		}
		if r.by == rank.ByUtility {
			r.minScore = 0
		}
		if sel.rank.MinScore != nil {
			r.minScore = *sel.rank.MinScore
		}
		r.static = r.by == rank.ByPriority
		if own, ok := r.ranker.(rank.Static); ok {
			var err error
			if r.order, err = s.orderBy(own, a, sel.number); err != nil {
				return nil, fmt.Errorf("activities[%s]: the static ranker of tier %d: %w", a.ref.ID, i, err)
			}
			r.static = true
		}
		bound.rankings[i] = r
	}
	return bound, nil
}

// orderBy returns the candidates of a selection in the order of a ranker that no request
// changes.
func (s *Snapshot) orderBy(r rank.Static, a *activity, number int32) (o *order, err error) {
	defer contain(&err)
	var entries roll
	for e := range s.orders[number].all {
		own := *e
		of := s.options.At(int(e.offer)).offer
		own.score = valid(r.Score(of, a.ref), a.weight)
		if own.unscored = math.IsNaN(own.score); own.unscored {
			own.score = ordinal(of.Priority)
		}
		entries.add(own)
	}
	return newOrder(false, s.bundles, entries), nil
}

// reads returns what the ranking of the offer reads.
func (r *ranking) reads(o *option, model rank.Model) rules.Reads {
	switch {
	case r.formula != nil:
		return r.formula.Reads()
	case r.static:
		return 0
	case r.by == rank.ByUtility && o.acceptance != nil:
		return o.acceptance.Reads()
	case r.ranker != nil, r.by == rank.ByUtility && model != nil:
		return rules.ReadsProfile | rules.ReadsEvents // Go code may read anything
	default:
		return 0
	}
}

// sameUnit reports whether the rankings score in the same way.
func (r *ranking) sameUnit(o *ranking) bool {
	return r.by == o.by && r.formula == o.formula && r.strategy == o.strategy
}
