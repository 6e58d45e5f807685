package decisioning_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// A filter that panics about any candidate lets none pass, not those either that it
// has kept before, whoever asks it: the walk, a trace, another filter that wants to see
// all candidates, or the scoring of all of them.
func TestNothingPassesAfterAPanicOfAFilter(t *testing.T) {
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	cat := decisioning.Catalog{
		Placements:  []placement.Placement{{ID: "p", ContentTypes: []string{"text/html"}}},
		Collections: []collection.Collection{{ID: "all", AnyTags: []offer.Tag{"a"}}},
		Fallbacks:   []offer.Fallback{{ID: "f", Representations: []offer.Representation{content("p")}}},
	}
	for i := range 6 {
		cat.Offers = append(cat.Offers, offer.Offer{
			ID: offer.ID(fmt.Sprintf("o%d", i)), Status: offer.Approved, Priority: int64(9 - i), Tags: []offer.Tag{"a"},
			Representations: []offer.Representation{content("p")},
		})
	}
	for _, formula := range []string{"", "offer.priority * 1.0"} {
		cat.Activities = []decisioning.Activity{{ID: "a", Placement: "p", Collection: "all", Fallback: "f", Count: 6, Rank: rank.Spec{Formula: formula}}}
		snapshot, err := decisioning.Compile(cat)
		require.NoError(t, err)
		for second := range 2 {
			for _, id := range []string{"", "d"} {
				for _, trace := range []decisioning.TraceLevel{decisioning.NoTrace, decisioning.TraceReasons} {
					t.Run(fmt.Sprintf("formula %q, %d other filters, id %q, trace %d", formula, second, id, trace), func(t *testing.T) {
						filters := []constraint.Filter{constraint.Where("panics", func(_ *profile.Facts, o *offer.Offer) bool {
							if o.ID == "o3" {
								panic("does not work")
							}
							return true
						})}
						for range second {
							filters = append(filters, constraint.FilterFunc(works.filterAll))
						}
						engine, err := decisioning.New(decisioning.Config{Strategy: decisioning.Strategy{Filters: filters}})
						require.NoError(t, err)
						require.NoError(t, engine.Publish(snapshot))
						d, err := engine.Decide(t.Context(), decisioning.Request{ID: id, At: at, Activities: []decisioning.ActivityID{"a"}, Trace: trace})
						require.NoError(t, err)
						assert.Equal(t, decisioning.ProposesFallback, d.Propositions[0].Kind)
						require.Len(t, d.Degraded, 1)
						assert.Equal(t, decisioning.FilterFailed, d.Degraded[0].Reason)
					})
				}
			}
		}
	}
}
