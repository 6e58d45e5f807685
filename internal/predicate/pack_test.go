package predicate

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/internal/slot"
)

func TestAPackedFormIsTheSame(t *testing.T) {
	optional := Subject{Path: at("a", "").Path, Optional: 2, Default: slot.Value{Kind: slot.List}}
	forms := []*Form{
		nil, Constant(true), Constant(false), at().Holds(), Not(at("a", "ä").Has()), optional.Contains(Text("x")), optional.Size().Less(Number(-0.5)),
		at("a").In([]slot.Value{Number(1), Text(""), Bool(true), {Kind: slot.Null}}), At(slot.Path{Root: slot.Context}).Matches("^a*$"),
		And(nil, Or(at("a").Holds(), nil, And(at("b").Holds(), at("c").Less(Bool(true))))), EqualPaths(at("a").Path, at("b").Path), Before(noon.Add(1)), Not(Before(time.Time{})),
		Events(slot.Count{Type: "view", Typed: true, Window: -time.Hour, Dated: true}).Less(Number(1e300)),
		at("a").Some(Or(Element().Less(Number(1)), Not(Element().HasPrefix("x")))), at("a").All(Constant(true)),
		at("a").Quantity().Plus(at("b").Double().Negative()).Over(Fixed(Number(0.1))).Less(Now()), Instant(noon).Minus(Duration(-1)).Equals(at("a").Timestamp()),
	}
	w := newWorkload()
	for range 500 {
		forms = append(forms, w.rule())
	}
	for i, f := range forms {
		packed := f.Pack()
		assert.Equal(t, f != nil && f.Fits, packed.Fits(), "form %d", i)
		if f == nil {
			assert.Empty(t, packed)
			assert.Nil(t, packed.Form())
			continue
		}
		assert.Equal(t, packed, packed.Form().Pack(), "form %d", i)
		over := unpacker{packed, 1}
		over.skipForm()
		assert.Len(t, packed, over.at, "form %d", i)
		assert.Equal(t, f.Fits, packed.Form().Fits, "form %d", i)
	}
}

// TestPackedFormsTakeLittleMemory bounds what a cache of expressions holds of each.
func TestPackedFormsTakeLittleMemory(t *testing.T) {
	const n, most = 2_000, 200
	w, total := newWorkload(), 0
	for range n {
		total += len(w.rule().Pack())
	}
	if each := total / n; each > most {
		t.Errorf("%d bytes a form, at most %d are allowed", each, most)
	} else {
		t.Logf("%d bytes a form", each)
	}
}

func BenchmarkUnpack(b *testing.B) {
	w := newWorkload()
	packed := make([]Packed, 1000)
	for i := range packed {
		packed[i] = w.rule().Pack()
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range packed {
			p.Form()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(packed)), "ns/form")
}
