package capping_test

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// heapOf returns the bytes and objects that are alive after f, for each of n.
func heapOf(n int, f func() *capping.Memory) (bytes, objects float64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&before)
	m := f()
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(m)
	return (float64(after.HeapAlloc) - float64(before.HeapAlloc)) / float64(n),
		(float64(after.HeapObjects) - float64(before.HeapObjects)) / float64(n)
}

// decided returns a desk that has decided n times for others each, with the keys of the i-th.
func decided(t *testing.T, c capping.MemoryConfig, n, items int, keys func(i int, of []capping.Limit) []capping.Limit) *desk {
	t.Helper()
	d := newDesk(c)
	r := proposal("", 0, 0)
	item := r.Items[0]
	r.Items = nil
	for i := range items {
		item.Offer = offer.ID(fmt.Sprint("offer", i))
		r.Items = append(r.Items, item)
	}
	for i := range n {
		r.ID = "decision-" + strconv.Itoa(i)
		r.Profile = profile.ID("profile-" + strconv.Itoa(i))
		r.Items[0].Limits = keys(i, r.Items[0].Limits[:0])
		if grant, err := d.Reserve(t.Context(), r); err != nil || !grant.Granted() {
			t.Fatalf("decision %d: %v, %v", i, grant, err)
		}
		if c.Retention > 0 {
			d.now = d.now.Add(c.Retention)
		}
	}
	return d
}

func limit(k capping.Key) capping.Limit { return capping.Limit{Key: k, Max: 1 << 40} }

func TestMemoryIsSmall(t *testing.T) {
	rolling := offer.Window{Rolling: 365 * 24 * time.Hour}
	many := offer.Window{Rolling: 364 * 24 * time.Hour}
	short := capping.MemoryConfig{Retention: 1}
	for _, tt := range []struct {
		name   string
		config capping.MemoryConfig
		n      int
		items  int
		goal   float64 // bytes a decision
		keys   func(i int, of []capping.Limit) []capping.Limit
	}{
		{
			"record of 4 items without caps",
			capping.MemoryConfig{},
			100_000, 4, 64 + 4*2,
			func(_ int, of []capping.Limit) []capping.Limit { return of },
		},
		{
			"record of 4 units",
			capping.MemoryConfig{},
			100_000, 1, 64 + 2,
			func(_ int, of []capping.Limit) []capping.Limit {
				return append(of, limit(forEver("a")), limit(forEver("b")), limit(forEver("c")), limit(forEver("d")))
			},
		},
		{
			"counter for ever", short, 200_000, 1, 24,
			func(i int, of []capping.Limit) []capping.Limit {
				return append(of, limit(capping.Key{Offer: "x", Profile: profile.ID(strconv.Itoa(i))}))
			},
		},
		{
			"rolling counter with a unit", short, 200_000, 1, 24 + 8,
			func(i int, of []capping.Limit) []capping.Limit {
				return append(of, limit(capping.Key{Offer: "x", Profile: profile.ID(strconv.Itoa(i)), Window: rolling}))
			},
		},
		{
			"rolling unit among 20", short, 800_000, 1, 24.0/20 + 8,
			func(i int, of []capping.Limit) []capping.Limit {
				return append(of, limit(capping.Key{Offer: "x", Profile: profile.ID(strconv.Itoa(i / 20)), Window: rolling}))
			},
		},
		{
			"rolling unit among very many", short, 200_000, 1, 8,
			func(_ int, of []capping.Limit) []capping.Limit {
				return append(of, limit(capping.Key{Offer: "x", Window: many}))
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bytes, objects := heapOf(tt.n, func() *capping.Memory {
				return decided(t, tt.config, tt.n, tt.items, tt.keys).Memory
			})
			t.Logf("%.1f bytes, goal %.0f", bytes, tt.goal)
			assert.LessOrEqual(t, bytes, 1.5*tt.goal)
			assert.Less(t, objects, 0.05, "the garbage collector has nothing to do for each")
		})
	}
}

func TestMemoryOfTheForgottenIsUsedAgain(t *testing.T) {
	const n = 20_000
	d := newDesk(capping.MemoryConfig{Retention: time.Minute, EventRetention: time.Minute})
	var grown [5]uint64
	for round := range grown {
		for i := range n {
			// Of each three one is confirmed at once, one lapses and one is decided again.
			r := proposal(fmt.Sprint(round, "-", i), time.Duration(i%3)*time.Second, 1<<40, forEver("x"))
			r = d.take(t, r)
			if i%3 == 2 {
				d.take(t, r)
			}
		}
		d.now = d.now.Add(2 * time.Minute)
		_ = d.units(t, forEver("x"))
		d.now = d.now.Add(2 * time.Minute)
		_ = d.units(t, forEver("x"))
		var stats runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&stats)
		grown[round] = stats.HeapAlloc
	}
	// What the second round leaves behind is taken away in the third, and so on.
	assert.Less(t, float64(grown[4]), 1.1*float64(grown[1])+1<<19)
	runtime.KeepAlive(d)
}

func TestReserveAndUsageDoNotAllocateInSteadyState(t *testing.T) {
	d := newDesk(capping.MemoryConfig{Retention: time.Second})
	keys := keysOf("", "x", "p", noon)
	r := proposal("", 0, 1<<40, keys...)
	dst := make([]int64, 0, len(keys))
	ids := make([]string, 5000)
	for i := range ids {
		ids[i] = strconv.Itoa(i)
	}
	next := 0
	ctx := t.Context()
	decide := func() {
		r.ID = ids[next%len(ids)]
		next++
		d.now = d.now.Add(time.Millisecond)
		usage, err := d.Usage(ctx, r.Attempt, keys, dst)
		r.Revision = usage.Revision
		if grant, e := d.Reserve(ctx, r); err != nil || e != nil || !grant.Granted() {
			t.Fatal(grant, err, e)
		}
	}
	for range ids {
		decide()
	}
	if n := testing.AllocsPerRun(1000, decide); n > 0 && !raced {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestResolveDoesNotAllocateInSteadyState(t *testing.T) {
	for _, tt := range []struct {
		name   string
		action capping.Action
	}{{"confirmed", capping.Confirm}, {"released", capping.Release}, {"lapsed", 0}} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(capping.MemoryConfig{Retention: time.Second, EventRetention: time.Second})
			r := proposal("", 100*time.Millisecond, 1<<40, keysOf("", "x", "p", noon)...)
			ids := make([]string, 5000)
			for i := range ids {
				ids[i] = strconv.Itoa(i)
			}
			next, ctx := 0, t.Context()
			decide := func() {
				r.ID = ids[next%len(ids)]
				next++
				d.now = d.now.Add(time.Millisecond)
				grant, err := d.Reserve(ctx, r)
				if err != nil || !grant.Granted() {
					t.Fatal(grant, err)
				}
				if tt.action == 0 {
					return
				}
				if err := d.Resolve(ctx, capping.Resolution{ID: r.ID, Action: tt.action}); err != nil {
					t.Fatal(err)
				}
			}
			for range ids {
				decide()
			}
			if n := testing.AllocsPerRun(1000, decide); n > 0 && !raced {
				t.Errorf("%v allocations, want none", n)
			}
		})
	}
}
