package decisioning_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// warehouse is a catalog of n offers under a twentieth as many rules, for 30
// activities over a tenth of them each.
func warehouse(n int) decisioning.Catalog {
	offers := make([]offer.Offer, n)
	for i := range offers {
		offers[i] = offer.Offer{
			ID: offer.ID(fmt.Sprint("offer-", i)), Priority: int64(i * 37 % 101),
			Tags:        []offer.Tag{offer.Tag(fmt.Sprint("tag-", i%10))},
			Eligibility: fmt.Sprintf("profile.age >= 18.0 && profile.tier in ['gold', 'silver'] && profile.spent < %d.0", i%max(n/20, 1)),
		}
		if i%5 == 0 {
			offers[i].Caps = capped(1_000_000_000, offer.PerAll)
		}
	}
	c := shop(offers...)
	c.Activities = nil
	for i := range 10 {
		id := fmt.Sprint("tag-", i)
		c.Collections = append(c.Collections, tagged(collection.ID(id), offer.Tag(id)))
	}
	for i := range 30 {
		c.Activities = append(c.Activities, decisioning.Activity{
			ID: decisioning.ActivityID(fmt.Sprint("activity-", i)), Placement: "hero",
			Collection: collection.ID(fmt.Sprint("tag-", i%10)), Fallback: "hello",
		})
	}
	return c
}

func BenchmarkDecide(b *testing.B) {
	for _, offers := range []int{100, 1_000, 10_000} {
		engine := open(b, warehouse(offers), decisioning.Config{})
		for _, activities := range []int{1, 10, 30} {
			b.Run(fmt.Sprintf("offers=%d/activities=%d", offers, activities), func(b *testing.B) {
				r := asking("", firstActivities(activities)...)
				r.Profile = profile.JSON([]byte(`{"age": 31, "tier": "gold", "spent": 12.5}`))
				r.DryRun = true
				b.ReportAllocs()
				for b.Loop() {
					_, err := engine.Decide(b.Context(), r)
					require.NoError(b, err)
				}
			})
		}
	}
}

// BenchmarkDecideByFormula decides one activity over all offers, and 30 over a tenth each.
func BenchmarkDecideByFormula(b *testing.B) {
	for _, offers := range []int{100, 10_000} {
		c := warehouse(offers)
		ranked(rank.Spec{Formula: "profile.spent * offer.priority - offer.cost"})(&c)
		c.Activities = append(c.Activities, decisioning.Activity{
			ID: "all", Placement: "hero", Selections: []decisioning.Selection{{}}, Fallback: "hello", Rank: c.Activities[0].Rank,
		})
		engine := open(b, c, decisioning.Config{})
		for _, activities := range [][]decisioning.ActivityID{{"all"}, firstActivities(30)} {
			b.Run(fmt.Sprintf("offers=%d/activities=%d", offers, len(activities)), func(b *testing.B) {
				r := asking("r", activities...)
				r.Profile = profile.JSON([]byte(`{"age": 31, "tier": "gold", "spent": 12.5}`))
				r.DryRun = true
				var d decisioning.Decision
				b.ReportAllocs()
				for b.Loop() {
					require.NoError(b, engine.DecideInto(b.Context(), r, &d))
				}
			})
		}
	}
}

// BenchmarkFilterOverAll decides for a filter that sees all offers that qualify: a tenth,
// under a rule each.
func BenchmarkFilterOverAll(b *testing.B) {
	c := warehouse(7_000)
	each(&c, func(i int, o *offer.Offer) {
		o.Caps = nil
		o.Eligibility = fmt.Sprintf("profile.age >= 18.0 && profile.spent >= %d.0 && profile.spent < %d.0", i, i+700)
	})
	c.Activities = []decisioning.Activity{{ID: "all", Placement: "hero", Selections: []decisioning.Selection{{}}, Fallback: "hello"}}
	qualify := 0
	filter := constraint.FilterFunc(func(_ context.Context, _ *profile.Facts, c *offer.Candidates) error {
		qualify = c.Len()
		return nil
	})
	engine := open(b, c, decisioning.Config{Strategy: decisioning.Strategy{Filters: []constraint.Filter{filter}}})
	r := asking("r", "all")
	r.Profile = profile.JSON([]byte(`{"age": 31, "tier": "gold", "spent": 3500}`))
	r.DryRun = true
	var d decisioning.Decision
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, engine.DecideInto(b.Context(), r, &d))
	}
	require.Equal(b, 700, qualify)
}

func BenchmarkCompile(b *testing.B) {
	c := warehouse(10_000)
	b.ReportAllocs()
	for b.Loop() {
		_, err := decisioning.Compile(c)
		require.NoError(b, err)
	}
}

func firstActivities(n int) []decisioning.ActivityID {
	ids := make([]decisioning.ActivityID, n)
	for i := range ids {
		ids[i] = decisioning.ActivityID(fmt.Sprint("activity-", i))
	}
	return ids
}
