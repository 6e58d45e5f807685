package decisioning_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// drawOffer draws an offer of a shop that has been given tags and rules.
func drawOffer(t *rapid.T) offer.Offer {
	o := shop(inventory[0]).Offers[0]
	o.ID = offer.ID(fmt.Sprint("o", rapid.IntRange(0, 40).Draw(t, "id")))
	o.Tags = rapid.SliceOfNDistinct(rapid.SampledFrom([]offer.Tag{"a", "b", "c"}), 0, 3, rapid.ID).Draw(t, "tags")
	o.Status = rapid.SampledFrom([]offer.Status{offer.Approved, offer.Approved, offer.Draft}).Draw(t, "status")
	o.Priority = rapid.Int64Range(0, 3).Draw(t, "priority")
	o.Eligibility = rapid.SampledFrom([]string{
		"", "profile.age >= 18", "profile.age < 18", "profile.tier == 'gold' || profile.age > 60", "profile.age + 1.0 > 19.0",
		"profile.gone == 1",
	}).Draw(t, "rule")
	if rapid.Bool().Draw(t, "capped") {
		o.Caps = capped(rapid.Int64Range(1, 2).Draw(t, "limit"), offer.PerAll)
	}
	if rapid.Bool().Draw(t, "dated") {
		o.End = noon.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "end")))
	}
	return o
}

func TestChangedSnapshotIsWhatCompileMakesOfTheChangedCatalog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offers := make(map[offer.ID]offer.Offer)
		for range rapid.IntRange(0, 40).Draw(t, "offers") {
			o := drawOffer(t)
			offers[o.ID] = o
		}
		c := shop()
		c.Collections = append(c.Collections, tagged("a", "a"), tagged("b", "b"), collection.Collection{ID: "ab", AllTags: []offer.Tag{"a", "b"}, Eligibility: "profile.age > 1"})
		c.Activities[0].Collection, c.Activities[0].Selections, c.Activities[0].Count = "a", nil, 3
		c.Activities[1].Collection, c.Activities[1].Selections = "", []decisioning.Selection{{Collection: "ab"}, {Collection: "b", Eligibility: "profile.age > 20"}, {}}
		catalog := func() decisioning.Catalog {
			whole := c
			for _, o := range offers {
				whole.Offers = append(whole.Offers, o)
			}
			slices.SortFunc(whole.Offers, func(a, b offer.Offer) int { return cmp.Compare(b.ID, a.ID) })
			return whole
		}
		changed, err := decisioning.Compile(catalog())
		require.NoError(t, err)
		for range rapid.IntRange(1, 20).Draw(t, "changes") {
			o := drawOffer(t)
			change := decisioning.Change{Put: &o}
			offers[o.ID] = o
			if rapid.IntRange(0, 2).Draw(t, "remove") == 0 {
				change = decisioning.Change{Remove: o.ID}
				delete(offers, o.ID)
			}
			changed, err = changed.With(change)
			require.NoError(t, err)
		}
		whole, err := decisioning.Compile(catalog())
		require.NoError(t, err)
		require.Equal(t, whole.Version(), changed.Version())
		for _, age := range []string{"10", "30", "70"} {
			r := asking("r", "home", "side")
			r.Profile = profile.JSON([]byte(`{"age": ` + age + `, "tier": "gold"}`))
			r.Trace = decisioning.TraceLevel(rapid.IntRange(0, 1).Draw(t, "trace"))
			var answers [2]*decisioning.Decision
			for i, s := range []*decisioning.Snapshot{whole, changed} {
				engine, err := decisioning.New(decisioning.Config{})
				require.NoError(t, err)
				require.NoError(t, engine.Publish(s))
				answers[i], err = engine.Decide(t.Context(), r)
				require.NoError(t, err)
			}
			require.Equal(t, answers[0].Propositions, answers[1].Propositions)
			require.Equal(t, answers[0].Trace, answers[1].Trace)
		}
	})
}

func TestChangeIsRefusedAsCompileWould(t *testing.T) {
	c := shop(inventory...)
	c.Collections = append(c.Collections, collection.Collection{ID: "picked", Offers: []offer.ID{inventory[0].ID}})
	s, err := decisioning.Compile(c)
	require.NoError(t, err)

	faulty := c.Offers[0]
	faulty.Eligibility = "profil.age > 1"
	_, err = s.With(decisioning.Change{Put: &faulty})
	require.ErrorContains(t, err, "undeclared reference to 'profil'")
	_, err = s.With(decisioning.Change{Remove: inventory[0].ID})
	require.ErrorContains(t, err, "collections(picked).offers lists it")
	_, err = s.With(decisioning.Change{})
	require.ErrorContains(t, err, "changes[0]: give either Put or Remove")

	same, err := s.With(decisioning.Change{Remove: "nobody"}, decisioning.Change{Put: &c.Offers[1]})
	require.NoError(t, err)
	assert.Equal(t, s.Version(), same.Version())
}

func TestFaultyChangeIsQuarantined(t *testing.T) {
	c := shop(inventory...)
	s, err := decisioning.Compile(c, decisioning.Quarantine())
	require.NoError(t, err)
	faulty := c.Offers[0]
	faulty.Eligibility = "profil.age > 1"
	out, err := s.With(decisioning.Change{Put: &faulty})
	require.NoError(t, err)
	assert.Len(t, out.Faults(), 1)
	assert.Len(t, out.Catalog().Offers, len(inventory)-1)

	mended, err := out.With(decisioning.Change{Put: &c.Offers[0]})
	require.NoError(t, err)
	assert.Empty(t, mended.Faults())
	assert.Equal(t, s.Version(), mended.Version())
}
