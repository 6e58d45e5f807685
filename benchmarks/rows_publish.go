package main

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"time"

	"github.com/proffer-go/proffer/benchmarks/measure"
	"github.com/proffer-go/proffer/benchmarks/workload"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
)

// publish measures how long a catalog takes from data to decisions, on all cores:
// compiled for the first time, and again when its rules are known already. The
// goals are about elapsed time; CPU is that of all threads.
func (b *bench) publish() {
	warm := func(o workload.Options, name string, most time.Duration, rounds int) {
		w := workload.New(o)
		var cache decisioning.Cache
		publishOnce(w, &cache)
		var all []measure.Result
		for range rounds {
			all = append(all, publishOnce(w, &cache))
		}
		b.add(published(w, name, all, most))
		settle()
	}
	warm(workload.Options{Offers: 100_000, Rules: 500}, "publish, rules known", 150*time.Millisecond, pick(b, 1, 5))
	if b.quick {
		return
	}
	o := workload.Options{Offers: 100_000, Seed: 1} // rules that no other row has
	w := workload.New(o)
	b.add(published(w, "publish, no rule known", []measure.Result{publishOnce(w, new(decisioning.Cache))}, 14*time.Second))
	warm(o, "publish, own rules known", time.Second, 5)
}

func publishOnce(w *workload.Workload, known *decisioning.Cache) measure.Result {
	runtime.GC()
	engine, err := decisioning.New(decisioning.Config{})
	must(err)
	began, start := time.Now(), measure.CPU(true)
	s, err := decisioning.Compile(w.Catalog, decisioning.WithCache(known))
	must(err)
	must(engine.Publish(s))
	return measure.Result{CPU: measure.CPU(true) - start, Elapsed: time.Since(began)}
}

func published(w *workload.Workload, name string, all []measure.Result, most time.Duration) Row {
	best := slices.MinFunc(all, func(a, b measure.Result) int { return int(a.Elapsed - b.Elapsed) })
	r := Row{Name: name + " (seconds elapsed)", N: w.Offers, Rules: len(w.Rules), CPU: int64(best.CPU), Ratio: best.Elapsed.Seconds()}
	return r.atMost(goalPublish, most.Seconds())
}

// memory measures what the engine holds besides the content and CEL's programs.
//
// Three catalogs are published twice each, and the second snapshot is weighed: it
// shares the compiled rules of the first through a cache. Of that
// the weight of a deep copy of the catalog is taken off, since a snapshot owns its
// content. Between two catalogs with the same rules the rest grows by what an offer
// costs, between two with the same offers by what a rule does.
func (b *bench) memory() {
	n, few, many := pick(b, 4000, 50_000), 500, 2500
	engineBytes(workload.Options{Offers: n, Rules: few}) // in which what earlier rows have left is let go
	base := engineBytes(workload.Options{Offers: n, Rules: few})
	offers := engineBytes(workload.Options{Offers: 2 * n, Rules: few})
	rules := engineBytes(workload.Options{Offers: n, Rules: many})
	b.add(Row{
		Name: "memory of the engine, an offer (bytes)", N: 2 * n, Rules: few, Ratio: max(0, float64(offers-base)/float64(n)),
	}.atMost(goalMemory, 200))
	b.add(Row{
		Name: "memory of the engine, a rule (bytes)", N: n, Rules: many, Ratio: max(0, float64(rules-base)/float64(many-few)),
	}.atMost(goalMemory, 500))
}

// engineBytes returns what a second snapshot of the workload adds to the heap
// besides its content.
func engineBytes(o workload.Options) int64 {
	w := workload.New(o)
	var shared decisioning.Cache
	publishSnapshot := func() *decisioning.Engine {
		e, err := decisioning.New(decisioning.Config{})
		must(err)
		s, err := decisioning.Compile(w.Catalog, decisioning.WithCache(&shared))
		must(err)
		must(e.Publish(s))
		return e
	}
	first := publishSnapshot()
	before := measure.Heap()
	second := publishSnapshot()
	engine := measure.Heap() - before
	before = measure.Heap()
	content := deepCopy(&w.Catalog)
	size := measure.Heap() - before
	runtime.KeepAlive(first)
	runtime.KeepAlive(second)
	runtime.KeepAlive(content)
	runtime.KeepAlive(w)
	return engine - size
}

// deepCopy copies what a snapshot must own; texts are shared, as they cannot change, and
// so are equal attributes, as they are in a snapshot.
func deepCopy(c *decisioning.Catalog) *decisioning.Catalog {
	d := *c
	d.Rules, d.Placements = slices.Clone(c.Rules), slices.Clone(c.Placements)
	d.Offers = slices.Clone(c.Offers)
	attributes := make(map[string]map[string]any)
	for i := range d.Offers {
		o := &d.Offers[i]
		o.Tags, o.Caps = slices.Clone(o.Tags), slices.Clone(o.Caps)
		o.Representations = slices.Clone(o.Representations)
		for k := range o.Representations {
			o.Representations[k].Components = slices.Clone(o.Representations[k].Components)
		}
		text := fmt.Sprint(o.Attributes)
		if attributes[text] == nil {
			attributes[text] = maps.Clone(o.Attributes)
		}
		o.Attributes = attributes[text]
	}
	return &d
}

// updates measures how soon a changed offer is visible, and whether requests wait
// for changes.
func (b *bench) updates() {
	s := newScene(workload.Options{Offers: 10_000, Rules: 500})
	p := s.open(decisioning.Sequential)
	plan := b.plan(false)
	plan.Patience = 0 // there is nothing to fill
	changed := func(i int) offer.Offer {
		k := i * 7919 % s.Offers
		o := s.Catalog.Offers[k]
		o.Priority = int64(i % 101)
		return o
	}
	r := measure.Run(plan, func(i int) { p.replace(changed(i)) })
	b.add(s.row("a changed offer, no new rule", r).within(goalUpdate, 50*time.Microsecond))
	r = measure.Run(plan, func(i int) {
		o := changed(i)
		o.Rule, o.Eligibility = "", fmt.Sprintf("profile.age >= %d.0 && profile.tier == 'gold' && profile.debtRatio < 0.%06d", i%80, i)
		p.replace(o)
	})
	b.add(s.row("a changed offer, a new rule", r).within(goalUpdate, time.Millisecond))
	b.waiting(s, p, changed)
	settle()
}

// waiting compares how long requests take, on the clock of the wall, with and
// without changes at the same time.
func (b *bench) waiting(s *scene, p *proffer, changed func(int) offer.Offer) {
	d := pick(b, 500*time.Millisecond, 3*time.Second)
	idle := elapsed99(d, p)
	stop := make(chan struct{})
	done := make(chan int)
	go func() {
		n := 0
		for tick := time.NewTicker(time.Millisecond); ; n++ {
			select {
			case <-tick.C:
				p.replace(changed(n))
			case <-stop:
				tick.Stop()
				done <- n
				return
			}
		}
	}()
	busy := elapsed99(d, p)
	close(stop)
	n := <-done
	rate := float64(n) / d.Seconds()
	row := s.row("p99 elapsed of requests under 1,000 updates a second (times idle)", measure.Result{CPU: busy})
	row.Ratio = float64(busy) / float64(idle)
	row = row.atMost(goalWaiting, 1.2)
	if rate < 900 {
		row = row.judged(goalWaiting, fmt.Sprintf("%s; only %s updates a second were made", row.clause, figure(rate)), false)
	}
	b.add(row)
}

func elapsed99(d time.Duration, p *proffer) time.Duration {
	var all []time.Duration
	for began := time.Now(); time.Since(began) < d; {
		start := time.Now()
		p.decide(len(all))
		all = append(all, time.Since(start))
	}
	slices.Sort(all)
	return all[len(all)*99/100]
}
