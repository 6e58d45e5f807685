package predicate

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/proffer-go/proffer/internal/slot"
)

// A workload is rules of one to five conjuncts over a profile of 57 attributes: a
// seventh with an or, a twentieth of which a part does not fit, an eighth with a
// count of events.
type workload struct{ *rand.Rand }

const attributes = 57

func (w workload) path(n int) slot.Path {
	keys := []string{fmt.Sprintf("attribute%d", n)}
	if n%5 == 0 {
		keys = []string{"nested", keys[0]}
	}
	return slot.Path{Root: slot.Profile, Keys: keys}
}

// atom asks attributes by their kind: a third numbers, a third strings, then
// bools and lists.
func (w workload) atom() *Form {
	n := w.IntN(attributes)
	s := At(w.path(n))
	switch n % 6 {
	case 0, 1:
		limit := Number(float64(w.IntN(100)))
		if n%3 == 0 {
			limit.Number = w.Float64() * 100
		}
		if w.IntN(2) == 0 {
			return s.Less(limit)
		}
		return Not(s.AtMost(limit))
	case 2:
		return s.Equals(w.text())
	case 3:
		set := []slot.Value{w.text(), w.text(), w.text()}
		for w.IntN(4) == 0 {
			set = append(set, w.text(), w.text(), w.text())
		}
		return s.In(set)
	case 4:
		if w.IntN(3) == 0 {
			return s.Has()
		}
		return Not(s.Holds())
	default:
		return s.Contains(w.text())
	}
}

func (w workload) text() slot.Value { return Text(fmt.Sprintf("value%d", w.IntN(40))) }

func (w workload) rule() *Form {
	var parts []*Form
	for range 1 + w.IntN(5) {
		parts = append(parts, w.atom())
	}
	if w.IntN(7) == 0 {
		parts = append(parts, Or(w.atom(), w.atom()))
	}
	if w.IntN(8) == 0 {
		parts = append(parts, Events(slot.Count{Type: fmt.Sprintf("type%d", w.IntN(10)), Typed: true, Dated: true, Window: 24 * time.Hour}).Less(Number(float64(w.IntN(5)))))
	}
	if w.IntN(20) == 0 {
		parts = append(parts, nil)
	}
	return And(parts...)
}

func (w workload) row(schema *slot.Schema) *slot.Row {
	row := &slot.Row{Values: make([]slot.Value, schema.Len())}
	put := func(p slot.Path, v slot.Value) {
		if n, ok := schema.Slot(p); ok {
			row.Values[n] = v
		}
	}
	put(slot.Path{Root: slot.Profile}, slot.Value{Kind: slot.Map, Size: attributes})
	put(slot.Path{Root: slot.Profile, Keys: []string{"nested"}}, slot.Value{Kind: slot.Map, Size: attributes})
	for n := range attributes {
		value := w.text()
		switch n % 6 {
		case 0, 1:
			value = Number(float64(w.IntN(100)))
		case 4:
			value = Bool(w.IntN(2) == 0)
		case 5:
			value = slot.Value{Kind: slot.List, Size: 4, First: int32(len(row.Elements))}
			row.Elements = append(row.Elements, w.text(), w.text(), w.text(), w.text())
		}
		if w.IntN(20) > 0 {
			put(w.path(n), value)
		}
	}
	return row
}

// counter counts the same of all.
type counter int

func (c counter) Count(slot.Count, time.Time) (int, bool) { return int(c), c >= 0 }

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func (w workload) lexicon(rules int) *Lexicon {
	l := NewLexicon()
	for i := 0; i < rules; i = len(l.view.rules) {
		ruleOf(l, w.rule())
	}
	return l
}

func newWorkload() workload { return workload{rand.New(rand.NewPCG(1, 2))} }

func BenchmarkRules(b *testing.B) {
	for _, n := range []int{500, 7_000, 100_000} {
		w := newWorkload()
		v := w.lexicon(n).View()
		row := w.row(v.schema)
		var m Match
		measure := func(name string, ask func()) {
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					m.Reset(v, row, counter(2), noon)
					ask()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/rule")
			})
		}
		measure("lazily", func() {
			for r := range n {
				m.Holds(Rule(r))
			}
		})
		measure("lazily-200", func() {
			for r := range 200 {
				m.Holds(Rule(r))
			}
		})
		measure("set-wise", m.All)
		measure("at-once", m.AllAtOnce)
	}
}

func BenchmarkRule(b *testing.B) {
	w := newWorkload()
	forms := make([]*Form, 10_000)
	for i := range forms {
		forms[i] = w.rule()
	}
	b.ReportAllocs()
	for b.Loop() {
		l := NewLexicon()
		for _, f := range forms {
			ruleOf(l, f)
		}
		l.View()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(forms)), "ns/rule")
}
