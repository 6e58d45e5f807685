package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/proffer-go/proffer/benchmarks/workload"
	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A proffer is the engine under test, with counters in memory whose records are
// kept for a second of its own clock.
type proffer struct {
	engine   *decisioning.Engine
	clock    atomic.Int64 // nanoseconds after workload.Epoch
	requests []decisioning.Request
	decision decisioning.Decision
	turn     int // of decideAll
}

// pool is how many requests are made in turn. With step between them the record of
// each is forgotten when its turn comes again, as if its id were new.
const (
	pool = 512
	step = 4 * time.Millisecond
)

// newProffer publishes the workload to an engine, and lays out the requests.
func newProffer(w *workload.Workload, s *decisioning.Snapshot, c decisioning.Config, activities ...decisioning.ActivityID) (*proffer, error) {
	p := &proffer{}
	c.Now = func() time.Time { return workload.Epoch.Add(time.Duration(p.clock.Load())) }
	c.Counter = capping.NewMemory(capping.MemoryConfig{Now: c.Now, Retention: time.Second})
	var err error
	if p.engine, err = decisioning.New(c); err != nil {
		return nil, err
	}
	if err := p.engine.Publish(s); err != nil {
		return nil, err
	}
	for _, r := range w.Requests(pool) {
		p.requests = append(p.requests, decisioning.Request{
			ID: r.ID, ProfileID: profile.ID(r.ProfileID), At: r.At, Activities: activities,
			Profile: profile.JSON(r.Profile), Events: profile.JSON(r.Events), Context: profile.JSON(r.Context),
		})
	}
	return p, nil
}

// decide decides the i-th request.
func (p *proffer) decide(i int) *decisioning.Decision {
	p.clock.Add(int64(step))
	must(p.engine.DecideInto(context.Background(), p.requests[i%len(p.requests)], &p.decision))
	return &p.decision
}

// prepare decodes the facts of all requests, once.
func (p *proffer) prepare() {
	for i := range p.requests {
		var err error
		p.requests[i], err = p.engine.Prepare(p.requests[i])
		must(err)
	}
}

// decideAll decides the next n requests in one batch: as in decide, those of the whole pool take turns.
func (p *proffer) decideAll(n int) {
	requests := func(yield func(decisioning.Request) bool) {
		for range n {
			p.clock.Add(int64(step))
			r := p.requests[p.turn%len(p.requests)]
			p.turn++
			if !yield(r) {
				return
			}
		}
	}
	for _, err := range p.engine.DecideAll(context.Background(), requests) {
		must(err)
	}
}

// replace makes the changed offer visible.
func (p *proffer) replace(o offer.Offer) { must(p.engine.Update(decisioning.Change{Put: &o})) }

// must stops the run: what it is asked about cannot fail, or no figure is true.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("benchmarks: %v", err))
	}
}
