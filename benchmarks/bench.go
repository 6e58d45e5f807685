package main

import (
	"runtime/debug"
	"time"

	"github.com/proffer-go/proffer/benchmarks/measure"
	"github.com/proffer-go/proffer/benchmarks/peer"
	"github.com/proffer-go/proffer/benchmarks/workload"
	"github.com/proffer-go/proffer/decisioning"
)

// A bench measures and collects rows.
type bench struct {
	quick bool
	rows  []Row
	emit  func(Row)

	// Of the workload with a rule an offer: its rules compiled by cel-go, and by proffer.
	own   *peer.Programs
	known decisioning.Cache
}

func (b *bench) add(r Row) {
	if r.Goal == "" {
		r.Met = true
	}
	b.rows = append(b.rows, r)
	b.emit(r)
}

// plan is how long a row is measured, with or without a tail.
func (b *bench) plan(tail bool) measure.Plan {
	// Counters have filled, and all memory has grown, when each request was made some times. That is
	// as long as it is also where a decision takes long, or what is allocated once would be counted.
	p := measure.Plan{Rounds: 7, Round: 150 * time.Millisecond, Warm: 6 * pool, Patience: time.Second}
	if b.quick {
		p.Rounds, p.Round = 5, 15*time.Millisecond
	}
	if tail {
		p.Tail = 2 * p.Round * time.Duration(p.Rounds)
	}
	return p
}

// pick returns the first for a quick run, else the second.
func pick[T any](b *bench, quick, full T) T {
	if b.quick {
		return quick
	}
	return full
}

// A scene is a workload with what is made of it once, for proffer and peers.
type scene struct {
	*workload.Workload
	snapshot  *decisioning.Snapshot
	requests  []workload.Request
	inventory *peer.Inventory
	programs  *peer.Programs
}

func newScene(o workload.Options, how ...decisioning.CompileOption) *scene {
	s := &scene{Workload: workload.New(o)}
	var err error
	s.snapshot, err = decisioning.Compile(s.Catalog, how...)
	must(err)
	return s
}

// peers loads the workload for the peers too.
func (s *scene) peers() {
	if s.inventory != nil {
		return
	}
	var err error
	s.programs, err = peer.NewPrograms(s.Workload)
	must(err)
	s.inventory = peer.NewInventory(s.Workload)
	s.requests = s.Requests(pool)
}

// open publishes the scene to a new engine.
func (s *scene) open(a decisioning.Arbitration) *proffer {
	p, err := newProffer(s.Workload, s.snapshot, decisioning.Config{Strategy: decisioning.Strategy{Arbitration: a}}, s.Activities...)
	must(err)
	return p
}

// row begins a row about the scene.
func (s *scene) row(name string, r measure.Result) Row {
	return Row{Name: name, N: s.Offers, Rules: len(s.Rules), CPU: int64(r.CPU), Allocs: r.Allocs}
}

// settle gives back what the last section used, so that it does not count in the
// next one's garbage collections.
func settle() { debug.FreeOSMemory() }
