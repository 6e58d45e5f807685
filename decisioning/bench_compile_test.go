package decisioning_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// depot is a catalog of n offers as large inventories have them: 1 to 4 of 200
// tags, representations for 1 to 5 of 40 placements, a window, a priority, a cap
// for one in five, and for seven in ten one of so many distinct rules.
func depot(n, rules int) decisioning.Catalog {
	r := rand.New(rand.NewPCG(uint64(n), uint64(rules)))
	var c decisioning.Catalog
	for i := range 40 {
		c.Placements = append(c.Placements, placement.Placement{
			ID: placement.ID(fmt.Sprint("placement-", i)), ContentTypes: []string{"text/html", "image/*"},
		})
	}
	for i := range 200 {
		tag := fmt.Sprint("tag-", i)
		c.Collections = append(c.Collections, tagged(collection.ID(tag), offer.Tag(tag)))
	}
	for i := range 30 {
		c.Activities = append(c.Activities, decisioning.Activity{
			ID: decisioning.ActivityID(fmt.Sprint("activity-", i)), Placement: c.Placements[i].ID,
			Collection: c.Collections[i].ID, Optional: true,
		})
	}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c.Offers = make([]offer.Offer, n)
	for i := range c.Offers {
		o := &c.Offers[i]
		*o = offer.Offer{
			ID: offer.ID(fmt.Sprint("offer-", i)), Name: fmt.Sprint("Offer ", i), Status: offer.Approved,
			Start: start.AddDate(0, 0, r.IntN(100)), End: start.AddDate(1, 0, r.IntN(100)), Priority: r.Int64N(101),
		}
		for _, t := range r.Perm(200)[:1+r.IntN(4)] {
			o.Tags = append(o.Tags, offer.Tag(fmt.Sprint("tag-", t)))
		}
		for _, p := range r.Perm(40)[:1+r.IntN(5)] {
			o.Representations = append(o.Representations, offer.Representation{
				Placement:  c.Placements[p].ID,
				Components: []offer.Component{{Type: "text/html", Languages: []string{"en"}, Content: fmt.Sprint("<p>Offer ", i, "</p>")}},
			})
		}
		if r.IntN(10) < 2 {
			o.Caps = []offer.Cap{{Limit: 3, Per: offer.PerProfile, Window: offer.Window{Rolling: 168 * time.Hour}}}
		}
		if r.IntN(10) < 7 {
			o.Eligibility = depotRule(i % rules)
		}
	}
	return c
}

func depotRule(i int) string {
	return fmt.Sprintf("profile.age >= %d && profile.tier in ['gold', 'tier-%d'] && profile.spent < %d.0", 18+i%50, i%7, i)
}

// Publishing is quick whatever the inventory, as long as the rules are few.
func BenchmarkCompileOffers(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		c := depot(n, 500)
		b.Run(fmt.Sprintf("offers=%d/rules=500", n), func(b *testing.B) { compileAgain(b, c) })
	}
}

func compileAgain(b *testing.B, c decisioning.Catalog, opts ...decisioning.CompileOption) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		_, err := decisioning.Compile(c, opts...)
		require.NoError(b, err)
	}
}

func BenchmarkCompileJSONOffers(b *testing.B) {
	text, err := json.Marshal(depot(10_000, 500))
	require.NoError(b, err)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := decisioning.CompileJSON(text)
		require.NoError(b, err)
	}
}

// With a rule of its own an offer takes long to compile, but only once.
func BenchmarkCompileOwnRules(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		c := depot(n, n)
		b.Run(fmt.Sprintf("offers=%d/cold", n), func(b *testing.B) { compileAgain(b, c) })
		b.Run(fmt.Sprintf("offers=%d/warm", n), func(b *testing.B) {
			warm := decisioning.WithCache(&decisioning.Cache{})
			_, err := decisioning.Compile(c, warm)
			require.NoError(b, err)
			compileAgain(b, c, warm)
		})
	}
}
