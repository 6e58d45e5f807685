package rules

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// formulas are scores as marketers write them.
var formulas = []string{
	"offer.priority",
	"offer.priority * (context.weather == 'hot' ? 2.0 : 1.0)",
	"0.02 + 0.1 * profile.loyalty * offer.attributes.margin",
	"offer.attributes.brand == profile.favourite ? offer.value * 2.0 : offer.value",
	"('promo' in offer.tags ? 1.5 : 1.0) * (offer.value - offer.cost)",
	"offer.attributes.brand in profile.brands && offer.attributes.margin > 0.2 ? offer.value : 0.1",
}

func inventory(n int) []*offer.Offer {
	offers := make([]*offer.Offer, n)
	for i := range offers {
		o := &offer.Offer{
			ID: offer.ID(fmt.Sprint("offer-", i)), Name: fmt.Sprint("Offer ", i), Priority: int64(i % 101), Value: float64(i%37) + 0.5, Cost: 0.25,
			Attributes: map[string]any{"margin": float64(i%10) / 10, "brand": []string{"blue", "red", "green", "yellow"}[i*7%4]},
		}
		if i%3 == 0 {
			o.Tags = []offer.Tag{"promo"}
		}
		offers[i] = o
	}
	return offers
}

func shopper() *profile.Facts {
	return profile.NewFacts(profile.Given{
		Now: noon, Context: map[string]any{"weather": "hot"},
		Profile: map[string]any{"loyalty": 2.0, "favourite": "red", "brands": []any{"red", "blue"}},
	})
}

// readied returns the program bound to a table of the offers, and a row for it.
func readied(tb testing.TB, e *Expr, facts *profile.Facts, offers []*offer.Offer) (*column.Bound, *slot.Row, *column.Table) {
	tb.Helper()
	p := e.Column()
	require.NotNil(tb, p, e.Text())
	schema := slot.NewSchema().With(p.Paths(), p.Counts())
	table := tableOf(offers, p)
	return p.Bind(schema, table), rowOf(schema, facts), table
}

func TestRunningColumnsAllocatesNothing(t *testing.T) {
	c, offers, facts := newCompiler(t), inventory(1000), shopper()
	out, indexes := make([]float64, len(offers)), []int32{7, 3, 999}
	for _, text := range append(formulas, "(offer.priority > 5.0 ? offer.name : offer.id) == profile.favourite ? double(activity.count) : 2.0") {
		bound, row, table := readied(t, mustCompile(t, c, Score, text), facts, offers)
		var e column.Eval
		run := func() {
			e.Fold(bound, column.Facts{Row: row, Counts: row, Now: noon, Activity: home})
			e.Run(table, 0, len(offers), out)
			e.RunAt(table, indexes, out)
		}
		run()
		if got := testing.AllocsPerRun(100, run); got != 0 {
			t.Errorf("%s: %v allocations", text, got)
		}
	}
}

func BenchmarkColumns(b *testing.B) {
	const n = 10_000
	c, offers, facts := newCompiler(b), inventory(n), shopper()
	out := make([]float64, n)
	for _, text := range formulas {
		e := mustCompile(b, c, Score, text)
		bound, row, table := readied(b, e, facts, offers)
		var eval column.Eval
		b.Run(text+"/columns", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				eval.Fold(bound, column.Facts{Row: row, Counts: row, Now: noon, Activity: home})
				eval.Run(table, 0, n, out)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/offer")
		})
		b.Run(text+"/one", func(b *testing.B) {
			b.ReportAllocs()
			indexes := []int32{n / 2}
			for b.Loop() {
				eval.Fold(bound, column.Facts{Row: row, Counts: row, Now: noon, Activity: home})
				eval.RunAt(table, indexes, out)
			}
		})
		b.Run(text+"/cel", func(b *testing.B) {
			b.ReportAllocs()
			in, object, activity := NewInput(facts), OfferObject(offers[n/2]), ActivityObject(home)
			for b.Loop() {
				_, _ = e.Number(in, object, activity)
			}
		})
	}
}

func BenchmarkOneOfferChanged(b *testing.B) {
	const n = 100_000
	c, offers := newCompiler(b), inventory(n)
	var programs []*column.Program
	for _, text := range formulas {
		programs = append(programs, mustCompile(b, c, Score, text).Column())
	}
	table := tableOf(offers, programs...)
	other := offers[5]
	b.ReportAllocs()
	for b.Loop() {
		table = table.With(77_777, other)
		table = table.With(77_777, offers[77_777])
	}
}
