package predicate

import (
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/internal/slot"
)

// naive returns the truth of the form, and whether it holds: an atom is asked
// alone, and the rest is Kleene's logic.
func naive(f *Form, fill func(*slot.Schema) *slot.Row) (value, holds Truth) {
	if f == nil {
		return Unknown, Unknown
	}
	if f.op == opAtom {
		l := NewLexicon()
		rule := ruleOf(l, f)
		v := l.View()
		var m Match
		m.Reset(v, fill(v.schema), counter(2), noon)
		value = m.Value(rule)
		return value, value.holds()
	}
	value, holds = True, True
	join, joinBits := and, func(a, b Truth) Truth { return a & b }
	if f.op == opOr {
		value, holds = False, False
		join, joinBits = or, func(a, b Truth) Truth { return a | b }
	}
	for _, p := range f.parts {
		partValue, partHolds := naive(p, fill)
		value, holds = join(value, partValue), joinBits(holds, partHolds)
	}
	return value, holds
}

var (
	values = []slot.Value{
		{},
		{Kind: slot.Null},
		Bool(true), Bool(false), Number(0), Number(math.Copysign(0, -1)), Number(1), Number(1.5), Number(-2), Number(math.MaxFloat64),
		Text(""), Text("a"), Text("b"), Text("ab"),
		{Kind: slot.Map, Size: 2},
		{Kind: slot.List, Size: 3},
		{Kind: slot.List},
	}
	constants = values[1:14]
	ordered   = values[2:14]
)

func drawForm(t *rapid.T, depth int) *Form {
	pick := func(from []slot.Value) slot.Value { return rapid.SampledFrom(from).Draw(t, "constant") }
	text := func() string { return rapid.SampledFrom([]string{"", "a", "b", "ab"}).Draw(t, "text") }
	subject := func() Subject {
		s := at(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 1, 3).Draw(t, "keys")...)
		s.Optional = rapid.IntRange(0, len(s.Path.Keys)).Draw(t, "optional")
		s.Default = pick(append(values[1:14:14], values[16]))
		if rapid.IntRange(0, 5).Draw(t, "size") == 0 {
			return s.Size()
		}
		return s
	}
	sub := func() *Form { return drawForm(t, depth-1) }
	n := rapid.IntRange(0, 19).Draw(t, "kind")
	switch {
	case depth > 0 && n < 4:
		return And(sub(), sub())
	case depth > 0 && n < 8:
		return Or(sub(), sub())
	case depth > 0 && n < 9:
		return Not(If(sub(), sub(), sub()))
	case depth > 0 && n < 10:
		return Or(sub(), sub(), sub(), sub(), sub(), sub())
	}
	f := func() *Form {
		switch n {
		case 0:
			return nil
		case 1:
			return subject().Holds()
		case 2:
			return at("a", "b", "a").Has()
		case 3:
			return EqualPaths(subject().Path, subject().Path)
		case 4:
			return LessPaths(subject().Path, subject().Path)
		case 5, 8:
			of := slot.Count{Typed: true, Type: rapid.SampledFrom([]string{"click", "view"}).Draw(t, "type")}
			return Events(of).Less(Number(float64(rapid.IntRange(1, 3).Draw(t, "count"))))
		case 6:
			return Before(noon.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "instant"))))
		case 7:
			return subject().HasPrefix(text())
		case 9, 10:
			return subject().Equals(pick(constants))
		case 11, 12:
			return subject().In(rapid.SliceOfN(rapid.SampledFrom(constants), 0, 4).Draw(t, "set"))
		case 13:
			return subject().Contains(pick(constants))
		case 14:
			return subject().Exists(pick(constants))
		case 15, 16:
			return subject().AtMost(pick(ordered))
		default:
			return subject().Less(pick(ordered))
		}
	}()
	if rapid.Bool().Draw(t, "negated") {
		return Not(f)
	}
	return f
}

// drawRow draws the values at all paths, the same whatever the schema.
func drawRow(t *rapid.T) func(*slot.Schema) *slot.Row {
	drawn := map[string]slot.Value{}
	elements := rapid.SliceOfN(rapid.SampledFrom(constants), 3, 3).Draw(t, "elements")
	var draw func(keys string)
	draw = func(keys string) {
		v := values[14]
		if keys != "" {
			v = rapid.SampledFrom(values).Draw(t, keys)
		}
		drawn[keys] = v
		if v.Kind == slot.Map && len(keys) < 3 {
			draw(keys + "a")
			draw(keys + "b")
		}
	}
	draw("")
	return func(schema *slot.Schema) *slot.Row {
		row := &slot.Row{Values: make([]slot.Value, schema.Len()), Elements: elements}
		for keys, v := range drawn {
			p := slot.Path{Root: slot.Profile}
			for _, k := range keys {
				p.Keys = append(p.Keys, string(k))
			}
			if n, ok := schema.Slot(p); ok {
				row.Values[n] = v
			}
		}
		return row
	}
}

// TestBothWaysOfMatchingGiveWhatTheFormSays asks rules of a lexicon that grows from
// view to view, lazily in any order, with codes and without, and then set-wise.
func TestBothWaysOfMatchingGiveWhatTheFormSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, fill := NewLexicon(), drawRow(t)
		var m Match
		var v *View
		var rules []Rule
		var want, holds []Truth
		for range rapid.IntRange(1, 4).Draw(t, "views") {
			for range rapid.IntRange(0, 15).Draw(t, "rules") {
				f, g := drawForm(t, 2), drawForm(t, 1)
				rules = append(rules, ruleOf(l, f, g))
				value, held := naive(And(f, g), fill)
				want, holds = append(want, value), append(holds, held)
			}
			known := v
			if v = l.View(); known == nil || rapid.Bool().Draw(t, "encoded anew") {
				known = v
			}
			m.Reset(v, fill(v.schema), counter(2), noon)
			if rapid.Bool().Draw(t, "encoded") {
				count, at := counter(2), noon
				if rapid.Bool().Draw(t, "at another instant") {
					count, at = 3, noon.Add(1)
				}
				m.Know(known.Encode(fill(known.schema), count, at))
			}
			order := rapid.Permutation(slices.Collect(indices(rules))).Draw(t, "order")
			for _, i := range order {
				if got := m.Holds(rules[i]); got != holds[i] {
					t.Fatalf("rule %d lazily: got %v, want %v", i, got, holds[i])
				}
				if got := m.Value(rules[i]); got != want[i] {
					t.Fatalf("rule %d: got value %v, want %v", i, got, want[i])
				}
			}
			for _, way := range []struct {
				name string
				all  func()
			}{{"all", m.All}, {"all at once", m.AllAtOnce}} {
				if rapid.Bool().Draw(t, "anew") {
					m.Reset(v, fill(v.schema), counter(2), noon)
				}
				way.all()
				for _, i := range order {
					if got := m.Verdicts()[rules[i]]; got != holds[i] && (got != Unknown || m.whole) {
						t.Fatalf("rule %d by %s: got verdict %v, want %v", i, way.name, got, holds[i])
					}
					if got := m.Holds(rules[i]); got != holds[i] {
						t.Fatalf("rule %d by %s: got %v, want %v", i, way.name, got, holds[i])
					}
					if got := m.Value(rules[i]); got != want[i] {
						t.Fatalf("rule %d: got value %v after %s, want %v", i, got, way.name, want[i])
					}
				}
			}
		}
	})
}

func indices[T any](s []T) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range s {
			if !yield(i) {
				return
			}
		}
	}
}

func TestComputingAndLoopingAllocateNothing(t *testing.T) {
	l := NewLexicon()
	sum := at("n").Quantity().Times(Fixed(Number(0.2))).Plus(at("n").Double())
	forms := []*Form{
		sum.Equals(sum.Negative().Negative()), Fixed(Number(1)).Less(sum),
		Now().Minus(at("at").Timestamp()).AtMost(Duration(time.Hour)), Instant(noon).AtMost(at("at").Timestamp().Plus(Duration(time.Hour))),
		at("l").Some(Element().Less(Number(1))), at("l").All(Or(Element().In([]slot.Value{Number(1)}), Element().AtMost(Number(0)))), at("l").One(Element().Equals(Number(1))),
	}
	for _, f := range forms {
		ruleOf(l, f)
	}
	v := l.View()
	row := &slot.Row{Values: make([]slot.Value, v.schema.Len()), Elements: []slot.Value{Number(1), Number(0)}}
	for key, value := range map[string]slot.Value{"n": Number(5), "at": Text("2026-06-01T13:30:00+02:00"), "l": {Kind: slot.List, Size: 2}} {
		n, ok := v.schema.Slot(at(key).Path)
		require.True(t, ok)
		row.Values[n] = value
	}
	var m Match
	decide := func() {
		m.Reset(v, row, counter(2), noon)
		for r := range forms {
			if m.Holds(Rule(r)) != True {
				t.Errorf("rule %d does not hold", r)
			}
		}
		m.All()
	}
	decide()
	assert.Zero(t, testing.AllocsPerRun(100, decide))
}

func TestAMatchAllocatesNothing(t *testing.T) {
	w := newWorkload()
	v := w.lexicon(500).View()
	row := w.row(v.schema)
	var m Match
	decide := func() {
		m.Reset(v, row, counter(2), noon)
		for r := range 200 {
			m.Holds(Rule(r))
			m.Value(Rule(r))
		}
		m.All()
		m.Holds(3)
		m.AllAtOnce()
	}
	decide()
	assert.Zero(t, testing.AllocsPerRun(100, decide))
}

func TestKeysBeyondThoseWithSlotsAreLeftToTheProgram(t *testing.T) {
	l := NewLexicon()
	var rules []Rule
	for i := range 3 * mostKeys {
		rules = append(rules, ruleOf(l, at("m").Contains(Text(strconv.Itoa(i)))), ruleOf(l, Not(at("m").Contains(Number(float64(i))))))
	}
	v := l.View()
	assert.Equal(t, 3+mostKeys, v.schema.Len())
	row := &slot.Row{Values: make([]slot.Value, v.schema.Len())}
	for i := range row.Values {
		row.Values[i] = slot.Value{Kind: slot.Map, Size: 1}
	}
	var m Match
	m.Reset(v, row, counter(2), noon)
	for range 2 {
		for i, r := range rules {
			want := True
			if i%2 == 0 && i/2 >= mostKeys {
				want = Unknown
			}
			assert.Equal(t, want, m.Holds(r), i)
		}
		m.All()
	}
}

// TestBothWaysAgreeOnManyRules uses one match for row after row.
func TestBothWaysAgreeOnManyRules(t *testing.T) {
	w := newWorkload()
	l := w.lexicon(500)
	l.View()
	for range 50 {
		ruleOf(l, w.rule()) // in no column yet
	}
	v := l.View()
	require.Less(t, v.columns.cells, len(v.cells))
	var m Match
	for range 20 {
		row := w.row(v.schema)
		want := verdicts(v, row)[0]
		for _, all := range []func(){m.All, m.AllAtOnce} {
			m.Reset(v, row, counter(2), noon)
			all()
			for r := range want {
				assert.Equal(t, want[r], m.Holds(Rule(r)))
			}
		}
	}
}

func TestMemosOfFormerEpochsDoNotCount(t *testing.T) {
	w := newWorkload()
	v := w.lexicon(50).View()
	first, second := w.row(v.schema), w.row(v.schema)
	want := verdicts(v, second)[0]
	require.NotEqual(t, verdicts(v, first)[0], want)
	for _, epoch := range []uint32{1, 7, 1<<30 - 1} {
		var m Match
		ask := func(row *slot.Row) (got []Truth) {
			m.Reset(v, row, counter(2), noon)
			for r := range v.Rules() {
				got = append(got, m.Holds(Rule(r)))
			}
			return got
		}
		ask(first)
		m.epoch = epoch
		assert.Equal(t, want, ask(second), "after epoch %d", epoch)
	}
}

func TestEventsThatCouldNotBeHadAreAnError(t *testing.T) {
	l := NewLexicon()
	rule := ruleOf(l, Not(Events(slot.Count{}).Less(Number(1))))
	v := l.View()
	var m Match
	m.Reset(v, &slot.Row{Values: make([]slot.Value, v.schema.Len())}, counter(-1), noon)
	assert.Equal(t, Error, m.Value(rule))
	assert.Equal(t, False, m.Holds(rule))
}

// TestCountIsAskedForInFull: of two atoms about one count the second is asked, too, once the first has made
// the events be read; in a rule, in gates, with codes for another instant, and however many rules were asked before.
func TestCountIsAskedForInFull(t *testing.T) {
	clicks, views := Events(slot.Count{Typed: true, Type: "click"}), Events(slot.Count{Typed: true, Type: "view"})
	forms := []*Form{
		And(Not(clicks.Less(Number(1))), clicks.Less(Number(3))),
		And(clicks.Less(Number(6)), Not(clicks.Less(Number(6)))),
		And(Not(views.Less(Number(5))), Or(clicks.Less(Number(3)), views.Less(Number(4)), And(Not(clicks.Less(Number(2))), clicks.Less(Number(4))))),
		And(Not(clicks.Less(Number(0))), Not(clicks.Less(Number(5)))),
	}
	for _, known := range []time.Time{{}, noon, noon.Add(1)} {
		for before := range 12 {
			l := NewLexicon()
			var others, rules []Rule
			for i := range before {
				others = append(others, ruleOf(l, at("a").Less(Number(float64(-i)))))
			}
			for _, f := range forms {
				rules = append(rules, ruleOf(l, f))
			}
			v := l.View()
			row := &slot.Row{Values: make([]slot.Value, v.schema.Len())}
			row.Values[slot.Profile] = slot.Value{Kind: slot.Map}
			for i, r := range rules {
				var m Match
				m.Reset(v, row, counter(5), noon)
				m.Know(v.Encode(row, counter(5), known))
				if known.IsZero() {
					m.Reset(v, row, counter(5), noon)
				}
				for _, o := range others {
					m.Holds(o)
				}
				assert.Equal(t, i == 3, m.Holds(r) == True, "rule %d after %d others", i, before)
			}
		}
	}
}

// TestSharedGateIsRemembered: a long condition of many rules costs each but the first a look.
func TestSharedGateIsRemembered(t *testing.T) {
	l := NewLexicon()
	var long []*Form
	for i := range 40 {
		long = append(long, And(at("a").Less(Number(float64(i))), Not(at("b").Less(Number(float64(i))))))
	}
	shared := Or(long...)
	rule := ruleOf(l, shared, at("a").Less(Number(100)))
	v := l.View()
	row := &slot.Row{Values: make([]slot.Value, v.schema.Len())}
	row.Values[slot.Profile] = slot.Value{Kind: slot.Map}
	for _, name := range []string{"a", "b"} {
		n, _ := v.schema.Slot(at(name).Path)
		row.Values[n] = Number(-5)
	}
	var m Match
	m.Reset(v, row, counter(0), noon)
	m.Know(v.Encode(row, counter(0), noon))
	m.Holds(rule)
	known := 0
	for n := range v.cells {
		if v.cells[n].isGate() && m.cells[n]>>truthBits == m.epoch {
			known++
		}
	}
	assert.Positive(t, known, "no gate is remembered")
}
