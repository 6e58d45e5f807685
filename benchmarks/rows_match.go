package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/proffer-go/proffer/benchmarks/measure"
	"github.com/proffer-go/proffer/benchmarks/peer"
	"github.com/proffer-go/proffer/benchmarks/workload"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A witness is a filter that sees which offers match, and lets all pass. That it
// wants to see the whole set makes the engine find all of them.
type witness struct {
	keep    bool
	matched []int32
	n       int
}

var _ constraint.Filter = (*witness)(nil)

// Filter implements [constraint.Filter].
func (w *witness) Filter(_ context.Context, _ *profile.Facts, c *offer.Candidates) error {
	w.n = c.Len()
	if w.keep {
		w.matched = w.matched[:0]
		for i := range c.All() {
			w.matched = append(w.matched, int32(i))
		}
	}
	return nil
}

// matching measures how all true rules of 7,000 are found. For proffer they stand
// each on an offer that is open everywhere, and one activity wants them all; the
// decision around it is in its time.
func (b *bench) matching() {
	s := newScene(workload.Options{Offers: 7000, Ruled: true, Open: true, Wide: true}, decisioning.WithCache(&b.known))
	s.peers()
	if b.own != nil {
		s.programs = b.own // its rules are the first of those, and compiled already
	}
	seen := &witness{}
	p := s.openTo(seen)
	contestants := b.matchers(s)
	matchAlike(s, p, seen, pick(b, 3, 50), contestants)
	r := measure.Run(b.plan(false), func(i int) { p.decide(i) })
	b.add(s.row("matching alone, from JSON", r).within(goalMatching, 35*time.Microsecond))
	plan := b.plan(false)
	plan.Patience = 0 // they are slow
	plan.Round /= 5
	for _, c := range contestants {
		var all []int32
		other := measure.Run(plan, func(i int) {
			var err error
			all, err = c.Match(&s.requests[i%len(s.requests)], all[:0])
			must(err)
		})
		row := s.row("matching alone, "+c.name, other)
		row.Ratio = float64(other.CPU) / float64(r.CPU)
		if c.least > 0 {
			row = row.atLeast(goalMatching, c.least)
		}
		b.add(row)
	}
	settle()
}

// openTo publishes the scene to an engine whose one filter is the witness.
func (s *scene) openTo(w *witness) *proffer {
	p, err := newProffer(s.Workload, s.snapshot, decisioning.Config{
		Strategy: decisioning.Strategy{Filters: []constraint.Filter{w}, Arbitration: decisioning.Sequential},
	}, workload.Everywhere)
	must(err)
	return p
}

// matchAlike checks that proffer and all contestants find the same rules true. The
// rules of the scene stand on its offers one by one.
func matchAlike(s *scene, p *proffer, seen *witness, n int, contestants []contestant) {
	seen.keep = true
	for i := range n {
		p.decide(i)
		for _, c := range contestants {
			got, err := c.Match(&s.requests[i], nil)
			must(err)
			if !slices.Equal(got, seen.matched) {
				panic(fmt.Sprintf("benchmarks: %s finds %d rules true, proffer %d, and not the same", c.name, len(got), len(seen.matched)))
			}
		}
	}
	seen.keep = false
}

// A contestant is a matcher with the least ratio that is the goal; 0: none.
type contestant struct {
	name  string
	least float64
	peer.Matcher
}

// matchers compiles the rules in all languages; in a quick run the plain ones alone.
func (b *bench) matchers(s *scene) []contestant {
	opa, err := peer.NewOPA(context.Background(), s.Workload, false)
	must(err)
	expr, err := peer.NewExpr(s.Workload)
	must(err)
	govaluate, err := peer.NewGovaluate(s.Workload)
	must(err)
	all := []contestant{{"cel-go", 1000, peer.NewCEL(s.Workload, s.programs)}, {"OPA", 1000, opa}, {"expr", 250, expr}, {"govaluate", 250, govaluate}}
	if b.quick {
		return all
	}
	tunedOPA, err := peer.NewOPA(context.Background(), s.Workload, true)
	must(err)
	tunedExpr, err := peer.NewTunedExpr(s.Workload)
	must(err)
	return append(all,
		contestant{"cel-go, tuned", 0, peer.NewTunedCEL(s.Workload, s.programs)},
		contestant{"OPA, tuned", 0, tunedOPA}, contestant{"expr, tuned", 0, tunedExpr})
}
