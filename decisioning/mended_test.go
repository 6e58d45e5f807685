package decisioning_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// A fullSpot is where an offer is counted: at one placement, or at all.
type fullSpot struct {
	offer offer.ID
	at    placement.ID
}

// fullAt is a counter in which some offers have had all their units.
type fullAt struct {
	*capping.Memory
	full map[fullSpot]bool
	down bool // it fails to tell
}

func (c *fullAt) Usage(_ context.Context, _ capping.Attempt, keys []capping.Key, dst []int64) (capping.Usage, error) {
	if c.down {
		return capping.Usage{}, errBroken
	}
	for _, k := range keys {
		used := int64(0)
		if c.full[fullSpot{k.Offer, k.Placement}] {
			used = 2
		}
		dst = append(dst, used)
	}
	return capping.Usage{Units: dst}, nil
}

// TestSequentialPlanIsTheOneOfAllThatIsKnown: what a sequential decision takes for granted before it reads the
// counters leaves no trace in its plan, however many slots want the same offers, and whatever turns out full.
func TestSequentialPlanIsTheOneOfAllThatIsKnown(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := shop()
		c.Activities = nil
		c.Placements = append(c.Placements, placement.Placement{ID: "foot", Channel: "web", ContentTypes: []string{"text/plain"}})
		counter := &fullAt{Memory: capping.NewMemory(capping.MemoryConfig{}), full: map[fullSpot]bool{}, down: rapid.IntRange(0, 9).Draw(r, "down") == 0}
		config := decisioning.Config{Counter: counter, FailOpen: true, Strategy: decisioning.Strategy{Arbitration: decisioning.Sequential}}
		for i := range rapid.IntRange(3, 14).Draw(r, "offers") {
			o := offer.Offer{ID: offer.ID(fmt.Sprint("offer-", i)), Status: offer.Approved, Priority: rapid.Int64Range(0, 3).Draw(r, "priority")}
			o.Representations = append(says("it"), says("it")...)
			o.Representations[1].Placement = "foot"
			if at := rapid.SampledFrom([]placement.ID{"", "hero", "foot", "nowhere"}).Draw(r, "capped at"); at != "nowhere" {
				o.Caps = []offer.Cap{{Limit: 2, Per: offer.PerAll, Placement: at}}
				counter.full[fullSpot{o.ID, at}] = rapid.Bool().Draw(r, "full")
			}
			c.Offers = append(c.Offers, o)
		}
		var ids []decisioning.ActivityID
		listed := map[decisioning.ActivityID][]offer.ID{}
		for i := range rapid.IntRange(2, 6).Draw(r, "activities") {
			a := decisioning.Activity{
				ID: decisioning.ActivityID(fmt.Sprint("activity-", i)), Optional: true,
				Placement: rapid.SampledFrom([]placement.ID{"hero", "foot"}).Draw(r, "placement"), Count: rapid.IntRange(1, 3).Draw(r, "count"),
			}
			own := collection.Collection{ID: collection.ID(a.ID)}
			for _, o := range c.Offers {
				if rapid.Bool().Draw(r, "listed") {
					own.Offers = append(own.Offers, o.ID)
				}
			}
			own.Offers = append(own.Offers, c.Offers[0].ID)
			own.Offers = slices.Compact(slices.Sorted(slices.Values(own.Offers)))
			a.Selections = []decisioning.Selection{{Collection: own.ID}}
			c.Collections, c.Activities = append(c.Collections, own), append(c.Activities, a)
			ids, listed[a.ID] = append(ids, a.ID), own.Offers
		}
		d := decide(t, open(t, c, config), asking("r", ids...))

		var want []string
		taken := map[offer.ID]bool{}
		for _, a := range c.Activities {
			left := slices.DeleteFunc(slices.Clone(c.Offers), func(o offer.Offer) bool {
				gone := counter.full[fullSpot{o.ID, ""}] || counter.full[fullSpot{o.ID, a.Placement}]
				return taken[o.ID] || gone && !counter.down || !slices.Contains(listed[a.ID], o.ID)
			})
			hash := func(o offer.Offer) uint64 { return decisioning.TieHash(0, "anna", a.ID, o.ID) }
			slices.SortFunc(left, func(a, b offer.Offer) int {
				return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(hash(a), hash(b)))
			})
			for _, o := range left[:min(a.Count, len(left))] {
				taken[o.ID] = true
				want = append(want, string(o.ID))
			}
			if len(left) == 0 {
				want = append(want, "-")
			}
		}
		require.Equal(r, want, proposed(d))
	})
}

// TestWhatIsGivenBackIsToBeHad: by a slot that had to do without it before.
func TestWhatIsGivenBackIsToBeHad(t *testing.T) {
	c := shop(offer.Offer{ID: "a", Priority: 3, Caps: []offer.Cap{{Limit: 2, Per: offer.PerAll, Placement: "hero"}}},
		offer.Offer{ID: "b", Priority: 2}, offer.Offer{ID: "c", Priority: 1})
	c.Placements = append(c.Placements, placement.Placement{ID: "foot", Channel: "web", ContentTypes: []string{"text/plain"}})
	for _, i := range []int{0, 2} {
		c.Offers[i].Representations = append(c.Offers[i].Representations, says("it")...)
		c.Offers[i].Representations[1].Placement = "foot"
	}
	c.Fallbacks[0].Representations = append(c.Fallbacks[0].Representations, c.Offers[0].Representations[1])
	c.Activities[1].Placement = "foot"
	config := decisioning.Config{Strategy: decisioning.Strategy{Arbitration: decisioning.Sequential}}
	for full, want := range map[bool][]string{false: {"a", "c"}, true: {"b", "a"}} {
		config.Counter = &fullAt{Memory: capping.NewMemory(capping.MemoryConfig{}), full: map[fullSpot]bool{{"a", "hero"}: full}}
		require.Equal(t, want, proposed(decide(t, open(t, c, config), asking("r", "home", "side"))))
	}
}

// TestFullCountersEndADecision: also where each reading of the counters shows that what was drawn is full.
func TestFullCountersEndADecision(t *testing.T) {
	c := shop()
	c.Activities = nil
	var ids []decisioning.ActivityID
	for i := range 8 {
		id := decisioning.ActivityID(fmt.Sprint("activity-", i))
		c.Activities = append(c.Activities, decisioning.Activity{ID: id, Placement: "hero", Fallback: "hello", Selections: []decisioning.Selection{{}}})
		ids = append(ids, id)
	}
	for i := range 500 {
		c.Offers = append(c.Offers, offer.Offer{
			ID: offer.ID(fmt.Sprint("offer-", i)), Status: offer.Approved, Priority: int64(i), Representations: says("it"),
			Caps: []offer.Cap{{Limit: 1, Per: offer.PerProfile}},
		})
	}
	for _, a := range []decisioning.Arbitration{decisioning.Sequential, decisioning.Optimal} {
		e := open(t, c, decisioning.Config{Strategy: decisioning.Strategy{Arbitration: a}})
		for i := range 60 {
			d := decide(t, e, asking(fmt.Sprint("r", i), ids...))
			for k, got := range proposed(d) {
				require.Equal(t, fmt.Sprint("offer-", 499-8*i-k), got, "decision %d", i)
			}
		}
	}
}
