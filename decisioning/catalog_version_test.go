package decisioning_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
)

func versionOf(tb testing.TB, text []byte) string {
	tb.Helper()
	s, err := decisioning.CompileJSON(text)
	require.NoError(tb, err)
	return s.Version()
}

func TestEqualContentHasAnEqualVersion(t *testing.T) {
	want := versionOf(t, []byte(contract))
	for _, tt := range []struct{ name, old, new string }{
		{"default count", `"collection": "promos", "fallback"`, `"collection": "promos", "count": 1, "fallback"`},
		{"default weight", `"collection": "promos", "fallback"`, `"collection": "promos", "weight": 1.0, "fallback"`},
		{"default zone", `"every": "day"`, `"every": "day"`},
		{"selection instead of collection", `"collection": "promos", "fallback"`, `"selections": [{"collection": "promos"}], "fallback"`},
		{"default kind", `"kind": "promotion", `, ``},
		{"instant in another zone", `"end": "2027-01-01T00:00:00Z"`, `"end": "2027-01-01T02:00:00+02:00"`},
		{"duration in another form", `"window": {"rolling": "168h"}, "counts"`, `"window": {"rolling": "10080m"}, "counts"`},
		{"number in another form", `"value": 25.0`, `"value": 2.5e1`},
		{"integer in another form", `"priority": 10,`, `"priority": 1e1,`},
		{"escapes", `"Card upgrade"`, `"Card\u0020upgrade"`},
		{"order of fields", `"limit": 1, "per": "decision"`, `"per": "decision", "limit": 1`},
		{"white space", `"rules":       [`, `"rules":[`},
		{"not optional", `"collection": "promos", "fallback"`, `"collection": "promos", "optional": false, "fallback"`},
		{"no attributes", `"rules":       [`, `"rules":  [`},
	} {
		t.Run(tt.name, func(t *testing.T) { assert.Equal(t, want, versionOf(t, edited(t, tt.old, tt.new))) })
	}
}

func TestWindowsInNormalFormHaveAnEqualVersion(t *testing.T) {
	base := versionOf(t, edited(t, `{"every": "day", "timezone": "Europe/Berlin"}`, `{"every": "week"}`))
	assert.Equal(t, base, versionOf(t, edited(t, `{"every": "day", "timezone": "Europe/Berlin"}`, `{"every": "week", "timezone": "UTC", "weekStart": "monday"}`)))
}

func TestOtherContentHasAnotherVersion(t *testing.T) {
	versions := map[string]string{versionOf(t, []byte(contract)): "the contract's"}
	for _, tt := range []struct{ name, old, new string }{
		{"name", `"Card upgrade"`, `"Card  upgrade"`},
		{"status", `"status": "approved"`, `"status": "draft"`},
		{"count", `"count": 3`, `"count": 4`},
		{"weight", `"count": 3`, `"count": 3, "weight": 2`},
		{"limit", `"limit": 1000`, `"limit": 1001`},
		{"attribute", `"margin": 0.4`, `"margin": 0.5`},
		{"empty attribute", `"margin": 0.4`, `"margin": null`},
		{"minScore 0", `"minScore": 0.5`, `"minScore": 0`},
		{"no minScore", `, "minScore": 0.5`, ``},
		{"rule", `"expr": "profile.age >= 18"`, `"expr": "profile.age >= 19"`},
		{"order of selections' tiers", `{"collection": "picked", "rule": "adult"`, `{}, {"collection": "picked", "rule": "adult"`},
		{"id", `"id": "side"`, `"id": "side2"`},
		{"one more offer", `"offers": [{`, `"offers": [{"id": "b"}, {`},
		{"policy", `"reason": "service first"`, `"onError": "suppress"`},
		{"contact policy", `"limit": 3, "per": "profile", "window": {"rolling": "168h"}}`, `"limit": 3, "per": "profile", "window": {"rolling": "169h"}}`},
	} {
		v := versionOf(t, edited(t, tt.old, tt.new))
		assert.Empty(t, versions[v], "%s has the version of %s", tt.name, versions[v])
		versions[v] = tt.name
	}
}

func TestVersionDoesNotDependOnTheOrderOfEntities(t *testing.T) {
	c, err := decisioning.ParseCatalog([]byte(contract))
	require.NoError(t, err)
	o := c.Offers[0]
	o.ID = "other"
	c.Offers = append(c.Offers, o, offer.Offer{ID: "third"})
	a, err := decisioning.Compile(c)
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		random.Shuffle(len(c.Offers), func(i, j int) { c.Offers[i], c.Offers[j] = c.Offers[j], c.Offers[i] })
		slices.Reverse(c.Activities)
		slices.Reverse(c.Collections)
		slices.Reverse(c.ContactPolicies)
		b, err := decisioning.Compile(c)
		require.NoError(t, err)
		assert.Equal(t, a.Version(), b.Version())
	}
}

// What is quarantined is answered differently from what was never there.
func TestVersionTellsQuarantinedActivitiesFromUnknownOnes(t *testing.T) {
	c := goCatalog()
	c.Activities = append(c.Activities, decisioning.Activity{ID: "bad", Placement: "hero"})
	with, err := decisioning.Compile(c, decisioning.Quarantine())
	require.NoError(t, err)
	c.Activities = c.Activities[:1]
	without, err := decisioning.Compile(c, decisioning.Quarantine())
	require.NoError(t, err)
	assert.NotEqual(t, with.Version(), without.Version())
}

// A large catalog is read and checked in a fraction of a second.
func BenchmarkCompileJSON(b *testing.B) {
	c, err := decisioning.ParseCatalog([]byte(contract))
	require.NoError(b, err)
	o := c.Offers[0]
	for i := range 10_000 {
		o.ID = offer.ID(fmt.Sprintf("offer-%d", i))
		o.Eligibility = fmt.Sprintf("profile.age > %d", i%500)
		c.Offers = append(c.Offers, o)
	}
	text, err := json.Marshal(c)
	require.NoError(b, err)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decisioning.CompileJSON(text); err != nil {
			b.Fatal(err)
		}
	}
}
