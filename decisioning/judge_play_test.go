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

// player plays a scenario before the engine and before the judge.
type player struct {
	fataler
	s       scenario
	step    int
	clock   atomic.Int64 // the latest instant seen, in Unix nanoseconds
	engine  *decisioning.Engine
	version string
	counter *upsetCounter // nil: nothing is upset
	judge   *judge
	made    []made
	asked   sourcesAsked
}

// made is a decision that both made.
type made struct {
	engine *decisioning.Decision
	judge  *judgeDecision
	hold   time.Duration
	murky  bool // what a correction by it does is not for sure
}

// play compares the answers to all steps of the scenario and returns what the
// judge saw.
func play(t fataler, s scenario) sights {
	t.Helper()
	p := &player{fataler: t, s: s, judge: newJudge(s.Catalog, s.Faults, s.Setup)}
	snapshot := p.compile()
	if snapshot == nil {
		return sights{}
	}
	p.open(snapshot)
	for p.step = range s.Steps {
		p.play(&s.Steps[p.step])
	}
	return p.judge.saw
}

func (p *player) failf(format string, args ...any) {
	p.Helper()
	p.Fatalf("step %d: "+format+"\n%s", append(append([]any{p.step}, args...), p.s)...)
}

// compile compiles the catalog, in quarantine mode if something is wrong with
// it; it returns nil if the catalog is refused, as it should be.
func (p *player) compile() *decisioning.Snapshot {
	compile := func(options ...decisioning.CompileOption) (*decisioning.Snapshot, error) {
		if !p.s.Setup.JSON {
			return decisioning.Compile(p.s.Catalog, options...)
		}
		text, err := json.Marshal(p.s.Catalog)
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
	if refused := p.s.Faults.refused(p.s.Catalog); refused != (err != nil) {
		p.failf("refused in quarantine mode: %v, want %v", err, refused)
	}
	return snapshot
}

func (p *player) open(snapshot *decisioning.Snapshot) {
	now := func() time.Time { return time.Unix(0, p.clock.Load()).UTC() }
	p.counter = &upsetCounter{Memory: capping.NewMemory(capping.MemoryConfig{Now: now})}
	config := p.s.Setup.config(&p.asked)
	config.Now, config.Counter = now, p.counter
	var err error
	if p.engine, err = decisioning.New(config); err != nil {
		p.failf("New: %v", err)
	}
	if err := p.engine.Publish(snapshot); err != nil {
		p.failf("Publish: %v", err)
	}
	p.version = snapshot.Version()
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
	snapshot := p.compile()
	if same := before == asJSON(p.s.Catalog); same != (snapshot.Version() == p.version) && !p.s.Faults.any() {
		p.failf("versions %s and %s, same content: %v", p.version, snapshot.Version(), same)
	}
	if err := p.engine.Publish(snapshot); err != nil {
		p.failf("Publish: %v", err)
	}
	p.version = snapshot.Version()
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
	p.counter.begin(a)
	p.asked.profiles.Store(false)
	p.asked.events.Store(false)
	got, err := p.engine.Decide(ctx, r.Request)
	r.upset = p.counter.end()
	id := a.ID
	if id == "" && got != nil {
		id = got.ID
	}
	before := p.judge.counters.record(id)
	var want *judgeDecision
	facts, wantErr := a.facts(s.At, p.s.Setup)
	if r.facts = facts; wantErr == nil {
		want, wantErr = p.judge.decide(r, id)
	}
	if (err == nil) != (wantErr == nil) || errors.Is(wantErr, capping.ErrOtherProfile) != errors.Is(err, capping.ErrOtherProfile) {
		p.failf("Decide: %v, want %v", err, wantErr)
	}
	if err != nil {
		return
	}
	p.compare(got, want, id, a.Locked || p.unasked(a))
	if want.record != nil {
		p.made = append(p.made, made{engine: got, judge: want, hold: a.Hold, murky: before != nil})
	}
}

// unasked reports whether a source was not asked for what the ask does not give:
// what reads it is then explained without it.
func (p *player) unasked(a *inquiry) bool {
	s := p.s.Setup
	return a.ProfileID != "" && (s.Profiles != "" && a.Profile == "" && !p.asked.profiles.Load() ||
		s.Events != "" && a.Events == "" && !p.asked.events.Load())
}

// compare compares two decisions by their JSON form. Murky ones are compared
// without their traces: of an offer that could not win it is not for sure why.
func (p *player) compare(got *decisioning.Decision, want *judgeDecision, id string, murky bool) {
	if got.ID != id || got.Version != p.version {
		p.failf("decision %q of version %s, want %q of %s", got.ID, got.Version, id, p.version)
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
	proposed, wanted := asJSON(got.Propositions), asJSON(want.propositions)
	why, wantedWhy := asJSON(trace), asJSON(want.trace)
	if proposed != wanted || why != wantedWhy && !murky {
		p.failf("propositions:\n got %s\nwant %s\ntrace:\n got %s\nwant %s", proposed, wanted, why, wantedWhy)
	}
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
