package jsonfacts_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/internal/jsonfacts"
	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/profile"
)

// person returns a profile of 57 attributes (2.3 KB), 50 events (3.3 KB), a context
// and what a few hundred rules might read of them.
func person(tb testing.TB) (profileText, events, context []byte, s *slot.Schema) {
	tb.Helper()
	attributes := map[string]any{}
	var paths []slot.Path
	for i := range 40 {
		key := fmt.Sprintf("%s%02d", []string{"balance", "isActive", "segment", "tierName"}[i%4], i)
		attributes[key] = []any{1234.5 + float64(i), i%8 == 1, "segment number " + fmt.Sprint(i), "gold"}[i%4]
		paths = append(paths, slot.Path{Keys: []string{key}})
	}
	for g := range 3 {
		group := map[string]any{}
		for i := range 5 {
			key := fmt.Sprintf("attribute%d", i)
			group[key] = []any{fmt.Sprintf("an address line, %d characters or so", i*10), 42, true, nil, -0.25}[i]
			paths = append(paths, slot.Path{Keys: []string{"group" + fmt.Sprint(g), key}})
		}
		attributes["group"+fmt.Sprint(g)] = group
	}
	attributes["owns"] = []string{"card-gold", "savings", "depot", "mortgage-20-years", "phone", "liability-insurance"}
	attributes["description"] = strings.Repeat("A long text that no rule reads. ", 14) + "Größe"
	paths = append(paths, slot.Path{Keys: []string{"owns"}}, slot.Path{Root: slot.Context, Keys: []string{"weather"}})
	profileText, err := json.Marshal(attributes)
	require.NoError(tb, err)
	list := make([]map[string]any, 50)
	for i := range list {
		list[i] = map[string]any{
			"eventType": []string{"purchase", "view", "complaint", "login"}[i%4],
			"timestamp": noon.Add(-time.Duration(i) * 7 * time.Hour).Format(time.RFC3339),
		}
	}
	events, err = json.Marshal(list)
	require.NoError(tb, err)
	return profileText, events, []byte(`{"weather": "hot", "device": "phone", "hour": 12}`), slot.NewSchema().With(paths, nil)
}

var someCounts = []slot.Count{
	{Type: "purchase", Typed: true, Window: 168 * time.Hour, Dated: true},
	{Type: "complaint", Typed: true},
	{Window: 24 * time.Hour, Dated: true},
	{},
}

func TestReaderAllocatesNothing(t *testing.T) {
	profileText, events, context, s := person(t)
	context = append(context[:len(context)-1], `, "quoted \" key": "escaped \u00e9", "other\n": 1e-30, "weather\u0020": 1}`...)
	var r jsonfacts.Reader
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		r.Reset(s, none)
		require.NoError(t, r.Object(slot.Context, profile.JSON(context)))
		require.NoError(t, r.Object(slot.Profile, profile.JSON(profileText)))
		require.NoError(t, r.Events(profile.JSON(events)))
		for _, c := range someCounts {
			r.Count(c, noon)
		}
	}))
}

func BenchmarkReader(b *testing.B) {
	profileText, events, context, s := person(b)
	var r jsonfacts.Reader
	b.Logf("profile %d bytes, events %d bytes, context %d bytes", len(profileText), len(events), len(context))
	run := func(name string, read func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Reset(s, none)
				read()
			}
		})
	}
	readProfile := func() { _ = r.Object(slot.Profile, profile.JSON(profileText)) }
	readEvents := func() { _ = r.Events(profile.JSON(events)) }
	readContext := func() { _ = r.Object(slot.Context, profile.JSON(context)) }
	run("profile", readProfile)
	run("events", readEvents)
	run("context", readContext)
	run("all", func() { readProfile(); readEvents(); readContext() })
	run("counted", func() {
		readProfile()
		readEvents()
		readContext()
		for _, c := range someCounts {
			r.Count(c, noon)
		}
	})
	run("nothing", func() {})
}
