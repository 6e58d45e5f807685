package jsonfacts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/internal/jsonfacts"
	"github.com/proffer-go/proffer/profile"
)

// TestTextAndValuesGiveEqualFacts also compares both with encoding/json.
func TestTextAndValuesGiveEqualFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := drawObject(t, 4)
		text, err := json.MarshalIndent(values, " ", rapid.SampledFrom([]string{"", "\t"}).Draw(t, "indent"))
		require.NoError(t, err)
		if rapid.Bool().Draw(t, "in ASCII") {
			text = escapeNonASCII(text)
		}
		var want map[string]any
		require.NoError(t, json.Unmarshal(text, &want))

		fromText, err := jsonfacts.Object(profile.JSON(text), none)
		require.NoError(t, err)
		assert.Equal(t, want, fromText)
		fromValues, err := jsonfacts.Object(profile.Values(values), none)
		require.NoError(t, err)
		assert.Equal(t, want, fromValues)
	})
}

func drawObject(t *rapid.T, depth int) map[string]any {
	return rapid.MapOfN(drawKey, rapid.Custom(func(t *rapid.T) any { return drawValue(t, depth) }), 0, 4).Draw(t, "object")
}

var drawKey = rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "", "a.b", `"`, `\`, "@id", "#", "*", "a|b", "{", "😹"}), rapid.String())

func drawValue(t *rapid.T, depth int) any {
	scalars := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.String().AsAny(), rapid.Float64().AsAny(), rapid.Float32().AsAny(),
		rapid.Int().AsAny(), rapid.Int8().AsAny(), rapid.Uint64().AsAny(), rapid.Map(rapid.Int64(), func(i int64) json.Number {
			text, _ := json.Marshal(i)
			return json.Number(text)
		}).AsAny(),
	}
	if depth > 0 {
		scalars = append(scalars,
			rapid.Custom(func(t *rapid.T) any { return drawObject(t, depth-1) }),
			rapid.MapOfN(drawKey, rapid.SliceOf(rapid.Int16()), 0, 3).AsAny(),
			rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any { return drawValue(t, depth-1) }), 0, 4).AsAny())
	}
	return rapid.OneOf(scalars...).Draw(t, "value")
}

// escapeNonASCII writes each character beyond ASCII of a JSON text as escapes of
// its UTF-16 form.
func escapeNonASCII(text []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(text) {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.Bytes()
}

// FuzzObject compares with encoding/json: what is accepted is decoded alike, and
// what is refused is no JSON, or one of the refusals beyond JSON.
func FuzzObject(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"a": [1, -0, 1e999, "\ud83d\ude39 \ud800\u0041"], "b": {"": null}}`, `{"a":1,"\u0061":2}`, "\ufeff{}",
		`{"a": tru}`, `{"a": 01}`, `{"a": "\x"}`, `{"a" 1}`, `[`, strings.Repeat("[", 100), "{\"\xff\":0}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := jsonfacts.Object(profile.JSON(text), none)
		var want map[string]any
		wantErr := json.Unmarshal(text, &want)
		if err == nil {
			require.NoError(t, wantErr)
			assert.Equal(t, want, got)
			return
		}
		switch r := reason(err); {
		case strings.HasPrefix(r, "invalid JSON"):
			assert.False(t, json.Valid(text), "refused as %q: %q", r, text)
		case r == "not an object", r == "number beyond float64":
			assert.True(t, wantErr != nil || want == nil, "refused as %q: %q", r, text)
		}
	})
}

func BenchmarkObject(b *testing.B) {
	text := []byte(benchmarkProfile())
	var values map[string]any
	require.NoError(b, json.Unmarshal(text, &values))
	for name, doc := range map[string]profile.Document{"text": profile.JSON(text), "values": profile.Values(values)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := jsonfacts.Object(doc, none); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			var v map[string]any
			if err := json.Unmarshal(text, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDeepest reads the worst that the limits let through: all of 1 MiB is
// at depth 64, and gjson passes over what is nested once for each level.
func BenchmarkDeepest(b *testing.B) {
	const levels = 62
	inner := "[0" + strings.Repeat(",0", (1<<20-levels*6-100)/2) + "]"
	doc := profile.JSON([]byte(strings.Repeat(`{"a":`, levels) + inner + strings.Repeat("}", levels)))
	for b.Loop() {
		if _, err := jsonfacts.Object(doc, none); err != nil {
			b.Fatal(err)
		}
	}
}

// benchmarkProfile returns a profile of 2.3 KB.
func benchmarkProfile() string {
	const order = `{"id": "o-1029384756", "total": 129.95, "currency": "EUR", "lines": [{"sku": "A-1", "n": 1}, {"sku": "B-2", "n": 3}], "paid": true}`
	return `{"age": 31, "tier": "gold", "loyalty": 1, "debtRatio": 0.2, "owns": ["card-gold", "savings"], "email": null,
		"person": {"name": {"first": "A", "last": "B"}, "birthday": "1995-01-01"}, "orders": [` + strings.Repeat(order+",\n", 14) + order + `]}`
}
