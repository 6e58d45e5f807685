package strictjson_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/internal/strictjson"
)

type shelf struct {
	Books []book         `json:"books"`
	Notes map[string]any `json:"notes,omitempty"`
}

type book struct {
	ID     string          `json:"id"`
	Pages  int64           `json:"pages,omitempty"`
	Price  float64         `json:"price,omitempty"`
	Lent   bool            `json:"lent,omitempty"`
	Tags   []string        `json:"tags,omitempty"`
	Due    time.Time       `json:"due,omitzero"`
	Loan   time.Duration   `json:"loan,omitzero"`
	Rating *float64        `json:"rating,omitempty"`
	Shop   place           `json:"shop,omitzero"`
	Raw    json.RawMessage `json:"raw,omitempty"`
	Any    any             `json:"any,omitempty"`
}

type place struct {
	City string `json:"city,omitempty"`
	Zip  int    `json:"zip,omitempty"`
}

func faults(t *testing.T, text string) []string {
	t.Helper()
	var s shelf
	var got []string
	for _, f := range strictjson.Read([]byte(text), &s).Faults {
		got = append(got, fmt.Sprintf("%d:%d %s: %s", f.Line, f.Column, f.Path, f.Message))
	}
	return got
}

func TestWhatIsWellFormedIsRead(t *testing.T) {
	var s shelf
	r := strictjson.Read([]byte(` {"notes": {"a": [1, "x", null, {"b": true}]}, "books": [
		{"id": "\u00e9\ud83d\ude00\n", "pages": 1.20e2, "price": -2.5e-1, "lent": true, "tags": ["a", "b"],
		 "due": "2026-01-31T12:00:00+01:00", "loan": "90m", "rating": 0, "shop": {"city": "Berlin", "zip": 10.0},
		 "raw": {"x": [1,  2]}, "any": -1}]} `), &s)
	require.Empty(t, r.Faults)
	rating := 0.0
	assert.Equal(t, shelf{
		Books: []book{{
			ID: "é😀\n", Pages: 120, Price: -0.25, Lent: true, Tags: []string{"a", "b"},
			Due: time.Date(2026, 1, 31, 11, 0, 0, 0, time.UTC), Loan: 90 * time.Minute, Rating: &rating,
			Shop: place{"Berlin", 10}, Raw: json.RawMessage(`{"x": [1,  2]}`), Any: -1.0,
		}},
		Notes: map[string]any{"a": []any{1.0, "x", nil, map[string]any{"b": true}}},
	}, s)
}

func TestEveryFaultHasItsPathPlaceAndAdvice(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"unknown field", `{"books": [{"shop": {"country": "x"}}]}`, `1:22 books[0].shop.country: unknown field: want one of city, zip`},
		{"misspelt field", `{"books": [{"page": 3}]}`, `1:13 books[0].page: unknown field: did you mean "pages"?`},
		{"wrong case", `{"Books": []}`, `1:2 Books: unknown field: did you mean "books"?`},
		{"misspelt field of a wrong type", `{"books": [{"tag": "x"}]}`, `1:13 books[0].tag: unknown field: did you mean "tags"?`},
		{"name that looks like a path", `{"a.b[0]": 1}`, `1:2 ["a.b[0]"]: unknown field: want one of books, notes`},
		{"repeated key", `{"books": [{"id": "a", "pages": 1, "pages": 2}]}`, `1:36 books[0](a).pages: is given twice: leave one`},
		{"repeated key, escaped", `{"books": [{"id": "a", "\u0069d": "b"}]}`, `1:24 books[0](a).id: is given twice: leave one`},
		{"repeated key, free form", `{"notes": {"x": {"y": 1, "y": 1}}}`, `1:26 notes.x.y: is given twice: leave one`},
		{"repeated key, raw", `{"books": [{"raw": [{"y": 1, "y": 1}]}]}`, `1:30 books[0].raw[0].y: is given twice: leave one`},
		{"null", `{"books": [{"tags": null}]}`, `1:21 books[0].tags: is null, want a list`},
		{"number for text", `{"books": [{"id": 5}]}`, `1:19 books[0].id: is a number, want a string`},
		{"text for number", `{"books": [{"pages": "5"}]}`, `1:22 books[0].pages: is a string, want a number`},
		{"list for boolean", `{"books": [{"lent": [{"a": 1}]}]}`, `1:21 books[0].lent: is a list, want true or false`},
		{"boolean for object", `{"books": [true]}`, `1:12 books[0]: is a boolean, want an object`},
		{"object for list", `{"books": {}}`, `1:11 books: is an object, want a list`},
		{"fraction for integer", `{"books": [{"pages": 1.5}]}`, `1:22 books[0].pages: is no integer`},
		{"tiny fraction for integer", `{"books": [{"pages": 1e-999999999999}]}`, `1:22 books[0].pages: is no integer`},
		{"integer beyond 64 bits", `{"books": [{"pages": 9223372036854775808}]}`, `1:22 books[0].pages: is an integer beyond 64 bits`},
		{"integer far beyond", `{"books": [{"pages": 1e999999999999}]}`, `1:22 books[0].pages: is an integer beyond 64 bits`},
		{"number beyond float64", `{"books": [{"price": 1e400}]}`, `1:22 books[0].price: is a number beyond float64`},
		{"number beyond float64, free form", `{"notes": {"x": -1e400}}`, `1:17 notes.x: is a number beyond float64`},
		{"no instant", `{"books": [{"due": "2026-01-31"}]}`, `1:20 books[0].due: not an instant with date, time and offset, such as 2026-01-31T09:30:00Z`},
		{"number for instant", `{"books": [{"due": 5}]}`, `1:20 books[0].due: is a number, want an instant such as "2026-01-31T12:00:00Z"`},
		{"no duration", `{"books": [{"loan": "7 days"}]}`, `1:21 books[0].loan: not a duration: write it in Go's form, such as "90m" or "168h"`},
		{"invalid UTF-8", "{\"books\": [{\"id\": \"ab\xff\"}]}", `1:22 books[0].id: invalid UTF-8`},
		{"half a pair", `{"books": [{"id": "\ud800x"}]}`, `1:19 books[0].id: half a surrogate pair is no character`},
		{"id behind the fault", "{\"books\": [\n {\"pages\": \"é\", \"id\": \"a\"}]}", `2:12 books[0](a).pages: is a string, want a number`},
		{"id that cannot be shown", `{"books": [{"pages": "", "id": "a\nb"}]}`, `1:22 books[0].pages: is a string, want a number`},
		{"column in characters", `{"notes": {"éé": {}}, "x": 1}`, `1:23 x: unknown field: want one of books, notes`},
		{"text behind", `{} {}`, `1:4 : unexpected text after the end: leave one JSON value`},
		{"no text", "", `1:1 : the text ends, want a JSON value`},
	} {
		t.Run(tt.name, func(t *testing.T) { assert.Equal(t, []string{tt.want}, faults(t, tt.text)) })
	}
}

func TestNestingIsBounded(t *testing.T) {
	nested := func(n int) string {
		return `{"notes": {"x": ` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}}`
	}
	assert.Empty(t, faults(t, nested(126)))
	got := faults(t, nested(127))
	require.Len(t, got, 1)
	assert.Contains(t, got[0], "nested deeper than 128")
	assert.NotEmpty(t, faults(t, nested(1_000_000)))
}

func TestSyntaxErrorEndsTheReadingAfterAllFaultsBefore(t *testing.T) {
	var s shelf
	r := strictjson.Read([]byte(`{"books": [{"id": "a", "pages": null}, {"id": "b", "lent": nul}], "x": 1}`), &s)
	require.Len(t, r.Faults, 2)
	assert.Equal(t, "books[0](a).pages", r.Faults[0].Path)
	assert.False(t, r.Faults[0].Ends)
	assert.Equal(t, "books[1](b).lent", r.Faults[1].Path)
	assert.True(t, r.Faults[1].Ends)
	assert.Len(t, s.Books, 2)
}

// The value of a misspelt field is read as what was meant, so that one mistake
// is one fault; what the right name gives wins.
func TestMisspeltFieldIsRead(t *testing.T) {
	var s shelf
	r := strictjson.Read([]byte(`{"books": [{"Pages": 3}, {"Pages": 3, "pages": 4}, {"pages": 4, "Pages": 3}, {"Pages": "x"}]}`), &s)
	assert.Equal(t, []book{{Pages: 3}, {Pages: 4}, {Pages: 4}, {}}, s.Books)
	require.Len(t, r.Faults, 4)
	assert.Equal(t, "books[0].pages", r.Faults[0].Meant)
	assert.True(t, r.Unread("books[3].pages"))
	assert.False(t, r.Unread("books[0].pages"))
}

func TestGivenZerosAreToldFromAbsentOnes(t *testing.T) {
	var s shelf
	r := strictjson.Read([]byte(`{"notes": {}, "books": [{"id": "", "pages": 0, "price": -0.0, "tags": [], "rating": 0, "shop": {}, "loan": "0s", "any": {}, "lent": 5}]}`), &s)
	assert.Equal(t, map[string]bool{
		"notes": false, "books[0].pages": false, "books[0].price": false, "books[0].tags": false,
		"books[0].shop": false, "books[0].loan": false, "books[0].lent": true,
	}, without(r.Zeros, "books[0]"))
	assert.Nil(t, s.Books[0].Tags)
	assert.Nil(t, s.Notes)
	assert.True(t, r.Unread("books[0].lent"))
	assert.False(t, r.Unread("books[0].pages"))
}

func without(m map[string]bool, key string) map[string]bool {
	delete(m, key)
	return m
}

func TestUnplacedFaultsAreFoundByTheirKeys(t *testing.T) {
	text := "{\"notes\": {\"a.b\": {\"\\u0063\": 1}},\n\n \"books\": [{},\n  {\"id\": \"é\", \"shop\": {\"zip\": 7}}]}"
	var s shelf
	r := strictjson.Read([]byte(text), &s)
	require.Empty(t, r.Faults)
	var got []string
	found := []strictjson.Fault{}
	for _, key := range []string{"books[1].shop.zip", "books[1].shop.city", "books[0].id", "books[7]", `notes["a.b"].c`, `notes["x.y"]`, "nothing", ""} {
		found = append(found, strictjson.Fault{Key: key, Offset: strictjson.Unplaced})
	}
	r.Place(found)
	for _, f := range found {
		got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Key))
	}
	assert.Equal(t, []string{
		"1:1 nothing", "1:1 ", `1:11 notes["x.y"]`, `1:30 notes["a.b"].c`, "3:11 books[7]", "3:12 books[0].id",
		"4:23 books[1].shop.city", "4:31 books[1].shop.zip",
	}, got)
}

func TestPathsAreBuiltAsTheReaderDoes(t *testing.T) {
	assert.Equal(t, "a.b[3].c", strictjson.Field(strictjson.Element(strictjson.Field("a", "b"), 3), "c"))
	assert.Equal(t, `a[""]`, strictjson.Field("a", ""))
	assert.Equal(t, `a["x y\n"]`, strictjson.Field("a", "x y\n"))
	assert.Equal(t, "a[0](x)", strictjson.WithID("a[0]", "x"))
	assert.Equal(t, "a[0]", strictjson.WithID("a[0]", strings.Repeat("x", 257)))
}

func TestReadPanicsForATypeThatItDoesNotRead(t *testing.T) {
	var v struct {
		C chan int `json:"c"`
	}
	assert.Panics(t, func() { strictjson.Read([]byte(`{"c": 1}`), &v) })
}

// dataFile returns the content of a file of the shared test data.
func dataFile(tb testing.TB, name string) []byte {
	tb.Helper()
	dir := os.Getenv("PROFFER_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		tb.Skipf("test data are not here (set PROFFER_DATA to their folder): %v", err)
	}
	return text
}

func TestHostileTextsOfTheJSONTestSuite(t *testing.T) {
	for line := range strings.Lines(string(dataFile(t, "json/jsontestsuite_parsing.ndjson"))) {
		var c struct{ Name, Expect, Base64 string }
		require.NoError(t, json.Unmarshal([]byte(line), &c))
		text, err := base64.StdEncoding.DecodeString(c.Base64)
		require.NoError(t, err)
		var v any
		r := strictjson.Read(text, &v)
		switch {
		case c.Expect == "n" && len(r.Faults) == 0:
			t.Errorf("%s: accepted", c.Name)
		case c.Expect == "y" && len(r.Faults) > 0 && !strings.Contains(r.Faults[0].Message, "twice"):
			t.Errorf("%s: %s", c.Name, r.Faults[0].Message)
		}
	}
}

// What is read without a fault is what encoding/json reads.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"books": [{"id": "a", "pages": 1e1, "tags": ["\ud83d\ude00"], "raw": [1], "any": null}]}`,
		`{"notes": {"a": [1.5e3, -0, {"b": {}}]}}`, `{"books": [{"Id": "\u00"`, `[`, "{\"\xff\": 1}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var v any
		if r := strictjson.Read(text, &v); len(r.Faults) == 0 {
			var want any
			require.NoError(t, json.Unmarshal(text, &want))
			if !reflect.DeepEqual(v, want) {
				t.Errorf("read %#v, want %#v", v, want)
			}
		}
		var s shelf
		r := strictjson.Read(text, &s)
		for _, fault := range r.Faults {
			if fault.Line < 1 || fault.Column < 1 || fault.Offset > len(text) {
				t.Errorf("fault without a place: %+v", fault)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	text := []byte(`{"books": [` + strings.Repeat(`{"id": "some-book", "pages": 120, "price": 12.5, "tags": ["a", "b"], "due": "2026-01-31T12:00:00Z", "shop": {"city": "Berlin", "zip": 10115}},`+"\n", 9_999) + `{"id": "last"}]}`)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var s shelf
		strictjson.Read(text, &s)
	}
}

func TestFaultsAreBoundedInMemory(t *testing.T) {
	type nested struct {
		A map[string]any `json:"a"`
	}
	var text strings.Builder
	text.WriteString(`{"a": {"` + strings.Repeat("n", 256<<10) + `": {"x": 1`)
	for range 400_000 {
		text.WriteString(`,"x":1`)
	}
	text.WriteString(`}}}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var v nested
	r := strictjson.Read([]byte(text.String()), &v)
	runtime.ReadMemStats(&after)
	last := r.Faults[len(r.Faults)-1]
	assert.True(t, last.Ends)
	assert.Contains(t, last.Message, "more faults")
	assert.Less(t, len(r.Faults[0].Path), 1000)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(512<<20))
}
