package decisioning_test

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// Many goroutines that decide over one engine get the answers that each of them
// would get alone, where they share no counter.
func TestConcurrentDecisionsAgreeWithTheJudge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := scenarios().Filter(func(s scenario) bool { return !s.Faults.any() }).Draw(t, "scenario").lonely()
		all := &player{fataler: t, s: s, judge: newJudge(s.Catalog, s.Faults, s.Setup)}
		snapshot, now := all.compile(s.Catalog), s.Steps[0].At
		var asked sourcesAsked
		config := s.Setup.config(&asked)
		config.Now = func() time.Time { return now }
		config.Counter = capping.NewMemory(capping.MemoryConfig{Now: config.Now})
		engine, err := decisioning.New(config)
		if err != nil {
			t.Fatalf("New: %v", err)
		}
		if err := engine.Publish(snapshot); err != nil {
			t.Fatalf("Publish: %v", err)
		}
		failures := make([]failure, 8)
		var done sync.WaitGroup
		for i := range failures {
			done.Go(func() {
				w := way{name: "alone", traced: i%2 == 0, prepared: i%3 == 0, into: i%4 < 2}
				p := &player{fataler: &failures[i], twins: []*twin{{way: w, engine: engine, version: snapshot.Version()}}}
				p.s = s.of(profile.ID(fmt.Sprintf("person %d", i)))
				p.judge = newJudge(p.s.Catalog, p.s.Faults, p.s.Setup)
				for p.step = range p.s.Steps {
					p.play(&p.s.Steps[p.step])
				}
			})
		}
		done.Wait()
		for _, f := range failures {
			if f != "" {
				t.Fatalf("%s", f)
			}
		}
	})
}

// failure is what a goroutine failed with.
type failure string

func (f *failure) Helper() {}

// Fatalf notes the failure and ends the goroutine.
func (f *failure) Fatalf(format string, args ...any) {
	*f = failure(fmt.Sprintf(format, args...))
	runtime.Goexit()
}

// lonely returns the scenario without counters that people share.
func (s scenario) lonely() scenario {
	for i := range s.Catalog.Offers {
		o := &s.Catalog.Offers[i]
		o.Caps = slices.DeleteFunc(o.Caps, func(c offer.Cap) bool { return c.Per == offer.PerAll })
	}
	for i := range s.Catalog.ContactPolicies {
		if p := &s.Catalog.ContactPolicies[i]; p.Per == offer.PerAll {
			p.Per = offer.PerProfile
		}
	}
	return s
}

// of returns the scenario as one person's, who only asks, at one instant.
func (s scenario) of(person profile.ID) scenario {
	var asks []step
	for _, x := range s.Steps {
		if x.Ask == nil {
			continue
		}
		a := *x.Ask
		a.ProfileID, a.Hold, a.Blind, a.Locked, a.Sneaks = person, 0, false, false, 0
		if a.ID != "" {
			a.ID = string(person) + a.ID
		}
		asks = append(asks, step{At: s.Steps[0].At, Ask: &a})
	}
	s.Steps = asks
	return s
}
