package main

import (
	"time"

	"github.com/proffer-go/proffer/benchmarks/measure"
	"github.com/proffer-go/proffer/benchmarks/workload"
	"github.com/proffer-go/proffer/decisioning"
)

// batch measures batches of requests for 10 activities, by the CPU time of all
// threads: with perfect use of the cores its inverse is the rate of each.
func (b *bench) batch() {
	s := newScene(workload.Options{Offers: 10_000, Rules: 500})
	for _, v := range []struct {
		name  string
		typed bool
		most  time.Duration
	}{{"DecideAll from JSON, 10 activities, a request", false, 20 * time.Microsecond}, {"DecideAll from typed slots, 10 activities, a request", true, time.Microsecond}} {
		p, err := newProffer(s.Workload, s.snapshot, decisioning.Config{}, s.Activities[:10]...)
		must(err)
		if v.typed {
			p.prepare()
		}
		n := pick(b, 128, 1024)
		plan := b.plan(false)
		plan.Threads = true
		r := measure.Run(plan, func(int) { p.decideAll(n) })
		r.CPU /= time.Duration(n)
		r.Allocs /= float64(n)
		b.add(s.row(v.name, r).within(goalBatch, v.most))
	}
	settle()
}
