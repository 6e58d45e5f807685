package decisioning_test

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

func TestMalformedRequestIsAnError(t *testing.T) {
	e := open(t, shop(inventory...), decisioning.Config{MaxActivities: 2})
	for _, tt := range []struct {
		name   string
		change func(*decisioning.Request)
		want   string
	}{
		{"no activity", func(r *decisioning.Request) { r.Activities = nil }, "request.activities: empty"},
		{"too many", func(r *decisioning.Request) { r.Activities = []decisioning.ActivityID{"home", "side", "home"} }, "limit of 2"},
		{"one named twice", func(r *decisioning.Request) { r.Activities = []decisioning.ActivityID{"home", "home"} }, "named twice"},
		{"an unknown one", func(r *decisioning.Request) { r.Activities[0] = "nowhere" }, `request.activities[0]: unknown activity "nowhere"`},
		{"negative hold", func(r *decisioning.Request) { r.Hold = -1 }, "request.hold"},
		{"a year beyond 9999", func(r *decisioning.Request) { r.At = noon.AddDate(8000, 0, 0) }, "request.at"},
		{"the first second beyond 9999", func(r *decisioning.Request) { r.At = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) }, "request.at"},
		{"the last second before year 1", func(r *decisioning.Request) { r.At = time.Date(0, 12, 31, 23, 59, 59, 0, time.UTC) }, "request.at"},
		{"an id that is no text", func(r *decisioning.Request) { r.ID = "\xff" }, "request.id"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := asking("r", "home")
			tt.change(&r)
			_, err := e.Decide(t.Context(), r)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestWithoutSnapshotDecideIsAnError(t *testing.T) {
	e, err := decisioning.New(decisioning.Config{})
	require.NoError(t, err)
	_, err = e.Decide(t.Context(), asking("r", "home"))
	require.ErrorIs(t, err, decisioning.ErrNoSnapshot)
}

func TestDecisionCarriesIDAndVersion(t *testing.T) {
	e := open(t, shop(inventory...), decisioning.Config{})
	d := decide(t, e, asking("r", "home"))
	assert.Equal(t, "r", d.ID)
	assert.Equal(t, e.Snapshot().Version(), d.Version)
	first, second := decide(t, e, asking("", "home")), decide(t, e, asking("", "home"))
	assert.NotEmpty(t, first.ID)
	assert.NotEqual(t, first.ID, second.ID)
}

func TestPublishDoesNotDisturbDecisionsUnderWay(t *testing.T) {
	e := open(t, shop(offer.Offer{ID: "v0"}), decisioning.Config{})
	versions := map[string]string{e.Snapshot().Version(): "v0"}
	var snapshots []*decisioning.Snapshot
	for i := range 4 {
		id := offer.ID(fmt.Sprint("v", i))
		s, err := decisioning.Compile(shop(offer.Offer{ID: id}))
		require.NoError(t, err)
		versions[s.Version()] = string(id)
		snapshots = append(snapshots, s)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 200 {
				d, err := e.Decide(t.Context(), asking("", "home"))
				if assert.NoError(t, err) {
					assert.Equal(t, []string{versions[d.Version]}, proposed(d), "one snapshot from begin to end")
				}
			}
		})
	}
	for i := range 200 {
		require.NoError(t, e.Publish(snapshots[i%len(snapshots)]))
	}
	wait.Wait()
}

func TestTiesAreEvenStableAndUndisturbed(t *testing.T) {
	var offers []offer.Offer
	for i := range 5 {
		offers = append(offers, offer.Offer{ID: offer.ID(fmt.Sprint("offer-", i)), Priority: 1})
	}
	e := open(t, shop(offers...), decisioning.Config{Seed: 7})
	again := open(t, shop(offers...), decisioning.Config{Seed: 7})
	fewer := open(t, shop(offers[:4]...), decisioning.Config{Seed: 7})
	other := open(t, shop(offers...), decisioning.Config{Seed: 8})
	counts := make(map[string]int)
	moved := 0
	const people = 20_000
	for i := range people {
		r := asking("", "home")
		r.ProfileID = profile.ID(fmt.Sprint("person-", i))
		got := proposed(decide(t, e, r))[0]
		counts[got]++
		if i%50 != 0 {
			continue
		}
		assert.Equal(t, got, proposed(decide(t, again, r))[0], "the same on every machine")
		if got != "offer-4" {
			assert.Equal(t, got, proposed(decide(t, fewer, r))[0], "undisturbed by another offer")
		}
		if got != proposed(decide(t, other, r))[0] {
			moved++
		}
	}
	for id, n := range counts {
		assert.InDelta(t, people/5, n, 250, "share of %s: over four standard deviations off", id)
	}
	assert.Greater(t, moved, 250, "another seed gives another order")
}

func TestDuplicatesAreAllowedOnRequest(t *testing.T) {
	for _, a := range []decisioning.Arbitration{decisioning.Optimal, decisioning.Sequential} {
		e := open(t, shop(inventory...), decisioning.Config{Strategy: decisioning.Strategy{Arbitration: a}})
		r := asking("r", "home", "side")
		assert.Equal(t, []string{"a", "b"}, proposed(decide(t, e, r)))
		r.ID, r.AllowDuplicates = "another", true
		assert.Equal(t, []string{"a", "a"}, proposed(decide(t, e, r)))
	}
}

func TestOptimalAvoidsFallbacksThatSequentialDoesNot(t *testing.T) {
	c := shop(inventory...)
	c.Offers[1].Tags = []offer.Tag{"side"}
	c.Offers = c.Offers[:2]
	c.Offers[0].Tags = []offer.Tag{"side"}
	c.Offers[1].Status = offer.Draft
	c.Offers = append(c.Offers, offer.Offer{ID: "d", Status: offer.Approved, Representations: says("d")})
	c.Collections = append(c.Collections, tagged("side", "side"))
	c.Activities[1].Selections[0].Collection = "side"
	r := asking("r", "home", "side")
	assert.Equal(t, []string{"d", "a"}, proposed(decide(t, open(t, c, decisioning.Config{}), r)))
	sequential := decisioning.Config{Strategy: decisioning.Strategy{Arbitration: decisioning.Sequential}}
	assert.Equal(t, []string{"a", "[hello]"}, proposed(decide(t, open(t, c, sequential), r)))
}

func TestScoreOfMinusZeroIsZero(t *testing.T) {
	c := shop(inventory[0])
	c.Activities[0].Rank = rank.Spec{Formula: "-0.0"}
	d := decide(t, open(t, c, decisioning.Config{}), asking("r", "home"))
	assert.Equal(t, "0", fmt.Sprint(*d.Propositions[0].Offers[0].Score))
}

func TestConfigIsCheckedOnce(t *testing.T) {
	for _, c := range []decisioning.Config{
		{MaxActivities: -1},
		{MaxDepth: -1},
		{Strategy: decisioning.Strategy{Arbitration: 9}},
		{Rankers: map[string]rank.Ranker{"priority": byCost()}},
		{Rankers: map[string]rank.Ranker{"mine": nil}},
	} {
		_, err := decisioning.New(c)
		assert.ErrorContains(t, err, "config.")
	}
}

// A score of 1/128 is 7812.5 millionths: exactly a half. Where plans are equal in
// what is rounded, the first activity fares best, and its best offer is b.
func TestWeightedScoresAreRoundedHalfToEvenBeforeTheyAreAdded(t *testing.T) {
	for _, tt := range []struct {
		name   string
		a, b   map[string]any // scores by activity
		weight float64
		want   []string
	}{
		{
			"23437.5 is 23438, more than 23437",
			map[string]any{"home": 3.0 / 128, "side": -0.007813},
			map[string]any{"home": 1.0 / 32, "side": 0.0},
			1,
			[]string{"a", "b"},
		},
		{
			"7812.5 is 7812, no more than 7812",
			map[string]any{"home": 1.0 / 128, "side": -0.007813},
			map[string]any{"home": 1.0 / 64, "side": 0.0},
			1,
			[]string{"b", "a"},
		},
		{
			"the weight comes before the rounding",
			map[string]any{"home": 1.0 / 128, "side": -0.015626},
			map[string]any{"home": 1.0 / 64, "side": 0.0},
			2,
			[]string{"a", "b"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := shop(offer.Offer{ID: "a", Attributes: tt.a}, offer.Offer{ID: "b", Attributes: tt.b})
			for i := range c.Activities {
				c.Activities[i].Rank = rank.Spec{Formula: "offer.attributes[activity.id]"}
			}
			c.Activities[0].Weight = tt.weight
			assert.Equal(t, tt.want, proposed(decide(t, open(t, c, decisioning.Config{}), asking("r", "home", "side"))))
		})
	}
}

// TestDecisionIsWrittenOverAsAWhole: nothing of what a Decision held shows in the next one that
// is made into it, whichever fields that has.
func TestDecisionIsWrittenOverAsAWhole(t *testing.T) {
	e := open(t, shop(inventory...), decisioning.Config{})
	r := asking("", "home")
	r.ProfileID, r.DryRun = "", true
	var used decisioning.Decision
	fields := reflect.ValueOf(&used).Elem()
	for i := range fields.NumField() {
		switch f := fields.Field(i); {
		case !fields.Type().Field(i).IsExported():
		case f.Kind() == reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 3, 3))
		case f.Kind() == reflect.Map:
			f.Set(reflect.MakeMap(f.Type()))
		case f.Kind() == reflect.Pointer:
			f.Set(reflect.New(f.Type().Elem()))
		case f.Kind() == reflect.String:
			f.SetString("used")
		case f.Kind() == reflect.Bool:
			f.SetBool(true)
		default:
			require.Equal(t, reflect.TypeFor[time.Time](), f.Type())
			f.Set(reflect.ValueOf(noon.Add(time.Hour)))
		}
	}
	require.NoError(t, e.DecideInto(t.Context(), r, &used))
	want := decide(t, e, r)
	assert.NotEqual(t, "used", used.ID)
	used.ID, want.ID = "", ""
	for i := range fields.NumField() {
		if f := fields.Type().Field(i); f.IsExported() {
			assert.Equal(t, reflect.ValueOf(want).Elem().Field(i).Interface(), fields.Field(i).Interface(), f.Name)
		}
	}
}
