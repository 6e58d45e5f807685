package decisioning_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/decisioning"
)

// fataler is what a comparison reports to.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// player plays a scenario before engines that take different paths, and before the
// judge.
type player struct {
	fataler
	s     scenario
	step  int
	clock atomic.Int64 // the latest instant seen, in Unix nanoseconds
	twins []*twin
	judge *judge
	made  []made
	paths [decisioning.PathCount]bool // that the twins took
}

// made is a decision that all made.
type made struct {
	engines []*decisioning.Decision // by twin
	judge   *judgeDecision
	hold    time.Duration
	murky   bool // what a correction by it does is not for sure
}

// play compares the answers to all steps of the scenario and returns what the
// judge saw.
func play(t fataler, s scenario, how ...way) (sights, [decisioning.PathCount]bool) {
	t.Helper()
	p := &player{fataler: t, s: s, judge: newJudge(s.Catalog, s.Faults, s.Setup)}
	p.judge.broad = s.Broad
	snapshot := p.compile(p.s.Catalog)
	if snapshot == nil {
		return sights{}, p.paths
	}
	for _, w := range how {
		p.twins = append(p.twins, &twin{way: w})
		p.open(p.twins[len(p.twins)-1], snapshot)
	}
	for p.step = range s.Steps {
		p.play(&s.Steps[p.step])
	}
	return p.judge.saw, p.paths
}

func (p *player) failf(format string, args ...any) {
	p.Helper()
	p.Fatalf("step %d: "+format+"\n%s", append(append([]any{p.step}, args...), p.s)...)
}

// compile compiles the catalog, in quarantine mode if something is wrong with
// it; it returns nil if the catalog is refused, as it should be.
func (p *player) compile(c decisioning.Catalog) *decisioning.Snapshot {
	compile := func(options ...decisioning.CompileOption) (*decisioning.Snapshot, error) {
		if !p.s.Setup.JSON {
			return decisioning.Compile(c, options...)
		}
		text, err := json.Marshal(c)
		if err != nil {
			panic(err)
		}
		return decisioning.CompileJSON(text, options...)
	}
	snapshot, err := compile()
	if !p.s.Faults.any() {
		if err != nil {
			p.failf("a sound catalog: %v", err)
		}
		return snapshot
	}
	if err == nil {
		p.failf("compiled in strict mode with faults")
	}
	snapshot, err = compile(decisioning.Quarantine())
	if refused := p.s.Faults.refused(c); refused != (err != nil) {
		p.failf("refused in quarantine mode: %v, want %v", err, refused)
	}
	return snapshot
}

func (p *player) open(t *twin, snapshot *decisioning.Snapshot) {
	now := func() time.Time { return time.Unix(0, p.clock.Load()).UTC() }
	t.counter = &upsetCounter{Memory: capping.NewMemory(capping.MemoryConfig{Now: now})}
	config := p.s.Setup.config(&t.asked)
	config.Now, config.Counter = now, t.counter
	var err error
	if t.engine, err = decisioning.New(config); err != nil {
		p.failf("New: %v", err)
	}
	if t.budget != 0 {
		t.engine.SetVisitBudget(t.budget)
	}
	p.publish(t, snapshot)
}

// publish publishes the snapshot, or what the twin makes of its catalog.
func (p *player) publish(t *twin, snapshot *decisioning.Snapshot) {
	if t.shuffled && !p.s.Faults.any() {
		shuffled := p.compile(reversed(p.s.Catalog))
		if shuffled.Version() != snapshot.Version() {
			p.failf("versions %s and %s of one catalog in two orders", shuffled.Version(), snapshot.Version())
		}
		snapshot = shuffled
	}
	if t.updated && !p.s.Faults.any() {
		snapshot = p.updated(snapshot)
	}
	if err := t.engine.Publish(snapshot); err != nil {
		p.failf("Publish: %v", err)
	}
	t.version = snapshot.Version()
}

func (p *player) play(s *step) {
	p.clock.Store(max(p.clock.Load(), s.At.UnixNano()))
	p.judge.counters.clock = time.Unix(0, p.clock.Load()).UTC()
	switch ctx := context.Background(); {
	case s.Ask != nil:
		p.ask(ctx, s)
	case s.Confirm != nil:
		p.confirm(ctx, s.Confirm)
	case s.Release != nil:
		p.release(ctx, s.Release)
	case s.Correct != nil:
		p.correct(ctx, s.Correct)
	case s.Record != nil:
		p.record(ctx, s.Record)
	case s.Relimit != 0:
		p.relimit(s.Relimit)
	case s.Fill != nil:
		p.fill(ctx, s)
	}
}

// relimit publishes the catalog with other limits, which keeps what is counted.
func (p *player) relimit(by int64) {
	before, c := asJSON(p.s.Catalog), &p.s.Catalog
	c.Offers, c.ContactPolicies = slices.Clone(c.Offers), slices.Clone(c.ContactPolicies)
	other := func(limit int64) int64 {
		if limit < 1 {
			return limit
		}
		return max(limit+by, 1)
	}
	for i := range c.Offers {
		o := &c.Offers[i]
		o.Caps = slices.Clone(o.Caps)
		slices.Reverse(o.Caps)
		for k := range o.Caps {
			o.Caps[k].Limit = other(o.Caps[k].Limit)
		}
	}
	for i := range c.ContactPolicies {
		c.ContactPolicies[i].Limit = other(c.ContactPolicies[i].Limit)
	}
	snapshot, version := p.compile(*c), p.twins[0].version
	if same := before == asJSON(p.s.Catalog); same != (snapshot.Version() == version) && !p.s.Faults.any() {
		p.failf("versions %s and %s, same content: %v", version, snapshot.Version(), same)
	}
	for _, t := range p.twins {
		p.publish(t, snapshot)
	}
	p.judge.cat = p.s.Faults.survivors(*c)
}

func (p *player) ask(ctx context.Context, s *step) {
	a := s.Ask
	if known := p.judge.counters.record(a.ID); a.Blind || a.Locked {
		if known != nil && known.profile != a.ProfileID {
			return // whether that is noticed is not for sure
		}
	}
	r := &judgeRequest{Request: a.request(s.At)}
	errs := make([]error, len(p.twins))
	for i, t := range p.twins {
		if t.updated {
			p.stir(t)
		}
		errs[i] = t.decide(ctx, a, r.Request)
		for path, took := range t.took {
			p.paths[path] = p.paths[path] || took
		}
	}
	first := p.twins[0]
	r.upset = first.counter.end()
	id := a.ID
	if id == "" && errs[0] == nil {
		id = first.got.ID
	}
	before := p.judge.counters.record(id)
	var want *judgeDecision
	facts, wantErr := a.facts(s.At, p.s.Setup)
	if r.facts = facts; wantErr == nil {
		if p.s.Broad {
			r.facts.known = map[string]judged{}
		}
		want, wantErr = p.judge.decide(r, id)
	}
	for i, err := range errs {
		if (err == nil) != (wantErr == nil) || errors.Is(wantErr, capping.ErrOtherProfile) != errors.Is(err, capping.ErrOtherProfile) {
			p.failf("%s: Decide: %v, want %v", p.twins[i], err, wantErr)
		}
	}
	if wantErr != nil {
		return
	}
	m := made{judge: want, hold: a.Hold, murky: before != nil}
	for _, t := range p.twins {
		if a.ID != "" {
			t.id = id
		} else {
			t.id = t.got.ID
		}
		p.compare(t, want, a.Locked || p.unasked(t, a))
		m.engines = append(m.engines, t.kept())
	}
	p.compareTwins(r.upset)
	if want.record != nil {
		p.made = append(p.made, m)
	}
}

// unasked reports whether a source was not asked for what the ask does not give:
// what reads it is then explained without it.
func (p *player) unasked(t *twin, a *inquiry) bool {
	s := p.s.Setup
	return a.ProfileID != "" && (s.Profiles != "" && a.Profile == "" && !t.asked.profiles.Load() ||
		s.Events != "" && a.Events == "" && !t.asked.events.Load())
}

// compare compares two decisions by their JSON form. Murky ones are compared
// without their traces: of an offer that could not win it is not for sure why.
func (p *player) compare(t *twin, want *judgeDecision, murky bool) {
	got := t.got
	if got.ID != t.id || got.Version != t.version {
		p.failf("%s: decision %q of version %s, want %q of %s", t, got.ID, got.Version, t.id, t.version)
	}
	trace := map[decisioning.ActivityID]*decisioning.ActivityTrace{}
	for a, t := range got.Trace {
		if want.trace[a] == nil {
			continue // quarantined
		}
		for o, why := range t.Excluded {
			t.Excluded[o] = decisioning.Exclusion{Reason: why.Reason}
		}
		trace[a] = &decisioning.ActivityTrace{Funnel: t.Funnel, Excluded: t.Excluded}
	}
	for i := range got.Propositions {
		if got.Propositions[i].Reason == decisioning.Quarantined {
			got.Propositions[i].Placement = ""
		}
	}
	if proposed, wanted := asJSON(got.Propositions), asJSON(want.propositions); proposed != wanted {
		p.failf("%s: propositions:\n got %s\nwant %s", t, proposed, wanted)
	}
	if why, wantedWhy := asJSON(trace), asJSON(want.trace); t.traced && why != wantedWhy && !murky {
		p.failf("%s: trace:\n got %s\nwant %s", t, why, wantedWhy)
	}
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
