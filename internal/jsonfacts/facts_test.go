package jsonfacts_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/internal/jsonfacts"
	"github.com/proffer-go/proffer/profile"
)

var (
	none = jsonfacts.Limits{} // that differ from the defaults
	noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
)

func TestNotGivenIsEmpty(t *testing.T) {
	object, err := jsonfacts.Object(profile.Document{}, none)
	require.NoError(t, err)
	assert.Equal(t, map[string]any{}, object)

	events, err := jsonfacts.Events(profile.Document{}, none, noon)
	require.NoError(t, err)
	assert.Equal(t, []map[string]any{}, events)
}

func TestTextBecomesWhatEncodingJSONDecodes(t *testing.T) {
	const text = ` { "n": -1.5e2, "z": 0, "s": "a\u00e9\n\ud83d\ude39", "t": true, "f": false, "x": null,
		"l": [1, [], {}, "[{"], "": {"a.b|c": "\"", "\\": "\\"}, "geo": {"@lat": 1} } `
	got, err := jsonfacts.Object(profile.JSON([]byte(text)), none)
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"n": -150.0, "z": 0.0, "s": "aé\n😹", "t": true, "f": false, "x": nil,
		"l": []any{1.0, []any{}, map[string]any{}, "[{"},
		"":  map[string]any{"a.b|c": `"`, `\`: `\`}, "geo": map[string]any{"@lat": 1.0},
	}, got)
}

func TestLoneSurrogatesAreReplaced(t *testing.T) {
	for _, text := range []string{`\ud800`, `\udc00`, `\ud800\u0041`, `\uD800\n`, `\uDd1e\uD834`, `\ud800\ud800\udc00`} {
		quoted := `{"` + text + `":"` + text + `"}`
		var want map[string]any
		require.NoError(t, json.Unmarshal([]byte(quoted), &want))
		got, err := jsonfacts.Object(profile.JSON([]byte(quoted)), none)
		require.NoError(t, err)
		assert.Equal(t, want, got, text)
	}
}

// TestRefusesText has a profile for each rule that one can break.
func TestRefusesText(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"no text", ``, `profile: invalid JSON at byte 0 of 0`},
		{"null", `null`, `profile: not an object`},
		{"a list", `[{}]`, `profile: not an object`},
		{"a string", `"{}"`, `profile: not an object`},
		{"half an object", `{"a": 1`, `profile: invalid JSON at byte 7 of 7`},
		{"two objects", `{} {}`, `profile: invalid JSON at byte 4 of 5`},
		{"a trailing comma", `{"a": 1,}`, `profile: invalid JSON at byte 9 of 9`},
		{"a byte order mark", "\ufeff{}", `profile: invalid JSON at byte 1 of 5`},
		{"a control character", "{\"a\": \"\n\"}", `profile: invalid JSON at byte 8 of 10`},
		{"NaN", `{"a": NaN}`, `profile: invalid JSON at byte 7 of 10`},
		{"invalid UTF-8", "{\"a\": \"\xff\"}", `profile: invalid UTF-8`},
		{"an encoded surrogate", "{\"a\": \"\xed\xa0\x80\"}", `profile: invalid UTF-8`},
		{"invalid UTF-8 in a key", "{\"\xc0\xaf\": 1}", `profile: invalid UTF-8`},
		{"a repeated key", `{"a": 1, "a": 1}`, `profile.a: repeated key`},
		{"a repeated key that is escaped", `{"a": 1, "\u0061": 2}`, `profile.a: repeated key`},
		{"a repeated key deep inside", `{"a": {"b c": {"d": 1, "e": 2, "d": 3}}}`, `profile.a["b c"].d: repeated key`},
		{"a repeated key in a list", `{"a": [0, [{"": 1, "": 2}]]}`, `profile.a[1][0][""]: repeated key`},
		{"a repeated key that is no identifier", `{"1a": 1, "1a": 2}`, `profile["1a"]: repeated key`},
		{"a repeated key with quotes", `{"\"\n": 1, "\"\n": 2}`, `profile["\"\n"]: repeated key`},
		{"a number beyond float64", `{"a": [1e308, -1e999]}`, `profile.a[1]: number beyond float64`},
		{"an integer beyond float64", `{"a": 1` + strings.Repeat("0", 400) + `}`, `profile.a: number beyond float64`},
		{"more than 1 MiB", `{"a": "` + strings.Repeat("x", 1<<20) + `"}`, `profile: larger than 1048576 bytes`},
		{"depth 65", nested(65), `profile: nested deeper than 64`},
		{"100,000 brackets", strings.Repeat("[", 100_000), `profile: nested deeper than 64`},
		{"100,000 objects", strings.Repeat(`{"a":`, 100_000), `profile: nested deeper than 64`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			object, err := jsonfacts.Object(profile.JSON([]byte(tt.text)), none)
			require.Error(t, err)
			assert.Nil(t, object)
			assert.EqualError(t, jsonfacts.In("profile", err), tt.want)
		})
	}
}

func TestLongKeysAreCutInErrors(t *testing.T) {
	key := strings.Repeat("é", 1000)
	_, err := jsonfacts.Object(profile.JSON(fmt.Appendf(nil, `{"%s": 1, "%[1]s": 2}`, key)), none)
	assert.EqualError(t, err, `["`+strings.Repeat("é", 50)+`…"]: repeated key`)
}

func TestLimitsAreInclusive(t *testing.T) {
	_, err := jsonfacts.Object(profile.JSON([]byte(nested(64))), none)
	require.NoError(t, err)
	_, err = jsonfacts.Object(profile.JSON([]byte(`{"a": ["[[[", "\"[", "\\"]}`)), jsonfacts.Limits{Depth: 2})
	require.NoError(t, err, "brackets in strings are no depth")

	_, err = jsonfacts.Object(profile.JSON([]byte(`{"a":12}`)), jsonfacts.Limits{Bytes: 8})
	require.NoError(t, err)
	_, err = jsonfacts.Object(profile.JSON([]byte(`{"a":12}`)), jsonfacts.Limits{Bytes: 7})
	require.EqualError(t, err, "larger than 7 bytes")
	_, err = jsonfacts.Object(profile.JSON([]byte(nested(3))), jsonfacts.Limits{Depth: 2})
	require.EqualError(t, err, "nested deeper than 2")
}

// nested returns an object of the depth.
func nested(depth int) string {
	return `{"a":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + `}`
}

func TestRefusesEvents(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"null", `null`, `events: not an array of objects`},
		{"an object", `{}`, `events: not an array of objects`},
		{"an event that is null", `[{}, null]`, `events[1]: not an object`},
		{"an event that is a list", `[[]]`, `events[0]: not an object`},
		{"a repeated key", `[{}, {}, {}, {"x": 1, "x": 2}]`, `events[3].x: repeated key`},
		{"a fault in an event to come", `[{"timestamp": "2027-01-01T00:00:00Z", "x": 1e999}]`, `events[0].x: number beyond float64`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			events, err := jsonfacts.Events(profile.JSON([]byte(tt.text)), none, noon)
			require.Error(t, err)
			assert.Nil(t, events)
			assert.EqualError(t, jsonfacts.In("events", err), tt.want)
		})
	}
}

func TestEventsToComeDoNotExist(t *testing.T) {
	const text = `[
		{"id": "past", "timestamp": "2026-06-01T11:59:59Z"},
		{"id": "now", "timestamp": "2026-06-01T14:00:00+02:00"},
		{"id": "to come", "timestamp": "2026-06-01T12:00:00.000000001Z"},
		{"id": "without timestamp"},
		{"id": "a number for timestamp", "timestamp": 32503680000},
		{"id": "an unusable timestamp", "timestamp": "2027-01-01"}]`
	want := []string{"past", "now", "without timestamp", "a number for timestamp", "an unusable timestamp"}
	var values []map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &values))

	for _, doc := range []profile.Document{profile.JSON([]byte(text)), profile.Values(values)} {
		events, err := jsonfacts.Events(doc, none, noon)
		require.NoError(t, err)
		var got []string
		for _, e := range events {
			got = append(got, e["id"].(string))
		}
		assert.Equal(t, want, got)
	}
}

func TestInNamesAnyError(t *testing.T) {
	err := errors.New("timeout")
	assert.EqualError(t, jsonfacts.In("profile", err), "profile: timeout")
	assert.ErrorIs(t, jsonfacts.In("profile", err), err)
}

func TestErrorsQuoteNoValues(t *testing.T) {
	const canary = "canary@x"
	for _, text := range []string{
		`{"a": "canary@x"`, `{"a": "canary@x" "b"}`, `"canary@x"`, `{"a": "canary@x", "a": "canary@x"}`, "{\"a\": \"canary@x\xff\"}",
	} {
		_, err := jsonfacts.Object(profile.JSON([]byte(text)), none)
		require.Error(t, err)
		assert.NotContains(t, err.Error(), canary)
	}
	for _, v := range []any{canary, map[string]any{"a": canary + "\xff"}, map[string]any{"a": json.Number(canary)}, map[string]any{"a": panicker(canary)}} {
		_, err := jsonfacts.Object(profile.Values(v), none)
		require.Error(t, err)
		assert.NotContains(t, err.Error(), canary)
	}
}

type panicker string

func (p panicker) MarshalJSON() ([]byte, error) { panic(string(p)) }
