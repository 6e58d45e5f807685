package decisioning_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
)

// scarce is an inventory in which the best offer is capped.
func scarce(limit int64) decisioning.Catalog {
	return shop(
		offer.Offer{ID: "best", Priority: 9, Caps: capped(limit, offer.PerAll)},
		offer.Offer{ID: "plain", Priority: 1},
	)
}

func TestCapIsNeverExceeded(t *testing.T) {
	e := open(t, scarce(2), decisioning.Config{})
	for i, want := range []string{"best", "best", "plain", "plain"} {
		assert.Equal(t, []string{want}, proposed(decide(t, e, asking(fmt.Sprint("r", i), "home"))))
	}
}

func TestSameRequestIsCountedOnce(t *testing.T) {
	e := open(t, scarce(1), decisioning.Config{})
	assert.Equal(t, []string{"best"}, proposed(decide(t, e, asking("r", "home"))))
	assert.Equal(t, []string{"best"}, proposed(decide(t, e, asking("r", "home"))), "its own unit is free to it")
	assert.Equal(t, []string{"plain"}, proposed(decide(t, e, asking("other", "home"))))
}

func TestSameRequestOfAnotherProfileIsAnError(t *testing.T) {
	e := open(t, scarce(1), decisioning.Config{})
	decide(t, e, asking("r", "home"))
	r := asking("r", "home")
	r.ProfileID = "ben"
	_, err := e.Decide(t.Context(), r)
	require.ErrorIs(t, err, capping.ErrOtherProfile)
	r.ProfileID, r.ID = "", "x"
	decide(t, e, r)
	decide(t, e, r) // no profile id twice is the same profile
}

func TestDryRunTakesNothing(t *testing.T) {
	e := open(t, scarce(1), decisioning.Config{})
	dry := asking("dry", "home")
	dry.DryRun = true
	for range 3 {
		assert.Equal(t, []string{"best"}, proposed(decide(t, e, dry)))
	}
	assert.Equal(t, []string{"best"}, proposed(decide(t, e, asking("r", "home"))))
	assert.Equal(t, []string{"plain"}, proposed(decide(t, e, dry)), "a dry run obeys caps")
	dry.ID = "r"
	assert.Equal(t, []string{"best"}, proposed(decide(t, e, dry)), "its own id's unit is free to it")
}

func TestWithoutProfileIDOffersCappedPerProfileAreOut(t *testing.T) {
	c := shop(
		offer.Offer{ID: "mine", Priority: 9, Caps: capped(5, offer.PerProfile)},
		offer.Offer{ID: "ours", Priority: 1, Caps: capped(5, offer.PerAll)},
	)
	r := asking("r", "home")
	r.ProfileID, r.Trace = "", decisioning.TraceReasons
	d := decide(t, open(t, c, decisioning.Config{}), r)
	assert.Equal(t, []string{"ours"}, proposed(d))
	assert.Equal(t, decisioning.Exclusion{Reason: decisioning.Capped, Detail: "no profile id"}, d.Trace["home"].Excluded["mine"])
}

func TestHeldUnitsAreConfirmedOrReleased(t *testing.T) {
	now := noon
	clock := func() time.Time { return now }
	e := open(t, scarce(1), decisioning.Config{Now: clock, Counter: capping.NewMemory(capping.MemoryConfig{Now: clock})})
	hold := asking("held", "home")
	hold.Hold = time.Minute
	other := func(id string) string { return proposed(decide(t, e, asking(id, "home")))[0] }

	decide(t, e, hold)
	assert.Equal(t, "plain", other("r1"), "a held unit counts")
	now = now.Add(time.Minute)
	assert.Equal(t, "best", other("r2"), "a lapsed one does not")
	require.ErrorIs(t, e.Confirm(t.Context(), "held"), capping.ErrLapsed)
	require.NoError(t, e.Release(t.Context(), "r2"))
	require.NoError(t, e.Confirm(t.Context(), "held"), "its unit has room again")
	assert.Equal(t, "plain", other("r3"))
	require.NoError(t, e.Release(t.Context(), "held"), "also after confirmation")
	require.NoError(t, e.Release(t.Context(), "held"), "and again")
	assert.Equal(t, "best", other("r4"))
	require.ErrorIs(t, e.Confirm(t.Context(), "never"), capping.ErrUnknownDecision)
}

func TestReleaseRecordWorksAtAnyAge(t *testing.T) {
	now := noon
	clock := func() time.Time { return now }
	e := open(t, scarce(1), decisioning.Config{Now: clock, Counter: capping.NewMemory(capping.MemoryConfig{Now: clock})})
	d := decide(t, e, asking("old", "home"))
	now = now.Add(48 * time.Hour)
	require.ErrorIs(t, e.Release(t.Context(), "old"), capping.ErrUnknownDecision)
	require.NoError(t, e.ReleaseRecord(t.Context(), d))
	require.NoError(t, e.ReleaseRecord(t.Context(), d))
	assert.Equal(t, []string{"best"}, proposed(decide(t, e, asking("r1", "home"))))
	assert.Equal(t, []string{"plain"}, proposed(decide(t, e, asking("r2", "home"))), "it went back once")
}

func TestRecordedEventsAreCountedOnce(t *testing.T) {
	c := shop(
		offer.Offer{ID: "best", Priority: 9, Caps: []offer.Cap{{Limit: 2, Per: offer.PerProfile, Counts: "click"}}},
		offer.Offer{ID: "plain"},
	)
	e := open(t, c, decisioning.Config{})
	click := decisioning.Outcome{ID: "e1", Type: "click", Offer: "best", ProfileID: "anna", Placement: "hero"}
	for i, want := range []string{"best", "best", "plain"} {
		assert.Equal(t, []string{want}, proposed(decide(t, e, asking(fmt.Sprint(i), "home"))))
		click.ID = fmt.Sprint("e", i)
		require.NoError(t, e.Record(t.Context(), click))
		require.NoError(t, e.Record(t.Context(), click))
	}
	click.ID, click.At = "late", noon.Add(6*time.Minute)
	require.ErrorContains(t, e.Record(t.Context(), click), "outcome.at")
	click.ID, click.At, click.Offer = "unknown", noon, "nobody knows it"
	require.NoError(t, e.Record(t.Context(), click))
}

func TestRefusalIsArbitratedAgain(t *testing.T) {
	counter := &faultyCounter{Recorder: memory()}
	sneaked := false
	counter.reserve = func(r capping.Reservation) (bool, capping.Grant, error) {
		if !sneaked { // somebody else takes the unit first
			sneaked = true
			r.ID, r.Profile, r.Revision = "sneaky", "ben", 0
			_, err := counter.Recorder.Reserve(t.Context(), r)
			return false, capping.Grant{}, err
		}
		return false, capping.Grant{}, nil
	}
	e := open(t, scarce(1), decisioning.Config{Counter: counter})
	r := asking("r", "home")
	r.Trace = decisioning.TraceReasons
	d := decide(t, e, r)
	assert.Equal(t, []string{"plain"}, proposed(d))
	assert.Equal(t, decisioning.Capped, d.Trace["home"].Excluded["best"].Reason)
	assert.Equal(t, []string{"usage", "reserve", "reserve"}, counter.calls, "a refusal adds one reserve")
	assert.Empty(t, d.Degraded)
}

func TestRefusedEightTimesIsContended(t *testing.T) {
	counter := &faultyCounter{Recorder: memory()}
	counter.reserve = func(r capping.Reservation) (bool, capping.Grant, error) {
		for _, item := range r.Items {
			for _, l := range item.Limits { // it looks as if there were room, and there is not
				return true, capping.Grant{Full: []capping.Full{{Key: l.Key}}}, nil
			}
		}
		return false, capping.Grant{}, nil
	}
	e := open(t, scarce(1000), decisioning.Config{Counter: counter})
	r := asking("r", "home")
	r.Trace = decisioning.TraceReasons
	d := decide(t, e, r)
	assert.Equal(t, []string{"plain"}, proposed(d))
	assert.Equal(t, decisioning.CappedContended, d.Trace["home"].Excluded["best"].Reason)
	assert.Len(t, counter.calls, 1+8+1)
}

func TestCounterDownFailsClosed(t *testing.T) {
	counter := &faultyCounter{Recorder: memory(), usage: func() error { return errBroken }}
	e := open(t, scarce(5), decisioning.Config{Counter: counter})
	r := asking("r", "home")
	r.Trace = decisioning.TraceReasons
	d := decide(t, e, r)
	assert.Equal(t, []string{"plain"}, proposed(d))
	assert.Equal(t, decisioning.CappingUnavailable, d.Trace["home"].Excluded["best"].Reason)
	assert.Equal(t, []decisioning.DegradedBy{decisioning.CappingDown}, degraded(d))
	assert.False(t, d.Unsettled, "nothing was tried")
}

func TestCounterDownFailsOpenUncounted(t *testing.T) {
	counter := &faultyCounter{Recorder: memory(), usage: func() error { return errBroken }}
	d := decide(t, open(t, scarce(5), decisioning.Config{Counter: counter, FailOpen: true}), asking("r", "home"))
	assert.Equal(t, []string{"best"}, proposed(d))
	assert.True(t, d.Propositions[0].Offers[0].Uncounted)
	assert.Equal(t, []decisioning.DegradedBy{decisioning.CappingDown}, degraded(d))
}

func TestLostReplyIsUnsettled(t *testing.T) {
	counter := &faultyCounter{Recorder: memory()}
	lost := true
	counter.reserve = func(r capping.Reservation) (bool, capping.Grant, error) {
		if !lost {
			return false, capping.Grant{}, nil
		}
		_, err := counter.Recorder.Reserve(t.Context(), r) // granted, and nobody hears of it
		require.NoError(t, err)
		return true, capping.Grant{}, errBroken
	}
	e := open(t, scarce(1), decisioning.Config{Counter: counter})
	d := decide(t, e, asking("r", "home"))
	assert.Equal(t, []string{"plain"}, proposed(d))
	assert.True(t, d.Unsettled)
	lost = false
	assert.Equal(t, []string{"plain"}, proposed(decide(t, e, asking("other", "home"))), "it counts as taken")
	assert.Equal(t, []string{"best"}, proposed(decide(t, e, asking("r", "home"))), "until the id is decided again")
}

func TestPassedDeadlineDegrades(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	d, err := open(t, scarce(5), decisioning.Config{}).Decide(ctx, asking("r", "home"))
	require.NoError(t, err)
	assert.Equal(t, []string{"plain"}, proposed(d))
	assert.Equal(t, []decisioning.DegradedBy{decisioning.CappingDown}, degraded(d))
}

func TestCancelledContextIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := open(t, scarce(1), decisioning.Config{}).Decide(ctx, asking("r", "home"))
	require.ErrorIs(t, err, context.Canceled)
}

func TestConcurrentDecisionsOfOneIDEndWithOneReservation(t *testing.T) {
	e := open(t, scarce(1), decisioning.Config{})
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			for range 20 {
				_, err := e.Decide(t.Context(), asking("r", "home"))
				assert.NoError(t, err)
			}
		})
	}
	wait.Wait()
	assert.Equal(t, []string{"best"}, proposed(decide(t, e, asking("r", "home"))))
	require.NoError(t, e.Release(t.Context(), "r"))
	assert.Equal(t, []string{"best"}, proposed(decide(t, e, asking("other", "home"))), "one unit was taken, and went back")
}

func TestCapThatCountsEventsCompetesWhenUnitsCannotBeTaken(t *testing.T) {
	c := shop(offer.Offer{ID: "read", Caps: []offer.Cap{{Limit: 1, Per: offer.PerProfile, Counts: "click"}}})
	counter := &faultyCounter{Recorder: memory()}
	counter.reserve = func(capping.Reservation) (bool, capping.Grant, error) { return true, capping.Grant{}, errBroken }
	d := decide(t, open(t, c, decisioning.Config{Counter: counter}), asking("r", "home"))
	assert.Equal(t, []string{"read"}, proposed(d), "it was read, and takes nothing")
	assert.False(t, d.Propositions[0].Offers[0].Uncounted)
}
