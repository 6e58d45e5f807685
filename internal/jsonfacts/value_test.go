package jsonfacts_test

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/internal/jsonfacts"
	"github.com/proffer-go/proffer/profile"
)

var infinity = math.Inf(1)

type tier string

type address struct {
	City  string   `json:"city"`
	Lines []string `json:"lines,omitempty"`
	inner int
}

// marked has its JSON form on the pointer alone.
type marked struct{ N int }

func (m *marked) MarshalJSON() ([]byte, error) { return []byte(`"marked"`), nil }

// customer is what applications keep: types of every sort.
func customer() map[string]any {
	return map[string]any{
		"nil": nil, "bool": true, "string": "é<&>", "named": tier("gold"), "": "empty key",
		"int": 1, "int8": int8(-2), "int64": int64(math.MaxInt64), "uint": uint(3), "uint64": uint64(math.MaxUint64),
		"float64": 0.1, "float32": float32(0.1), "zero": math.Copysign(0, -1), "number": json.Number("1e2"),
		"map": map[string]string{"a": "b"}, "named keys": map[tier]any{"gold": 1}, "int keys": map[int]bool{7: true},
		"strings": []string{"x", "y"}, "any": []any{1, "a", nil, []any{}}, "maps": []map[string]any{{"a": 1}, nil},
		"array": [2]int{1, 2}, "bytes": []byte("abc"), "raw": json.RawMessage(` { "a" : [ 1 ] } `),
		"nil map": map[string]any(nil), "nil typed map": map[string]int(nil), "nil slice": []string(nil), "nil pointer": (*address)(nil),
		"struct": address{City: "Ulm", inner: 1}, "structs": []address{{Lines: []string{"1"}}}, "pointer": &address{City: "Rom"},
		"time": time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), "times": []time.Time{{}}, "duration": time.Second,
		"marked": marked{1}, "marked slice": []marked{{1}}, "marked arrays": [][1]marked{{{1}}}, "marked map": map[string]marked{"a": {1}},
		"big": big.NewInt(5), "bigs": []big.Int{*big.NewInt(6)}, "strange": map[string]any{"a.b\\\"c": "d"},
	}
}

func TestValuesAreWhatEncodingJSONMakesOfThem(t *testing.T) {
	text, err := json.Marshal(customer())
	require.NoError(t, err)
	var want map[string]any
	require.NoError(t, json.Unmarshal(text, &want))

	fromValues, err := jsonfacts.Object(profile.Values(customer()), none)
	require.NoError(t, err)
	assert.Equal(t, want, fromValues)

	fromText, err := jsonfacts.Object(profile.JSON(text), none)
	require.NoError(t, err)
	assert.Equal(t, want, fromText)
}

func TestAnyMapOrStructIsAnObject(t *testing.T) {
	for _, v := range []any{
		map[string]any{"City": "Ulm"},
		map[string]string{"City": "Ulm"},
		map[tier]any{"City": "Ulm"},
		struct{ City string }{"Ulm"},
		&struct{ City string }{"Ulm"}, json.RawMessage(`{"City": "Ulm"}`),
	} {
		got, err := jsonfacts.Object(profile.Values(v), none)
		require.NoError(t, err, "%T", v)
		assert.Equal(t, map[string]any{"City": "Ulm"}, got, "%T", v)
	}
}

func TestAnySliceOfObjectsIsEvents(t *testing.T) {
	for _, v := range []any{
		[]any{map[string]any{"City": "Ulm"}},
		[]map[string]any{{"City": "Ulm"}},
		[]map[string]string{{"City": "Ulm"}},
		[]struct{ City string }{{"Ulm"}},
		[]*struct{ City string }{{"Ulm"}},
		[1]any{map[string]any{"City": "Ulm"}},
	} {
		got, err := jsonfacts.Events(profile.Values(v), none, noon)
		require.NoError(t, err, "%T", v)
		assert.Equal(t, []map[string]any{{"City": "Ulm"}}, got, "%T", v)
	}
}

func TestNilMapAndNilSliceAreEmptyDocuments(t *testing.T) {
	for _, v := range []any{map[string]any(nil), map[string]int(nil)} {
		object, err := jsonfacts.Object(profile.Values(v), none)
		require.NoError(t, err, "%T", v)
		assert.Equal(t, map[string]any{}, object)
	}
	for _, v := range []any{[]any(nil), []map[string]any(nil), []address(nil)} {
		events, err := jsonfacts.Events(profile.Values(v), none, noon)
		require.NoError(t, err, "%T", v)
		assert.Equal(t, []map[string]any{}, events)
	}
}

func TestRefusesValues(t *testing.T) {
	cycle := map[string]any{}
	cycle["self"] = cycle
	type node struct{ Next *node }
	ring := &node{}
	ring.Next = ring
	var wide any = "leaf"
	for range 60 {
		wide = []any{wide, wide, wide}
	}
	deep := any(json.RawMessage(nested(4)))
	for range 60 {
		deep = []any{deep}
	}
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"nil", nil, "profile: not an object"},
		{"a nil pointer", (*address)(nil), "profile: not an object"},
		{"null", json.RawMessage(nil), "profile: not an object"},
		{"a list", []int{1}, "profile: not an object"},
		{"NaN", map[string]any{"a": math.NaN()}, "profile.a: not a finite number"},
		{"an infinity", map[string]any{"a": []float32{0, float32(infinity)}}, "profile.a[1]: not a finite number"},
		{"NaN in a struct", map[string]any{"a": []any{struct{ X float64 }{math.NaN()}}}, "profile.a[0]: has no JSON form"},
		{"a number beyond float64", map[string]any{"a": json.Number("1e999")}, "profile.a: number beyond float64"},
		{"a number that is none", map[string]any{"a": json.Number("true")}, "profile.a: not a number"},
		{"a number that is empty", map[string]any{"a": json.Number("")}, "profile.a: not a number"},
		{"a number not as in JSON", map[string]any{"a": json.Number("0x1p4")}, "profile.a: not a number"},
		{"a number and a space", map[string]any{"a": json.Number("1 ")}, "profile.a: not a number"},
		{"invalid UTF-8", map[string]any{"a": map[string]string{"b": "\xff"}}, "profile.a.b: invalid UTF-8"},
		{"invalid UTF-8 in a key", map[string]any{"a": map[string]any{"\xff": 1}}, "profile.a: invalid UTF-8"},
		{"invalid UTF-8 from a method", map[string]any{"a": json.RawMessage("\"\xff\"")}, "profile.a: invalid UTF-8"},
		{"a repeated key from a method", map[string]any{"a": json.RawMessage(`{"b": {"c": 1, "c": 2}}`)}, "profile.a.b.c: repeated key"},
		{"a function", map[string]any{"a": func() {}}, "profile.a: has no JSON form"},
		{"a channel", map[string]any{"a": make(chan int)}, "profile.a: has no JSON form"},
		{"a complex number", map[string]any{"a": 1i}, "profile.a: has no JSON form"},
		{"a method that panics", map[string]any{"a": panicker("")}, "profile.a: has no JSON form"},
		{"a cycle of maps", cycle, "profile.self" + strings.Repeat(".self", 63) + ": nested deeper than 64"},
		{"a cycle of pointers", map[string]any{"a": ring}, "profile.a: has no JSON form"},
		{"a tree that grows beyond bounds", map[string]any{"a": wide}, "profile: larger than 1048576 bytes"},
		{"a long list", map[string]any{"a": make([]int, 1<<20)}, "profile: larger than 1048576 bytes"},
		{"a long string", map[string]any{"a": strings.Repeat("x", 1<<20)}, "profile: larger than 1048576 bytes"},
		{"a long key", map[string]any{strings.Repeat("x", 1<<20): 1}, "profile: larger than 1048576 bytes"},
		{"a long text of a method", map[string]any{"a": make([]byte, 1<<20)}, "profile: larger than 1048576 bytes"},
		{"the first of several", map[string]any{"c": infinity, "b": []any{1, infinity}, "d": "\xff"}, "profile.b[1]: not a finite number"},
		{"depth 65", map[string]any{"a": deep}, "profile.a" + strings.Repeat("[0]", 60) + ": nested deeper than 64"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			object, err := jsonfacts.Object(profile.Values(tt.v), none)
			require.Error(t, err)
			assert.Nil(t, object)
			assert.EqualError(t, jsonfacts.In("profile", err), tt.want)
		})
	}
	_, err := jsonfacts.Object(profile.Values(map[string]any{"a": deep.([]any)[0]}), none)
	require.NoError(t, err, "depth 64")
}

func TestFactsShareNothingWithTheDocument(t *testing.T) {
	doc := map[string]any{"m": map[string]any{"a": 1}, "l": []any{1}}
	facts, err := jsonfacts.Object(profile.Values(doc), none)
	require.NoError(t, err)
	facts["m"].(map[string]any)["a"] = 2
	facts["l"].([]any)[0] = 2
	assert.Equal(t, map[string]any{"m": map[string]any{"a": 1}, "l": []any{1}}, doc)

	text := []byte(`{"a": "before"}`)
	facts, err = jsonfacts.Object(profile.JSON(text), none)
	require.NoError(t, err)
	copy(text[7:], "behind")
	assert.Equal(t, map[string]any{"a": "before"}, facts)
}
