package jsonfacts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/internal/instant"
	"github.com/proffer-go/proffer/internal/jsonfacts"
	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/profile"
)

// checkObject reads the document and compares with [jsonfacts.Object], the judge.
func checkObject(t require.TestingT, r *jsonfacts.Reader, s *slot.Schema, paths []slot.Path, root slot.Root, d profile.Document, l jsonfacts.Limits) {
	want, wantErr := jsonfacts.Object(d, l)
	err := r.Object(root, d)
	if wantErr != nil {
		require.EqualError(t, err, wantErr.Error())
		assert.Nil(t, r.Maps(root))
	} else {
		require.NoError(t, err)
		require.False(t, d.Text() != nil && r.IsDecoded(root), "good text is scanned: %s", d.Text())
		checkMaps(t, want, r.Maps(root))
	}
	for _, p := range paths {
		if p.Root != root {
			continue
		}
		for n := range len(p.Keys) + 1 {
			at, ok := s.Slot(slot.Path{Root: root, Keys: p.Keys[:n]})
			require.True(t, ok)
			fact, ok := walk(want, p.Keys[:n])
			checkValue(t, &r.Row, r.Row.Values[at], fact, ok && wantErr == nil)
		}
	}
}

// checkMaps compares facts, in which zeros have signs.
func checkMaps(t require.TestingT, want, got any) {
	if !assert.ObjectsAreEqual(want, got) {
		require.Equal(t, want, got)
	}
}

func walk(fact any, keys []string) (any, bool) {
	for _, key := range keys {
		object, _ := fact.(map[string]any)
		var ok bool
		if fact, ok = object[key]; !ok {
			return nil, false
		}
	}
	return fact, true
}

func checkValue(t require.TestingT, row *slot.Row, got slot.Value, fact any, ok bool) {
	want := shallow(fact)
	if !ok {
		want = slot.Value{}
	}
	if want.Kind == slot.List {
		want.First = got.First
		for i, element := range fact.([]any) {
			checkScalar(t, row.Elements[int(got.First)+i], shallow(element))
		}
	}
	checkScalar(t, got, want)
}

func checkScalar(t require.TestingT, got, want slot.Value) {
	if math.Float64bits(got.Number) != math.Float64bits(want.Number) || got != want {
		require.Equal(t, want, got)
	}
}

func shallow(fact any) slot.Value {
	switch fact := fact.(type) {
	case nil:
		return slot.Value{Kind: slot.Null}
	case bool:
		if fact {
			return slot.Value{Kind: slot.Bool, Number: 1}
		}
		return slot.Value{Kind: slot.Bool}
	case float64:
		return slot.Value{Kind: slot.Number, Number: fact}
	case string:
		return slot.Value{Kind: slot.String, Text: fact}
	case []any:
		return slot.Value{Kind: slot.List, Size: int32(len(fact))}
	case map[string]any:
		return slot.Value{Kind: slot.Map, Size: int32(len(fact))}
	}
	panic(fmt.Sprintf("%T", fact))
}

// checkEvents reads the document and compares with [jsonfacts.Events], the judge.
func checkEvents(t require.TestingT, r *jsonfacts.Reader, d profile.Document, l jsonfacts.Limits, now time.Time, counts []slot.Count) {
	want, wantErr := jsonfacts.Events(d, l, now)
	err := r.Events(d)
	if wantErr != nil {
		require.EqualError(t, err, wantErr.Error())
		assert.Nil(t, r.EventMaps(now))
		assert.True(t, r.Row.NoEvents)
		_, ok := r.Count(slot.Count{}, now)
		assert.False(t, ok)
		return
	}
	require.NoError(t, err)
	require.False(t, d.Text() != nil && r.AreDecoded(), "good text is scanned: %s", d.Text())
	checkMaps(t, want, r.EventMaps(now))
	kept := r.Keep()
	for _, c := range counts {
		n, ok := r.Count(c, now)
		require.True(t, ok)
		require.Equal(t, naiveCount(want, c, now), n, "%+v", c)
		n, _ = kept.Count(c, now)
		require.Equal(t, naiveCount(want, c, now), n, "%+v", c)
	}
}

// naiveCount is what rules make of ofType and within.
func naiveCount(events []map[string]any, c slot.Count, now time.Time) (n int) {
	for _, e := range events {
		kind, typed := e["eventType"].(string)
		stamp, _ := e["timestamp"].(string)
		at, err := instant.Parse(stamp)
		ofType := !c.Typed || typed && kind == c.Type
		within := !c.Dated || err == nil && at.After(now.Add(-c.Window)) && !at.After(now)
		if ofType && within {
			n++
		}
	}
	return n
}

// hostileKeys collide by their first and last bytes, need escapes, or look like
// something else.
var hostileKeys = rapid.OneOf(
	rapid.SampledFrom([]string{
		"a", "b", "c", "", "a.b", `"`, `\`, "{", "é", "😹", "a\x00", "\x00", "aaaaaaa", "aaaaaaaa", "aaaaaaaaa",
		"abcdefgh1abcdefgh", "abcdefgh2abcdefgh", "abcdefgh3abcdefgh", "abcdefghabcdefgh", "eventType", "timestamp",
	}),
	rapid.StringN(0, 20, 40))

func drawFact(t *rapid.T, depth int) any {
	kinds := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.StringN(0, 12, 30).AsAny(),
		rapid.Float64Range(-1e6, 1e6).AsAny(), rapid.Float64().AsAny(), rapid.IntRange(-100, 100).AsAny(), rapid.Int64().AsAny(),
	}
	if depth > 0 {
		kinds = append(kinds,
			rapid.Custom(func(t *rapid.T) any { return drawFacts(t, depth-1) }),
			rapid.Custom(func(t *rapid.T) any { return drawFacts(t, depth-1) }),
			rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any { return drawFact(t, depth-1) }), 0, 4).AsAny())
	}
	return rapid.OneOf(kinds...).Draw(t, "fact")
}

func drawFacts(t *rapid.T, depth int) map[string]any {
	return rapid.MapOfN(hostileKeys, rapid.Custom(func(t *rapid.T) any { return drawFact(t, depth) }), 0, 14).Draw(t, "facts")
}

var drawPaths = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) slot.Path {
	return slot.Path{
		Root: slot.Root(rapid.IntRange(0, 1).Draw(t, "root")),
		Keys: rapid.SliceOfN(hostileKeys, 0, 3).Draw(t, "keys"),
	}
}), 0, 30)

// pathsOf returns some of the paths that the facts have.
func pathsOf(t *rapid.T, root slot.Root, facts map[string]any, above []string) (paths []slot.Path) {
	for _, key := range slices.Sorted(maps.Keys(facts)) {
		fact := facts[key]
		if !rapid.Bool().Draw(t, "read") {
			continue
		}
		keys := append(slices.Clip(above), key)
		paths = append(paths, slot.Path{Root: root, Keys: keys})
		if inner, ok := fact.(map[string]any); ok {
			paths = append(paths, pathsOf(t, root, inner, keys)...)
		}
	}
	return paths
}

// mutate spoils a text, or not.
func mutate(t *rapid.T, text []byte) []byte {
	for range rapid.IntRange(0, 2).Draw(t, "mutations") {
		if len(text) == 0 {
			break
		}
		i := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			text = append(text[:i:i], text[i+1:]...)
		case 1:
			text[i] = rapid.SampledFrom([]byte("\"\\{}[],:0e-. \n\x00\xff")).Draw(t, "byte")
		case 2:
			part := rapid.SampledFrom([]string{`"a":1,`, `\ud800`, `\u0061`, ` `, `{`, `[`, `1e999`, `,`, `"`, "\xed\xa0\x80"}).Draw(t, "part")
			text = append(text[:i:i], append([]byte(part), text[i:]...)...)
		case 3:
			j := rapid.IntRange(0, len(text)-1).Draw(t, "from")
			k := min(len(text), j+rapid.IntRange(1, 30).Draw(t, "copied"))
			text = append(text[:i:i], append(bytes.Clone(text[j:k]), text[i:]...)...)
		}
	}
	return text
}

func drawText(t *rapid.T, v any) []byte {
	text, err := json.MarshalIndent(v, "", rapid.SampledFrom([]string{"", " ", "\t"}).Draw(t, "indent"))
	require.NoError(t, err)
	if rapid.Bool().Draw(t, "compact") {
		var b bytes.Buffer
		require.NoError(t, json.Compact(&b, text))
		text = b.Bytes()
	}
	if rapid.Bool().Draw(t, "in ASCII") {
		text = escapeNonASCII(text)
	}
	return text
}

var drawLimits = rapid.Custom(func(t *rapid.T) jsonfacts.Limits {
	return rapid.SampledFrom([]jsonfacts.Limits{{}, {}, {}, {Depth: 2}, {Bytes: 60}, {Depth: 1}}).Draw(t, "limits")
})

// TestReaderFillsSlotsAsObjectDecodes reads with one reader one document after
// another, so that nothing of the last shows in the next.
func TestReaderFillsSlotsAsObjectDecodes(t *testing.T) {
	var reader jsonfacts.Reader
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t, 3)
		root := slot.Root(rapid.IntRange(0, 1).Draw(t, "root"))
		paths := append(drawPaths.Draw(t, "paths"), pathsOf(t, root, facts, nil)...)
		s := slot.NewSchema()
		for len(paths) > 0 && rapid.Bool().Draw(t, "in steps") {
			s = s.With(paths[:rapid.IntRange(0, len(paths)).Draw(t, "step")], nil)
		}
		s = s.With(paths, nil)
		l := drawLimits.Draw(t, "limits")
		for range rapid.IntRange(1, 4).Draw(t, "people") {
			if rapid.Bool().Draw(t, "another") {
				facts = drawFacts(t, 2)
			}
			reader.Reset(s, l)
			document := profile.Values(facts)
			if rapid.IntRange(0, 9).Draw(t, "as text") > 0 {
				document = profile.JSON(mutate(t, drawText(t, facts)))
			}
			checkObject(t, &reader, s, paths, root, document, l)
			if rapid.Bool().Draw(t, "replaced") {
				checkObject(t, &reader, s, paths, root, profile.JSON(drawText(t, drawFacts(t, 2))), l)
			}
		}
		if rapid.Bool().Draw(t, "failed") {
			reader.FailProfile()
			checkObject(t, &reader, s, paths, slot.Context, profile.Document{}, l)
			for _, p := range paths {
				if at, _ := s.Slot(p); p.Root == slot.Profile {
					assert.Equal(t, slot.Value{}, reader.Row.Values[at])
				}
			}
			assert.Nil(t, reader.Maps(slot.Profile))
		}
	})
}

var drawStamps = rapid.OneOf(
	rapid.Map(rapid.IntRange(-100, 20), func(h int) any { return noon.Add(time.Duration(h) * time.Hour).Format(time.RFC3339) }),
	rapid.SampledFrom([]any{"2026-06-01T12:00:00.000000001Z", "2026-06-01T14:00:00+02:00", "2026-06-01", nil, 5, "0001-01-01T00:00:00Z", []any{}}))

func drawEvent(t *rapid.T) any {
	e := map[string]any{}
	if rapid.IntRange(0, 5).Draw(t, "more") == 0 {
		e = drawFacts(t, 1)
	}
	if rapid.IntRange(0, 5).Draw(t, "typed") > 0 {
		e["eventType"] = rapid.OneOf(rapid.SampledFrom([]any{"view", "\"é", "purchase", "", 1, nil}), rapid.String().AsAny()).Draw(t, "type")
	}
	if rapid.IntRange(0, 5).Draw(t, "dated") > 0 {
		e["timestamp"] = drawStamps.Draw(t, "stamp")
	}
	return e
}

func TestReaderCountsAsRulesDo(t *testing.T) {
	var reader jsonfacts.Reader
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(rapid.Custom(drawEvent), 0, 8).Draw(t, "events")
		counts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) slot.Count {
			return slot.Count{
				Type: rapid.SampledFrom([]string{"view", "\"é", "purchase", ""}).Draw(t, "type"), Typed: rapid.Bool().Draw(t, "typed"),
				Window: rapid.SampledFrom([]time.Duration{time.Hour, 24 * time.Hour, 0, -time.Hour, math.MaxInt64, math.MinInt64}).Draw(t, "window"),
				Dated:  rapid.Bool().Draw(t, "dated"),
			}
		}), 0, 8).Draw(t, "counts")
		l := drawLimits.Draw(t, "limits")
		now := noon.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "now")) * time.Hour)
		reader.Reset(slot.NewSchema(), l)
		document := profile.JSON(mutate(t, drawText(t, events)))
		if rapid.IntRange(0, 5).Draw(t, "as values") == 0 {
			document = profile.Values(events)
		}
		checkEvents(t, &reader, document, l, now, counts)
		checkEvents(t, &reader, profile.Document{}, l, now, counts)
	})
}

func FuzzReader(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"a": [1, -0, 1e999, "\ud83d\ude39 \ud800\u0041"], "b": {"": null}}`, `{"a":1,"\u0061":2}`, "\ufeff{}",
		`{"a": tru}`, `{"a": 01}`, `{"a": "\x"}`, `{"a" 1}`, `[`, strings.Repeat("[", 100), "{\"\xff\":0}",
		`[{"eventType": "view", "timestamp": "2026-06-01T11:00:00Z"}, {"eventType": 1}]`,
	} {
		f.Add([]byte(text))
	}
	paths := []slot.Path{{Keys: []string{"a"}}, {Keys: []string{"b", ""}}, {Keys: []string{"v"}}, {Root: slot.Context, Keys: []string{"a", "b"}}}
	counts := []slot.Count{{}, {Type: "view", Typed: true, Window: 2 * time.Hour, Dated: true}}
	s := slot.NewSchema().With(paths, nil)
	f.Fuzz(func(t *testing.T, text []byte) {
		var r jsonfacts.Reader
		r.Reset(s, none)
		for range 2 { // the second time by the hints of the first
			checkObject(t, &r, s, paths, slot.Profile, profile.JSON(text), none)
			checkObject(t, &r, s, paths, slot.Context, profile.JSON(text), none)
			checkEvents(t, &r, profile.JSON(text), none, noon, counts)
			r.Reset(s, none)
		}
	})
}

// TestGuessesAreChecked reads documents after one that makes the reader expect
// others.
func TestGuessesAreChecked(t *testing.T) {
	var paths []slot.Path
	for _, keys := range []string{"a", "ab", "é", `a\`, "b.a", "b.c"} {
		paths = append(paths, slot.Path{Keys: strings.Split(keys, ".")})
	}
	s := slot.NewSchema().With(paths, nil)
	texts := []string{
		`{"a": 1, "ab": 2, "é": 3, "a\\": 4, "b": {"a": 5, "c": 6}}`,
		`{"a": 1, "ab\n": 2, "é": 3, "a\\": 4, "b": {"a": 5, "c\t": 6}}`,
		`{"a": 1, "ab": 2, "a": 3}`, `{"ab": 1, "ab": 2}`, `{"b": {"c": 1, "a": 2, "c": 3}}`, `{"a": 1, "\u0061b": 2, "ab": 3}`,
		`{"a": 1, "ab": 2, "\u00e9": 3, "a": {"a": 1}}`, "{\"a\": 1, \"ab\": 2, \"\xc3\": 3}", `{"ab": 2, "a\": 4}`, `{"ab": 2, "a\"": 4}`,
		`{"a": 1, "ab`, `{"a": 1, "ab"`, `{"a`, `{"a"`, `{"b": [{"a": 1, "c": 2}], "ab": 3}`, `{"b": {}, "a": 4}`, `{"x": {"a": 1, "ab": 2}, "a": 3}`,
	}
	for _, first := range texts {
		for _, second := range texts {
			var r jsonfacts.Reader
			for _, text := range []string{first, second, first} {
				r.Reset(s, none)
				checkObject(t, &r, s, paths, slot.Profile, profile.JSON([]byte(text)), none)
			}
		}
	}
}

// TestNumbersAreThoseOfStrconv compares all ways to write numbers.
func TestNumbersAreThoseOfStrconv(t *testing.T) {
	paths := []slot.Path{{Keys: []string{"n"}}}
	s := slot.NewSchema().With(paths, nil)
	var r jsonfacts.Reader
	part := func(t *rapid.T, pattern string) string { return rapid.StringMatching(pattern).Draw(t, "part") }
	rapid.Check(t, func(t *rapid.T) {
		text := part(t, `-?(0|[1-9][0-9]{0,22}|[0-9]{1,3}|[1-9]0{14,24})(\.[0-9]{1,20}|\.)?([eE][+-]?[0-9]{1,4}|e[+-]?[0-9]?[0-9]|e[+-])?`)
		r.Reset(s, none)
		checkObject(t, &r, s, paths, slot.Profile, profile.JSON([]byte(`{"n": `+text+`, "unread": `+text+`}`)), none)
		checkObject(t, &r, s, paths, slot.Profile, profile.JSON([]byte(`{"n": [`+text+`]}`)), none)
	})
}

// TestManyKeysThatCollide would not end if keys were compared in pairs.
func TestManyKeysThatCollide(t *testing.T) {
	var b strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&b, `,"collides%09dcollides":1`, i)
	}
	text := b.String()[1:]
	paths := []slot.Path{{Keys: []string{"collides000000007collides"}}}
	s := slot.NewSchema().With(paths, nil)
	var r jsonfacts.Reader
	r.Reset(s, none)
	checkObject(t, &r, s, paths, slot.Profile, profile.JSON([]byte(`{`+text+`}`)), none)
	checkObject(t, &r, s, paths, slot.Profile, profile.JSON([]byte(`{`+text+`,"collides000000000collides":1}`)), none)
}

// TestResetForgetsDocuments lets the collector say so.
func TestResetForgetsDocuments(t *testing.T) {
	paths := []slot.Path{{Keys: []string{"a"}}, {Keys: []string{"l"}}}
	s := slot.NewSchema().With(paths, nil)
	var r jsonfacts.Reader
	var documents []weak.Pointer[byte]
	document := func(text string) profile.Document {
		b := []byte(text)
		documents = append(documents, weak.Make(&b[0]))
		return profile.JSON(b)
	}
	r.Reset(s, none)
	require.NoError(t, r.Object(slot.Profile, document(`{"a": "text", "b": {"c": "text"}, "l": ["text"], "a\n": 1}`)))
	require.NoError(t, r.Object(slot.Context, document(`{"a": "text"}`)))
	require.Error(t, r.Object(slot.Context, document(`{"a": "text", "b": {"c": 1, "d": "text`)))
	require.NoError(t, r.Events(document(`[{"eventType": "view", "timestamp": "2026-06-01T11:00:00Z", "other": 1}]`)))
	require.NoError(t, r.Events(document(`[{"eventType": "view"}, {"eventType": ["view"]}, {"eventType": 1}]`)))
	require.Error(t, r.Events(document(`[{"eventType": "view"}, {"eventType": ["view", "view`)))
	r.EventMaps(noon)
	r.Maps(slot.Profile)
	r.Reset(s, none)
	runtime.GC()
	for i, d := range documents {
		assert.Nil(t, d.Value(), "document %d", i)
	}
	runtime.KeepAlive(&r)
}

// TestKeptRowsOutliveTheirDocuments also counts in them from several goroutines.
func TestKeptRowsOutliveTheirDocuments(t *testing.T) {
	s := slot.NewSchema().With([]slot.Path{{Keys: []string{"a"}}, {Keys: []string{"l"}}}, nil)
	views := slot.Count{Type: "view", Typed: true, Window: time.Hour, Dated: true}
	var r jsonfacts.Reader
	read := func(text, events string) *slot.Row {
		b, e := []byte(text), []byte(events)
		r.Reset(s, none)
		require.NoError(t, r.Object(slot.Profile, profile.JSON(b)))
		require.NoError(t, r.Events(profile.JSON(e)))
		row := r.Keep()
		copy(b, bytes.Repeat([]byte("x"), len(b)))
		copy(e, bytes.Repeat([]byte("x"), len(e)))
		return row
	}
	kept := read(`{"a": "before\n", "l": ["one", 2]}`, `[{"eventType": "view", "timestamp": "2026-06-01T11:30:00Z"}]`)
	read(`{"a": "behind\n", "l": ["two", 3]}`, `[]`)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			n, ok := kept.Count(views, noon)
			assert.True(t, ok)
			assert.Equal(t, 1, n)
			assert.Equal(t, "before\n", kept.Values[2].Text)
			assert.Equal(t, "one", kept.Elements[kept.Values[3].First].Text)
		})
	}
	readers.Wait()
}

// TestReaderAgreesOnTheSuites reads every text of the reference data.
func TestReaderAgreesOnTheSuites(t *testing.T) {
	paths := []slot.Path{{Keys: []string{"v"}}, {Keys: []string{"a"}}, {Keys: []string{""}}, {Keys: []string{"@id"}}, {Keys: []string{"xdm:createDate"}}}
	s := slot.NewSchema().With(paths, nil)
	var r jsonfacts.Reader
	check := func(text []byte) {
		r.Reset(s, none)
		checkObject(t, &r, s, paths, slot.Profile, profile.JSON(text), none)
		checkEvents(t, &r, profile.JSON(text), none, noon, []slot.Count{{}})
	}
	for _, tt := range parsingSuite(t) {
		check(tt.Base64)
		check(append(append([]byte(`{"v": `), tt.Base64...), '}'))
		check(append(append([]byte(`[{"v": `), tt.Base64...), "}]"...))
	}
	for _, path := range xdmExamples(t) {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		check(text)
	}
}
