package capping_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// far are keys that have nothing in common but that each reservation takes one of each.
func far() []capping.Key {
	var keys []capping.Key
	for i := range 20 {
		keys = append(keys, forEver(offer.ID(fmt.Sprint(i))))
	}
	return append(keys, capping.Key{Offer: "x", Profile: "p"}, capping.Key{Offer: "x", Window: offer.Window{Rolling: time.Hour}})
}

// TestReservationsAreSeenWholeOrNotAtAll reads counters in different parts of the memory while
// others take and return a unit of each.
func TestReservationsAreSeenWholeOrNotAtAll(t *testing.T) {
	m := capping.NewMemory(capping.MemoryConfig{Now: func() time.Time { return noon }})
	keys := far()
	var writers, readers sync.WaitGroup
	var done atomic.Bool
	for g := range 4 {
		writers.Go(func() {
			for i := range 300 {
				r := proposal(fmt.Sprint(g, "-", i), time.Minute, 1<<40, keys...)
				r.Profile = profile.ID(fmt.Sprint(g))
				if _, err := m.Reserve(t.Context(), r); err != nil {
					t.Error(err)
				}
				action := []capping.Action{capping.Release, capping.Confirm}[i%2]
				if err := m.Resolve(t.Context(), capping.Resolution{ID: r.ID, Action: action}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		readers.Go(func() {
			for !done.Load() {
				usage, err := m.Usage(t.Context(), capping.Attempt{At: noon}, keys, nil)
				if err != nil {
					t.Error(err)
					return
				}
				for _, n := range usage.Units {
					if n != usage.Units[0] {
						t.Errorf("%v: a reservation is seen in part", usage.Units)
						return
					}
				}
			}
		})
	}
	writers.Wait()
	done.Store(true)
	readers.Wait()
	usage, err := m.Usage(t.Context(), capping.Attempt{At: noon}, keys[:1], nil)
	require.NoError(t, err)
	assert.EqualValues(t, 600, usage.Units[0])
}

// TestNoCallSeesAHoldThatIsOver lets decisions in all parts of the memory hold the one unit that there
// is for one tick of the clock: each next tick must find it free, whoever asks.
func TestNoCallSeesAHoldThatIsOver(t *testing.T) {
	var tick atomic.Int64
	m := capping.NewMemory(capping.MemoryConfig{Now: func() time.Time { return noon.Add(time.Duration(tick.Load())) }})
	keys := far()
	for i := range 500 {
		tick.Add(1)
		var all sync.WaitGroup
		var granted, seen atomic.Int64
		for g := range 4 {
			all.Go(func() {
				grant, err := m.Reserve(t.Context(), proposal(fmt.Sprint(g, "-", i), 1, 1, keys...))
				if err != nil {
					t.Error(err)
				}
				if grant.Granted() {
					granted.Add(1)
				}
				usage, err := m.Usage(t.Context(), capping.Attempt{At: noon}, keys, nil)
				if err != nil {
					t.Error(err)
				}
				seen.Store(max(seen.Load(), usage.Units[0]))
			})
		}
		all.Wait()
		require.EqualValues(t, 1, granted.Load())
		require.EqualValues(t, 1, seen.Load())
	}
}

// TestLongHoldsDoNotKeepOthersFromBeingForgotten mixes decisions that are held for longer than
// records are kept among others.
func TestLongHoldsDoNotKeepOthersFromBeingForgotten(t *testing.T) {
	d := newDesk(capping.MemoryConfig{Retention: time.Second, EventRetention: time.Second})
	for i := range 20_000 {
		d.now = d.now.Add(time.Millisecond)
		hold := time.Duration(0)
		if i%100 == 0 {
			hold = 10 * time.Second
		}
		d.take(t, proposal(fmt.Sprint(i), hold, 1<<40, forEver("x")))
		if i%50 == 0 && i > 12_000 {
			for _, old := range []int{i - 1001, i - 500, i - 9000, i - 10_100} {
				usage, err := d.Usage(t.Context(), capping.Attempt{ID: fmt.Sprint(old), Profile: "p", At: d.now}, nil, nil)
				require.NoError(t, err)
				kept := i-old < 1000 || old%100 == 0 && i-old < 10_000
				require.Equal(t, kept, usage.Revision != 0, "%d at %d", old, i)
			}
		}
	}
	// 18,000 confirmed ones and those of the last ten seconds that are still held.
	assert.EqualValues(t, 20_000-200+100, d.units(t, forEver("x")))
}

// TestHoldsLapseInAnyYear holds until the last instant that a duration can tell and lets the clock jump over
// what nanoseconds in 64 bits can tell.
func TestHoldsLapseInAnyYear(t *testing.T) {
	d := newDesk(capping.MemoryConfig{})
	for i, year := range []int{1, 2, 1000, 1677, 2026, 2262, 2263, 5000, 9000} {
		d.now = time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		for k, hold := range []time.Duration{1, time.Hour, 1<<63 - 1} {
			d.take(t, proposal(fmt.Sprint(i, "-", k), hold, 1<<40, forEver("x")))
		}
		if i == 0 {
			assert.EqualValues(t, 3, d.units(t, forEver("x")))
		}
		d.now = d.now.Add(time.Hour - 1)
		before := d.units(t, forEver("x"))
		d.now = d.now.Add(1)
		assert.EqualValues(t, before-1, d.units(t, forEver("x")), "in the year %d", year)
	}
	d.now = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	assert.EqualValues(t, 0, d.units(t, forEver("x")))
}
