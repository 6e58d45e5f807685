package capping_test

import (
	"context"
	"fmt"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// A cap of one a day: the first decision takes the unit and holds it, and the
// second one has no room until the first is released.
func ExampleMemory() {
	ctx := context.Background()
	noon := time.Date(2026, time.June, 3, 12, 0, 0, 0, time.UTC)
	counter := capping.NewMemory(capping.MemoryConfig{})

	day, err := capping.NewSchedule(offer.Window{Every: offer.Day, Timezone: "Europe/Berlin"})
	if err != nil {
		fmt.Println(err)
		return
	}
	today := day.At(noon, capping.Key{Offer: "card-upgrade", Profile: "c1"})
	decide := func(id string) {
		attempt := capping.Attempt{ID: id, Profile: "c1", At: noon}
		usage, err := counter.Usage(ctx, attempt, []capping.Key{today}, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		grant, err := counter.Reserve(ctx, capping.Reservation{
			Attempt:  attempt,
			Revision: usage.Revision,
			Hold:     10 * time.Minute,
			Items: []capping.Item{{
				Activity: "home", Placement: "hero", Offer: "card-upgrade",
				Limits: []capping.Limit{{Key: today, Max: 1}},
			}},
		})
		fmt.Println(id, "used:", usage.Units[0], "granted:", grant.Granted(), err)
	}
	decide("r1")
	decide("r2")
	fmt.Println(counter.Resolve(ctx, capping.Resolution{ID: "r1", Action: capping.Release}))
	decide("r2")
	// Output:
	// r1 used: 0 granted: true <nil>
	// r2 used: 1 granted: false <nil>
	// <nil>
	// r2 used: 0 granted: true <nil>
}

// Caps that count events are filled by Record, each event once.
func ExampleMemory_Record() {
	ctx := context.Background()
	noon := time.Date(2026, time.June, 3, 12, 0, 0, 0, time.UTC)
	counter := capping.NewMemory(capping.MemoryConfig{})
	for _, id := range []string{"e1", "e2", "e1"} {
		err := counter.Record(ctx, capping.Event{
			ID: id, Type: "decisioning.propositionDisplay", Offer: "card-upgrade",
			Profile: "c1", Placement: "hero", At: noon, Display: true,
		})
		if err != nil {
			fmt.Println(err)
		}
	}
	usage, err := counter.Usage(ctx, capping.Attempt{At: noon.Add(time.Hour)}, []capping.Key{
		{Offer: "card-upgrade", Counts: "decisioning.propositionDisplay"},
		{Offer: "card-upgrade", Counts: "decisioning.propositionDisplay", Window: offer.Window{Rolling: time.Hour}},
	}, nil)
	fmt.Println(usage.Units, err)
	// Output: [2 0] <nil>
}

// A day starts at its first instant: in Santiago the clocks go forward at
// midnight, and the day starts at one o'clock.
func ExampleNewSchedule() {
	zone := "America/Santiago"
	day, err := capping.NewSchedule(offer.Window{Every: offer.Day, Timezone: zone})
	if err != nil {
		fmt.Println(err)
		return
	}
	noon := time.Date(2024, time.September, 8, 16, 0, 0, 0, time.UTC)
	key := day.At(noon, capping.Key{Offer: "card-upgrade"})
	local, err := time.LoadLocation(zone)
	fmt.Println(time.Unix(key.Start, 0).In(local), err)
	fmt.Println(time.Duration(key.End-key.Start) * time.Second)
	// Output:
	// 2024-09-08 01:00:00 -0300 -03 <nil>
	// 23h0m0s
}

// The offers of a partner share a budget of the partner's own.
func ExampleCapperFunc() {
	budget := capping.CapperFunc(func(_ *profile.Facts, o *offer.Offer, _ placement.ID, dst []capping.Limit) []capping.Limit {
		partner, ok := o.Attributes["partner"].(string)
		if !ok {
			return dst
		}
		return append(dst, capping.Limit{Key: capping.Key{Policy: capping.PolicyID("partner/" + partner)}, Max: 10_000})
	})
	o := &offer.Offer{ID: "card-upgrade", Attributes: map[string]any{"partner": "acme"}}
	fmt.Println(budget.Limits(nil, o, "hero", nil)[0].Key.Policy)
	// Output: partner/acme
}
