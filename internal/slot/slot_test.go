package slot_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/internal/slot"
)

var drawKey = rapid.OneOf(
	rapid.SampledFrom([]string{"", "a", "b", "a\x00", "\x00", "aaaaaaa", "aaaaaaaa", "aaaaaaaaa", "abcdefgh12345678", "é"}),
	rapid.Custom(func(t *rapid.T) string { return "collides" + rapid.StringN(1, 1, 1).Draw(t, "middle") + "collides" }),
	rapid.StringN(0, 20, -1))

var drawPath = rapid.Custom(func(t *rapid.T) slot.Path {
	root := rapid.SampledFrom([]slot.Root{slot.Profile, slot.Context}).Draw(t, "root")
	return slot.Path{Root: root, Keys: rapid.SliceOfN(drawKey, 0, 3).Draw(t, "keys")}
})

// TestSchemaNumbersPathsAsAMapDoes grows many schemas from one another, so that a
// change in one would show in the others.
func TestSchemaNumbersPathsAsAMapDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		schemas := []*slot.Schema{slot.NewSchema()}
		models := []map[string]int32{{name(slot.Path{}, 0): 0, name(slot.Path{Root: slot.Context}, 0): 1}}
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			from := rapid.IntRange(0, len(schemas)-1).Draw(t, "from")
			paths := rapid.SliceOfN(drawPath, 0, 25).Draw(t, "paths")
			model := maps.Clone(models[from])
			for _, p := range paths {
				for n := range len(p.Keys) + 1 {
					if _, ok := model[name(p, n)]; !ok {
						model[name(p, n)] = int32(len(model))
					}
				}
			}
			grown := schemas[from].With(paths, nil)
			if len(model) == len(models[from]) {
				assert.Same(t, schemas[from], grown)
			}
			schemas, models = append(schemas, grown), append(models, model)
			for i, s := range schemas {
				for _, p := range paths {
					check(t, s, models[i], p)
				}
				check(t, s, models[i], drawPath.Draw(t, "any path"))
			}
		}
	})
}

func name(p slot.Path, n int) string {
	return fmt.Sprint(p.Root) + fmt.Sprintf("%q", p.Keys[:n])[1:]
}

func check(t require.TestingT, s *slot.Schema, model map[string]int32, p slot.Path) {
	require.Equal(t, len(model), s.Len())
	want, known := model[name(p, len(p.Keys))]
	got, ok := s.Slot(p)
	require.Equal(t, known, ok)
	if !ok {
		return
	}
	require.Equal(t, want, got)
	if len(p.Keys) == 0 {
		require.Equal(t, int32(-1), s.Above(got))
		return
	}
	above, _ := s.Slot(slot.Path{Root: p.Root, Keys: p.Keys[:len(p.Keys)-1]})
	require.Equal(t, above, s.Above(got))
	require.False(t, s.IsLeaf(above))
}

// TestKeysThatCollideStayFast: a table would look at all of them for each.
func TestKeysThatCollideStayFast(t *testing.T) {
	var paths []slot.Path
	for i := range 5000 {
		paths = append(paths, slot.Path{Keys: []string{fmt.Sprintf("collides%08d8 bytes.", i)}})
	}
	s := slot.NewSchema().With(paths[:2500], nil)
	s = s.With(paths, nil)
	for i, p := range paths {
		at, ok := s.Slot(p)
		require.True(t, ok)
		require.Equal(t, int32(i+2), at)
	}
	_, ok := s.Slot(slot.Path{Keys: []string{"collides000099998 bytes."}})
	require.False(t, ok)
}

func TestSchemaNumbersCounts(t *testing.T) {
	views := slot.Count{Type: "view", Typed: true}
	day := slot.Count{Window: 24 * time.Hour, Dated: true}
	one := slot.NewSchema().With(nil, []slot.Count{views, views})
	two := one.With(nil, []slot.Count{day, views})
	assert.Same(t, two, two.With(nil, []slot.Count{day, views}))
	assert.Equal(t, []slot.Count{views}, one.Counts())
	assert.Equal(t, []slot.Count{views, day}, two.Counts())
	n, ok := two.Count(day)
	assert.True(t, ok)
	assert.Equal(t, int32(1), n)
	_, ok = one.Count(day)
	assert.False(t, ok)
}

func TestCloneSharesNoMemory(t *testing.T) {
	text := []byte("one two")
	row := &slot.Row{
		Values:   []slot.Value{{Kind: slot.Map}, {}, {Kind: slot.String, Text: unsafe.String(&text[0], 3)}, {Kind: slot.List, Size: 1}},
		Elements: []slot.Value{{Kind: slot.String, Text: unsafe.String(&text[4], 3)}},
		Events:   []slot.Event{{Type: unsafe.String(&text[0], 3), Typed: true, Dated: true, Seconds: 1}, {}},
	}
	clone := row.Clone()
	clear(text)
	row.Values[0].Size, row.Events[0].Typed = 7, false
	assert.Equal(t, &slot.Row{
		Values:   []slot.Value{{Kind: slot.Map}, {}, {Kind: slot.String, Text: "one"}, {Kind: slot.List, Size: 1}},
		Elements: []slot.Value{{Kind: slot.String, Text: "two"}},
		Events:   []slot.Event{{Type: "one", Typed: true, Dated: true, Seconds: 1}, {}},
	}, clone)
}

func TestCountHasNoValueWithoutEvents(t *testing.T) {
	_, ok := (&slot.Row{NoEvents: true}).Count(slot.Count{}, time.Now())
	assert.False(t, ok)
	n, ok := (&slot.Row{}).Count(slot.Count{}, time.Now())
	assert.True(t, ok)
	assert.Zero(t, n)
}

func BenchmarkWith(b *testing.B) {
	for _, group := range []int{1, 50} {
		b.Run(fmt.Sprintf("2000 paths in %d groups", group), func(b *testing.B) {
			var paths []slot.Path
			for i := range 2000 {
				paths = append(paths, slot.Path{Keys: strings.Split(fmt.Sprintf("group%d attribute-%d", i%group, i), " ")})
			}
			var counts []slot.Count
			for i := range 100 {
				counts = append(counts, slot.Count{Typed: true, Type: fmt.Sprint(i)})
			}
			s := slot.NewSchema().With(paths, counts)
			b.ReportAllocs()
			for b.Loop() {
				s.With([]slot.Path{{Keys: []string{"group0", "new"}}}, nil)
			}
		})
	}
}
