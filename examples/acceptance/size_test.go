//go:build unix

package acceptance_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// Ten thousand offers under five hundred rules, thirty activities at once. Time
// is told, not asserted: it is the machine's, and its neighbours'.
func TestALargeCatalog(t *testing.T) {
	const offers, rules, activities = 10_000, 500, 30
	catalog := decisioning.Catalog{Placements: spots()}
	for i := range offers {
		catalog.Offers = append(catalog.Offers, offer.Offer{
			ID:              offer.ID(fmt.Sprint("offer-", i)),
			Status:          offer.Approved,
			Tags:            []offer.Tag{offer.Tag(fmt.Sprint("tag-", i%activities))},
			Representations: content(),
			Eligibility:     fmt.Sprintf("profile.age >= %d && profile.segment == 'segment-%d'", 18+i%rules%50, i%rules/10),
			Priority:        int64(i % 100),
		})
	}
	var request decisioning.Request
	for i := range activities {
		tag := fmt.Sprint("tag-", i)
		catalog.Collections = append(catalog.Collections, collection.Collection{ID: collection.ID(tag), AnyTags: []offer.Tag{offer.Tag(tag)}})
		catalog.Activities = append(catalog.Activities, decisioning.Activity{
			ID: decisioning.ActivityID(tag), Placement: spot, Collection: collection.ID(tag), Optional: true, Count: 3,
		})
		request.Activities = append(request.Activities, decisioning.ActivityID(tag))
	}
	request.At = noon
	request.Profile = profile.JSON([]byte(`{"age": 44, "segment": "segment-7", "history": "` + strings.Repeat("x", 5500) + `"}`))

	start := cpuTime(t)
	engine := publish(t, catalog, decisioning.Config{})
	t.Logf("compiled and published in %v of CPU", cpuTime(t)-start)

	const times = 200
	var decision *decisioning.Decision
	start = cpuTime(t)
	for range times {
		var err error
		decision, err = engine.Decide(t.Context(), request)
		require.NoError(t, err)
	}
	t.Logf("decided in %v of CPU", (cpuTime(t)-start)/times)

	proposed := 0
	for _, p := range decision.Propositions {
		proposed += len(p.Offers)
	}
	assert.Equal(t, want(catalog, request), proposed)
}

// want counts what the request's activities can propose, three each at most, by
// a look at the catalog: segment 7, aged 44.
func want(catalog decisioning.Catalog, request decisioning.Request) int {
	byTag := make(map[offer.Tag]int)
	for i, o := range catalog.Offers {
		if i%500/10 == 7 && 18+i%500%50 <= 44 {
			byTag[o.Tags[0]]++
		}
	}
	n := 0
	for _, a := range request.Activities {
		n += min(3, byTag[offer.Tag(a)])
	}
	return n
}

// cpuTime returns the CPU time that the process has used.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
