package decisioning_test

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
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

// faulty has a fault of every kind; faultyWant is what is reported of it, one
// fault a line, where an expression's fault is not spelt out.
var (
	//go:embed testdata/faulty.json
	faulty []byte
	//go:embed testdata/faulty.txt
	faultyWant string
)

func TestAllFaultsAreReportedAtOnceInTheOrderOfTheText(t *testing.T) {
	_, err := decisioning.CompileJSON(faulty)
	reported := faultsOf(t, err)
	want := strings.Split(strings.TrimSpace(faultyWant), "\n")
	assert.Greater(t, len(want), 40)
	for i := range max(len(want), len(reported)) {
		switch {
		case i >= len(want):
			t.Errorf("reported on top: %v", reported[i])
		case i >= len(reported):
			t.Errorf("not reported: %s", want[i])
		default:
			got := fmt.Sprintf("%d:%d: %v", reported[i].Line, reported[i].Column, reported[i])
			assert.True(t, strings.HasPrefix(got, strings.TrimSpace(want[i])), "got  %s\nwant %s", got, want[i])
		}
	}
}

func TestCatalogOfGoValuesAndItsJSONFormAreOneCatalog(t *testing.T) {
	read, err := decisioning.ParseCatalog([]byte(contract))
	require.NoError(t, err)
	text, err := json.Marshal(read)
	require.NoError(t, err)
	again, err := decisioning.ParseCatalog(text)
	require.NoError(t, err)
	assert.Equal(t, read, again)

	var byJSON decisioning.Catalog
	require.NoError(t, json.Unmarshal([]byte(contract), &byJSON))
	assert.Equal(t, read, byJSON)

	fromText, err := decisioning.CompileJSON([]byte(contract))
	require.NoError(t, err)
	fromValues, err := decisioning.Compile(read)
	require.NoError(t, err)
	assert.Equal(t, fromText.Version(), fromValues.Version())
	assert.Equal(t, read, fromValues.Catalog())
}

func TestFormIsReadStrictlyByEncodingJSONToo(t *testing.T) {
	var c decisioning.Catalog
	err := json.Unmarshal([]byte(`{"offers": [{"ID": "x", "status": ""}]}`), &c)
	assert.Len(t, faultsOf(t, err), 2)
	assert.ErrorContains(t, err, `offers[0](x).ID: unknown field: did you mean "id"?`)
	assert.Empty(t, c)
	_, err = decisioning.ParseCatalog([]byte(`{"rules": [{"id": "x", "expr": "nonsense +"}]}`))
	assert.NoError(t, err, "what a catalog says is not checked")
}

func TestAnEmptyCatalogCompiles(t *testing.T) {
	s, err := decisioning.Compile(decisioning.Catalog{})
	require.NoError(t, err)
	read, err := decisioning.CompileJSON([]byte(" {} "))
	require.NoError(t, err)
	assert.Equal(t, s.Version(), read.Version())
}

func TestInstantsAreRFC3339(t *testing.T) {
	dir := os.Getenv("PROFFER_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	text, err := os.ReadFile(filepath.Join(dir, "time", "rfc3339_date_time.json"))
	if err != nil {
		t.Skipf("test data are not here (set PROFFER_DATA to their folder): %v", err)
	}
	var list []struct {
		Value, Description string
		Valid              bool
	}
	require.NoError(t, json.Unmarshal(text, &list))
	for _, tt := range list {
		value, err := json.Marshal(tt.Value)
		require.NoError(t, err)
		_, err = decisioning.CompileJSON(fmt.Appendf(nil, `{"offers": [{"id": "x", "start": %s}]}`, value))
		if tt.Valid {
			assert.NoError(t, err, tt.Description)
			continue
		}
		faults := faultsOf(t, err)
		require.Len(t, faults, 1, tt.Description)
		assert.Equal(t, "offers[0](x).start", faults[0].Path)
	}
}

// goCatalog is a catalog of Go values without a fault.
func goCatalog() decisioning.Catalog {
	return decisioning.Catalog{
		Placements: []placement.Placement{{ID: "hero", ContentTypes: []string{"*/*"}}},
		Rules:      []constraint.Rule{{ID: "yes", Expr: "true"}},
		Offers: []offer.Offer{{
			ID: "a", Status: offer.Approved, Tags: []offer.Tag{"x"}, Rule: "yes",
			Representations: []offer.Representation{{Placement: "hero", Components: []offer.Component{{Type: "text/plain", Content: "a"}}}},
			Caps:            []offer.Cap{{Limit: 1, Per: offer.PerAll}},
			Attributes:      map[string]any{"brand": "blue"},
		}},
		Fallbacks:   []offer.Fallback{{ID: "f", Representations: []offer.Representation{{Placement: "hero", Components: []offer.Component{{Type: "text/plain", Content: "f"}}}}}},
		Collections: []collection.Collection{{ID: "x", AnyTags: []offer.Tag{"x"}}},
		Activities:  []decisioning.Activity{{ID: "home", Placement: "hero", Collection: "x", Fallback: "f"}},
		Policies:    []constraint.Policy{{ID: "p", When: "false", Suppress: "x"}},
		ContactPolicies: []capping.ContactPolicy{{
			ID: "q", Collection: "x", Limit: 1, Per: offer.PerProfile, Window: offer.Window{Rolling: time.Hour},
		}},
	}
}

func TestGoValuesWithoutAJSONFormAreFaults(t *testing.T) {
	self := map[string]any{}
	self["self"] = self
	nan := math.NaN()
	type c = decisioning.Catalog
	for _, tt := range []struct {
		name, path string
		change     func(*c)
	}{
		{"value", "offers[0](a).value", func(c *c) { c.Offers[0].Value = math.Inf(1) }},
		{"cost", "offers[0](a).cost", func(c *c) { c.Offers[0].Cost = nan }},
		{"weight", "activities[0](home).weight", func(c *c) { c.Activities[0].Weight = nan }},
		{"minScore", "activities[0](home).rank.minScore", func(c *c) { c.Activities[0].Rank = rank.Spec{By: rank.ByUtility, MinScore: &nan} }},
		{"attribute", "offers[0](a).attributes.n", func(c *c) { c.Offers[0].Attributes["n"] = math.Inf(-1) }},
		{"nested attribute", `offers[0](a).attributes.n[1]["a.b"]`, func(c *c) { c.Offers[0].Attributes["n"] = []any{1, map[string]float64{"a.b": nan}} }},
		{"struct", "offers[0](a).attributes.n", func(c *c) { c.Offers[0].Attributes["n"] = struct{ X int }{1} }},
		{"channel", "offers[0](a).attributes.n", func(c *c) { c.Offers[0].Attributes["n"] = make(chan int) }},
		{"type with a form of its own", "offers[0](a).attributes.n", func(c *c) { c.Offers[0].Attributes["n"] = netip.Addr{} }},
		{"bytes", "offers[0](a).attributes.n", func(c *c) { c.Offers[0].Attributes["n"] = []byte("x") }},
		{"keys that are no strings", "offers[0](a).attributes.n", func(c *c) { c.Offers[0].Attributes["n"] = map[int]int{1: 1} }},
		{"number beyond float64", "offers[0](a).attributes.n", func(c *c) { c.Offers[0].Attributes["n"] = json.Number("1e999") }},
		{"value that holds itself", "offers[0](a).attributes.n" + strings.Repeat(".self", 64), func(c *c) { c.Offers[0].Attributes["n"] = self }},
		{"text in attributes", "offers[0](a).attributes.n", func(c *c) { c.Offers[0].Attributes["n"] = "\xff" }},
		{"name", "offers[0](a).name", func(c *c) { c.Offers[0].Name = "\xff" }},
		{"tag", "offers[0](a).tags[0]", func(c *c) { c.Offers[0].Tags[0] = "\xff" }},
		{"id", "activities[0].id", func(c *c) { c.Activities[0].ID = "\xff" }},
		{"expression", "rules[0](yes).expr", func(c *c) { c.Rules[0].Expr = "'\xff' == ''" }},
		{"year", "offers[0](a).end", func(c *c) { c.Offers[0].End = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := goCatalog()
			tt.change(&c)
			_, err := decisioning.Compile(c)
			faults := faultsOf(t, err)
			require.Len(t, faults, 1, "%v", err)
			assert.Equal(t, tt.path, faults[0].Path)
			assert.Zero(t, faults[0].Line)
			assert.Zero(t, faults[0].Column)
		})
	}
}

func TestAttributesOfGoValuesBecomeJSONValues(t *testing.T) {
	c := goCatalog()
	type colour string
	one := 1
	c.Offers[0].Attributes = map[string]any{
		"int": 7, "uint8": uint8(7), "float32": float32(0.5), "number": json.Number("1e1"), "colour": colour("red"), "duration": time.Second,
		"ints": []int{1, 2}, "map": map[colour]bool{"red": true}, "pointer": &one, "nil": nil, "none": []string(nil), "array": [1]any{nil},
	}
	s, err := decisioning.Compile(c)
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"int": 7.0, "uint8": 7.0, "float32": 0.5, "number": 10.0, "colour": "red", "duration": 1e9,
		"ints": []any{1.0, 2.0}, "map": map[string]any{"red": true}, "pointer": 1.0, "nil": nil, "none": nil, "array": []any{nil},
	}, s.Catalog().Offers[0].Attributes)
}

func TestSnapshotKeepsNothingOfTheCatalog(t *testing.T) {
	c := goCatalog()
	minScore := 1.0
	c.Activities[0].Rank = rank.Spec{By: rank.ByPriority, MinScore: &minScore}
	c.Offers[0].Start = time.Date(2026, 1, 1, 1, 0, 0, 0, time.FixedZone("", 3600))
	s, err := decisioning.Compile(c)
	require.NoError(t, err)
	before, err := json.Marshal(s.Catalog())
	require.NoError(t, err)

	minScore = 2
	c.Offers[0].Tags[0], c.Offers[0].Caps[0].Limit, c.Offers[0].Attributes["brand"] = "y", 5, "red"
	c.Placements[0].ContentTypes[0] = "text/html"
	c.Offers[0].Representations[0].Components[0].Content = "b"
	c.Activities[0].ID = "other"
	after, err := json.Marshal(s.Catalog())
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
	assert.Equal(t, time.UTC, s.Catalog().Offers[0].Start.Location())
}

func TestRegisteredRankersAreKnownAtPublishOnly(t *testing.T) {
	_, err := decisioning.CompileJSON(edited(t, `{"by": "utility", "minScore": 0.5}`, `{"by": "model"}`))
	assert.NoError(t, err)
}

func TestFaultsAreInspectedWithPackageErrors(t *testing.T) {
	_, err := decisioning.CompileJSON([]byte("{\"offers\": [\n{\"id\": \"x\", \"priority\": -1, \"kind\": \"gift\"}]}"))
	fault, ok := errors.AsType[*decisioning.Fault](err)
	require.True(t, ok)
	assert.Equal(t, "offers[0](x).priority", fault.Path)
	assert.Equal(t, []int{2, 25}, []int{fault.Line, fault.Column})
	assert.ErrorIs(t, err, fault.Err)
	assert.Equal(t, "offers[0](x).priority: -1 is negative: use 0 or more\noffers[0](x).kind: unknown kind \"gift\": use promotion or action", err.Error())
	_, err = decisioning.CompileJSON([]byte("nonsense"))
	assert.EqualError(t, err, "unexpected 'n', want a JSON value")
}
