package main

import (
	"fmt"
	"math"
	"time"

	"github.com/proffer-go/proffer/benchmarks/measure"
	"github.com/proffer-go/proffer/benchmarks/peer"
	"github.com/proffer-go/proffer/benchmarks/workload"
	"github.com/proffer-go/proffer/decisioning"
)

// decide measures whole decisions of 30 activities by priority, at all sizes.
func (b *bench) decide() {
	var sizes []float64
	var times []float64
	for _, n := range pick(b, []int{1000, 10_000, 100_000}, []int{1000, 10_000, 100_000, 1_000_000}) {
		s := newScene(workload.Options{Offers: n, Rules: 500})
		cpu := b.decideScene(s, n == 10_000)
		sizes, times = append(sizes, float64(n)), append(times, float64(cpu))
		switch n {
		case 10_000:
			b.peers(s)
		case 100_000:
			b.distant(s)
		}
		settle()
	}
	last := sizes[len(sizes)-1]
	b.add(Row{
		Name: fmt.Sprintf("growth of the time from 1,000 to %s offers (exponent)", count(int(last))), Rules: 500,
		Ratio: slope(sizes, times),
	}.atMost(goalGrowth, 0.15))
	for _, n := range pick(b, []int{10_000}, []int{10_000, 100_000}) {
		how := decisioning.WithCache(new(decisioning.Cache))
		if n == 10_000 {
			how = decisioning.WithCache(&b.known)
		}
		s := newScene(workload.Options{Offers: n}, how)
		b.decideScene(s, n == 10_000)
		if n == 10_000 {
			b.peers(s)
			b.own = s.programs
		}
		settle()
	}
}

// decideScene measures one size, and returns the CPU time of a sequential
// decision from JSON. The goals are those of 10,000 offers.
func (b *bench) decideScene(s *scene, judged bool) time.Duration {
	p := s.open(decisioning.Sequential)
	r := measure.Run(b.plan(judged), func(i int) { p.decide(i) })
	row := s.row("30 activities from JSON, sequential", r)
	if judged {
		row = row.within(goalDecide, 20*time.Microsecond).without()
		tail := s.row("30 activities from JSON, sequential, p99", measure.Result{CPU: r.P99, Allocs: r.Allocs})
		b.add(tail.within(goalDecide, 60*time.Microsecond))
	}
	b.add(row)
	if b.quick && !judged {
		return r.CPU
	}
	p = s.open(decisioning.Optimal)
	optimal := s.row("30 activities from JSON, optimal", measure.Run(b.plan(false), func(i int) { p.decide(i) }))
	p = s.open(decisioning.Sequential)
	p.prepare()
	typed := s.row("30 activities from typed slots, sequential", measure.Run(b.plan(false), func(i int) { p.decide(i) }))
	if judged {
		optimal, typed = optimal.within(goalDecide, 40*time.Microsecond), typed.within(goalTyped, 3*time.Microsecond)
	}
	b.add(optimal)
	b.add(typed)
	return r.CPU
}

// A decider is a peer.
type decider interface {
	Decide(*workload.Request) ([]int32, error)
}

// contest measures a peer on the scene, against the time that proffer takes. Both
// have been found alike before.
func (b *bench) contest(s *scene, name string, d decider, own time.Duration, plan measure.Plan) Row {
	plan.Patience = 0 // it is slow
	r := measure.Run(plan, func(i int) {
		_, err := d.Decide(&s.requests[i%len(s.requests)])
		must(err)
	})
	row := s.row(name, r)
	row.Ratio = float64(r.CPU) / float64(own)
	return row
}

const (
	nameLoop   = "(a) a loop over cel-go"
	nameMemo   = "(b) a loop over cel-go, memoised"
	nameExpert = "(c) an expert's cel-go"
	nameTuned  = "(c) tuned: typed variables, counts in Go"
)

// peers measures the deciders that are written around cel-go. The goals are about
// rules in the language that CEL's documentation describes; an expert who makes a
// language of his own out of it is measured too.
func (b *bench) peers(s *scene) {
	s.peers()
	loop, memo := peer.NewLoop(s.inventory, s.programs, false), peer.NewLoop(s.inventory, s.programs, true)
	expert, tuned := peer.NewExpert(s.inventory, s.programs, false), peer.NewExpert(s.inventory, s.programs, true)
	alike(s, pick(b, 24, 128), loop, memo, expert, tuned)
	p := s.open(decisioning.Sequential)
	own := measure.Run(b.plan(false), func(i int) { p.decide(i) }).CPU
	b.add(b.contest(s, nameLoop, loop, own, b.plan(false)).atLeast(goalRatios, 1000))
	b.add(b.contest(s, nameMemo, memo, own, b.plan(false)).atLeast(goalRatios, 400))
	b.add(b.contest(s, nameExpert, expert, own, b.plan(false)).atLeast(goalRatios, 15))
	b.add(b.contest(s, nameTuned, tuned, own, b.plan(false)))
}

// distant measures the loop and the expert on a large inventory.
func (b *bench) distant(s *scene) {
	s.peers()
	loop, expert := peer.NewLoop(s.inventory, s.programs, false), peer.NewExpert(s.inventory, s.programs, false)
	alike(s, pick(b, 2, 16), loop, expert)
	p := s.open(decisioning.Sequential)
	own := measure.Run(b.plan(false), func(i int) { p.decide(i) }).CPU
	b.add(b.contest(s, nameLoop, loop, own, measure.Plan{Rounds: 5, Round: 1}).atLeast(goalRatios, 15_000))
	b.add(b.contest(s, nameExpert, expert, own, b.plan(false)))
}

// alike checks that proffer and all deciders decide the first n requests alike,
// offer by offer, while their counters fill. All of them begin with empty ones.
func alike(s *scene, n int, deciders ...decider) {
	p := s.open(decisioning.Sequential)
	for i := range n {
		r := &s.requests[i%len(s.requests)]
		want := p.decide(i)
		for _, d := range deciders {
			got, err := d.Decide(r)
			must(err)
			must(same(got, want))
		}
	}
}

func same(got []int32, want *decisioning.Decision) error {
	for k := range want.Propositions {
		p := &want.Propositions[k]
		proposed := "the fallback"
		if p.Kind == decisioning.ProposesOffer {
			proposed = string(p.Offers[0].ID)
		}
		chosen := "the fallback"
		if got[k] != peer.None {
			chosen = string(workload.OfferID(int(got[k])))
		}
		if chosen != proposed {
			return fmt.Errorf("request %s, %s: a peer proposes %s, proffer %s", want.ID, p.Activity, chosen, proposed)
		}
	}
	return nil
}

// slope returns the exponent of the power law that fits best: that of a straight
// line through the logarithms.
func slope(x, y []float64) float64 {
	var sx, sy, sxx, sxy float64
	for i := range x {
		lx, ly := math.Log(x[i]), math.Log(y[i])
		sx, sy, sxx, sxy = sx+lx, sy+ly, sxx+lx*lx, sxy+lx*ly
	}
	n := float64(len(x))
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// variants measures inventories and people of other shapes, which nothing may be
// tuned for.
func (b *bench) variants() {
	for _, v := range []struct {
		name    string
		options workload.Options
		most    time.Duration
	}{
		{"rare matches", workload.Options{Offers: 10_000, Rules: 500, Ruled: true, Truth: 0.0012}, 60 * time.Microsecond},
		{"rare matches", workload.Options{Offers: 100_000, Rules: 500, Ruled: true, Truth: 0.0012}, 600 * time.Microsecond},
		{"no offer without a rule", workload.Options{Offers: 10_000, Rules: 500, Ruled: true}, 0},
		{"skewed values", workload.Options{Offers: 10_000, Rules: 500, Skew: true}, 0},
		{"attributes missing", workload.Options{Offers: 10_000, Rules: 500, Gaps: true}, 0},
	} {
		s := newScene(v.options)
		s.peers()
		expert := peer.NewExpert(s.inventory, s.programs, false)
		alike(s, pick(b, 24, 128), expert)
		p := s.open(decisioning.Sequential)
		r := measure.Run(b.plan(false), func(i int) { p.decide(i) })
		row := s.row("30 activities from JSON, "+v.name, r)
		if v.most > 0 {
			row = row.within(goalRare, v.most)
		}
		b.add(row)
		b.add(b.contest(s, nameExpert+", "+v.name, expert, r.CPU, b.plan(false)))
		settle()
	}
}
