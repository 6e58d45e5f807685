package decisioning_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// TestUsedEngineDecidesAsANewOne: what an engine keeps from decision to decision shows in none
// of them, whatever was published, changed, refused or asked before, and in the midst of which
// decision.
func TestUsedEngineDecidesAsANewOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := &used{T: t, filters: rapid.Bool().Draw(t, "filters")}
		u.clock = u.instant()
		u.publish()
		for range rapid.IntRange(2, 14).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				u.publish()
			case 1:
				u.update()
			case 2:
				u.prepare()
			case 3:
				u.clock = u.instant()
			default:
				u.ask()
			}
		}
	})
}

// A used engine is one that has decided before.
type used struct {
	*rapid.T
	engine   *decisioning.Engine
	catalog  decisioning.Catalog
	prepared []decisioning.Request
	into     decisioning.Decision // of all decisions that are made into one
	within   func()               // what a filter does in the midst of the next decision
	filters  bool                 // there is that filter
	clock    time.Time
}

// instants are some around which calendars begin and end.
var instants = []time.Time{
	noon, noon.Add(time.Nanosecond), noon.Add(-time.Nanosecond), noon.Add(time.Second), noon.Add(time.Second - 1), noon.Add(-time.Second),
	time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC),
	time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
}

func (u *used) instant() time.Time { return rapid.SampledFrom(instants).Draw(u.T, "instant") }

// calendar draws one of which either bound may be absent.
func (u *used) calendar() (start, end time.Time) {
	if rapid.Bool().Draw(u.T, "starts") {
		start = u.instant()
	}
	if end = u.instant(); rapid.Bool().Draw(u.T, "never ends") || !end.After(start) {
		end = time.Time{}
	}
	return start, end
}

var usedRules = []string{
	"", "profile.age >= 30", "profile.age < 30.5 && profile.tier != 'gold'", "profile.tier in ['gold', 'äb', '']", "!(profile.tier in ['gold'])",
	"has(profile.vip)", "profile.?tier.orValue('none') == 'none'", "profile.age in [-0.0, 30, 9007199254740993]", "profile.vip || context.x > 1",
	"profile.owns.exists(p, p == 'a')", "events.ofType('buy').size() > 0", "context.x == profile.age", "profile.tier == ''",
}

func (u *used) offer(i int) offer.Offer {
	o := offer.Offer{
		ID: offer.ID(fmt.Sprint("offer-", i)), Status: offer.Approved, Priority: rapid.Int64Range(0, 2).Draw(u.T, "priority"), Value: 3,
		Eligibility: rapid.SampledFrom(usedRules).Draw(u.T, "rule"), Tags: []offer.Tag{offer.Tag(fmt.Sprint("t", i%2))},
	}
	if rapid.IntRange(0, 3).Draw(u.T, "new rule") == 0 {
		o.Eligibility = fmt.Sprintf("profile.k%d == 'v%d' || profile.tier == 'w%d'", i%5, i%7, i)
	}
	if o.Start, o.End = u.calendar(); rapid.Bool().Draw(u.T, "acceptance") {
		o.Acceptance = "profile.age / 100.0"
	}
	o.Representations = says(string(o.ID))
	return o
}

func (u *used) publish() {
	c := shop()
	c.Activities = nil
	c.Collections = append(c.Collections, collection.Collection{ID: "even", AnyTags: []offer.Tag{"t0"}}, collection.Collection{ID: "odd", AnyTags: []offer.Tag{"t1"}})
	for i := range rapid.IntRange(3, 45).Draw(u.T, "offers") {
		c.Offers = append(c.Offers, u.offer(i))
	}
	for i := range 6 {
		a := decisioning.Activity{
			ID: decisioning.ActivityID(fmt.Sprint("activity-", i)), Placement: "hero", Selections: u.selections(), Fallback: "hello",
			Count: rapid.IntRange(1, 3).Draw(u.T, "count"),
			Rank:  rapid.SampledFrom([]rank.Spec{{}, {By: rank.ByUtility}, {Formula: "profile.age * offer.priority"}}).Draw(u.T, "rank"),
		}
		if rapid.IntRange(0, 3).Draw(u.T, "activity has a rule") == 0 {
			a.Eligibility = rapid.SampledFrom(usedRules).Draw(u.T, "activity's rule")
		}
		if a.Start, a.End = u.calendar(); rapid.IntRange(0, 5).Draw(u.T, "faulty") == 0 {
			a.Fallback = "nothing"
		}
		if rapid.IntRange(0, 5).Draw(u.T, "there") > 0 {
			c.Activities = append(c.Activities, a)
		}
	}
	u.catalog = c
	if u.engine == nil {
		u.engine = u.fresh(true)
		return
	}
	require.NoError(u, u.engine.Publish(u.snapshot()))
}

// selections draws one of all offers, or two of which the first may be closed.
func (u *used) selections() []decisioning.Selection {
	if rapid.Bool().Draw(u.T, "one selection") {
		return []decisioning.Selection{{}}
	}
	first := decisioning.Selection{Collection: "even"}
	if rapid.Bool().Draw(u.T, "selection has a rule") {
		first.Eligibility = rapid.SampledFrom(usedRules).Draw(u.T, "selection's rule")
	}
	return []decisioning.Selection{first, {Collection: rapid.SampledFrom([]collection.ID{"", "odd"}).Draw(u.T, "rest")}}
}

func (u *used) snapshot() *decisioning.Snapshot {
	s, err := decisioning.Compile(u.catalog, decisioning.Quarantine())
	require.NoError(u, err)
	return s
}

// fresh returns a new engine for the catalog.
func (u *used) fresh(disturbed bool) *decisioning.Engine {
	config := decisioning.Config{MaxActivities: 5, Now: func() time.Time { return u.clock }}
	if u.filters {
		config.Strategy.Filters = append(config.Strategy.Filters, constraint.Each("disturbs", func(_ context.Context, _ *profile.Facts, o *offer.Offer) (bool, error) {
			if within := u.within; disturbed && within != nil {
				u.within = nil
				within()
			}
			return o.ID != "offer-3", nil
		}))
	}
	e, err := decisioning.New(config)
	require.NoError(u, err)
	require.NoError(u, e.Publish(u.snapshot()))
	return e
}

func (u *used) update() {
	o := u.offer(rapid.IntRange(0, 60).Draw(u.T, "offer"))
	u.catalog.Offers = slices.Clone(u.catalog.Offers)
	if i := slices.IndexFunc(u.catalog.Offers, func(other offer.Offer) bool { return other.ID == o.ID }); i >= 0 {
		u.catalog.Offers[i] = o
	} else {
		u.catalog.Offers = append(u.catalog.Offers, o)
	}
	require.NoError(u, u.engine.Update(decisioning.Change{Put: &o}))
}

func (u *used) prepare() {
	if r, err := u.engine.Prepare(u.request()); err == nil {
		u.prepared = append(u.prepared, r)
	}
}

func (u *used) document() profile.Document {
	return profile.JSON([]byte(rapid.SampledFrom([]string{
		`{}`, `{"age":30,"tier":"gold","vip":true,"x":2}`, `{"age":-0.0,"tier":"äb","x":1,"k1":"v1"}`, `{"age":1e300,"tier":"","owns":["a"],"k0":"v0"}`,
		`{"age":"30","tier":null,"vip":1}`, `{"age":9007199254740993,"tier":"w7","k2":"v2","x":9007199254740992}`, `{"tier":["gold"],"owns":{"a":1}}`, `{"age":1,`,
	}).Draw(u.T, "document")))
}

// request draws one that may be malformed.
func (u *used) request() decisioning.Request {
	var ids []decisioning.ActivityID
	for range rapid.SampledFrom([]int{1, 1, 2, 3, 4, 5, 6, 0}).Draw(u.T, "activities") {
		id := decisioning.ActivityID(fmt.Sprint("activity-", rapid.IntRange(0, 6).Draw(u.T, "activity")))
		if rapid.IntRange(0, 9).Draw(u.T, "twice") == 0 || !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	r := asking("request", ids...)
	r.At, r.DryRun = u.instant(), true
	r.Profile, r.Context = u.document(), u.document()
	r.AllowDuplicates = rapid.Bool().Draw(u.T, "duplicates")
	if rapid.Bool().Draw(u.T, "excludes") {
		r.Exclude = []offer.ID{"offer-1", "offer-2"}
	}
	if rapid.Bool().Draw(u.T, "with events") {
		r.Events = profile.JSON([]byte(`[{"eventType":"buy","timestamp":"2026-06-01T12:00:00Z"}]`))
	}
	if rapid.IntRange(0, 9).Draw(u.T, "hold") == 0 {
		r.Hold = -1
	}
	if rapid.IntRange(0, 7).Draw(u.T, "traced") == 0 {
		r.Trace = decisioning.TraceReasons
	}
	return r
}

func (u *used) ask() {
	r := u.request()
	if len(u.prepared) > 0 && rapid.Bool().Draw(u.T, "prepared") {
		facts := rapid.SampledFrom(u.prepared).Draw(u.T, "facts")
		facts.Activities, facts.At, facts.AllowDuplicates, facts.Exclude, facts.Hold = r.Activities, r.At, r.AllowDuplicates, r.Exclude, r.Hold
		if rapid.IntRange(0, 4).Draw(u.T, "replaced") == 0 {
			facts.Profile = r.Profile
		}
		r = facts
	}
	want := answer(u.fresh(false).Decide(u.Context(), r))
	if rapid.Bool().Draw(u.T, "disturbed") {
		other, batched := u.request(), rapid.Bool().Draw(u.T, "by a batch")
		u.within = func() {
			if !batched {
				_, _ = u.engine.Decide(u.Context(), other)
				return
			}
			for _, err := range u.engine.DecideAll(u.Context(), slices.Values([]decisioning.Request{other, r})) {
				_ = err // the request may be malformed
			}
		}
	}
	switch rapid.IntRange(0, 2).Draw(u.T, "way") {
	case 0:
		require.Equal(u, want, answer(u.engine.Decide(u.Context(), r)))
	case 1:
		err := u.engine.DecideInto(u.Context(), r, &u.into)
		require.Equal(u, want, answer(&u.into, err))
	default:
		u.engine.SetAlone(time.Duration(rapid.SampledFrom([]int64{-1, 0, math.MaxInt64}).Draw(u.T, "alone")))
		n := 0
		for d, err := range u.engine.DecideAll(u.Context(), slices.Values([]decisioning.Request{r, u.request(), r})) {
			if n++; n != 2 {
				require.Equal(u, want, answer(d, err))
			}
		}
	}
	u.within = nil
}

// answer writes down what a request got.
func answer(d *decisioning.Decision, err error) string {
	if err != nil {
		return err.Error()
	}
	return asJSON(d)
}
