package rules

import (
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/internal/predicate"
	"github.com/proffer-go/proffer/profile"
)

// The values of the random documents, and what constants they are compared with.
var (
	scalars = []any{
		nil, true, false, 0.0, math.Copysign(0, -1), 1.0, -1.0, 0.5, 18.0, 5e-324, 1e300, -math.MaxFloat64, math.MaxFloat64,
		float64(1<<53 - 1), float64(1 << 53), float64(1<<53 + 2), float64(1 << 63), -float64(1 << 63), math.Nextafter(1<<63, 0), float64(1 << 62 * 4), 1e19,
		"", "a", "b", "ab", "gold", "ä", "日本", "1", "true", "a\x00", "\U0001F600", "\uffff",
	}
	instants = []string{
		"2026-06-01T12:00:00Z", "2026-06-01T14:00:00+02:00", "2026-06-01T11:59:59.999999999Z", "2026-06-01T12:00:00.000000001999Z", "2026-05-31T12:00:00Z", "2026-06-02T12:00:00-00:00",
		"0001-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "0000-12-31T23:30:00-01:00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59-01:00", "1734-01-01T00:00:00Z", "2318-09-11T00:00:00Z",
		"2026-06-01t12:00:00Z", "2026-06-01T12:00:00z", "2016-12-31T23:59:60Z", "2026-02-29T12:00:00Z", "2026-6-1T12:00:00Z", "2026-06-01T12:00:00,5Z", "2026-06-01T12:00:00.Z", "2026-06-01T12:00:00+24:00", "2026-06-01", "2026-06-01T12:00:00", "2026-06-01T24:00:00Z",
	}
	literals = []string{
		"null", "true", "false", "0", "0u", "0.0", "-0.0", "1", "1u", "-1", "0.5", "18", "18.0", "5e-324", "1e300", "1.7976931348623157e308", "-1.7976931348623157e308",
		"9007199254740991", "9007199254740992", "9007199254740993", "9007199254740993u", "9007199254740994.0", "9223372036854775807", "-9223372036854775808", "9223372036854775808u", "18446744073709551615u", "9223372036854775808.0", "1e19",
		"''", "'a'", `"b"`, "'ab'", "'gold'", "'ä'", "'日本'", "'1'", "'true'", `'a\x00'`, `'\U0001F600'`, `'\uffff'`,
	}
	keys = []string{"a", "b", "c", "d", "ä b", "", "a\x00b"}
)

func document(t *rapid.T, depth int) any {
	switch kind := rapid.IntRange(0, 9).Draw(t, "kind"); {
	case kind == 0 && depth > 0:
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any { return document(t, depth-1) }), 0, 4).Draw(t, "list")
	case kind <= 3 && depth > 0:
		return randomObject(t, depth-1)
	}
	if rapid.IntRange(0, 4).Draw(t, "instant") == 0 {
		return rapid.SampledFrom(instants).Draw(t, "instant")
	}
	return rapid.SampledFrom(scalars).Draw(t, "scalar")
}

func randomObject(t *rapid.T, depth int) map[string]any {
	return rapid.MapOfN(rapid.SampledFrom(keys), rapid.Custom(func(t *rapid.T) any { return document(t, depth) }), 0, len(keys)).Draw(t, "object")
}

func eventList(t *rapid.T) []map[string]any {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) map[string]any {
		e := map[string]any{}
		if v := rapid.SampledFrom([]any{nil, 7.0, "a", "b"}).Draw(t, "type"); v != nil {
			e["eventType"] = v
		}
		if ago := rapid.SampledFrom([]time.Duration{-1, 0, time.Nanosecond, time.Hour - 1, time.Hour, time.Hour + 1, 24 * time.Hour}).Draw(t, "ago"); ago >= 0 {
			e["timestamp"] = noon.Add(-ago).Format(time.RFC3339Nano)
		}
		return e
	}), 0, 6).Draw(t, "events")
}

// An author writes conditions that press the edges.
type author struct{ *rapid.T }

func (a author) pick(options ...string) string { return rapid.SampledFrom(options).Draw(a.T, "pick") }

func (a author) chance(percent int) bool { return rapid.IntRange(0, 99).Draw(a.T, "chance") < percent }

func (a author) literal() string { return rapid.SampledFrom(literals).Draw(a.T, "literal") }

func (a author) key() string {
	k := rapid.SampledFrom(keys).Draw(a.T, "key")
	if len(k) != 1 || a.chance(20) {
		return "[" + strconv.Quote(k) + "]"
	}
	return "." + k
}

func (a author) path() string {
	p := a.pick("profile", "profile", "profile", "context", ".profile")
	for range rapid.IntRange(1, 3).Draw(a.T, "length") {
		p += a.key()
	}
	return p
}

func (a author) optional() string {
	p := a.path()
	for range rapid.IntRange(1, 2).Draw(a.T, "optional") {
		k := a.key()
		p += strings.NewReplacer("[", "[?", ".", ".?").Replace(k[:1]) + k[1:]
	}
	if a.chance(20) {
		p += a.key()
	}
	return p
}

func (a author) list() string {
	n := rapid.IntRange(0, 4).Draw(a.T, "members")
	members := make([]string, n)
	for i := range members {
		members[i] = a.literal()
	}
	return "[" + strings.Join(members, ", ") + "]"
}

func (a author) value() string {
	switch {
	case a.chance(20):
		return a.optional() + ".orValue(" + a.pick(a.literal(), "[]", "{}") + ")"
	case a.chance(10):
		return "size(" + a.path() + ")"
	}
	return a.path()
}

func (a author) count() string {
	return "events" + a.pick("", ".ofType('a')", ".ofType('b')") + a.pick("", ".within(duration('1h'))", ".within(duration('24h'))") + ".size()"
}

func (a author) comparison() string { return a.pick(" == ", " != ", " < ", " <= ", " > ", " >= ") }

func (a author) quantity(depth int) string {
	if depth == 0 || a.chance(30) {
		switch rapid.IntRange(0, 6).Draw(a.T, "operand") {
		case 0:
			return a.pick("0.0", "(0.0 / 0.0)", "(1.0 / 0.0)", "-0.0", "0.1", "3.0", "1e300", "5e-324", "1.7976931348623157e308")
		case 1:
			return a.optional() + ".orValue(" + a.pick("0.5", "1e300", "1", "'a'") + ")"
		case 2:
			return "double(" + a.pick(a.path(), a.optional()+".orValue(3)", "size("+a.path()+")") + ")"
		case 3:
			return a.pick("size("+a.path()+")", a.literal())
		default:
			return a.path()
		}
	}
	if a.chance(10) {
		return "-(" + a.quantity(depth-1) + ")"
	}
	return "(" + a.quantity(depth-1) + a.pick(" + ", " - ", " * ", " / ") + a.quantity(depth-1) + ")"
}

func (a author) duration() string {
	return "duration('" + a.pick("0s", "1h", "-24h", "24h", "1ns", "2562047h", "-2562047h47m16.854775808s") + "')"
}

func (a author) instant() string {
	t := a.pick("now", "timestamp("+a.path()+")", "timestamp("+a.path()+")", "timestamp('"+a.pick("2026-06-01T12:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")+"')", a.path())
	if a.chance(40) {
		return t + a.pick(" + ", " - ") + a.duration()
	}
	return t
}

// test returns a test of the elements x.
func (a author) test(depth int) string {
	if depth > 0 && a.chance(40) {
		x, y := a.test(depth-1), a.test(depth-1)
		return a.pick("!("+x+")", "("+x+" && "+y+")", "("+x+" || "+y+")", "("+x+" || "+y+" || "+x+" || !"+x+" || "+y+" || x == 'ab')", "("+x+" ? "+y+" : "+x+")")
	}
	switch rapid.IntRange(0, 9).Draw(a.T, "test") {
	case 0:
		return "x"
	case 1, 2:
		return "x in " + a.list()
	case 3, 4:
		return "x" + a.pick(".startsWith(", ".endsWith(", ".contains(", ".matches(") + a.pick("''", "'a'", "'o'", "'ä'") + ")"
	case 5: // does not fit
		return a.pick("x.a == 1", "x == "+a.path(), "'a' in x", "x.size() == 1", "x * 2.0 > 1.0", "now > timestamp(x)", "x.exists(y, y == 1)", "x.exists(x, x == 1)")
	default:
		return "x" + a.comparison() + a.literal()
	}
}

func (a author) atom() string {
	comparison := a.comparison()
	switch rapid.IntRange(0, 19).Draw(a.T, "atom") {
	case 14, 15:
		return a.quantity(2) + comparison + a.quantity(2)
	case 16:
		return a.instant() + comparison + a.instant()
	case 17:
		return a.instant() + " - " + a.instant() + comparison + a.duration()
	case 18, 19:
		list := a.pick(a.path(), a.path(), a.optional()+".orValue([])")
		text := list + a.pick(".exists(x, ", ".all(x, ", ".exists_one(x, ") + a.test(2) + ")"
		if a.chance(10) {
			return regexp.MustCompile(`\bx\b`).ReplaceAllString(text, a.pick("profile", "now", "context", "events"))
		}
		return text
	case 0:
		return a.path()
	case 1:
		return "has(" + a.path() + a.pick(".a", ".b", ".c") + ")"
	case 2:
		return a.value() + " in " + a.list()
	case 3:
		return a.literal() + " in " + a.value()
	case 4:
		return a.path() + ".exists(x, x == " + a.literal() + ")"
	case 5:
		return a.value() + a.pick(".startsWith(", ".endsWith(", ".contains(", ".matches(") + a.pick("''", "'a'", "'o'", "'ä'") + ")"
	case 6:
		return a.path() + comparison + a.path()
	case 7:
		return a.count() + comparison + a.pick("0", "1", "2", "2.5", "3u")
	case 8:
		return "now" + comparison + "timestamp('2026-06-01T1" + a.pick("1", "2", "3") + ":00:00Z')"
	case 9:
		return a.optional() + ".hasValue()"
	case 10:
		return a.literal() + comparison + a.value()
	case 11:
		return a.path() + " in " + a.path() // does not fit
	default:
		return a.value() + comparison + a.literal()
	}
}

func (a author) condition(depth int) string {
	if depth == 0 || a.chance(30) {
		return a.atom()
	}
	sub := func() string { return a.condition(depth - 1) }
	switch rapid.IntRange(0, 9).Draw(a.T, "gate") {
	case 0, 1, 2:
		return "(" + sub() + " && " + sub() + ")"
	case 3, 4, 5:
		return "(" + sub() + " || " + sub() + ")"
	case 6:
		return "(" + sub() + " ? " + sub() + " : " + sub() + ")"
	case 7:
		return "(" + sub() + " || " + sub() + " || " + sub() + " || " + sub() + " || " + sub() + " || " + sub() + ")"
	default:
		return "!(" + sub() + ")"
	}
}

// A judged condition is a rule of a lexicon, and what cel-go says of it.
type judged struct {
	text string
	rule predicate.Rule
	want predicate.Truth
}

func (j judged) check(t require.TestingT, m *predicate.Match, how string) {
	if got := m.Holds(j.rule); got != holding(j.want) && got != predicate.Unknown {
		require.FailNow(t, "wrong", "%s %s: got %v, want %v", how, j.text, got, j.want)
	}
	if got := m.Value(j.rule); got != j.want && got != predicate.Unknown {
		require.FailNow(t, "wrong", "%s the value of %s: got %v, want %v", how, j.text, got, j.want)
	}
}

// TestRandomFormsGiveWhatCELGives compares the index with cel-go over random
// conditions and documents: lazily, by sets, and in any order of asking.
func TestRandomFormsGiveWhatCELGives(t *testing.T) {
	var asked, decided, whole int
	c := newCompiler(t)
	rapid.Check(t, func(t *rapid.T) {
		facts := profile.NewFacts(profile.Given{Now: noon, Profile: randomObject(t, 2), Context: randomObject(t, 1), Events: eventList(t)})
		in := NewInput(facts)
		lexicon := predicate.NewLexicon()
		var all []judged
		for range rapid.IntRange(1, 20).Draw(t, "conditions") {
			text := author{t}.condition(rapid.IntRange(0, 3).Draw(t, "depth"))
			e, issues := c.Compile(Condition, text)
			if len(issues) > 0 {
				continue // a type that can only err
			}
			if e.Form().Fits() {
				whole++
			}
			all = append(all, judged{text, lexicon.Rule(e.Form()), truth(t, e, in)})
		}
		lazy, _ := matched(lexicon, facts)
		for _, j := range rapid.Permutation(all).Draw(t, "order") {
			j.check(t, lazy, "lazily")
			asked++
			if lazy.Holds(j.rule) != predicate.Unknown {
				decided++
			}
		}
		codes := encoded(lexicon, facts)
		sets, _ := matched(lexicon, facts)
		sets.All()
		for _, j := range all {
			j.check(t, sets, "set-wise")
			j.check(t, codes, "by codes")
			require.Equal(t, lazy.Holds(j.rule), sets.Holds(j.rule), j.text)
		}
	})
	t.Logf("%d conditions: %d fit, %d decided without a program", asked, whole, decided)
	assert.Greater(t, 10*whole, 8*asked)
}

// TestConformanceSuiteGivesWhatItGivesThroughTheIndex asks the index for the
// conditions of CEL's conformance suite.
func TestConformanceSuiteGivesWhatItGivesThroughTheIndex(t *testing.T) {
	files := conformanceFiles(t)
	if len(files) == 0 {
		t.Skip("no conformance files: set PROFFER_DATA to the folder of the data sets")
	}
	c := newCompiler(t)
	in := given(t, `{}`, `[]`)
	asked, decided := 0, 0
	for _, file := range files {
		for _, text := range expressions(t, file) {
			e, issues := c.Compile(Condition, text)
			if len(issues) > 0 {
				continue
			}
			lexicon := predicate.NewLexicon()
			j := judged{text, lexicon.Rule(e.Form()), truth(t, e, in)}
			m, _ := matched(lexicon, in.facts)
			j.check(t, m, filepath.Base(file)+" lazily")
			j.check(t, encoded(lexicon, in.facts), filepath.Base(file)+" by codes")
			m.All()
			j.check(t, m, filepath.Base(file)+" set-wise")
			asked++
			if m.Holds(j.rule) != predicate.Unknown {
				decided++
			}
		}
	}
	t.Logf("%d conditions, %d decided without a program", asked, decided)
}

// FuzzFormsGiveWhatCELGives compares the index with cel-go for any condition over
// any profile.
func FuzzFormsGiveWhatCELGives(f *testing.F) {
	const attributes = `{"a": 1, "s": "x", "l": [1, "x", null], "m": {"k": {"x": true}}, "n": null, "b": true, "big": 9007199254740993}`
	for _, text := range []string{
		"profile.a >= 1 && profile.s in ['x', 1, null]", "!has(profile.m.k.y) || profile['m'][\"k\"].x", "profile.?m.?z.orValue(1) < 2u",
		"profile.l.exists(x, x == 1) ? 'x' in profile.m : profile.gone", "!(profile.n == null && size(profile.l) != 3)", "profile.big == 9007199254740993",
		"events.ofType('a').within(duration('1h')).size() > 0 || profile.s.matches('^x$')", "profile.a == profile.big || profile.s < profile.s",
		"now < timestamp('2026-06-01T12:00:00Z') == false", "profile.l == profile.l && profile.b", "profile.a * 0.1 + profile.big / 3.0 <= double(profile.s) - 1.0", "profile.l.all(x, x != 2 && !(x in ['y'])) || profile.l.exists_one(x, x.startsWith('x'))",
		"now - timestamp(profile.s) < duration('1h') || timestamp(profile.?s.orValue('2026-06-01T11:30:00Z')) < now", "'' in profile.?l.orValue([])",
	} {
		f.Add(text, attributes)
	}
	c := newCompiler(f)
	f.Fuzz(func(t *testing.T, text, attributes string) {
		given := profile.Given{Now: noon, Events: []map[string]any{{"eventType": "a", "timestamp": "2026-06-01T11:30:00Z"}}}
		if json.Unmarshal([]byte(attributes), &given.Profile) != nil {
			t.Skip()
		}
		e, issues := c.Compile(Condition, text)
		if len(issues) > 0 {
			t.Skip()
		}
		facts := profile.NewFacts(given)
		_, err := e.Bool(NewInput(facts))
		if failed, ok := errors.AsType[*Error](err); ok && failed.Kind == OverBudget {
			t.Skip("the budget is no part of what a condition means")
		}
		lexicon := predicate.NewLexicon()
		j := judged{text, lexicon.Rule(e.Form()), truth(t, e, NewInput(facts))}
		m, _ := matched(lexicon, facts)
		j.check(t, m, "lazily")
		j.check(t, encoded(lexicon, facts), "by codes")
		m.All()
		j.check(t, m, "set-wise")
	})
}
