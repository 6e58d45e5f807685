package decisioning_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// crowd yields requests of n customers of many ages.
func crowd(n int, activities ...decisioning.ActivityID) iter.Seq[decisioning.Request] {
	return func(yield func(decisioning.Request) bool) {
		for i := range n {
			r := asking(fmt.Sprint("request-", i), activities...)
			r.ProfileID = profile.ID(fmt.Sprint("customer-", i))
			r.Profile = profile.JSON(fmt.Appendf(nil, `{"age": %d, "tier": "gold", "spent": %d}`, i%60, i%37))
			if !yield(r) {
				return
			}
		}
	}
}

type opener func(testing.TB, decisioning.Catalog, decisioning.Config) *decisioning.Engine

// bothWays runs the test with batches that stay in the goroutine of their loop at first,
// and with batches that use helpers from their first request on.
func bothWays(t *testing.T, test func(t *testing.T, open opener)) {
	t.Helper()
	t.Run("alone at first", func(t *testing.T) { test(t, open) })
	t.Run("spread at once", func(t *testing.T) { test(t, openAlone(-1)) })
}

// everyWay is bothWays, and runs the test with batches that stay there to the end.
func everyWay(t *testing.T, test func(t *testing.T, open opener)) {
	t.Helper()
	bothWays(t, test)
	t.Run("alone", func(t *testing.T) { test(t, openAlone(time.Hour)) })
}

// openAlone opens engines of which batches stay in the goroutine of their loop so long.
func openAlone(alone time.Duration) opener {
	return func(tb testing.TB, c decisioning.Catalog, config decisioning.Config) *decisioning.Engine {
		tb.Helper()
		e := open(tb, c, config)
		e.SetAlone(alone)
		return e
	}
}

// tents is a shop with one offer, of which there are so many.
func tents(limit int64) decisioning.Catalog {
	return shop(offer.Offer{ID: "tent", Caps: capped(limit, offer.PerAll)})
}

// taken returns how many units of the offer's cap are taken.
func taken(t *testing.T, counter capping.Counter, o offer.ID) int64 {
	t.Helper()
	u, err := counter.Usage(context.Background(), capping.Attempt{ID: "somebody else", At: noon}, []capping.Key{{Offer: o}}, nil)
	require.NoError(t, err)
	return u.Units[0]
}

func TestBatchDecidesEachAsDecide(t *testing.T) { everyWay(t, batchDecidesEachAsDecide) }

func batchDecidesEachAsDecide(t *testing.T, open opener) {
	t.Helper()
	e := open(t, warehouse(1000), decisioning.Config{})
	activities := firstActivities(5)
	next, stop := iter.Pull(crowd(3000, activities...))
	defer stop()
	n := 0
	for d, err := range e.DecideAll(t.Context(), crowd(3000, activities...)) {
		require.NoError(t, err)
		r, _ := next()
		r.DryRun = true
		want := decide(t, e, r)
		require.Equal(t, want.ID, d.ID)
		require.JSONEq(t, asJSON(want.Propositions), asJSON(d.Propositions))
		require.NotNil(t, d.Record)
		n++
	}
	assert.Equal(t, 3000, n)
}

func TestBatchUsesAllRoomAndNoMore(t *testing.T) { everyWay(t, batchUsesAllRoomAndNoMore) }

func batchUsesAllRoomAndNoMore(t *testing.T, open opener) {
	t.Helper()
	counter := memory()
	e := open(t, tents(700), decisioning.Config{Counter: counter})
	got := map[string]int{}
	for d, err := range e.DecideAll(t.Context(), crowd(1500, "home")) {
		require.NoError(t, err)
		got[proposed(d)[0]]++
	}
	assert.Equal(t, map[string]int{"tent": 700, "[hello]": 800}, got)
	assert.EqualValues(t, 700, taken(t, counter, "tent"))
}

func TestBatchCapsCountEachPersonAlone(t *testing.T) { everyWay(t, batchCapsCountEachPersonAlone) }

func batchCapsCountEachPersonAlone(t *testing.T, open opener) {
	t.Helper()
	e := open(t, shop(offer.Offer{ID: "tent", Caps: capped(3, offer.PerProfile)}), decisioning.Config{Counter: memory()})
	requests := func(yield func(decisioning.Request) bool) {
		for i := range 1000 {
			r := asking("", "home")
			if r.ProfileID = profile.ID(fmt.Sprint(i % 100)); !yield(r) {
				return
			}
		}
	}
	got := map[profile.ID]int{}
	for d, err := range e.DecideAll(t.Context(), requests) {
		require.NoError(t, err)
		if proposed(d)[0] == "tent" {
			got[d.ProfileID]++
		}
	}
	assert.Len(t, got, 100)
	for person, n := range got {
		assert.Equal(t, 3, n, person)
	}
}

func TestBatchGoesOnAfterARequestThatCannotBeDecided(t *testing.T) {
	everyWay(t, batchGoesOnAfterARequestThatCannotBeDecided)
}

func batchGoesOnAfterARequestThatCannotBeDecided(t *testing.T, open opener) {
	t.Helper()
	e := open(t, tents(1000), decisioning.Config{})
	requests := func(yield func(decisioning.Request) bool) {
		i := 0
		for r := range crowd(500, "home") {
			switch i++; i % 10 {
			case 3:
				r.Activities = []decisioning.ActivityID{"nowhere"}
			case 7:
				r.Profile = profile.JSON([]byte(`{"a": 1, "a": 2}`))
			}
			if !yield(r) {
				return
			}
		}
	}
	i := 0
	for d, err := range e.DecideAll(t.Context(), requests) {
		switch i++; i % 10 {
		case 3:
			require.ErrorIs(t, err, decisioning.ErrUnknownActivity)
			require.Nil(t, d)
		case 7:
			require.EqualError(t, err, "decide: request.profile.a: repeated key")
			require.Nil(t, d)
		default:
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint("request-", i-1), d.ID)
		}
	}
	assert.Equal(t, 500, i)
}

func TestBatchWithoutSnapshotYieldsItsError(t *testing.T) {
	e, err := decisioning.New(decisioning.Config{})
	require.NoError(t, err)
	n := 0
	for _, err := range e.DecideAll(t.Context(), crowd(3, "home")) {
		require.ErrorIs(t, err, decisioning.ErrNoSnapshot)
		n++
	}
	assert.Equal(t, 3, n)
}

func TestBatchOfNothingYieldsNothing(t *testing.T) {
	e := open(t, tents(1), decisioning.Config{})
	for _, err := range e.DecideAll(t.Context(), crowd(0)) {
		assert.NoError(t, err)
		t.Error("yielded something")
	}
}

func TestCancelledBatchYieldsTheErrorOnce(t *testing.T) {
	everyWay(t, cancelledBatchYieldsTheErrorOnce)
}

func cancelledBatchYieldsTheErrorOnce(t *testing.T, open opener) {
	t.Helper()
	for _, after := range []int{0, 1, 300} {
		t.Run(fmt.Sprint("after ", after), func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			counter := memory()
			e := open(t, tents(1_000_000), decisioning.Config{Counter: counter})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if after == 0 {
				cancel()
			}
			decided, failed := 0, 0
			for d, err := range e.DecideAll(ctx, crowd(1_000_000, "home")) {
				if err != nil {
					require.ErrorIs(t, err, context.Canceled)
					require.Nil(t, d)
					failed++
					continue
				}
				if decided++; decided == after {
					cancel()
				}
			}
			assert.Equal(t, after, decided)
			assert.Equal(t, 1, failed)
			assert.EqualValues(t, after, taken(t, counter, "tent"), "the rest was given back")
		})
	}
}

func TestBatchWhoseDeadlinePassesIsDecidedAllTheSame(t *testing.T) {
	e := open(t, shop(offer.Offer{ID: "tent"}), decisioning.Config{})
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	n := 0
	for _, err := range e.DecideAll(ctx, crowd(200, "home")) {
		require.NoError(t, err)
		n++
	}
	assert.Equal(t, 200, n)
}

func TestBatchThatIsBrokenOffGivesBackWhatItDidNotYield(t *testing.T) {
	everyWay(t, batchThatIsBrokenOffGivesBackWhatItDidNotYield)
}

func batchThatIsBrokenOffGivesBackWhatItDidNotYield(t *testing.T, open opener) {
	t.Helper()
	for _, name := range []string{"confirmed", "held", "without ids"} {
		for _, rounds := range []int{1, 10, 1000} {
			t.Run(fmt.Sprintf("%s after %d", name, rounds), func(t *testing.T) {
				defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
				counter := memory()
				e := open(t, tents(1_000_000), decisioning.Config{Counter: counter})
				requests := func(yield func(decisioning.Request) bool) {
					for r := range crowd(1_000_000, "home") {
						switch name {
						case "held":
							r.Hold = time.Hour
						case "without ids":
							r.ID = ""
						}
						if !yield(r) {
							return
						}
					}
				}
				n := 0
				for _, err := range e.DecideAll(t.Context(), requests) {
					require.NoError(t, err)
					if n++; n == rounds {
						break
					}
				}
				assert.EqualValues(t, rounds, taken(t, counter, "tent"))
			})
		}
	}
}

// What an earlier decision took is not lost with the one that replaced it.
func TestBatchThatIsBrokenOffKeepsWhatHadARecord(t *testing.T) {
	everyWay(t, batchThatIsBrokenOffKeepsWhatHadARecord)
}

func batchThatIsBrokenOffKeepsWhatHadARecord(t *testing.T, open opener) {
	t.Helper()
	counter := memory()
	e := open(t, tents(1_000_000), decisioning.Config{Counter: counter})
	for _, err := range e.DecideAll(t.Context(), crowd(500, "home")) {
		assert.NoError(t, err)
	}
	for _, err := range e.DecideAll(t.Context(), crowd(1000, "home")) {
		assert.NoError(t, err)
		break
	}
	assert.EqualValues(t, 500, taken(t, counter, "tent"))
	for _, err := range e.DecideAll(t.Context(), crowd(1000, "home")) {
		assert.NoError(t, err)
	}
	assert.EqualValues(t, 1000, taken(t, counter, "tent"))
}

func TestBatchThatEndsUnsettledGivesBackById(t *testing.T) {
	everyWay(t, batchThatEndsUnsettledGivesBackByID)
}

func batchThatEndsUnsettledGivesBackByID(t *testing.T, open opener) {
	t.Helper()
	counter := &faultyCounter{Recorder: memory()}
	counter.reserve = func(r capping.Reservation) (bool, capping.Grant, error) {
		if r.ID != "request-0" {
			if _, err := counter.Recorder.Reserve(context.Background(), r); err != nil {
				return true, capping.Grant{}, err
			}
			return true, capping.Grant{}, errBroken // the reply is lost
		}
		return false, capping.Grant{}, nil
	}
	e := open(t, tents(1_000_000), decisioning.Config{Counter: counter})
	for _, err := range e.DecideAll(t.Context(), crowd(1000, "home")) {
		assert.NoError(t, err)
		break
	}
	assert.EqualValues(t, 1, taken(t, counter, "tent"))
}

// The later request with an id stands, however near the earlier one is.
func TestBatchDecidesAnIDInOrder(t *testing.T) { everyWay(t, batchDecidesAnIDInOrder) }

func batchDecidesAnIDInOrder(t *testing.T, open opener) {
	t.Helper()
	c := shop(
		offer.Offer{ID: "old", Priority: 2, Eligibility: "profile.age >= 30", Caps: capped(1000, offer.PerAll)},
		offer.Offer{ID: "young", Priority: 1, Caps: capped(1000, offer.PerAll)},
	)
	requests := func(yield func(decisioning.Request) bool) {
		i := 0
		for r := range crowd(2000, "home") {
			k := i * 7 % 11
			if i++; i%3 == 0 {
				k = i % 2
			}
			r.ID, r.ProfileID = fmt.Sprint(k), profile.ID(fmt.Sprint(k))
			if !yield(r) {
				return
			}
		}
	}
	one, all := memory(), memory()
	alone := open(t, c, decisioning.Config{Counter: one})
	var want []string
	for r := range requests {
		want = append(want, proposed(decide(t, alone, r))...)
	}
	var got []string
	var revision uint64
	for d, err := range open(t, c, decisioning.Config{Counter: all}).DecideAll(t.Context(), requests) {
		require.NoError(t, err)
		require.Empty(t, d.Degraded)
		got = append(got, proposed(d)...)
		revision = max(revision, d.Record.Revision)
	}
	assert.Equal(t, want, got)
	assert.Equal(t, taken(t, one, "old"), taken(t, all, "old"))
	assert.Equal(t, taken(t, one, "young"), taken(t, all, "young"))
}

func TestBatchReadsAheadWithinBounds(t *testing.T) { everyWay(t, batchReadsAheadWithinBounds) }

func batchReadsAheadWithinBounds(t *testing.T, open opener) {
	t.Helper()
	e := open(t, tents(1_000_000), decisioning.Config{})
	read, yielded, most := 0, 0, 0
	requests := func(yield func(decisioning.Request) bool) {
		for r := range crowd(5000, "home") {
			read++
			most = max(most, read-yielded)
			if !yield(r) {
				return
			}
		}
	}
	for _, err := range e.DecideAll(t.Context(), requests) {
		assert.NoError(t, err)
		yielded++
	}
	assert.LessOrEqual(t, most, 128*runtime.GOMAXPROCS(0)+1, "and the one in hand")
}

// Of a sequence that takes its time, each decision is there before the next request but
// one.
func TestSlowSequenceHoldsNothingBack(t *testing.T) { everyWay(t, slowSequenceHoldsNothingBack) }

func slowSequenceHoldsNothingBack(t *testing.T, open opener) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, tents(1_000_000), decisioning.Config{})
		read, yielded := 0, 0
		requests := func(yield func(decisioning.Request) bool) {
			for r := range crowd(50, "home") {
				time.Sleep(time.Second) // until nothing else moves
				require.GreaterOrEqual(t, yielded, read-1)
				if read++; !yield(r) {
					return
				}
			}
		}
		for _, err := range e.DecideAll(t.Context(), requests) {
			assert.NoError(t, err)
			yielded++
		}
		assert.Equal(t, 50, yielded)
	})
}

// Slow decisions are made by all cores at once, also where there are few of them.
func TestSlowDecisionsAreMadeTogether(t *testing.T) { bothWays(t, slowDecisionsAreMadeTogether) }

func slowDecisionsAreMadeTogether(t *testing.T, open opener) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, shop(offer.Offer{ID: "tent", Eligibility: "profile.age > 1.0"}), decisioning.Config{
			Profiles: profile.SourceFunc(func(context.Context, profile.ID) (profile.Document, error) {
				time.Sleep(time.Second)
				return profile.Document{}, nil
			}),
		})
		cores := runtime.GOMAXPROCS(0)
		requests := func(yield func(decisioning.Request) bool) {
			for i := range 4 * cores {
				if !yield(asking(fmt.Sprint(i), "home")) {
					return
				}
			}
		}
		start := time.Now()
		for _, err := range e.DecideAll(t.Context(), requests) {
			assert.NoError(t, err)
		}
		assert.LessOrEqual(t, time.Since(start), 5*time.Second)
	})
}

func TestNoGoroutineOutlivesABatchThatEndsBadly(t *testing.T) {
	everyWay(t, noGoroutineOutlivesABatchThatEndsBadly)
}

func noGoroutineOutlivesABatchThatEndsBadly(t *testing.T, open opener) {
	t.Helper()
	for _, tt := range []struct {
		name            string
		read, round     func()
		panicked, ended bool // as the goroutine of the loop sees it
	}{
		{name: "the body panics", round: func() { panic("oh") }, panicked: true},
		{name: "the body ends the goroutine", round: runtime.Goexit, ended: true},
		{name: "the sequence panics", read: func() { panic("oh") }, panicked: true},
		{name: "the sequence ends the goroutine", read: runtime.Goexit, ended: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			counter := memory()
			e := open(t, tents(1_000_000), decisioning.Config{Counter: counter})
			var yielded int64
			panicked, ended := run(func() {
				requests := func(yield func(decisioning.Request) bool) {
					n := 0
					for r := range crowd(1_000_000, "home") {
						if n++; n == 300 && tt.read != nil {
							tt.read()
						}
						if !yield(r) {
							return
						}
					}
				}
				for _, err := range e.DecideAll(t.Context(), requests) {
					assert.NoError(t, err)
					if yielded++; yielded == 100 && tt.round != nil {
						tt.round()
					}
				}
			})
			assert.Equal(t, tt.panicked, panicked != nil)
			assert.Equal(t, tt.ended, ended)
			assert.Equal(t, yielded, taken(t, counter, "tent"))
		})
	}
}

// What ends the goroutine of a Decide that meets it ends that of the loop.
func TestWorkerThatEndsBadlyEndsTheLoop(t *testing.T) { everyWay(t, workerThatEndsBadlyEndsTheLoop) }

func workerThatEndsBadlyEndsTheLoop(t *testing.T, open opener) {
	t.Helper()
	for _, tt := range []struct {
		name     string
		meet     func()
		panicked string
	}{
		{"by a panic that nothing contains", func() { panic("the clock stopped") }, "the clock stopped"},
		{"by its goroutine's end", runtime.Goexit, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			var mu sync.Mutex
			asked := 0
			counter := memory()
			e := open(t, tents(1_000_000), decisioning.Config{Counter: counter, Now: func() time.Time {
				mu.Lock()
				defer mu.Unlock()
				if asked++; asked == 300 {
					tt.meet()
				}
				return noon
			}})
			requests := func(yield func(decisioning.Request) bool) {
				for r := range crowd(1_000_000, "home") {
					if r.At = (time.Time{}); !yield(r) {
						return
					}
				}
			}
			var yielded int64
			panicked, ended := run(func() {
				for _, err := range e.DecideAll(t.Context(), requests) {
					assert.NoError(t, err)
					yielded++
				}
			})
			if tt.panicked != "" {
				assert.True(t, strings.HasPrefix(fmt.Sprint(panicked), tt.panicked), panicked)
			} else {
				assert.True(t, ended)
			}
			// Each worker may be in the midst of 16 turns, none of which has asked the clock.
			assert.Less(t, yielded, int64(300+16*max(2, runtime.GOMAXPROCS(0))))
			assert.Equal(t, yielded, taken(t, counter, "tent"))
		})
	}
}

// run runs f in a goroutine of its own and returns how that ended.
func run(f func()) (panicked any, ended bool) {
	done := make(chan struct{})
	ended = true
	go func() {
		defer close(done)
		defer func() {
			if panicked = recover(); panicked != nil {
				ended = false
			}
		}()
		f()
		ended = false
	}()
	<-done
	return panicked, ended
}

func TestBatchesRunSideBySideAndAgain(t *testing.T) { everyWay(t, batchesRunSideBySideAndAgain) }

func batchesRunSideBySideAndAgain(t *testing.T, open opener) {
	t.Helper()
	counter := memory()
	e := open(t, tents(1000), decisioning.Config{Counter: counter})
	var batches sync.WaitGroup
	for i := range 4 {
		again := e.DecideAll(t.Context(), func(yield func(decisioning.Request) bool) {
			for r := range crowd(300, "home") {
				r.ID = fmt.Sprint(i, r.ID)
				if !yield(r) {
					return
				}
			}
		})
		batches.Go(func() {
			for range 2 {
				n := 0
				for _, err := range again {
					assert.NoError(t, err)
					n++
				}
				assert.Equal(t, 300, n)
			}
		})
	}
	batches.Wait()
	assert.EqualValues(t, 1000, taken(t, counter, "tent"))
}

func TestBatchTakesTheSameMemoryHoweverLong(t *testing.T) {
	everyWay(t, batchTakesTheSameMemoryHoweverLong)
}

func batchTakesTheSameMemoryHoweverLong(t *testing.T, open opener) {
	t.Helper()
	counter := capping.NewMemory(capping.MemoryConfig{Now: func() time.Time { return noon }})
	e := open(t, warehouse(200), decisioning.Config{Counter: counter})
	r := asking("", firstActivities(3)...)
	r.Profile, r.DryRun = profile.JSON([]byte(`{"age": 31, "tier": "gold", "spent": 12.5}`)), true
	objects := func(n int) uint64 {
		requests := func(yield func(decisioning.Request) bool) {
			for i := range n {
				r := r
				if r.ID = ids1000[i%1000]; !yield(r) {
					return
				}
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for _, err := range e.DecideAll(t.Context(), requests) {
			if err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		return after.Mallocs - before.Mallocs
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // which would empty pools in between
	objects(1000)
	least := objects(100_000)
	for i := range 4 { // on busy cores some turn may wait in any run for the first time, and have a new Decision
		least = min(least, objects(120_000+20_000*i)) // each longer, or one could live on what the last has left
	}
	if few := uint64(1000 * runtime.GOMAXPROCS(0)); !racing {
		assert.Less(t, least, few)
	}
}

// What the loop got last is nobody else's, however it ended.
func TestLastDecisionOfABatchStays(t *testing.T) { everyWay(t, lastDecisionOfABatchStays) }

func lastDecisionOfABatchStays(t *testing.T, open opener) {
	t.Helper()
	e := open(t, tents(1_000_000), decisioning.Config{})
	var last *decisioning.Decision
	for _, rounds := range []int{1, 77, 300, 1000} {
		i := 0
		for d, err := range e.DecideAll(t.Context(), crowd(300, "home")) {
			require.NoError(t, err)
			last = d
			if i++; i == rounds {
				break
			}
		}
		want := asJSON(last)
		for _, err := range e.DecideAll(t.Context(), crowd(700, "home")) {
			require.NoError(t, err)
		}
		assert.JSONEq(t, want, asJSON(last))
	}
}

// Small batches one after the other use the memory of the last.
func TestSmallBatchesTakeLittleMemory(t *testing.T) {
	e := open(t, warehouse(200), decisioning.Config{})
	e.SetAlone(time.Hour)
	r := asking("request", firstActivities(3)...)
	r.Profile, r.DryRun = profile.JSON([]byte(`{"age": 31, "tier": "gold", "spent": 12.5}`)), true
	requests := slices.Repeat([]decisioning.Request{r}, 50)
	objects := testing.AllocsPerRun(20, func() {
		for _, err := range e.DecideAll(t.Context(), slices.Values(requests)) {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	if few := 30.0; !racing {
		assert.Less(t, objects, few)
	}
}

// ids1000 are made before, so as not to count.
var ids1000 = func() (all []string) {
	for i := range 1000 {
		all = append(all, fmt.Sprint("request-", i))
	}
	return all
}()

func TestBatchContainsThePartsOfTheApplication(t *testing.T) {
	everyWay(t, batchContainsThePartsOfTheApplication)
}

func batchContainsThePartsOfTheApplication(t *testing.T, open opener) {
	t.Helper()
	e := open(t, shop(offer.Offer{ID: "tent"}), decisioning.Config{Strategy: decisioning.Strategy{Filters: []constraint.Filter{
		constraint.Each("panics", func(context.Context, *profile.Facts, *offer.Offer) (bool, error) { panic(errors.New("oh")) }),
	}}})
	n := 0
	for d, err := range e.DecideAll(t.Context(), crowd(200, "home")) {
		require.NoError(t, err)
		require.True(t, slices.Contains(degraded(d), decisioning.FilterFailed))
		n++
	}
	assert.Equal(t, 200, n)
}
