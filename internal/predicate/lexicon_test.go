package predicate

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/internal/slot"
)

func ruleOf(l *Lexicon, forms ...*Form) Rule {
	var packed []Packed
	for _, f := range forms {
		packed = append(packed, f.Pack())
	}
	return l.Rule(packed...)
}

func TestEqualConjunctionsAreOneRule(t *testing.T) {
	l := NewLexicon()
	a, b, c := at("a").Less(Number(1)), at("b").Equals(Text("x")), at("c").In([]slot.Value{Text("x"), Number(2)})
	rule := ruleOf(l, And(a, b, c))
	assert.Equal(t, rule, ruleOf(l, c, b, a, b), "in any order, with repetitions")
	assert.Equal(t, rule, ruleOf(l, And(c, And(b, Constant(true))), a))
	assert.Equal(t, rule, ruleOf(l, a, b, at("c").In([]slot.Value{Number(2), Text("x"), Number(2)})), "sets have no order")
	assert.NotEqual(t, rule, ruleOf(l, a, b))
	assert.Equal(t, ruleOf(l), ruleOf(l, Constant(true)))
	assert.Equal(t, ruleOf(l, Constant(false)), ruleOf(l, a, Constant(false), b))
	assert.Equal(t, ruleOf(l, nil), ruleOf(l, nil, nil))
	assert.Equal(t, ruleOf(l, Or(a, b)), ruleOf(l, Or(b, Constant(false), a)))
	assert.Equal(t, ruleOf(l, a), ruleOf(l, Not(Not(a))))
	assert.Equal(t, ruleOf(l, at("a").AtMost(Number(0))), ruleOf(l, at("a").Less(Number(5e-324))), "no double is between")
}

func TestAtomsOfAllKindsAreToldApart(t *testing.T) {
	l := NewLexicon()
	seen := map[Rule]int{}
	other := slot.Path{Root: slot.Context, Keys: []string{"a"}}
	optional := Subject{Path: other, Optional: 1, Default: Text("x")}
	for i, f := range []*Form{
		nil, Constant(true), Constant(false), at("a").Holds(), Not(at("a").Holds()), At(other).Holds(), at("a").Has(), at("a", "a").Has(),
		at("a").Equals(Number(1)), at("a").Equals(Bool(true)), at("a").Equals(Text("1")), at("a").Equals(slot.Value{Kind: slot.Null}), at("a").Equals(Text("")),
		at("a").Size().Equals(Number(1)), at("a").Less(Number(1)), at("a").AtMost(Number(1)), at("a").Less(Bool(true)), at("a").Less(Text("1")),
		at("a").In([]slot.Value{Number(1)}), at("a").In(nil), at("a").Contains(Number(1)), at("a").Exists(Number(1)),
		at("a").HasPrefix("1"), at("a").HasSuffix("1"), at("a").HasSubstring("1"), at("a").Matches("1"), at("a").Matches("2"),
		EqualPaths(other, at("a").Path), LessPaths(other, at("a").Path), LessPaths(at("a").Path, other), Before(noon), Before(noon.Add(1)), Before(noon.Add(1e9)),
		Events(slot.Count{}).Less(Number(1)), Events(slot.Count{Typed: true}).Less(Number(1)), Events(slot.Count{Dated: true}).Less(Number(1)),
		optional.Equals(Text("x")), optional.Equals(Text("y")), optional.Has(),
		at("a").Quantity().Less(Now()), at("a").Quantity().AtMost(Now()), at("a").Quantity().Equals(Now()), Now().Less(at("a").Quantity()), at("a").Double().Less(Now()), at("a").Timestamp().Less(Now()),
		at("a").Size().Quantity().Less(Now()), at("b").Quantity().Less(Now()), at("a").Quantity().Plus(Fixed(Number(1))).Less(Now()), at("a").Quantity().Plus(Fixed(Number(2))).Less(Now()), at("a").Quantity().Minus(Fixed(Number(1))).Less(Now()),
		at("a").Timestamp().Less(Now().Plus(Duration(1))), at("a").Timestamp().Less(Now().Plus(Duration(2))), at("a").Timestamp().Less(Instant(noon)), at("a").Timestamp().Less(Instant(noon.Add(1))),
		at("a").Some(Element().Less(Number(1))), at("a").All(Element().Less(Number(1))), at("a").One(Element().Less(Number(1))), at("a").Some(Not(Element().Less(Number(1)))), at("a").Some(Element().AtMost(Number(1))),
		at("a").Some(And(Element().Less(Number(1)), Element().HasPrefix("a"))), at("a").Some(Or(Element().Less(Number(1)), Element().HasPrefix("a"))), at("b").Some(Element().Less(Number(1))), at("a").Some(Constant(true)),
		{Fits: true, op: opOr, parts: []*Form{nil, at("a").Holds()}},
	} {
		r := ruleOf(l, f)
		if before, ok := seen[r]; ok {
			t.Errorf("forms %d and %d are one rule", before, i)
		}
		seen[r] = i
		assert.Equal(t, r, ruleOf(l, f), "form %d has one number", i)
	}
}

func TestNeededPathsHaveSlots(t *testing.T) {
	l := NewLexicon()
	before := l.View()
	path, count := slot.Path{Root: slot.Context, Keys: []string{"a", "b"}}, slot.Count{Type: "t", Typed: true}
	l.Need([]slot.Path{path}, []slot.Count{count})
	_, ok := l.View().Schema().Slot(path)
	assert.True(t, ok)
	_, ok = l.View().Schema().Count(count)
	assert.True(t, ok)
	_, ok = before.Schema().Slot(path)
	assert.False(t, ok, "a view does not change")
}

// TestViewsDoNotChange runs readers of old views while the lexicon grows; the race
// detector finds what they should not share.
func TestViewsDoNotChange(t *testing.T) {
	l := NewLexicon()
	w := newWorkload()
	var readers sync.WaitGroup
	for range 30 {
		for range 20 {
			ruleOf(l, w.rule())
		}
		v := l.View()
		row := w.row(v.schema)
		want := verdicts(v, row)
		readers.Go(func() {
			for range 3 {
				assert.Equal(t, want, verdicts(v, row))
			}
		})
	}
	readers.Wait()
}

// verdicts returns what holds lazily and set-wise.
func verdicts(v *View, row *slot.Row) [2][]Truth {
	var m Match
	var out [2][]Truth
	m.Reset(v, row, counter(2), noon)
	for i := range out {
		for r := range v.Rules() {
			out[i] = append(out[i], m.Holds(Rule(r)))
		}
		m.All()
	}
	return out
}

// TestRulesTakeLittleMemory holds the index to 500 bytes a distinct rule, its share
// of atoms and what a match remembers of it included.
func TestRulesTakeLittleMemory(t *testing.T) {
	const n, most = 20_000, 500
	before := heap()
	w := newWorkload()
	l := w.lexicon(n)
	v := l.View()
	var m Match
	m.Reset(v, w.row(v.schema), counter(2), noon)
	m.All()
	if each := (heap() - before) / n; each > most {
		t.Errorf("%d bytes a rule, at most %d are allowed", each, most)
	} else {
		t.Logf("%d bytes a rule", each)
	}
	runtime.KeepAlive(l)
	runtime.KeepAlive(&m)
}

func heap() uint64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

func TestInternedNumbersAreFoundThroughCollisions(t *testing.T) {
	var x index
	const n = 1000
	for i := range uint32(n) {
		hash := uint64(i%7) << 32
		_, ok := x.find(hash, func(n uint32) bool { return n == i })
		assert.False(t, ok)
		x.add(hash, i)
	}
	for i := range uint32(n) {
		got, ok := x.find(uint64(i%7)<<32, func(n uint32) bool { return n == i })
		assert.True(t, ok)
		assert.Equal(t, i, got, fmt.Sprint(i))
	}
}
