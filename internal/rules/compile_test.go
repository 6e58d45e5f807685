package rules

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIssuesSayWhatAndWhere(t *testing.T) {
	c := newCompiler(t)
	for _, tt := range []struct {
		name, text   string
		line, column int
		message      string
	}{
		{"an unknown variable", "profil.age >= 18", 1, 1, "undeclared reference to 'profil'"},
		{"an unknown variable on the second line", "true &&\n  profil.age >= 18", 2, 3, "undeclared reference to 'profil'"},
		{"after characters of several bytes", "'é€😀' == '' || profil", 1, 16, "undeclared reference to 'profil'"},
		{"a syntax error", "1 +", 1, 4, "syntax error: "},
		{"no expression", "", 1, 1, "syntax error: "},
		{"a type error", "'a' + 1 == 'b'", 1, 5, "found no matching overload"},
		{"an offer outside of a formula", "offer.id == 'a'", 1, 1, "undeclared reference to 'offer'"},
		{"a hidden function", "@within(events, duration('1s'), now) == []", 1, 1, "syntax error: "},
		{"a hidden variable", "@meter == 1", 1, 1, "syntax error: "},
		{"a pattern that is no literal", "profile.a.matches(profile.b)", 1, 26, "must be a literal"},
		{"a pattern that is no pattern", "profile.a.matches('(')", 1, 19, "missing closing )"},
		{"a huge pattern", "profile.a.matches('((a{100}){10})b')", 1, 19, "write smaller counts"},
		{"a message", "google.protobuf.Int32Value{value: 1} == 1", 1, 27, "messages are not available"},
		{"yaml", "yaml.encode(profile) == ''", 1, 12, "is not available"},
		{"three levels of loops", "events.all(a, events.all(b, events.all(c, a == b && b == c)))", 1, 11, "loop over fewer lists"},
		{"invalid UTF-8", "'\xff' == ''", 1, 1, "not valid UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, issues := c.Compile(Condition, tt.text)
			require.Nil(t, got)
			require.NotEmpty(t, issues)
			assert.Equal(t, [2]int{tt.line, tt.column}, [2]int{issues[0].Line, issues[0].Column}, "position of %v", issues[0])
			assert.Contains(t, issues[0].Message, tt.message)
			assert.NotContains(t, issues[0].Message, "container")
		})
	}
}

func TestAllIssuesAreReportedAtOnceInOrder(t *testing.T) {
	_, issues := newCompiler(t).Compile(Condition, "b == 1 ||\n a == 1 || c.d == profil")
	var got []string
	for _, i := range issues {
		got = append(got, fmt.Sprintf("%d:%d", i.Line, i.Column))
	}
	assert.Equal(t, []string{"1:1", "2:2", "2:12", "2:19"}, got)
}

func TestResultTypeFitsTheKind(t *testing.T) {
	c := newCompiler(t)
	for _, tt := range []struct {
		kind Kind
		text string
		ok   bool
	}{
		{Condition, "true", true},
		{Condition, "profile.vip", true},
		{Condition, "1", false},
		{Condition, "'true'", false},
		{Condition, "profile", false},
		{Condition, "optional.of(true)", false},
		{Score, "1", true},
		{Score, "1u", true},
		{Score, "1.5", true},
		{Score, "offer.priority", true},
		{Score, "true", false},
		{Score, "now", false},
		{Until, "now", true},
		{Until, "profile.until", true},
		{Until, "timestamp(profile.until)", true},
		{Until, "duration('1h')", false},
		{Until, "'2026-01-01T00:00:00Z'", false},
	} {
		e, issues := c.Compile(tt.kind, tt.text)
		if ok := e != nil; ok != tt.ok {
			t.Errorf("kind %d, %s: got %v, %v, want %v", tt.kind, tt.text, ok, issues, tt.ok)
		}
	}
}

func TestArithmeticOfDataAndIntIsAFault(t *testing.T) {
	c := newCompiler(t)
	for text, advice := range map[string]string{
		"profile.age + 1 > 3":                                  "write 1.0, not 1",
		"1 - profile.age > 3":                                  "write 1.0, not 1",
		"profile.age * -2 > 3":                                 "write -2.0, not -2",
		"context.n / 2u > 3u":                                  "write 2.0, not 2u",
		"profile['age'] % 2 == 1":                              "write 2.0, not 2",
		"profile.ages[0] + 1 == 2":                             "write 1.0, not 1",
		"profile.age + size(profile.ages) > 3":                 "double(...)",
		"profile.age + now.getHours() > 3":                     "double(...)",
		"profile.age + int(profile.x) > 3":                     "double(...)",
		"events[0].n + 1 > 3":                                  "write 1.0, not 1",
		"events.ofType('a')[0].n + 1 > 3":                      "write 1.0, not 1",
		"events.within(duration('1h')).exists(e, e.n + 1 > 3)": "write 1.0, not 1",
		"events.filter(e, e.n > 1).exists(e, e.n + 1 > 3)":     "write 1.0, not 1",
		"profile.ages.map(a, a * 2).size() > 0":                "write 2.0, not 2",
		"profile.ages.exists(i, a, a * 2 > 3)":                 "write 2.0, not 2",
		"cel.bind(a, profile.age, a + 1 > 3)":                  "write 1.0, not 1",
		"(profile.vip ? profile.age : context.age) + 1 > 3":    "write 1.0, not 1",
		"profile.?age.optMap(a, a + 1).hasValue()":             "write 1.0, not 1",
		"profile.ages.all(a, profile.ages.all(b, a + 1 == b))": "write 1.0, not 1",
		"cel.bind(p, profile, p.age + 1 > 3)":                  "write 1.0, not 1",
		"profile.ages.sortBy(a, a + 1).size() > 0":             "write 1.0, not 1",
		"profile.a.b.c + 1 == 2 && true":                       "write 1.0, not 1",
	} {
		assert.Contains(t, one(t, c, Condition, text).Message, advice, text)
	}
	assert.Equal(t, "1:18: arithmetic between data, whose numbers are all double, and int can only err: write 2.0, not 2",
		one(t, c, Score, "offer.priority * 2").String())
	assert.Contains(t, one(t, c, Score, "activity.count + 1").Message, "write 1.0, not 1")
}

func TestArithmeticThatMaySucceedIsNoFault(t *testing.T) {
	c := newCompiler(t)
	for _, text := range []string{
		"profile.age + 1.0 > 3", "profile.age > 3 && profile.age >= 3u", "double(profile.age) + 1.0 > 3",
		"int(profile.age) + 1 > 3", "size(profile.ages) + 1 > 3", "events.size() * 2 > 3",
		"profile.ages.exists(i, a, i + 1 > 3)", "profile.ages.transformList(i, a, i * 2).size() > 0",
		"events.map(e, 1).exists(n, n + 1 > 3)", "cel.bind(n, size(profile.ages), n + 1 > 3)",
		"(profile.vip ? profile.age : 1) + 1 > 3", "profile.ages.map(a, size(a)).exists(n, n + 1 > 3)",
		"profile.ages.size() - 1 > 2", "now - duration('1h') < now", "[1, 2].exists(profile, profile + 1 > 2)",
	} {
		mustCompile(t, c, Condition, text)
	}
}

func TestFieldsOfOfferAndActivityMustExist(t *testing.T) {
	c := newCompiler(t)
	const offers = "offer has no field 'foo': there are id, name, kind, tags, priority, value, cost, attributes"
	const activities = "activity has no field 'foo': there are id, placement, count"
	for text, want := range map[string]string{
		"offer.foo": offers, "offer['foo']": offers, "has(offer.foo) ? 1 : 2": offers, "offer.?foo.orValue(1)": offers,
		"offer[?'foo'].orValue(1)": offers, "offer.foo.bar": offers, "cel.bind(o, offer, o.foo)": offers,
		"activity.foo": activities, "activity['foo']": activities, "(true ? activity : activity).foo": activities,
	} {
		assert.Equal(t, want, one(t, c, Score, text).Message, text)
	}
	for _, text := range []string{
		"offer.priority", "offer['value']", "offer.attributes.anything", "offer.attributes['x'].y", "offer[context.field]",
		"has(offer.attributes.margin) ? 1 : 2", "activity.count", "context.offers.map(offer, offer.foo).size()",
	} {
		mustCompile(t, c, Score, text)
	}
}

func TestReadsAreTheVariablesReferredTo(t *testing.T) {
	c := newCompiler(t)
	for text, want := range map[string]Reads{
		"1":                                    0,
		"profile.a":                            ReadsProfile,
		"profile.a + context.b":                ReadsProfile | ReadsContext,
		"events.size()":                        ReadsEvents,
		"events.ofType('a').size()":            ReadsEvents,
		"events.within(duration('1h')).size()": ReadsEvents | ReadsNow,
		"now.getHours()":                       ReadsNow,
		"offer.priority * double(activity.count)":               ReadsOffer | ReadsActivity,
		"events.map(profile, profile.a).size()":                 ReadsEvents,
		"events.map(now, events.within(duration('1h'))).size()": ReadsEvents | ReadsNow,
		"[1].map(profile, profile).size() + profile.n.size()":   ReadsProfile,
		"[1].map(profile, .profile.n).size()":                   ReadsProfile,
		"cel.bind(profile, 1, profile)":                         0,
		"cel.bind(x, events, 1)":                                ReadsEvents,
		"'profile'.size()":                                      0,
		"context.profile":                                       ReadsContext,
		"has(profile.a) ? 1 : 2":                                ReadsProfile,
	} {
		assert.Equal(t, want, mustCompile(t, c, Score, text).Reads(), text)
	}
}

func TestSaneRulesCompile(t *testing.T) {
	c := newCompiler(t)
	for _, text := range []string{
		"profile.age >= 18", "profile.tier in ['gold', 'platinum']", "!profile.owns.exists(p, p == 'card-gold')",
		"events.ofType('complaint').within(duration('168h')).size() > 0",
		"events.exists(e, profile.interests.exists(i, i == e.topic))",
		"events.exists(e, profile.interests.exists(i, e.topic.contains(i) && e.title.lowerAscii().startsWith(i)))",
		"events.all(e, e.page.replace('-', ' ').split(' ').exists(w, w.startsWith(profile.prefix)))",
		"events.filter(e, e.eventType == 'purchase').map(e, e.sku).distinct().size() >= 3",
		"events.filter(e, e.n > 1).sortBy(e, e.n).map(e, e.n).sort().size() > 1",
		"profile.text.indexOf(profile.word) > 0 && events.exists(e, e.title.indexOf(profile.word) > 0)",
		"geo.distance(profile.lat, profile.lon, 52.5, 13.4) < 5000.0",
		"json.parse(profile.settings).optMap(s, s.newsletter).orValue(false)",
		"'%s-%s'.format([profile.a, profile.b]) in profile.pairs",
		"sets.intersects(profile.tags, context.tags)",
	} {
		mustCompile(t, c, Condition, text)
	}
}

func TestEachTextIsCompiledOnce(t *testing.T) {
	c := newCompiler(t)
	exprs := make([]*Expr, 50)
	var wg sync.WaitGroup
	for i := range exprs {
		wg.Go(func() { exprs[i], _ = c.Compile(Condition, "profile.vip") })
	}
	wg.Wait()
	for _, e := range exprs {
		require.Same(t, exprs[0], e)
	}
	assert.NotSame(t, exprs[0], mustCompile(t, c, Until, "profile.vip"), "a text of another kind")
	assert.Equal(t, "profile.vip", exprs[0].Text())
}

func TestLimitsAreChecked(t *testing.T) {
	_, err := NewCompiler(Limits{Depth: -1})
	require.Error(t, err)
	c, err := NewCompiler(Limits{TextBytes: 20, Depth: 5, Pattern: 10})
	require.NoError(t, err)
	for text, want := range map[string]string{
		"profile.age >= 18 && true": "at most 20 are allowed",
		"((((((((true))))))))":      "recursion limit",
		"'a'.matches('a{20}')":      "at most 10 are allowed",
	} {
		assert.Contains(t, one(t, c, Condition, text).Message, want, text)
	}
}

// TestEveryFunctionIsPricedOrCheap makes whoever raises the version of an extension
// decide what its new functions cost.
func TestEveryFunctionIsPricedOrCheap(t *testing.T) {
	cheap := map[string]bool{
		// operators over scalars, and those that cel-go plans as nodes of their own
		"!_": true, "-_": true, "_-_": true, "_*_": true, "_/_": true, "_%_": true, "_&&_": true, "_||_": true, "_?_:_": true,
		"@not_strictly_false": true, "__not_strictly_false__": true, "_[_]": true, "_[?_]": true, "_?._": true,
		"cel.@block": true, "in": true, "_in_": true, "dyn": true, "type": true,
		"or": true, "orValue": true, "optional.none": true, "optional.of": true, "optional.ofNonZeroValue": true, "value": true,
		"first": true, "last": true, "geo.distance": true,
		"math.abs": true, "math.bitAnd": true, "math.bitNot": true, "math.bitOr": true, "math.bitShiftLeft": true,
		"math.bitShiftRight": true, "math.bitXor": true, "math.ceil": true, "math.floor": true, "math.isFinite": true,
		"math.isInf": true, "math.isNaN": true, "math.round": true, "math.sign": true, "math.sqrt": true, "math.trunc": true,
		"matches":     true,                     // priced by its pattern
		"yaml.encode": true, "yaml.parse": true, // refused
	}
	for name := range newCompiler(t).scores.Functions() {
		if priced := pricers[name] != nil; priced == cheap[name] {
			t.Errorf("%s: priced %v, cheap %v", name, priced, cheap[name])
		}
	}
}
