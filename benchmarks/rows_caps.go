package main

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/proffer-go/proffer/benchmarks/measure"
	"github.com/proffer-go/proffer/benchmarks/workload"
	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// unitsEach is how many offers a decision of these rows takes a unit of.
const unitsEach = 10

// caps measures the counters in memory by themselves.
func (b *bench) caps() {
	for _, kept := range []time.Duration{time.Second, time.Hour} {
		rate, cpu := capRate(kept, pick(b, 100_000, 1_000_000))
		r := Row{Name: fmt.Sprintf("caps in memory, records kept %s (units a second)", span(kept)), CPU: int64(cpu), Ratio: rate}
		if kept == time.Second {
			r = r.atLeast(goalCaps, 5e6)
		}
		b.add(r)
		settle()
	}
	b.counterBytes(pick(b, 1_000_000, 10_000_000))
	b.recordBytes(pick(b, 100_000, 1_000_000))
}

// memoryOf returns counters whose clock is the value, in nanoseconds.
func memoryOf(now *time.Duration, kept time.Duration) *capping.Memory {
	return capping.NewMemory(capping.MemoryConfig{
		Now: func() time.Time { return workload.Epoch.Add(*now) }, Retention: kept,
	})
}

// capRate lets each core decide for people of its own, and returns the units a
// second and the CPU time of one.
func capRate(kept time.Duration, decisions int) (rate float64, cpu time.Duration) {
	// The real clock: records are to be forgotten at the rate at which they come.
	m := capping.NewMemory(capping.MemoryConfig{Retention: kept})
	cores := runtime.GOMAXPROCS(0)
	at := time.Now()
	runtime.GC()
	began, start := time.Now(), measure.CPU(true)
	var working sync.WaitGroup
	for core := range cores {
		working.Go(func() {
			r := reservation()
			r.At = at
			for i := range decisions / cores {
				person := profile.ID("person-" + strconv.Itoa(core) + "-" + strconv.Itoa(i%100_000))
				name(&r, "request-"+strconv.Itoa(core)+"-"+strconv.Itoa(i), person)
				grant(m, r)
			}
		})
	}
	working.Wait()
	units := time.Duration(decisions / cores * cores * unitsEach)
	return float64(units) / time.Since(began).Seconds(), (measure.CPU(true) - start) / units
}

// reservation returns that of a decision over offers under a cap for ever.
func reservation() capping.Reservation {
	r := capping.Reservation{Items: make([]capping.Item, unitsEach)}
	for i := range r.Items {
		id := workload.OfferID(i)
		r.Items[i] = capping.Item{
			Activity: offer.ActivityID("activity-" + strconv.Itoa(i)), Placement: "hero", Offer: id,
			Limits: []capping.Limit{{Key: capping.Key{Offer: id}, Max: 1 << 40}},
		}
	}
	return r
}

// name makes it the reservation of another request and person.
func name(r *capping.Reservation, id string, person profile.ID) {
	r.ID, r.Profile = id, person
	for i := range r.Items {
		r.Items[i].Limits[0].Key.Profile = person
	}
}

func grant(m *capping.Memory, r capping.Reservation) {
	g, err := m.Reserve(context.Background(), r)
	must(err)
	if !g.Granted() {
		panic("benchmarks: a unit is refused where there is room")
	}
}

// counterBytes weighs counters for ever, of a calendar day and of a rolling week,
// with one unit each; the last also with four. Records are forgotten first.
func (b *bench) counterBytes(n int) {
	for _, v := range []struct {
		name   string
		window offer.Window
		most   float64
		units  int
	}{
		{"a counter for ever", offer.Window{}, 24, 1},
		{"a counter of a day", offer.Window{Every: offer.Day}, 24, 1},
		{"a rolling counter of one unit", offer.Window{Rolling: 168 * time.Hour}, 0, 1},
		{"a rolling counter of four units", offer.Window{Rolling: 168 * time.Hour}, 0, 4},
	} {
		var now time.Duration
		before := measure.Heap()
		m := memoryOf(&now, time.Second)
		schedule, err := capping.NewSchedule(v.window)
		must(err)
		r := reservation()
		for i := range n / unitsEach {
			for u := range v.units {
				now += 50 * time.Microsecond
				r.At = workload.Epoch.Add(time.Duration(u) * time.Hour)
				name(&r, "request-"+strconv.Itoa(i)+"-"+strconv.Itoa(u), profile.ID("person-"+strconv.Itoa(i)))
				for k := range r.Items {
					r.Items[k].Limits[0].Key = schedule.At(r.At, r.Items[k].Limits[0].Key)
				}
				grant(m, r)
			}
		}
		now += time.Minute
		_, err = m.Usage(context.Background(), r.Attempt, nil, nil)
		must(err)
		row := Row{Name: fmt.Sprintf("caps in memory, %s of %s (bytes)", v.name, count(n)), Ratio: float64(measure.Heap()-before) / float64(n)}
		if v.most > 0 {
			row = row.atMost(goalCaps, v.most)
		}
		b.add(row)
		if b.quick {
			return
		}
		if v.window.IsZero() {
			start := measure.CPU(true)
			runtime.GC()
			cycle := Row{Name: fmt.Sprintf("a GC cycle over %s counters", count(n)), CPU: int64(measure.CPU(true) - start)}
			b.add(cycle.within(goalCaps, 20*time.Millisecond))
		}
		runtime.KeepAlive(m)
		settle()
	}
}

// recordBytes weighs records of decisions: what the heap holds more while they are
// kept, over counters that exist already.
func (b *bench) recordBytes(n int) {
	var now time.Duration
	m := memoryOf(&now, time.Hour)
	r := reservation()
	r.At = workload.Epoch
	const people = 1000
	decide := func(prefix string, n int) {
		for i := range n {
			name(&r, prefix+strconv.Itoa(i), profile.ID("person-"+strconv.Itoa(i%people)))
			grant(m, r)
		}
	}
	decide("before-", people)
	before := measure.Heap()
	decide("request-", n)
	row := Row{Name: fmt.Sprintf("caps in memory, a record of %d units (bytes)", unitsEach), Ratio: float64(measure.Heap()-before) / float64(n)}
	b.add(row.atMost(goalCaps, 64+16*unitsEach))
	runtime.KeepAlive(m)
	settle()
}
