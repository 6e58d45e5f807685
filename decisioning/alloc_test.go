package decisioning_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// annasFacts is JSON with what the rules of the tests read, and more.
const (
	annasFacts = `{"age": 31, "tier": "gold", "spent": 12.5, "owns": ["tent"], "name": "Anna \u00e9", "address": {"city": "Ulm"}}`
	annasPast  = `[{"eventType": "buy", "timestamp": "2026-06-01T11:30:00Z", "amount": 50}, {"eventType": "view", "timestamp": "2026-05-30T11:30:00Z"}]`
)

// stock is a warehouse with everything that decisions meet, changed by with.
func stock(with func(*decisioning.Catalog)) decisioning.Catalog {
	c := warehouse(500)
	for i := range c.Offers {
		o := &c.Offers[i]
		o.Value, o.Cost, o.Caps = float64(i%7), 0.5, nil
		if i%3 == 0 {
			o.Applicability = "events.ofType('buy').within(duration('24h')).size() > 0"
		}
	}
	if with != nil {
		with(&c)
	}
	return c
}

func each(c *decisioning.Catalog, change func(i int, o *offer.Offer)) {
	for i := range c.Offers {
		change(i, &c.Offers[i])
	}
}

// allocCases are the ways to decide that leave no garbage.
var allocCases = []struct {
	name    string
	catalog func(*decisioning.Catalog)
	config  func(*decisioning.Config)
	request func(*decisioning.Request)
}{
	{name: "plain"},
	{name: "sequential", config: func(c *decisioning.Config) { c.Strategy.Arbitration = decisioning.Sequential }},
	{name: "30 contested activities", request: func(r *decisioning.Request) { r.Activities = firstActivities(30) }},
	{
		name:    "30 contested activities, sequential",
		config:  func(c *decisioning.Config) { c.Strategy.Arbitration = decisioning.Sequential },
		request: func(r *decisioning.Request) { r.Activities = firstActivities(30) },
	},
	{name: "duplicates", request: func(r *decisioning.Request) { r.AllowDuplicates = true }},
	{name: "exclusions", request: func(r *decisioning.Request) { r.Exclude = []offer.ID{"offer-7", "offer-3"} }},
	{name: "dry run", catalog: caps(offer.PerAll), request: func(r *decisioning.Request) { r.DryRun = true }},
	{name: "count 3", catalog: func(c *decisioning.Catalog) {
		for i := range c.Activities {
			c.Activities[i].Count = 3
		}
	}},
	{name: "tiers", catalog: func(c *decisioning.Catalog) {
		for i := range c.Activities {
			a := &c.Activities[i]
			a.Selections = []decisioning.Selection{
				{Collection: a.Collection, Eligibility: "profile.age > 90.0"}, {Collection: a.Collection}, {},
			}
			a.Collection = ""
		}
	}},
	{name: "formula", catalog: ranked(rank.Spec{Formula: "profile.spent * offer.value + offer.cost"})},
	{name: "formula, 30 contested activities", catalog: ranked(rank.Spec{Formula: "profile.spent * offer.value"}), request: func(r *decisioning.Request) { r.Activities = firstActivities(30) }},
	{name: "formula of the activity", catalog: ranked(rank.Spec{Formula: "profile.spent * offer.value + activity.count"})},
	{name: "utility", catalog: func(c *decisioning.Catalog) {
		ranked(rank.Spec{By: rank.ByUtility})(c)
		each(c, func(i int, o *offer.Offer) { o.Acceptance = fmt.Sprintf("profile.spent / %d.0", 20+i%3) })
	}},
	{name: "caps over all", catalog: caps(offer.PerAll)},
	{name: "caps per profile", catalog: caps(offer.PerProfile)},
	{name: "caps, held", catalog: caps(offer.PerProfile), request: func(r *decisioning.Request) { r.Hold = time.Minute }},
	{name: "caps, 30 contested activities", catalog: caps(offer.PerAll), request: func(r *decisioning.Request) { r.Activities = firstActivities(30) }},
	{name: "rolling and daily caps", catalog: func(c *decisioning.Catalog) {
		each(c, func(_ int, o *offer.Offer) {
			o.Caps = []offer.Cap{
				{Limit: 1e9, Per: offer.PerProfile, Window: offer.Window{Rolling: time.Hour}},
				{Limit: 1e9, Per: offer.PerAll, Window: offer.Window{Every: offer.Day, Timezone: "Europe/Berlin"}},
			}
		})
	}},
	{name: "full caps", catalog: func(c *decisioning.Catalog) {
		each(c, func(i int, o *offer.Offer) {
			if o.Caps = capped(1_000_000_000, offer.PerAll); i%2 == 0 {
				o.Caps = []offer.Cap{{Limit: 1, Per: offer.PerAll, Counts: "sold"}}
			}
		})
	}},
	{name: "contact policies", catalog: func(c *decisioning.Catalog) {
		for i := range 5 {
			c.ContactPolicies = append(c.ContactPolicies, capping.ContactPolicy{
				ID: capping.PolicyID(fmt.Sprint("policy-", i)), Collection: collection.ID(fmt.Sprint("tag-", i)),
				Limit: 1_000_000_000, Per: offer.PerProfile, Window: offer.Window{Rolling: 24 * time.Hour},
			})
		}
		c.ContactPolicies = append(c.ContactPolicies, capping.ContactPolicy{ID: "quota", Collection: "tag-1", Limit: 1, Per: offer.PerDecision})
	}},
	{name: "a filter over all candidates", config: func(c *decisioning.Config) {
		c.Strategy.Filters = []constraint.Filter{constraint.FilterFunc(func(_ context.Context, _ *profile.Facts, all *offer.Candidates) error {
			for i := range all.All() {
				if i%3 == 0 {
					all.Remove(i)
				}
			}
			return nil
		})}
	}},
	{name: "suppression", catalog: func(c *decisioning.Catalog) {
		c.Policies = []constraint.Policy{
			{ID: "on", When: "profile.tier == 'gold'", Suppress: "tag-1"},
			{ID: "off", When: "profile.tier == 'silver'", Suppress: "tag-2"},
		}
	}},
}

func ranked(by rank.Spec) func(*decisioning.Catalog) {
	return func(c *decisioning.Catalog) {
		for i := range c.Activities {
			c.Activities[i].Rank = by
		}
	}
}

func caps(per offer.Per) func(*decisioning.Catalog) {
	return func(c *decisioning.Catalog) {
		each(c, func(_ int, o *offer.Offer) { o.Caps = capped(1_000_000_000, per) })
	}
}

// TestDecideIntoAllocatesNothing decides for 50 persons by turns, into one Decision.
func TestDecideIntoAllocatesNothing(t *testing.T) {
	if racing {
		t.Skip("the race detector allocates")
	}
	for _, tt := range allocCases {
		for _, prepared := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/prepared=%t", tt.name, prepared), func(t *testing.T) {
				e, requests := allocCase(t, tt.catalog, tt.config, tt.request, prepared)
				var d decisioning.Decision
				n := 0
				one := func() {
					if err := e.DecideInto(context.Background(), requests[n%len(requests)], &d); err != nil || len(d.Degraded) > 0 {
						t.Fatal(err, d.Degraded)
					}
					n++
				}
				for range 4 * len(requests) { // until its memory has grown
					one()
				}
				assert.Zero(t, testing.AllocsPerRun(500, one))
			})
		}
	}
}

// TestDecideAllocatesOnlyItsResult: the Decision, its propositions, their offers and
// scores, the record's items, and their limits if there are any.
func TestDecideAllocatesOnlyItsResult(t *testing.T) {
	if racing {
		t.Skip("the race detector allocates")
	}
	for _, tt := range allocCases {
		t.Run(tt.name, func(t *testing.T) {
			e, requests := allocCase(t, tt.catalog, tt.config, tt.request, true)
			n := 0
			one := func() {
				if _, err := e.Decide(context.Background(), requests[n%len(requests)]); err != nil {
					t.Fatal(err)
				}
				n++
			}
			for range 4 * len(requests) {
				one()
			}
			assert.LessOrEqual(t, testing.AllocsPerRun(500, one), 6.0)
		})
	}
}

// TestDecideIntoAllocatesNothingForOthersActivities: nor does it where requests name
// different ones by turns.
func TestDecideIntoAllocatesNothingForOthersActivities(t *testing.T) {
	if racing {
		t.Skip("the race detector allocates")
	}
	e, requests := allocCase(t, nil, nil, nil, false)
	for i := range requests {
		requests[i].Activities = firstActivities(5 + i%3)
	}
	var d decisioning.Decision
	n := 0
	one := func() {
		if err := e.DecideInto(context.Background(), requests[n%len(requests)], &d); err != nil {
			t.Fatal(err)
		}
		n++
	}
	for range 4 * len(requests) {
		one()
	}
	assert.Zero(t, testing.AllocsPerRun(500, one))
}

func allocCase(
	t *testing.T, catalog func(*decisioning.Catalog), config func(*decisioning.Config), request func(*decisioning.Request), prepared bool,
) (*decisioning.Engine, []decisioning.Request) {
	t.Helper()
	settings := decisioning.Config{Counter: memory()}
	if config != nil {
		config(&settings)
	}
	e := open(t, stock(catalog), settings)
	var requests []decisioning.Request
	for i := range 50 {
		r := asking("request-"+strconv.Itoa(i), firstActivities(10)...)
		r.ProfileID = profile.ID("customer-" + strconv.Itoa(i))
		r.Profile, r.Events = profile.JSON([]byte(annasFacts)), profile.JSON([]byte(annasPast))
		if request != nil {
			request(&r)
		}
		if prepared {
			var err error
			r, err = e.Prepare(r)
			require.NoError(t, err)
		}
		requests = append(requests, r)
	}
	return e, requests
}
