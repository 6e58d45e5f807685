package decisioning

import (
	"errors"
	"fmt"
	"maps"
	"math"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/rank"
)

// A binding is a snapshot with the application's parts bound to it.
type binding struct {
	snapshot    *Snapshot
	activities  map[ActivityID]*boundActivity
	quarantined map[ActivityID]placement.ID
	faults      Faults // why they are
}

// A boundActivity is an activity with its strategy.
type boundActivity struct {
	*activity
	strategy *boundStrategy
	rankings []ranking // by selection
}

// A boundStrategy is a Strategy whose parts know the snapshot.
type boundStrategy struct {
	filters []constraint.Filter
	ranker  rank.Ranker // nil: by priority
	capper  capping.Capper
	reads   rules.Reads
}

// A ranking is how one selection scores.
type ranking struct {
	by       string // priority, utility, formula, or a name of the application's
	formula  *rules.Expr
	ranker   rank.Ranker
	minScore float64 // -Inf: none
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
	b := &binding{
		snapshot: s, activities: make(map[ActivityID]*boundActivity, len(s.activities)), quarantined: maps.Clone(s.quarantined),
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
	for name, r := range e.config.Rankers {
		if rankers[name], err = bindRanker(r, s.offers); err != nil {
			return nil, fmt.Errorf("publish: config.Rankers[%s]: %w", name, err)
		}
	}
	for id, a := range s.activities {
		if _, out := b.quarantined[id]; out {
			continue
		}
		strategy := shared
		if own, ok := e.config.Activities[id]; ok {
			if strategy, err = bindStrategy(fmt.Sprintf("config.Activities[%s]", id), own, s.offers); err != nil {
				return nil, fmt.Errorf("publish: %w", err)
			}
		}
		b.activities[id] = bindActivity(a, strategy, rankers)
	}
	return b, nil
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
	bound := &boundStrategy{capper: s.Capper}
	for i, f := range s.Filters {
		if f == nil {
			return nil, fmt.Errorf("%s.Filters[%d]: nil", path, i)
		}
		if binder, ok := f.(constraint.Binder); ok {
			own, err := binder.Bind(offers)
			if err != nil {
				return nil, fmt.Errorf("%s.Filters[%d]: %w", path, i, err)
			}
			f = own
		}
		bound.filters = append(bound.filters, f)
	}
	var err error
	if bound.ranker, err = bindRanker(s.Ranker, offers); err != nil {
		return nil, fmt.Errorf("%s.Ranker: %w", path, err)
	}
	if len(bound.filters) > 0 || bound.capper != nil {
		bound.reads = rules.ReadsProfile | rules.ReadsEvents // Go code may read anything
	}
	return bound, nil
}

func bindRanker(r rank.Ranker, offers *offer.Set) (rank.Ranker, error) {
	if binder, ok := r.(rank.Binder); ok {
		return binder.Bind(offers)
	}
	return r, nil
}

func bindActivity(a *activity, strategy *boundStrategy, rankers map[string]rank.Ranker) *boundActivity {
	bound := &boundActivity{activity: a, strategy: strategy, rankings: make([]ranking, len(a.selections))}
	for i := range a.selections {
		s := &a.selections[i]
		r := ranking{by: s.rank.By, formula: s.formula, minScore: math.Inf(-1)}
		switch {
		case r.formula != nil:
			r.by = byFormula
		case r.by == "" && strategy.ranker != nil:
			r.by, r.ranker = byStrategy, strategy.ranker
		case r.by == "":
			r.by = rank.ByPriority
		default:
			r.ranker = rankers[r.by]
		}
		if r.by == rank.ByUtility {
			r.minScore = 0
		}
		if s.rank.MinScore != nil {
			r.minScore = *s.rank.MinScore
		}
		bound.rankings[i] = r
	}
	return bound
}

// reads returns what the ranking of the offer reads.
func (r *ranking) reads(o *option, model rank.Model) rules.Reads {
	switch {
	case r.formula != nil:
		return r.formula.Reads()
	case r.by == rank.ByUtility && o.acceptance != nil:
		return o.acceptance.Reads()
	case r.ranker != nil, r.by == rank.ByUtility && model != nil:
		return rules.ReadsProfile | rules.ReadsEvents // Go code may read anything
	default:
		return 0
	}
}

// name tells rankings apart that may score in different units.
func (r *ranking) name() string {
	if r.formula != nil {
		return byFormula + " " + r.formula.Text()
	}
	return r.by
}
