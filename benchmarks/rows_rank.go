package main

import (
	"slices"
	"time"

	"github.com/proffer-go/proffer/benchmarks/measure"
	"github.com/proffer-go/proffer/benchmarks/workload"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/rank"
)

// formulas measures one activity over the whole inventory, ranked by a formula
// that reads the profile: matching, scoring and choosing, from JSON.
func (b *bench) formulas() {
	for _, v := range []struct {
		offers int
		most   time.Duration
	}{{10_000, 100 * time.Microsecond}, {100_000, time.Millisecond}} {
		w := workload.New(workload.Options{Offers: v.offers, Rules: 500, Wide: true})
		everywhere := &w.Catalog.Activities[len(w.Catalog.Activities)-1]
		everywhere.Rank = rank.Spec{
			Formula: "offer.priority * (context.weather == 'sun' ? 2.0 : 1.0) + profile.propensityCard * offer.value - profile.debtRatio * offer.cost + offer.attributes.margin",
		}
		snapshot, err := decisioning.Compile(w.Catalog)
		must(err)
		p, err := newProffer(w, snapshot, decisioning.Config{}, workload.Everywhere)
		must(err)
		r := measure.Run(b.plan(false), func(i int) { p.decide(i) })
		b.add(Row{
			Name: "ranking by a formula over the profile, from JSON", N: w.Offers, Rules: len(w.Rules), CPU: int64(r.CPU), Allocs: r.Allocs,
		}.within(goalFormula, v.most))
		settle()
	}
}

// arbitration measures decisions in which 30 activities want the same 100 offers:
// half of the instances by one order, half by a formula of each. Every instance is
// decided three times, of which the best counts, so that the worst is not the
// machine's.
func (b *bench) arbitration() {
	instances := pick(b, 200, 1000)
	times, allocs := contested(instances)
	row := Row{N: workload.Contested, Allocs: allocs}
	row.Name, row.CPU = "30 activities contest 100 offers, optimal, median of "+count(instances), int64(measure.Median(times))
	b.add(row.within(goalArbitration, 100*time.Microsecond))
	row.Name, row.CPU = "30 activities contest 100 offers, optimal, worst of "+count(instances), int64(slices.Max(times))
	b.add(row.within(goalArbitration, 400*time.Microsecond))
}

// contested decides the instances and returns their CPU times, and the allocations
// of one on average.
func contested(instances int) (times []time.Duration, allocs float64) {
	const each, repeated = 50, 3 // instances of a catalog differ by the request
	for seed := range instances / each {
		w := workload.NewContest(uint64(seed))
		snapshot, err := decisioning.Compile(w.Catalog)
		must(err)
		p, err := newProffer(w, snapshot, decisioning.Config{}, w.Activities...)
		must(err)
		best := make([]time.Duration, each)
		round := measure.Run(measure.Plan{Rounds: repeated, Round: 1}, func(int) {
			for i := range best {
				if spent := measure.Call(func() { p.decide(i) }); best[i] == 0 || spent < best[i] {
					best[i] = spent
				}
			}
		})
		times = append(times, best...)
		allocs += round.Allocs / float64(instances)
	}
	return times, allocs
}
