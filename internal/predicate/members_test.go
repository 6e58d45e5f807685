package predicate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/internal/slot"
)

// Members whose codes are near each other are a band alone. The lists here are as wide as that, and wider.
func TestMembersNearAndFarAreThoseOfTheList(t *testing.T) {
	pool := []slot.Value{{Kind: slot.Null}, Bool(true), Bool(false)}
	for i := range 140 {
		pool = append(pool, Text(fmt.Sprint("t", i)), Number(math.Float64frombits(math.Float64bits(1)+uint64(i))))
	}
	values := append([]slot.Value{{}, Text("stranger"), {Kind: slot.List}, {Kind: slot.Map}}, pool...)
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 2))
		l := NewLexicon()
		var rules []Rule
		for range 24 {
			var set []slot.Value
			from, width := r.IntN(len(pool)), 1+r.IntN(180)
			for range 1 + r.IntN(4) {
				set = append(set, pool[(from+r.IntN(width))%len(pool)])
			}
			f := at("a").In(set)
			if r.IntN(4) == 0 {
				f = Not(f)
			}
			rules = append(rules, ruleOf(l, f))
		}
		v := l.View()
		for _, value := range values {
			row := &slot.Row{Values: make([]slot.Value, v.schema.Len())}
			for i := range row.Values {
				row.Values[i] = slot.Value{Kind: slot.Map, Size: 1}
			}
			row.Values[len(row.Values)-1] = value
			var plain, encoded Match
			plain.Reset(v, row, counter(2), noon)
			encoded.Reset(v, row, counter(2), noon)
			encoded.encode()
			for i, rule := range rules {
				require.Equal(t, plain.Value(rule).holds(), encoded.Holds(rule), "seed %d, rule %d, %v", seed, i, value)
			}
		}
	}
}
