package decisioning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/rank"
)

// The judge itself is judged by cases worked out by hand.

func TestJudgeTellsCalendarWindowsApart(t *testing.T) {
	at := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return at
	}
	for _, tt := range []struct {
		name   string
		window offer.Window
		a, b   string
		same   bool
	}{
		{"two hours of one day", offer.Window{Every: offer.Day}, "2026-06-01T00:00:00Z", "2026-06-01T23:59:59Z", true},
		{"midnight is tomorrow's", offer.Window{Every: offer.Day}, "2026-06-01T23:59:59Z", "2026-06-02T00:00:00Z", false},
		{"a zone's midnight", offer.Window{Every: offer.Day, Timezone: "Europe/Berlin"}, "2026-06-01T21:59:59Z", "2026-06-01T22:00:00Z", false},
		{"a repeated hour is two", offer.Window{Every: offer.Hour, Timezone: "Europe/Berlin"}, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", false},
		{"a repeated hour is one day", offer.Window{Every: offer.Day, Timezone: "Europe/Berlin"}, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", true},
		{"no midnight: before", offer.Window{Every: offer.Day, Timezone: "America/Sao_Paulo"}, "2018-11-04T02:59:59Z", "2018-11-04T03:00:00Z", false},
		{"no midnight: after", offer.Window{Every: offer.Day, Timezone: "America/Sao_Paulo"}, "2018-11-04T03:00:00Z", "2018-11-05T01:59:59Z", true},
		{"a minute past midnight, twice", offer.Window{Every: offer.Day, Timezone: "America/St_Johns"}, "2006-10-29T02:30:30Z", "2006-10-29T03:00:00Z", true},
		{"a day that is not", offer.Window{Every: offer.Day, Timezone: "Pacific/Apia"}, "2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z", false},
		{"monday", offer.Window{Every: offer.Week}, "2026-05-31T23:59:59Z", "2026-06-01T00:00:00Z", false},
		{"a week from sunday", offer.Window{Every: offer.Week, WeekStart: "sunday"}, "2026-05-31T00:00:00Z", "2026-06-06T23:59:59Z", true},
		{"month", offer.Window{Every: offer.Month}, "2026-05-31T23:59:59Z", "2026-06-01T00:00:00Z", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, b := windowOf(tt.window, at(tt.a)), windowOf(tt.window, at(tt.b))
			assert.Equal(t, tt.same, a == b, "%s and %s", a, b)
		})
	}
}

func TestJudgeComparesPlansAsTheContractSays(t *testing.T) {
	offers := []offer.Offer{{ID: "x"}, {ID: "y"}, {ID: "z"}}
	scored := func(o int, tier int, score float64) judgeCandidate {
		return judgeCandidate{offer: &offers[o], tier: tier, score: &score, weighted: millionths(1, &score)}
	}
	const x, y, z = 0, 1, 2
	for _, tt := range []struct {
		name   string
		places []judgePlace
		room   []int64
		want   judgePlan
	}{
		{"fewest fallbacks before score", []judgePlace{
			{count: 1, candidates: []judgeCandidate{scored(x, 0, 9), scored(y, 0, 1)}}, {count: 1, candidates: []judgeCandidate{scored(x, 0, 100)}},
		}, nil, judgePlan{{1}, {0}}},
		{"an optional one does not count", []judgePlace{
			{count: 1, optional: true, candidates: []judgeCandidate{scored(x, 0, 9)}}, {count: 1, candidates: []judgeCandidate{scored(x, 0, 1)}},
		}, nil, judgePlan{{}, {0}}},
		{"most offers before tiers", []judgePlace{
			{count: 2, candidates: []judgeCandidate{scored(x, 0, 9), scored(y, 3, 1)}},
		}, nil, judgePlan{{0, 1}}},
		{"tiers before score", []judgePlace{
			{count: 1, candidates: []judgeCandidate{scored(x, 0, 1), scored(y, 1, 100)}},
		}, nil, judgePlan{{0}}},
		{"scores before none", []judgePlace{
			{count: 1, candidates: []judgeCandidate{scored(x, 0, -5), {offer: &offers[y]}}},
		}, nil, judgePlan{{0}}},
		{"largest sum", []judgePlace{
			{count: 1, candidates: []judgeCandidate{scored(x, 0, 5), scored(y, 0, 4)}}, {count: 1, candidates: []judgeCandidate{scored(x, 0, 5), scored(z, 0, 1)}},
		}, nil, judgePlan{{1}, {0}}},
		{"the first fares best", []judgePlace{
			{count: 1, candidates: []judgeCandidate{scored(x, 0, 5), scored(y, 0, 5)}}, {count: 1, candidates: []judgeCandidate{scored(x, 0, 5), scored(y, 0, 5)}},
		}, nil, judgePlan{{0}, {1}}},
		{"room for one", []judgePlace{
			{count: 2, candidates: []judgeCandidate{
				{offer: &offers[x], needs: []int{0}}, {offer: &offers[y], needs: []int{0}}, {offer: &offers[z]},
			}},
		}, []int64{1}, judgePlan{{0, 2}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := newPlanner(tt.places, tt.room, false).optimal()
			for i := range tt.want {
				assert.ElementsMatch(t, tt.want[i], got[i])
			}
		})
	}
}

func TestJudgeRoundsScoresHalvesToEven(t *testing.T) {
	for score, want := range map[float64]int64{0.0000005: 0, 0.0000015: 2, 1.5: 1_500_000, -0.0000025: -2} {
		assert.Equal(t, want, millionths(1, &score), "%v", score)
	}
}

func TestJudgeHidesEventsLaterThanNow(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	f := newJudgeFacts(now, nil, nil, []map[string]any{
		{"eventType": "buy", "timestamp": "2026-06-01T12:00:00Z"},
		{"eventType": "buy", "timestamp": "2026-06-01T12:00:01Z"},
		{"eventType": "buy", "timestamp": "2026-05-31T12:00:00Z"},
		{"eventType": "buy"},
		{"eventType": 7.0, "timestamp": "soon"},
	})
	for rule, want := range map[string]bool{
		"events.size() == 4":                                                     true,
		"events.ofType('buy').size() == 3":                                       true,
		"events.within(duration('24h')).size() == 1":                             true, // (now-24h, now]
		"events.within(duration('25h')).ofType('buy').size() == 2":               true,
		"events.filter(e, has(e.timestamp)).within(duration('24h')).size() == 1": true,
		"profile.gone == 1 || true":                                              true,
	} {
		got, err := theJudgeRules().holds(rule, f)
		require.NoError(t, err)
		assert.Equal(t, want, got, rule)
	}
	_, err := theJudgeRules().holds("profile.gone == 1", f)
	require.Error(t, err)
}

func TestJudgeCountsUnitsAsTheContractSays(t *testing.T) {
	start := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	c := judgeCounters{clock: start, seen: map[string]bool{}, records: map[string]*judgeRecord{}}
	key := judgeKey{offer: "x", window: offer.Window{Rolling: time.Hour}}
	item := func(at, until time.Time) []judgeItem {
		return []judgeItem{{activity: "a", offer: "x", units: []*judgeUnit{{key: key, limit: 1, at: at, until: until}}}}
	}
	hold := start.Add(time.Minute)
	c.replace(nil, "d", "u", item(start, hold))
	assert.Len(t, c.full(item(start.Add(-59*time.Minute), hold), start.Add(-59*time.Minute), nil), 1, "a window looks both ways")
	assert.Empty(t, c.full(item(start.Add(time.Hour), hold), start.Add(time.Hour), nil), "a length away there is room")
	assert.Empty(t, c.full(item(start, hold), start, c.record("d")), "its own units are free to a decision")

	c.clock = hold
	assert.Empty(t, c.full(item(start, hold), start, nil), "a hold lapses")
	c.replace(nil, "other", "u", item(start, time.Time{}))
	require.ErrorIs(t, c.confirm("d", ""), capping.ErrLapsed)
	require.NoError(t, c.release("other", ""))
	require.NoError(t, c.confirm("d", ""))
	assert.Len(t, c.full(item(start, hold), start, nil), 1, "confirmed after the lapse")
	c.replace(c.record("d"), "d", "u", nil)
	assert.Len(t, c.full(item(start, hold), start, nil), 1, "confirmed units go back only by a release")

	c.clock = hold.Add(retention)
	require.ErrorIs(t, c.release("d", ""), capping.ErrUnknownDecision)
}

func TestJudgeNarrowsInOrder(t *testing.T) {
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	sound := func(id offer.ID, change func(*offer.Offer)) offer.Offer {
		o := offer.Offer{ID: id, Status: offer.Approved, Representations: []offer.Representation{content("p0")}, Tags: []offer.Tag{"a"}}
		change(&o)
		return o
	}
	cat := decisioning.Catalog{
		Placements:  []placement.Placement{{ID: "p0"}},
		Collections: []collection.Collection{{ID: "all", AnyTags: []offer.Tag{"a"}}, {ID: "some", Offers: []offer.ID{"suppressed"}}},
		Policies:    []constraint.Policy{{ID: "s", When: "profile.gone", OnError: constraint.SuppressOnError, Suppress: "some"}},
		Activities:  []decisioning.Activity{{ID: "a0", Placement: "p0", Collection: "all", Optional: true, Rank: rank.Spec{Formula: "offer.value"}}},
		Offers: []offer.Offer{
			sound("draft", func(o *offer.Offer) { o.Status, o.Representations = offer.Draft, nil }),
			sound("elsewhere", func(o *offer.Offer) { o.Representations, o.Tags = nil, nil }),
			sound("untagged", func(o *offer.Offer) { o.Tags, o.End = nil, at }),
			sound("over", func(o *offer.Offer) { o.End, o.Eligibility = at, "false" }),
			sound("suppressed", func(o *offer.Offer) { o.Eligibility = "false" }),
			sound("ineligible", func(o *offer.Offer) { o.Eligibility, o.Applicability = "profile.gone == 1", "false" }),
			sound("inapplicable", func(o *offer.Offer) { o.Applicability, o.Suitability = "false", "false" }),
			sound("unsuitable", func(o *offer.Offer) { o.Suitability, o.Caps = "dyn(1)", []offer.Cap{{Limit: 1, Per: offer.PerProfile}} }),
			sound("capped", func(o *offer.Offer) { o.Caps = []offer.Cap{{Limit: 1, Per: offer.PerProfile}} }),
			sound("second", func(o *offer.Offer) { o.Value = 1 }),
			sound("best", func(o *offer.Offer) { o.Start, o.Value = at, 2 }),
		},
	}
	j := newJudge(cat, faults{}, setup{})
	d, err := j.decide(&judgeRequest{
		Request: decisioning.Request{At: at, Activities: []decisioning.ActivityID{"a0"}}, facts: newJudgeFacts(at, nil, nil, nil),
	}, "d")
	require.NoError(t, err)
	want := map[offer.ID]decisioning.Exclusion{
		"draft": {Reason: "status"}, "elsewhere": {Reason: "placement"}, "untagged": {Reason: "collection"}, "over": {Reason: "calendar"},
		"suppressed": {Reason: "suppressed"}, "ineligible": {Reason: "ineligible"}, "inapplicable": {Reason: "inapplicable"},
		"unsuitable": {Reason: "unsuitable"}, "capped": {Reason: "capped"}, "second": {Reason: "outranked"},
	}
	assert.Equal(t, want, d.trace["a0"].Excluded)
	assert.Equal(t, decisioning.Funnel{
		Inventory: 11, Status: 10, Placement: 9, Collection: 8, Calendar: 7, Suppressed: 6, Eligible: 5, Applicable: 4, Suitable: 3, Filtered: 3, Capped: 2, Scored: 2,
	}, d.trace["a0"].Funnel)
	require.Len(t, d.propositions[0].Offers, 1)
	assert.Equal(t, offer.ID("best"), d.propositions[0].Offers[0].ID)
}

func TestJudgeQuarantineNeverLoosens(t *testing.T) {
	tagged := func(id offer.ID, tag offer.Tag) offer.Offer { return offer.Offer{ID: id, Tags: []offer.Tag{tag}} }
	cat := decisioning.Catalog{
		Rules:           []constraint.Rule{{ID: "r", Expr: "?"}},
		Offers:          []offer.Offer{tagged("o0", "a"), tagged("o1", "b"), tagged("o2", "c"), tagged("o3", "d")},
		Collections:     []collection.Collection{{ID: "a", AnyTags: []offer.Tag{"a"}}, {ID: "b", AnyTags: []offer.Tag{"b"}, Rule: "r"}, {ID: "c", AnyTags: []offer.Tag{"c"}}},
		Policies:        []constraint.Policy{{ID: "s", Suppress: "a"}},
		ContactPolicies: []capping.ContactPolicy{{ID: "k", Collection: "c"}},
		Activities: []decisioning.Activity{
			{ID: "a0", Collection: "a", Optional: true}, {ID: "a1", Optional: true, Selections: []decisioning.Selection{{Collection: "b"}}}, {ID: "a2", Optional: true, Collection: "a", Rule: "r"},
		},
	}
	left := faults{Kinds: []string{"some"}, Rules: []int{0}, Policies: []int{0}, ContactPolicies: []int{0}}.survivors(cat)
	assert.Equal(t, []offer.Offer{tagged("o3", "d")}, left.Offers)
	require.Len(t, left.Activities, 1)
	assert.Equal(t, decisioning.ActivityID("a0"), left.Activities[0].ID)
}
