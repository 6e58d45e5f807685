package rules

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/internal/predicate"
	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/profile"
)

// rowOf returns what the documents have at the slots of the schema.
func rowOf(schema *slot.Schema, facts *profile.Facts) *slot.Row {
	row := &slot.Row{Values: make([]slot.Value, schema.Len())}
	if attributes, err := facts.Profile(); err == nil {
		fill(row, schema, slot.Path{Root: slot.Profile}, attributes)
	}
	fill(row, schema, slot.Path{Root: slot.Context}, facts.Context())
	return row
}

func fill(row *slot.Row, schema *slot.Schema, at slot.Path, v any) {
	if n, ok := schema.Slot(at); ok {
		value := valueOf(v)
		if list, ok := v.([]any); ok {
			value.First = int32(len(row.Elements))
			for _, e := range list {
				row.Elements = append(row.Elements, valueOf(e))
			}
		}
		row.Values[n] = value
	}
	if object, ok := v.(map[string]any); ok {
		for k, member := range object {
			fill(row, schema, slot.Path{Root: at.Root, Keys: append(slices.Clone(at.Keys), k)}, member)
		}
	}
}

func valueOf(v any) slot.Value {
	switch v := v.(type) {
	case nil:
		return slot.Value{Kind: slot.Null}
	case bool:
		return predicate.Bool(v)
	case float64:
		return predicate.Number(v)
	case string:
		return predicate.Text(v)
	case []any:
		return slot.Value{Kind: slot.List, Size: int32(len(v))}
	case map[string]any:
		return slot.Value{Kind: slot.Map, Size: int32(len(v))}
	}
	panic(fmt.Sprintf("%T is no JSON", v))
}

// An eventCounter counts as the definition of a count says, and how often it is asked.
type eventCounter struct {
	facts *profile.Facts
	asked map[slot.Count]int
}

func (c *eventCounter) Count(count slot.Count, now time.Time) (n int, ok bool) {
	c.asked[count]++
	all, err := c.facts.Events()
	for _, e := range all {
		eventType, typed := e["eventType"].(string)
		at, dated := eventTime(e)
		if count.Typed && (!typed || eventType != count.Type) {
			continue
		}
		if count.Dated && (!dated || at.After(now) || !at.After(now.Add(-count.Window))) {
			continue
		}
		n++
	}
	return n, err == nil
}

// truth is what cel-go says of the condition.
func truth(tb require.TestingT, e *Expr, in *Input) predicate.Truth {
	got, err := e.Bool(in)
	if failed, ok := errors.AsType[*Error](err); ok {
		require.NotEqual(tb, OverBudget, failed.Kind)
		return predicate.Error
	}
	if got {
		return predicate.True
	}
	return predicate.False
}

// matched returns a match of the facts with what the lexicon has.
func matched(lexicon *predicate.Lexicon, facts *profile.Facts) (*predicate.Match, *eventCounter) {
	view, m := lexicon.View(), &predicate.Match{}
	counter := &eventCounter{facts, make(map[slot.Count]int)}
	m.Reset(view, rowOf(view.Schema(), facts), counter, facts.Now())
	return m, counter
}

// encoded is matched, with codes from the start.
func encoded(lexicon *predicate.Lexicon, facts *profile.Facts) *predicate.Match {
	view := lexicon.View()
	m, _ := matched(lexicon, facts)
	m.Know(view.Encode(rowOf(view.Schema(), facts), &eventCounter{facts, make(map[slot.Count]int)}, facts.Now()))
	return m
}

// holding is what Holds has to say of a condition with the value.
func holding(value predicate.Truth) predicate.Truth {
	if value == predicate.True {
		return value
	}
	return predicate.False
}

func TestFormsGiveWhatCELGives(t *testing.T) {
	const attributes = `{
		"yes": true, "no": false, "nil": null, "zero": 0, "minus": -0.0, "n": 18, "half": 0.5, "big": 9007199254740992, "huge": 9223372036854775808,
		"max": 1.7976931348623157e308, "tiny": 5e-324, "s": "gold", "empty": "", "u": "日本", "list": [1, "a", null, true, [1], {}], "none": [],
		"at": "2026-05-31T14:00:00+02:00", "m": {"a": 1, "b": {"c": "x"}, "": 2, "ä b": 3}, "void": {}, "t": "gold", "end": "gold\u0000", "lists": [1, "a", null, true, [1], {}]
	}`
	c := newCompiler(t)
	in := given(t, attributes, history)
	for _, text := range []string{
		"profile.yes", "profile.no", "profile.nil", "profile.n", "profile.gone", "profile.m.b.c.d", "!profile.yes", "!profile.n", "true", "false", "!true",
		"profile.n == 18", "18 == profile.n", "profile.n == 18u", "profile.n == 18.0", "profile.n == '18'", "profile.n != '18'", "profile.n == null", "profile.nil == null",
		"profile.zero == -0.0", "profile.minus == 0", "profile.minus < 0", "profile.minus >= 0u", "profile.zero in [-0.0]",
		"profile.big == 9007199254740993", "profile.big < 9007199254740993", "profile.big >= 9007199254740993", "profile.big in [9007199254740993]",
		"profile.huge == 9223372036854775807", "profile.huge > 9223372036854775807", "profile.huge == 9223372036854775808u", "profile.huge <= 18446744073709551615u",
		"profile.max <= 1.7976931348623157e308", "profile.max > 1.7976931348623157e308", "profile.tiny > 0", "profile.tiny <= 5e-324", "profile.tiny < 5e-324", "0 < profile.tiny",
		"profile.s < 'gole'", "profile.s <= 'gold'", "profile.s > 'gold'", "profile.end <= 'gold'", "'gold' < profile.end", "'gold' <= profile.s", "profile.s < 5", "profile.n < '5'", "profile.yes > false", "profile.yes <= true", "profile.no < true",
		"profile.yes < 1", "profile.nil < 1", "profile.list < 1", "profile.m > 'a'", "profile.gone < 1", "profile.yes == true", "profile.yes == 1",
		"profile.n in [1, 18.0, 'a']", "profile.s in ['gold', 'silver']", "profile.s in []", "profile.gone in []", "profile.nil in [null]", "!(profile.list in ['gold'])", "profile.m in [1]",
		"1 in profile.list", "1u in profile.list", "'a' in profile.list", "null in profile.list", "true in profile.list", "false in profile.list", "2 in profile.none", "1 in profile.n", "'g' in profile.s", "'x' in profile.gone", "'x' in profile.nil",
		"'a' in profile.m", "'z' in profile.m", "1 in profile.m", "null in profile.m", "'' in profile.m", "'ä b' in profile.m", "'a' in profile.void", "'a' in profile", "'gone' in context", "!('a' in profile.m.b)",
		"profile.list.exists(x, x == 1)", "profile.list.exists(x, 'zz' == x)", "profile.m.exists(k, k == 'a')", "profile.m.exists(k, k == 1)", "profile.n.exists(x, x == 1)", "profile.gone.exists(x, x == 1)", "profile.nil.exists(x, x == null)", "!profile.s.exists(x, x == 'g')", "profile.none.exists(profile, profile == 1)", "profile.empty.exists(x, x == 1)", "!profile.empty.exists(x, x == 1)",
		"has(profile.n)", "has(profile.gone)", "has(profile.nil)", "has(profile.m.a)", "has(profile.m.z)", "has(profile.gone.z)", "has(profile.n.z)", "has(profile.s.z)", "has(profile.nil.z)", "has(profile.list.z)", "has(profile.m.a.z)", "has(profile.m.a.z.y)", "has(profile['m'].a)", "!has(profile.gone)", "has(context.weather)", "has(profile.yes.z)", "has(profile.void.z)",
		"profile['m']['ä b'] == 3", "profile['m'].a == 1", "profile.m[''] == 2", ".profile.m.b.c == 'x'", ".profile['n'] > 17", "profile.list['a'] == 1", "context.weather == 'hot'",
		"profile.gone == 1 || true", "true || profile.gone == 1", "profile.gone == 1 && false", "profile.n == 1 && profile.gone", "!(profile.gone && profile.no)", "!(profile.gone || profile.yes)", "profile.gone || profile.no", "profile.n || true", "profile.n || false", "profile.n && true",
		"profile.yes ? true : profile.gone", "profile.no ? profile.gone : profile.n == 18", "profile.gone ? true : true", "!(profile.gone ? false : false)", "profile.n ? false : false", "profile.yes ? profile.n : true", "profile.yes ? profile.no : profile.gone",
		"profile.s.startsWith('go')", "profile.s.endsWith('ld')", "profile.s.contains('ol')", "profile.s.matches('^g.*d$')", "matches(profile.s, 'x')", "profile.n.startsWith('a')", "profile.list.contains('a')", "profile.gone.matches('a')", "!profile.nil.endsWith('')", "profile.empty.startsWith('')", "profile.u.contains('本')",
		"profile.list.size() == 6", "size(profile.m) >= 4", "size(profile.u) == 2", "profile.empty.size() == 0", "size(profile.n) > 0", "profile.nil.size() == 0", "size(profile.gone) == 0", "profile.list.size() in [6, 7]", "0 < size(profile.void)", "profile.s.size() > 3.5", "size(profile) > 5",
		"profile.s == profile.t", "profile.s == profile.n", "profile.s != profile.u", "profile.n < profile.big", "profile.n <= profile.n", "profile.s > profile.u", "profile.s < profile.n", "profile.nil == profile.nil", "profile.nil < profile.nil", "profile.gone == profile.n", "profile.n != profile.gone", "profile.list == profile.n", "profile.list < profile.list", "profile.yes > profile.no", "profile.nil == profile.n", "profile.void != profile.nil",
		"profile.?n.orValue(0) == 18", "profile.?gone.orValue(0) == 0", "profile.?gone.orValue(7) > 5", "profile.?gone.?x.orValue('a') == 'a'", "profile.?m.?b.?c.orValue('') == 'x'", "profile.?m.b.c.orValue('') == 'x'", "profile.?m.z.c.orValue('') == ''", "profile.gone.?x.orValue(1) == 1", "profile.m.?z.orValue(1) == 1", "profile.?list.?a.orValue(1) == 1", "profile.?n.?a.orValue(1) == 1", "profile.?nil.orValue(1) == 1", "profile.?nil.?a.orValue(1) == 1", "profile[?'gone'].orValue(false)", "profile[?'yes'].orValue(false)", "!profile.?gone.orValue(false)", "profile.?gone.orValue(1)", "profile.?n.orValue(1)",
		"profile.?gone.orValue('') in ['', 'a']", "'a' in profile.?gone.orValue([])", "!('a' in profile.?list.orValue([]))", "'a' in profile.?gone.orValue({})", "profile.?gone.orValue('x').startsWith('x')", "size(profile.?gone.orValue([])) == 0", "profile.?m.orValue({}).size() == 4", "profile.?gone.orValue(null) == null", "profile.?gone.hasValue()", "profile.?nil.hasValue()", "profile.?m.?b.hasValue()", "profile.?m.?b.?c.?d.hasValue()", "profile.?list.?x.hasValue()", "!profile.?n.?x.hasValue()", "profile.?gone.orValue([]).exists(x, x == 1)", "profile.?gone.orValue('') < 5", "profile.?gone.orValue(3).size() > 1",
		"events.size() == 9", "size(events) > 9", "events.ofType('purchase').size() == 3", "events.within(duration('1h')).size() >= 3", "events.ofType('purchase').within(duration('90m')).size() < 3", "size(events.within(duration('1h')).ofType('view')) == 1", "events.ofType('').size() == 0", "0 < events.ofType('view').size()", ".events.ofType('view').size() in [3, 4]", "events.within(duration('-1h')).size() == 0", "!(events.within(duration('0s')).size() == 0)",
		"now > timestamp('2026-01-01T00:00:00Z')", "now == timestamp('2026-06-01T12:00:00Z')", "now <= timestamp('2026-06-01T14:00:00+02:00')", "now < timestamp('2026-06-01T12:00:00Z')", "timestamp('2026-06-01T12:00:00Z') <= now", "timestamp('2026-06-01T12:00:00.000000001Z') <= now", "timestamp('2026-06-01T11:59:59.999999999Z') < now", "now != timestamp('2026-06-01T12:00:00Z')", "now >= timestamp('2027-01-01T00:00:00Z')", "timestamp('2026-06-01T12:00:00Z') == .now",
		"profile.n + profile.big > 1.0", "profile.n * 0.2 > profile.n - 5.0", "profile.n / 0.0 > 1e308", "0.0 / (profile.n - 18.0) < 1.0", "0.0 / (profile.n - 18.0) == 0.0", "0.0 / (profile.n - 18.0) >= profile.n", "0.0 / profile.zero <= 1", "0.0 / profile.zero > 1u", "0.0 / profile.zero != 1.0", "-profile.n < -17.5", "profile.s + profile.s < 1.0", "profile.s + profile.s != 1.0", "profile.list - 1.0 == 2.0", "profile.gone + 1.0 == 2.0", "!(profile.nil * 2.0 > 1.0)", "profile.n * 2.0 == 36.0", "36u <= profile.n + profile.n", "double(profile.n) >= 18", "double(size(profile.list)) / 2.0 == 3.0", "profile.?gone.orValue(2.0) * 3.0 == 6.0", "double(profile.?gone.orValue(2)) * 3.0 == 6.0", "size(profile.list) < size(profile.s)", "profile.n < profile.?gone.orValue(20.0)",
		"profile.list.exists(x, x in [1, 'a'])", "profile.list.all(x, x != 'zz')", "profile.list.all(x, x > 0)", "profile.list.exists(x, x > 0)", "profile.list.exists_one(x, x == 1)", "profile.list.exists_one(x, x == null || x == true)", "profile.none.all(x, x > 0)", "!profile.gone.all(x, x == 1)", "profile.empty.all(x, x == 1)", "profile.s.exists(x, x > 'a')", "profile.void.exists_one(x, x > 'a')", "profile.?gone.orValue([]).all(x, x.startsWith('a'))", "profile.list.exists(profile, profile.matches('^z') || profile == 1)",
		"timestamp(profile.at) < now", "timestamp(profile.at) == now - duration('24h')", "now - timestamp(profile.at) <= duration('24h')", "timestamp(profile.at) + duration('720h') > now", "timestamp(profile.s) < now", "timestamp(profile.n) < now", "timestamp(profile.gone) < now", "timestamp(profile.at) > timestamp('2026-01-01T00:00:00Z')", "now + duration('2562047h') + duration('2562047h') < now",
		"(profile.n == 18) == true", "has(profile.gone) == false", "(profile.gone == 1) != false", "(profile.n > 1 && profile.s == 'gold') == false",
	} {
		e := mustCompile(t, c, Condition, text)
		require.True(t, e.Form().Fits(), text)
		lexicon := predicate.NewLexicon()
		rule, opposite := lexicon.Rule(e.Form()), lexicon.Rule(predicate.Not(e.Form().Form()).Pack())
		m, _ := matched(lexicon, in.facts)
		want := truth(t, e, in)
		assert.Equal(t, want, m.Value(rule), text)
		assert.Equal(t, holding(want), m.Holds(rule), text)
		assert.Equal(t, want == predicate.False, m.Holds(opposite) == predicate.True, "!(%s)", text)
		codes := encoded(lexicon, in.facts)
		assert.Equal(t, holding(want), codes.Holds(rule), "by codes %s", text)
		assert.Equal(t, want == predicate.False, codes.Holds(opposite) == predicate.True, "by codes !(%s)", text)
		m.All()
		assert.Equal(t, holding(want), m.Holds(rule), "set-wise %s", text)
		assert.Equal(t, want == predicate.False, m.Holds(opposite) == predicate.True, "set-wise !(%s)", text)
	}
}

func TestWhatDoesNotFitIsLeftToTheProgram(t *testing.T) {
	c := newCompiler(t)
	in := given(t, `{"n": 1, "list": [1], "yes": true}`, `[]`)
	for _, tt := range []struct {
		text string
		want predicate.Truth
	}{
		{"int(profile.n) + 1 == 2", predicate.Unknown},
		{"int(profile.n) + 1 == 2 && profile.n == 1", predicate.Unknown},
		{"int(profile.n) + 1 == 2 && profile.n == 2", predicate.False},
		{"int(profile.n) + 1 == 2 || profile.n == 1", predicate.True},
		{"int(profile.n) + 1 == 2 || profile.n == 2", predicate.Unknown},
		{"!(int(profile.n) + 1 == 2 || profile.n == 1)", predicate.False},
		{"profile.yes ? profile.n == 1 : int(profile.n) + 1 == 2", predicate.True},
		{"profile.list == profile.list", predicate.Unknown},
		{"profile.list == profile.list && profile.n == 2", predicate.False},
		{"[1].exists(profile, profile == 1)", predicate.Unknown},
		{"cel.bind(profile, {'n': 2}, profile.n == 2)", predicate.Unknown},
		{"profile.list == [1]", predicate.Unknown},
		{"profile.list[0] == 1", predicate.Unknown},
		{"profile.n == 1 && events.exists(e, e.eventType == 'a')", predicate.Unknown},
	} {
		e := mustCompile(t, c, Condition, tt.text)
		lexicon := predicate.NewLexicon()
		rule := lexicon.Rule(e.Form())
		m, _ := matched(lexicon, in.facts)
		assert.Equal(t, tt.want, m.Holds(rule), tt.text)
		m.All()
		assert.Equal(t, tt.want, m.Holds(rule), "set-wise %s", tt.text)
	}
}

func TestEachCountIsAskedForOnceAndOnlyIfNeeded(t *testing.T) {
	c := newCompiler(t)
	in := given(t, `{"n": 1}`, history)
	lexicon := predicate.NewLexicon()
	never := lexicon.Rule(mustCompile(t, c, Condition, "events.ofType('view').size() > 0 && profile.n == 2").Form())
	first := lexicon.Rule(mustCompile(t, c, Condition, "events.ofType('view').size() > 0").Form())
	second := lexicon.Rule(mustCompile(t, c, Condition, "events.ofType('view').size() > 3").Form())
	m, counter := matched(lexicon, in.facts)
	assert.Equal(t, predicate.False, m.Holds(never))
	assert.Empty(t, counter.asked, "the cheaper part suffices")
	sets, unasked := matched(lexicon, in.facts)
	sets.All()
	assert.Equal(t, predicate.False, sets.Holds(never))
	assert.Empty(t, unasked.asked, "and by sets too")
	assert.Equal(t, predicate.True, sets.Holds(first))
	assert.Equal(t, predicate.True, m.Holds(first))
	assert.Equal(t, predicate.False, m.Holds(second))
	m.All()
	assert.Equal(t, map[slot.Count]int{{Type: "view", Typed: true}: 1}, counter.asked)
}

func TestFactsThatCouldNotBeHadErr(t *testing.T) {
	c := newCompiler(t)
	facts := profile.NewFacts(profile.Given{Now: noon, ProfileErr: errors.New("down"), EventsErr: errors.New("down")})
	in := NewInput(facts)
	for _, text := range []string{
		"profile.n == 1", "!has(profile.n)", "profile.?n.orValue(1) == 1", "size(profile) == 0", "'a' in profile", "events.size() == 0", "!(events.size() > 0)",
		"profile.n == 1 || true", "has(context.x)",
	} {
		e := mustCompile(t, c, Condition, text)
		lexicon := predicate.NewLexicon()
		rule := lexicon.Rule(e.Form())
		m, _ := matched(lexicon, facts)
		want := truth(t, e, in)
		assert.Equal(t, want, m.Value(rule), text)
		m.All()
		assert.Equal(t, holding(want), m.Holds(rule), text)
	}
}
