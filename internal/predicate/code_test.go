package predicate

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/internal/slot"
)

// TestBandsGiveWhatAtomsGive puts every kind of atom to every kind of value.
func TestBandsGiveWhatAtomsGive(t *testing.T) {
	infinite := []slot.Value{Number(math.Inf(-1)), Number(math.Inf(1)), Number(5e-324), Number(-5e-324)}
	values := slices.Concat(values, infinite, []slot.Value{Text("no constant")})
	a := at("a")
	either := a
	either.Optional, either.Default = 1, Number(1)
	l := NewLexicon()
	var rules []Rule
	for _, s := range []Subject{a, either} {
		forms := []*Form{s.Has(), s.Holds(), s.In(constants), s.In(append(infinite, Text("b"))), s.In(nil)}
		for _, k := range slices.Concat(constants, infinite) {
			forms = append(forms, s.Equals(k), s.In([]slot.Value{k, Text("ab")}))
			if k.Kind != slot.Null {
				forms = append(forms, s.Less(k), s.AtMost(k))
			}
		}
		for _, f := range forms {
			rules = append(rules, ruleOf(l, f), ruleOf(l, Not(f)))
		}
	}
	v := l.View()
	n, _ := v.schema.Slot(a.Path)
	for _, value := range values {
		row := &slot.Row{Values: make([]slot.Value, v.schema.Len()), Elements: make([]slot.Value, 3)}
		row.Values[slot.Profile], row.Values[n] = slot.Value{Kind: slot.Map}, value
		var plain, encoded Match
		plain.Reset(v, row, counter(2), noon)
		encoded.Reset(v, row, counter(2), noon)
		encoded.Know(v.Encode(row, counter(2), noon))
		for i, r := range rules {
			assert.Equal(t, plain.Value(r).holds(), encoded.Holds(r), "%v, rule %d: %+v", value, i, v.cells[v.rules[r][0]])
		}
	}
}
