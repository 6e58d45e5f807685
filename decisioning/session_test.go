package decisioning_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// interrupted is a counter in memory at which something happens when its clock is read.
func interrupted(c capping.MemoryConfig) (m *capping.Memory, next *func()) {
	next = new(func())
	c.Now = func() time.Time {
		if then := *next; then != nil {
			*next = nil
			then()
		}
		return noon
	}
	return capping.NewMemory(c), next
}

// elsewhere is the same counter, but that nobody knows it to be in memory.
type elsewhere struct{ capping.Recorder }

func arbitrations() []decisioning.Arbitration {
	return []decisioning.Arbitration{decisioning.Sequential, decisioning.Optimal}
}

// TestUnitTakenAfterTheLookIsRefused: what a decision saw of a counter in memory is no more than a hint. The
// reservation is exact, and a refusal makes another plan.
func TestUnitTakenAfterTheLookIsRefused(t *testing.T) {
	for _, a := range arbitrations() {
		m, next := interrupted(capping.MemoryConfig{})
		c := shop(
			offer.Offer{ID: "first", Priority: 3, Caps: capped(1, offer.PerAll)},
			offer.Offer{ID: "second", Priority: 2, Caps: capped(1, offer.PerAll)},
			offer.Offer{ID: "third", Priority: 1},
		)
		e := open(t, c, decisioning.Config{Counter: m, Strategy: decisioning.Strategy{Arbitration: a}})
		var others []string
		for _, id := range []string{"other", "another"} { // each before the next reservation of r
			then := *next
			*next = func() {
				*next = then
				others = append(others, proposed(decide(t, e, asking(id, "home")))...)
			}
		}
		d := decide(t, e, asking("r", "home"))
		assert.Equal(t, []string{"first", "second"}, others, a)
		assert.Equal(t, []string{"third"}, proposed(d), a)
		assert.Empty(t, d.Degraded, a)
	}
}

// TestCounterInMemoryIsReadAsOneElsewhere: what an id took before is free to it, and what cannot be read is reported.
func TestCounterInMemoryIsReadAsOneElsewhere(t *testing.T) {
	c := shop(
		offer.Offer{ID: "first", Priority: 3, Caps: []offer.Cap{{Limit: 1, Per: offer.PerProfile, Window: offer.Window{Rolling: time.Hour}}}},
		offer.Offer{ID: "second", Priority: 2, Caps: capped(1, offer.PerAll)},
		offer.Offer{ID: "third", Priority: 1},
	)
	at := func(id string, at time.Time) decisioning.Request {
		r := asking(id, "home")
		r.ProfileID, r.At = "p", at
		return r
	}
	long := at("late", noon.Add(-9*time.Hour))
	stranger := at("a", noon)
	stranger.ProfileID = "q"
	dry := at("a", noon)
	dry.DryRun = true
	for _, a := range arbitrations() {
		var all [2][]string
		for i := range all {
			m, _ := interrupted(capping.MemoryConfig{Lateness: time.Hour})
			var counter capping.Counter = m
			if i == 1 {
				counter = elsewhere{m}
			}
			e := open(t, c, decisioning.Config{Counter: counter, Strategy: decisioning.Strategy{Arbitration: a}})
			for _, r := range []decisioning.Request{at("a", noon), at("a", noon), dry, at("b", noon), at("c", noon), at("a", noon), at("b", noon), long, stranger, at("d", noon)} {
				d, err := e.Decide(t.Context(), r)
				if err != nil {
					require.ErrorIs(t, err, capping.ErrOtherProfile)
					all[i] = append(all[i], "stranger")
					continue
				}
				for k := range d.Degraded {
					d.Degraded[k].Err = nil
				}
				all[i] = append(all[i], asJSON([]any{proposed(d), d.Degraded, d.Unsettled}))
			}
		}
		assert.Equal(t, all[1], all[0], a)
		assert.Equal(t, []string{
			`[["first"],null,false]`, `[["first"],null,false]`, `[["first"],null,false]`, `[["second"],null,false]`, `[["third"],null,false]`,
			`[["first"],null,false]`, `[["second"],null,false]`, `[["third"],[{"reason":"capping_unavailable"}],false]`, "stranger", `[["third"],null,false]`,
		}, all[0], a)
	}
}

// TestClockThatPanicsInMemoryIsAFailedCounter, wherever it is read.
func TestClockThatPanicsInMemoryIsAFailedCounter(t *testing.T) {
	for _, a := range arbitrations() {
		m, next := interrupted(capping.MemoryConfig{Lateness: time.Hour})
		c := shop(offer.Offer{ID: "first", Priority: 2, Caps: capped(1, offer.PerAll)}, offer.Offer{ID: "second", Priority: 1})
		e := open(t, c, decisioning.Config{Counter: m, Strategy: decisioning.Strategy{Arbitration: a}})
		var again func()
		again = func() { *next = again; panic("no clock") }
		*next = again
		d := decide(t, e, asking("r", "home"))
		assert.Equal(t, []string{"second"}, proposed(d), a)
		require.Len(t, d.Degraded, 1, a)
		assert.Equal(t, decisioning.CappingDown, d.Degraded[0].Reason, a)
		*next = nil
		assert.Equal(t, []string{"first"}, proposed(decide(t, e, asking("s", "home"))), a)
	}
}

// TestLookThatFailsForgetsThoseBefore: they may have counted what the id took itself.
func TestLookThatFailsForgetsThoseBefore(t *testing.T) {
	for _, a := range arbitrations() {
		m, next := interrupted(capping.MemoryConfig{})
		c := shop(offer.Offer{ID: "first", Priority: 2, Caps: capped(1, offer.PerAll)}, offer.Offer{ID: "second", Priority: 1, Caps: capped(1, offer.PerAll)})
		asked := 0
		meddles := constraint.Where("meddles", func(_ *profile.Facts, o *offer.Offer) bool {
			if o.ID == "second" { // after the first was read without a look at the clock, which a hold makes necessary
				if asked++; asked == 1 {
					_, err := m.Reserve(t.Context(), capping.Reservation{
						Attempt: capping.Attempt{ID: "other", At: noon}, Hold: time.Hour,
						Items: []capping.Item{{Activity: "a", Placement: "p", Offer: "x", Limits: []capping.Limit{{Key: capping.Key{Offer: "x"}, Max: 1}}}},
					})
					require.NoError(t, err)
					*next = func() { panic("no clock") }
				}
			}
			return true
		})
		e := open(t, c, decisioning.Config{Counter: m, Strategy: decisioning.Strategy{Arbitration: a, Filters: []constraint.Filter{meddles}}})
		require.Equal(t, []string{"first"}, proposed(decide(t, e, asking("r", "home"))), a)
		d := decide(t, e, asking("r", "home"))
		assert.Equal(t, 1, asked, a)
		assert.Equal(t, []string{"first"}, proposed(d), a)
		assert.Empty(t, d.Degraded, a)
	}
}

// TestDeadlinePassedWhilePlanningTakesThePlan: what was planned in time is taken, as nothing there is to wait for.
func TestDeadlinePassedWhilePlanningTakesThePlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // or a busy machine could make it pass before
		for _, a := range arbitrations() {
			m, next := interrupted(capping.MemoryConfig{Lateness: time.Hour})
			c := shop(offer.Offer{ID: "first", Priority: 2, Caps: capped(1, offer.PerAll)}, offer.Offer{ID: "second", Priority: 1})
			e := open(t, c, decisioning.Config{Counter: m, Strategy: decisioning.Strategy{Arbitration: a}})
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			*next = func() { <-ctx.Done() } // at the first look at a counter
			d, err := e.Decide(ctx, asking("r", "home"))
			cancel()
			require.NoError(t, err)
			assert.Equal(t, []string{"first"}, proposed(d), a)
			assert.False(t, d.Unsettled, a)
			assert.NotNil(t, d.Record, a)
			assert.EqualValues(t, 1, taken(t, m, "first"), a)
		}
	})
}

// TestBatchThatFailsGivesBackNothingOfEarlierDecisions: a turn whose reservation failed took nothing, so that what its id
// took before the batch stays.
func TestBatchThatFailsGivesBackNothingOfEarlierDecisions(t *testing.T) {
	var broken atomic.Bool
	m := capping.NewMemory(capping.MemoryConfig{Now: func() time.Time {
		if broken.Load() {
			panic("no clock")
		}
		return noon
	}})
	e := openAlone(-1)(t, tents(1_000_000), decisioning.Config{Counter: m})
	const n = 100
	for i := range n {
		decide(t, e, asking(fmt.Sprint(i), "home"))
	}
	broken.Store(true)
	for d, err := range e.DecideAll(t.Context(), func(yield func(decisioning.Request) bool) {
		for i := range n {
			if !yield(asking(fmt.Sprint(i), "home")) {
				return
			}
		}
	}) {
		require.NoError(t, err)
		assert.False(t, d.Unsettled)
		time.Sleep(20 * time.Millisecond) // others are decided ahead
		broken.Store(false)
		break
	}
	assert.EqualValues(t, n, taken(t, m, "tent"))
}
