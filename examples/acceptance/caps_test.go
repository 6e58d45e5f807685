package acceptance_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// capped has one offer with the caps, and one activity.
func capped(caps ...offer.Cap) decisioning.Catalog {
	return decisioning.Catalog{
		Placements: spots(),
		Offers:     []offer.Offer{{ID: "scarce", Status: offer.Approved, Representations: content(), Caps: caps}},
		Activities: []decisioning.Activity{{ID: "home", Placement: spot, Optional: true, Selections: []decisioning.Selection{{}}}},
	}
}

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func TestCapsAreNeverExceededByManyAtOnce(t *testing.T) {
	const (
		goroutines = 64
		decisions  = 100_000
		profiles   = 500
	)
	engine := publish(t, capped(offer.Cap{Limit: 1000, Per: offer.PerAll}, offer.Cap{Limit: 3, Per: offer.PerProfile}), decisioning.Config{})
	var next, proposed atomic.Int64
	var perProfile [profiles]atomic.Int64
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for i := next.Add(1); i <= decisions; i = next.Add(1) {
				decision, err := engine.Decide(t.Context(), decisioning.Request{
					ProfileID: profile.ID(fmt.Sprint("p", i%profiles)), At: noon,
					Activities: []decisioning.ActivityID{"home"},
				})
				if !assert.NoError(t, err) {
					return
				}
				n := int64(len(decision.Propositions[0].Offers))
				proposed.Add(n)
				perProfile[i%profiles].Add(n)
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 1000, proposed.Load())
	for i := range perProfile {
		assert.LessOrEqual(t, perProfile[i].Load(), int64(3))
	}
}

func TestSameRequestCountsOnce(t *testing.T) {
	engine := publish(t, capped(offer.Cap{Limit: 2, Per: offer.PerAll}), decisioning.Config{})
	for _, step := range []struct {
		id   string
		want int
	}{{"a", 1}, {"a", 1}, {"b", 1}, {"b", 1}, {"a", 1}, {"c", 0}} {
		got := decide(t, engine, decisioning.Request{ID: step.id, At: noon, Activities: []decisioning.ActivityID{"home"}})
		require.Len(t, got, step.want, step.id)
	}
}

func TestDryRunsCountNothing(t *testing.T) {
	engine := publish(t, capped(offer.Cap{Limit: 1, Per: offer.PerAll}), decisioning.Config{})
	request := decisioning.Request{At: noon, Activities: []decisioning.ActivityID{"home"}, DryRun: true}
	for range 3 {
		require.Len(t, decide(t, engine, request), 1)
	}
	request.DryRun = false
	require.Len(t, decide(t, engine, request), 1)
	require.Empty(t, decide(t, engine, request))
}
