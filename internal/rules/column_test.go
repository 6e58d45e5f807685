package rules

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// home is the activity of the tests.
var home = offer.ActivityRef{ID: "home", Placement: "hero", Count: 3}

// odd are values that press the edges of types and of float64, as attributes of
// offers and in documents.
var odd = []any{
	nil, true, false, 0.0, math.Copysign(0, -1), 1.0, 2.0, 0.1, -3.5, 5e-324, 1e308, -math.MaxFloat64, float64(1 << 53), "", "a", "hot", "b", "1.5", "x", "nan",
	[]any{},
	[]any{"a", 1.0, nil, true},
	[]any{"a", []any{}},
	map[string]any{},
	map[string]any{"b": 2.0},
	map[string]any{"b": map[string]any{"c": "a"}},
}

// oddOffers returns offers with such attributes, of which each lacks some.
func oddOffers(t *rapid.T, least, most int) []*offer.Offer {
	offers := make([]*offer.Offer, rapid.IntRange(least, most).Draw(t, "offers"))
	seed := rapid.Uint32().Draw(t, "attributes")
	next := func(n int) int {
		seed = seed*1664525 + 1013904223
		return int(seed>>8) % n
	}
	numbers := []float64{0, 1, 2.5, -1, 1e308, 5e-324, math.Copysign(0, -1)}
	for i := range offers {
		o := &offer.Offer{
			ID: offer.ID(fmt.Sprint("o", i)), Name: []string{"", "a", "hot"}[next(3)], Kind: []offer.Kind{"", offer.Promotion, offer.Action}[next(3)],
			Priority: int64(next(5)), Value: numbers[next(len(numbers))], Cost: numbers[next(len(numbers))], Attributes: map[string]any{},
		}
		for _, tag := range []offer.Tag{"promo", "a"} {
			if next(2) == 0 {
				o.Tags = append(o.Tags, tag)
			}
		}
		for _, name := range []string{"n", "m", "s", "a"} {
			switch next(3) {
			case 0:
				o.Attributes[name] = odd[next(len(odd))]
			case 1:
				o.Attributes[name] = map[string]any{"n": numbers[next(len(numbers))], "m": float64(next(3)), "s": []string{"a", "b", "hot"}[next(3)], "a": map[string]any{"b": odd[next(len(odd))]}}[name]
			}
		}
		offers[i] = o
	}
	return offers
}

// scores writes expressions whose types are mostly right.
type scores struct{ *rapid.T }

func (s scores) pick(of ...string) string { return rapid.SampledFrom(of).Draw(s.T, "part") }

var samplePaths = []string{"profile.n", "profile.s", "profile.a.b", "profile.a.b.c", "profile.list", "profile.gone", "profile['a']", "context.n", "context.s", "context.a.b"}

func (s scores) data() string {
	return s.pick("offer.priority", "offer.value", "offer.cost", "offer.attributes.n", "offer.attributes['m']", "offer.attributes.s", "offer.attributes.a.b", "offer.attributes.a.b.c", "offer.attributes.gone",
		s.pick(samplePaths...), s.pick(samplePaths...), "activity.count")
}

func (s scores) number(depth int) string {
	if depth == 0 {
		return s.pick(s.data(), s.data(), s.data(), "1.0", "0.0", "-2.5", "1e308", "(0.0/0.0)", "double(profile.n)")
	}
	a, b := func() string { return s.number(depth - 1) }, func() string { return s.number(s.less(depth)) }
	switch s.pick("op", "op", "op", "op", "?", "?", "f", "g", "double", "-", "count", "optional", "optional", "geo", "part") {
	case "op":
		return "(" + a() + s.pick(" + ", " - ", " * ", " / ") + b() + ")"
	case "?":
		return "(" + s.truth(s.less(depth)) + " ? " + a() + " : " + b() + ")"
	case "f":
		return "math." + s.pick("abs", "ceil", "floor", "round", "trunc", "sign", "sqrt") + "(" + a() + ")"
	case "g":
		args := []string{a(), b(), s.pick("1.0", "0", s.data())}[:rapid.IntRange(2, 3).Draw(s.T, "args")]
		return "math." + s.pick("greatest", "least") + "(" + strings.Join(args, ", ") + ")"
	case "-":
		return "-" + a()
	case "optional":
		return s.pick("offer.attributes.?n", "offer.?attributes.?a.b", "offer.attributes.a.?b.c", "profile.?n", "profile.a.?b", "profile.?a.b.c", "profile[?'s'].b", "context.?gone") + ".orValue(" + a() + ")"
	case "part":
		return s.pick("double(profile.list.size())", "(profile.n + profile.n)", "double(size(profile.list) * 2)", "[profile.n, 2.0][0]", "double(int(profile.n))", "double(profile.list.exists(x, x == 'a') ? 1 : 2)", "profile.list[0]", "profile[context.s]", "double(now.getHours())")
	case "geo":
		return "geo.distance(" + s.number(0) + ", " + s.number(0) + ", offer.attributes.n, " + s.pick("0.5", "profile.n") + ")"
	case "count":
		return "double(" + s.pick("events.ofType('view').size()", "size(events.within(duration('24h')))", "events.size()") + ")"
	default:
		return "double(" + s.pick(a(), s.text()) + ")"
	}
}

// less returns a depth below.
func (s scores) less(depth int) int { return rapid.IntRange(0, max(depth-1, 0)).Draw(s.T, "depth") }

func (s scores) text() string {
	return s.pick("offer.id", "offer.kind", "offer.name", "(profile.s + context.s)", "string(profile.n)", "profile.list", "profile.s.upperAscii()", "offer.attributes.s", "offer.attributes.a.b.c", "profile.s", "context.s", "activity.id", "activity.placement", "'a'", "'hot'", "'promotion'", "'1.5'", s.data())
}

func (s scores) truth(depth int) string {
	if depth == 0 {
		switch s.pick("data", "has", "in", "compare") {
		case "has":
			return "has(" + s.pick("offer.attributes.n", "offer.attributes.a.b", "offer.attributes.a.b.c", "profile.n", "profile.a.b", "profile.s.b", "profile.a.b.c", "context.gone", "offer.name", "activity.id") + ")"
		case "in":
			return "(" + s.pick(s.text(), s.data(), "1", "null") + " in " + s.pick("['a', 1.0, 'hot']", "[null, true, 2, 'promotion']", "[]", "profile.list", "profile.a", "context.list", "profile.s") + ")"
		case "compare":
			return "(" + s.text() + s.pick(" == ", " != ", " < ", " >= ") + s.text() + ")"
		}
		return s.pick("true", "'promo' in offer.tags", "offer.attributes.s", "profile.yes", "context.s", "offer.attributes.n == null", "profile.?a.b.hasValue()", "offer.attributes.?a.b.hasValue()", "profile.s == 'hot'", "profile.gone == true")
	}
	a, b := s.truth(s.less(depth)), s.truth(depth-1)
	switch s.pick("&&", "||", "!", "compare", "compare", "equal", "?") {
	case "&&":
		return "(" + a + " && " + b + ")"
	case "||":
		return "(" + a + " || " + b + ")"
	case "!":
		return "!(" + b + ")"
	case "?":
		return "(" + a + " ? " + b + " : " + s.pick("true", "offer.attributes.s == 'a'") + ")"
	case "equal":
		return "(" + s.pick(s.number(depth-1), s.text()) + s.pick(" == ", " != ") + s.pick(s.text(), s.number(0), "null", "1", "2u", "true") + ")"
	}
	return "(" + s.number(depth-1) + s.pick(" < ", " <= ", " > ", " >= ") + s.pick(s.number(s.less(depth)), "1", "2u") + ")"
}

// oddFacts returns documents with the values that press the edges.
func oddFacts(t *rapid.T) *profile.Facts {
	document := func() map[string]any {
		m := map[string]any{}
		for _, name := range []string{"n", "s", "a", "list", "yes"} {
			if rapid.IntRange(0, 5).Draw(t, "there") > 0 {
				m[name] = rapid.SampledFrom(append(slices.Clone(odd), map[string]any{"n": 2.0, "s": "hot", "a": map[string]any{"b": 0.5}, "list": []any{"a", "hot", 2.0, 0.0, 5e-324, 0.1, 3.0, 4.0, 7.0, 8.0, -3.5, nil}, "yes": true}[name])).Draw(t, name)
			}
		}
		return m
	}
	events := []map[string]any{{"eventType": "view", "timestamp": "2026-06-01T08:00:00Z"}, {"eventType": "view"}, {}}
	return profile.NewFacts(profile.Given{Now: noon, Profile: document(), Context: document(), Events: events[:rapid.IntRange(0, 3).Draw(t, "events")]})
}

// celScore is what CEL says: NaN is no score.
func celScore(e *Expr, in *Input, o *offer.Offer) float64 {
	n, err := e.Number(in, OfferObject(o), ActivityObject(home))
	if err != nil {
		return math.NaN()
	}
	return n
}

// sameScores requires that the column program gives what CEL gives, in both forms
// of running it.
func sameScores(t require.TestingT, e *Expr, facts *profile.Facts, offers []*offer.Offer, table *column.Table, eval *column.Eval) (folded bool) {
	p := e.Column()
	schema := slot.NewSchema().With(p.Paths(), p.Counts())
	in := NewInput(facts)
	if !eval.Fold(p.Bind(schema, table), column.Facts{
		Row: rowOf(schema, facts), Counts: &eventCounter{facts, map[slot.Count]int{}}, Now: noon, Activity: home, Parts: in,
	}) {
		return false
	}
	want := make([]float64, len(offers))
	for i, o := range offers {
		want[i] = celScore(e, in, o)
	}
	got := make([]float64, len(offers))
	eval.Run(table, 0, len(offers), got)
	requireSame(t, e, offers, want, got)

	from := len(offers) / 3
	to := from + (len(offers)-from)/2
	eval.Run(table, from, to, got[:to-from])
	requireSame(t, e, offers[from:to], want[from:to], got[:to-from])

	var indexes []int32
	var some []float64
	for i := len(offers) - 1; i >= 0; i -= 1 + i%2 {
		indexes, some = append(indexes, int32(i)), append(some, want[i])
	}
	eval.RunAt(table, indexes, got[:len(indexes)])
	requireSame(t, e, nil, some, got[:len(indexes)])
	return true
}

func requireSame(t require.TestingT, e *Expr, offers []*offer.Offer, want, got []float64) {
	for i := range want {
		if math.Float64bits(want[i]) == math.Float64bits(got[i]) || math.IsNaN(want[i]) && math.IsNaN(got[i]) {
			continue
		}
		var o any
		if offers != nil {
			o = *offers[i]
		}
		require.Fail(t, "another score than CEL's", "%s\noffer %d: %+v\nCEL: %v, column: %v", e.Text(), i, o, want[i], got[i])
	}
}

func tableOf(offers []*offer.Offer, p ...*column.Program) *column.Table {
	return column.NewTable(p, func(i int) *offer.Offer { return offers[i] }, len(offers))
}

func TestColumnsGiveWhatCELGives(t *testing.T) {
	c := newCompiler(t)
	var eval column.Eval
	valid, fit, folded := 0, 0, 0
	unfit := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		text := scores{t}.number(rapid.IntRange(0, 5).Draw(t, "depth"))
		e, issues := c.Compile(Score, text)
		if len(issues) > 0 {
			return
		}
		valid++
		if e.Column() == nil {
			unfit[text] = true
			return
		}
		fit++
		offers := oddOffers(t, 1, 300)
		if sameScores(t, e, oddFacts(t), offers, tableOf(offers, e.Column()), &eval) {
			folded++
		}
	})
	shortest := slices.SortedFunc(maps.Keys(unfit), func(a, b string) int { return len(a) - len(b) })
	t.Logf("%d valid, %d fit, %d folded; not: %q", valid, fit, folded, shortest[:min(8, len(shortest))])
	assert.Greater(t, 10*fit, 7*valid)
}

// TestListsOfTheRequestAreComparedByCEL proves that facts of which too little is
// known are not folded.
func TestListsOfTheRequestAreComparedByCEL(t *testing.T) {
	c, offers, facts := newCompiler(t), inventory(3), profile.NewFacts(profile.Given{Now: noon, Profile: map[string]any{
		"list": []any{"red"}, "map": map[string]any{"red": 1.0}, "lists": []any{[]any{}}, "text": "red", "twin": []any{"red"},
	}})
	for text, want := range map[string]bool{
		"offer.attributes.brand == profile.text ? 1.0 : 2.0":       true,
		"offer.attributes.brand == profile.list ? 1.0 : 2.0":       false,
		"offer.attributes.brand != profile.map ? 1.0 : 2.0":        false,
		"offer.name == profile.list ? 1.0 : 2.0":                   true,
		"offer.attributes.brand in profile.list ? 1.0 : 2.0":       true,
		"offer.attributes.brand in profile.map ? 1.0 : 2.0":        false,
		"offer.attributes.brand in profile.lists ? 1.0 : 2.0":      false,
		"offer.name in profile.lists ? 1.0 : 2.0":                  true,
		"profile.list == profile.twin ? 1.0 : offer.value":         false,
		"profile.list == profile.text ? 1.0 : offer.value":         true,
		"profile.text + 'x' == 'redx' ? 1.0 : offer.value":         true,
		"offer.name == profile.text + 'x' ? 1.0 : offer.value":     true,
		"profile.list + profile.twin == profile.list ? 1.0 : 0.0":  true,
		"now - duration('1h') == offer.value ? 1.0 : 2.0":          false,
		"offer.attributes.brand + profile.text > 1.0 ? 1.0 : 0.0":  false,
		"offer.value + (profile.text + profile.list)":              true,
		"(offer.attributes.brand + profile.text) * 2.0":            true,
		"profile.gone == profile.list || true ? offer.value : 1.0": true,
	} {
		e := mustCompile(t, c, Score, text)
		var eval column.Eval
		got := e.Column() != nil && sameScores(t, e, facts, offers, tableOf(offers, e.Column()), &eval)
		assert.Equal(t, want, got, text)
	}
}

func TestProgramsSayWhatTheyRead(t *testing.T) {
	c := newCompiler(t)
	for text, want := range map[string]struct {
		static, activity bool
		paths, counts    int
		parts            int
	}{
		"offer.value * 2.0 + (has(offer.attributes.x) ? 1.0 : 0.0)":                   {static: true},
		"offer.value * activity.count":                                                {activity: true},
		"activity.id == 'home' ? profile.a.b : profile['a'].b":                        {activity: true, paths: 1},
		"offer.value * (has(context.x) ? context.x : context.y)":                      {paths: 2},
		"double(events.size()) + double(events.ofType('x').size() + 0) > 1.0 ? 1 : 2": {parts: 1},
		"profile.list.exists(x, x == 'a') || now.getHours() > 3 ? 1 : 2":              {parts: 1},
		"double(events.size()) > double(events.ofType('x').size()) ? 1 : 2":           {counts: 2},
	} {
		p := mustCompile(t, c, Score, text).Column()
		require.NotNil(t, p, text)
		assert.Equal(t, want.static, p.Static(), text)
		assert.Equal(t, want.activity, p.ReadsActivity(), text)
		assert.Len(t, p.Paths(), want.paths, text)
		assert.Len(t, p.Counts(), want.counts, text)
		assert.Equal(t, want.parts, p.Parts(), text)
	}
}

// TestSourceThatFailedIsAnError proves that has() of a profile that could not be had
// is one, too.
func TestSourceThatFailedIsAnError(t *testing.T) {
	c, offers := newCompiler(t), inventory(3)
	facts := profile.NewFacts(profile.Given{Now: noon, ProfileErr: errors.New("down"), EventsErr: errors.New("down")})
	for _, text := range []string{
		"has(profile.x) ? 1.0 : offer.value", "profile.?x.orValue(offer.value)", "profile.x == 1 || offer.value > 0.0 ? 1.0 : 2.0",
		"double(events.size()) * offer.value", "has(context.x) ? 1.0 : offer.value",
	} {
		e := mustCompile(t, c, Score, text)
		require.NotNil(t, e.Column(), text)
		assert.True(t, sameScores(t, e, facts, offers, tableOf(offers, e.Column()), new(column.Eval)), text)
	}
}

// FuzzColumns compares whatever score can be written.
func FuzzColumns(f *testing.F) {
	for _, text := range append(formulas, "math.greatest(offer.value, 0) / profile.n", "profile.?a.orValue(offer.attributes.?n.orValue(1.0)) + -offer.cost", "offer.name in profile.brands ? 1 : 2",
		"offer.attributes.n + 0.1 * offer.value", "offer.attributes.n * profile.loyalty + offer.cost", "offer.attributes.n - offer.value * 0.1", "0.1 * offer.value - offer.attributes.n",
		"offer.value + profile.brands * offer.cost", "offer.attributes.list + offer.value * 0.1", "0.3 * offer.value - 0.1 * offer.attributes.n") {
		f.Add(text)
	}
	c, facts := newCompiler(f), shopper()
	offers := inventory(5)
	for i, o := range offers {
		o.Attributes["n"], o.Attributes["list"] = odd[2*i], odd[len(odd)-1-i]
		delete(o.Attributes, []string{"margin", "brand"}[i%2])
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, issues := c.Compile(Score, text)
		if len(issues) == 0 && e.Column() != nil {
			sameScores(t, e, facts, offers, tableOf(offers, e.Column()), new(column.Eval))
		}
	})
}
