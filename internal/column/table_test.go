package column_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/offer"
)

// attribute is the column of an attribute that may be anything.
func attribute(name string) column.Column {
	return column.Column{Key: name, Kinds: column.Any, Read: func(o *offer.Offer) slot.Value {
		v, _ := o.Attributes[name].(slot.Value)
		return v
	}}
}

func number(v float64) slot.Value { return slot.Value{Kind: slot.Number, Number: v} }
func words(s string) slot.Value   { return slot.Value{Kind: slot.String, Text: s} }

// programs are such that they tell what each cell holds: its number, and which of
// some texts it is.
func programs() []*column.Program {
	texts := column.Call(column.Conditional,
		column.Call(column.Equal, column.Of(attribute("b")), column.Literal(words("t1"))), column.Literal(number(1)),
		column.Call(column.Conditional,
			column.Call(column.Less, column.Of(attribute("b")), column.Literal(words("t5"))), column.Literal(number(2)), column.Literal(number(3))))
	return []*column.Program{column.New(column.Of(attribute("a"))), column.New(texts), column.New(column.Of(attribute("b")))}
}

func scoresOf(tb require.TestingT, t *column.Table, p *column.Program) []float64 {
	var e column.Eval
	schema := slot.NewSchema()
	require.True(tb, e.Fold(p.Bind(schema, t), column.Facts{Row: &slot.Row{Values: make([]slot.Value, schema.Len())}}))
	out := make([]float64, t.Rows())
	e.Run(t, 0, t.Rows(), out)
	return out
}

func offerWith(a, b slot.Value) *offer.Offer {
	return &offer.Offer{Attributes: map[string]any{"a": a, "b": b}}
}

func drawOffer(t *rapid.T) *offer.Offer {
	value := func(of string) slot.Value {
		switch rapid.IntRange(0, 5).Draw(t, of) {
		case 0:
			return slot.Value{}
		case 1:
			return slot.Value{Kind: slot.Bool, Number: 1}
		case 2:
			return slot.Value{Kind: slot.List}
		case 3:
			return number(rapid.Float64Range(-5, 5).Draw(t, of))
		}
		return words(fmt.Sprint("t", rapid.IntRange(0, 900).Draw(t, of)))
	}
	return offerWith(value("a"), value("b"))
}

func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

// TestChangedTableIsThatOfChangedOffers also proves that what is changed is another
// table: all that came before remain as they were.
func TestChangedTableIsThatOfChangedOffers(t *testing.T) {
	all := programs()
	rapid.Check(t, func(t *rapid.T) {
		// Rows in more than one page, most alike.
		offers := slices.Repeat([]*offer.Offer{drawOffer(t), drawOffer(t)}, rapid.IntRange(0, 300).Draw(t, "pairs"))
		table := column.NewTable(all[:1], func(i int) *offer.Offer { return offers[i] }, len(offers))
		table = table.Grow(all, func(i int) *offer.Offer { return offers[i] })
		type version struct {
			table  *column.Table
			offers []*offer.Offer
		}
		versions := []version{{table, offers}}
		for range rapid.IntRange(1, 10).Draw(t, "changes") {
			offers = slices.Clone(offers)
			if len(offers) > 0 && rapid.IntRange(0, 4).Draw(t, "truncate") == 0 {
				offers = offers[:len(offers)-1]
				table = table.Truncate(len(offers))
			} else {
				i, o := rapid.IntRange(0, len(offers)).Draw(t, "at"), drawOffer(t)
				if table = table.With(i, o); i == len(offers) {
					offers = append(offers, nil)
				}
				offers[i] = o
			}
			versions = append(versions, version{table, offers})
		}
		for _, v := range versions {
			fresh := column.NewTable(all, func(i int) *offer.Offer { return v.offers[i] }, len(v.offers))
			for _, p := range all {
				want, got := scoresOf(t, fresh, p), scoresOf(t, v.table, p)
				require.True(t, slices.EqualFunc(want, got, same), "%v, want %v", got, want)
			}
		}
	})
}

// TestTextsOfAPageStayFew changes every cell many times: texts that are gone make
// room for others.
func TestTextsOfAPageStayFew(t *testing.T) {
	p := programs()
	offers := slices.Repeat([]*offer.Offer{offerWith(number(1), words("t"))}, 300)
	table := column.NewTable(p, func(i int) *offer.Offer { return offers[i] }, len(offers))
	for i := range 5000 {
		offers[i*7%300] = offerWith(number(1), words(fmt.Sprint("t", i%3)))
		if i%2 == 0 {
			offers[i*7%300] = offerWith(number(1), words(fmt.Sprint("only ", i)))
		}
		table = table.With(i*7%300, offers[i*7%300])
	}
	assert.LessOrEqual(t, column.MostTexts(table), 256)
	fresh := column.NewTable(p, func(i int) *offer.Offer { return offers[i] }, len(offers))
	assert.Equal(t, scoresOf(t, fresh, p[1]), scoresOf(t, table, p[1]))
}

func TestGrownTableIsTheSameIfItHasAll(t *testing.T) {
	p := programs()
	one := func(int) *offer.Offer { return offerWith(number(1), words("t")) }
	table := column.NewTable(p, one, 1)
	assert.Same(t, table, table.Grow(p[:1], one))
	assert.Equal(t, 2, table.Truncate(0).With(0, one(0)).With(1, one(1)).Rows())
}

func TestBindPanicsIfSomethingIsLacking(t *testing.T) {
	path := slot.Path{Root: slot.Profile, Keys: []string{"x"}}
	p := column.New(column.Call(column.Add, column.Path(path), column.Of(attribute("a"))))
	full := column.NewTable([]*column.Program{p}, nil, 0)
	assert.Panics(t, func() { p.Bind(slot.NewSchema(), full) })
	assert.Panics(t, func() { p.Bind(slot.NewSchema().With(p.Paths(), nil), column.NewTable(nil, nil, 0)) })
	assert.NotPanics(t, func() { p.Bind(slot.NewSchema().With(p.Paths(), nil), full) })
}

func TestOneThatCannotBeToldIsNoProgram(t *testing.T) {
	a, b := func() *column.Node { return column.Of(attribute("a")) }, func() *column.Node { return column.Of(attribute("b")) }
	whole := func() *column.Node { return column.Whole(1) }
	for name, n := range map[string]*column.Node{
		"nothing":                   nil,
		"an argument is nothing":    column.Call(column.Add, a(), column.Whole(1<<53+1)),
		"two lists may be equal":    column.Call(column.Equal, a(), b()),
		"a sum may be a text":       column.Call(column.Double, column.Call(column.Add, a(), b())),
		"a sum of ints":             column.Call(column.Add, whole(), whole()),
		"a joined text is compared": column.Call(column.Less, column.Call(column.Add, a(), b()), a()),
	} {
		assert.Nil(t, column.New(n), name)
	}
	many := a()
	for range 300 {
		many = column.Call(column.Subtract, many, a())
	}
	assert.Nil(t, column.New(many), "more texts than can be numbered")
}
