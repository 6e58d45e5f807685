package rules

import (
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

const history = `[
	{"eventType": "purchase", "timestamp": "2026-06-01T12:00:00Z", "n": 1},
	{"eventType": "purchase", "timestamp": "2026-06-01T11:00:00Z", "n": 2},
	{"eventType": "purchase", "timestamp": "2026-06-01T10:59:59.5+00:00", "n": 3},
	{"eventType": "view", "timestamp": "2026-06-01T13:30:00+02:00", "n": 4},
	{"eventType": "view", "timestamp": "yesterday", "n": 5},
	{"eventType": "view", "timestamp": 7, "n": 6},
	{"eventType": 7, "timestamp": "2026-06-01T11:59:00Z", "n": 7},
	{"eventType": null, "n": 8},
	{}
]`

func TestEventMacros(t *testing.T) {
	c := newCompiler(t)
	in := given(t, `{"window": "1h", "type": "view", "n": 1, "other": [{"eventType": "a"}, 1, "x", [], null]}`, history)
	for _, tt := range []struct {
		name, text string
	}{
		{"ofType selects by eventType", "events.ofType('purchase').map(e, e.n) == [1.0, 2.0, 3.0]"},
		{"ofType passes over other values", "events.ofType('view').map(e, e.n) == [4.0, 5.0, 6.0]"},
		{"ofType of no event", "events.ofType('') == []"},
		{"within includes now and excludes now-d", "events.within(duration('1h')).map(e, e.n) == [1.0, 4.0, 7.0]"},
		{"within passes over other values", "events.within(duration('999h')).map(e, e.n) == [1.0, 2.0, 3.0, 4.0, 7.0]"},
		{"within of nothing", "events.within(duration('0s')) == [] && events.within(duration('-1h')) == []"},
		{"they compose", "events.ofType('purchase').within(duration('1h')) == events.within(duration('1h')).ofType('purchase')"},
		{"they compose with macros", "events.ofType('purchase').within(duration('1h')).exists(e, e.n == 1)"},
		{"macros compose with them", "events.filter(e, has(e.n) && e.n > 1).ofType('purchase').map(e, e.n) == [2.0, 3.0]"},
		{"they have a size", "events.ofType('purchase').size() == 3 && size(events.within(duration('1h'))) == 3"},
		{"they have elements", "events.ofType('view')[0].n == 4.0 && events.ofType('view').last().hasValue()"},
		{"data are arguments", "events.ofType(profile.type).within(duration(profile.window)).size() == 1"},
		{"now cannot be shadowed", "[timestamp(0)].all(now, events.within(duration('1h')).size() == 3)"},
		{"other lists", "profile.other.ofType('a').size() == 1 && [{'eventType': 'a'}].ofType('a').size() == 1 && [1].ofType('a') == []"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := mustCompile(t, c, Condition, tt.text).Bool(in)
			require.NoError(t, err)
			assert.True(t, got, tt.text)
		})
	}
	for _, text := range []string{"events.ofType(profile.n).size() > 0", "events.within(profile.window).size() > 0", "profile.type.ofType('a').size() > 0"} {
		_, err := mustCompile(t, c, Condition, text).Bool(in)
		assert.Equal(t, WrongType, kind(t, err), text)
	}
}

// kind returns the kind of an error, which must be an *Error.
func kind(t *testing.T, err error) ErrorKind {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	require.True(t, ok, "%v is no *Error", err)
	return e.Kind
}

func TestConditionsAreWhatCELGives(t *testing.T) {
	c := newCompiler(t)
	in := given(t, `{"age": 31, "half": 0.5, "tier": "gold", "nil": null, "list": [1, 2.5, "a"], "map": {"b": 1, "a": 2, "": 3}, "ä b": 1}`, "[]")
	for _, text := range []string{
		"profile.age == 31 && profile.age == 31u && profile.age == 31.0 && profile.age >= 18 && profile.age < 32u",
		"profile.age + 1.0 == 32.0", "profile.gone == 1 || true", "!(profile.gone == 1 && false)", "true ? true : profile.gone",
		"type(profile.age) == double && type(profile.list[0]) == double", "profile.nil == null && has(profile.nil)", "!has(profile.gone)",
		"profile.age in [30, 31] && 1 in profile.list && 'a' in profile.map && !('c' in profile.map)",
		"profile.tier in ['gold', 'silver'] && !(profile.age in ['gold'])", "profile.list[0] == 1 && profile.list[1.0] == 2.5",
		"profile['ä b'] == 1.0", "profile.map == {'b': 1, 'a': 2.0, '': 3u}", "profile.list == [1, 2.5, 'a']",
		"profile.map.map(k, k) == ['', 'a', 'b']", "profile.map.transformList(k, v, v) == [3.0, 2.0, 1.0]", "{'b': 1, 'a': 2}.map(k, k) == ['a', 'b']",
		"{2: 'b', 1: 'a', 10: 'c'}.map(k, k) == [1, 2, 10]",
		"profile.list + ['b'] == [1, 2.5, 'a', 'b'] && ([] + profile.list).size() == 3",
		"profile.?gone.orValue(7) == 7 && profile.?age.orValue(7) == 31", "cel.bind(a, profile.age, a * a) > 900.0",
		"[1, 2, 3].transformMap(i, v, v * 2) == {0: 2, 1: 4, 2: 6}", "['a', 'b'].transformMapEntry(i, v, {v: i}) == {'a': 0, 'b': 1}",
		"'a,b'.split(',') == ['a', 'b'] && 'abc'.reverse() == 'cba'", "math.greatest([1, 2]) == 2", "sets.contains([1, 2], [2])",
		"base64.encode(b'hi') == 'aGk='", "lists.range(3) == [0, 1, 2]", "[3, 1].sort() == [1, 3]",
		"now == timestamp('2026-06-01T12:00:00Z') && now.getHours() == 12", "profile.tier.matches('^g.*d$') && matches(profile.tier, 'old')",
		"now.getHours('Europe/Berlin') == 14 && now.getHours('+02:30') == 14 && now.getMinutes('Asia/Kolkata') == 30",
		"timestamp('1880-01-01T00:00:00Z').getMinutes('Europe/Berlin') == 53",
		"timestamp('2026-06-01T23:30:00-05:00').getDayOfMonth() == 1", "json.encode(profile.map) == '{\"\":3,\"a\":2,\"b\":1}'",
		"context.weather == 'hot'",
	} {
		got, err := mustCompile(t, c, Condition, text).Bool(in)
		assert.NoError(t, err, text)
		assert.True(t, got, text)
	}
}

func TestErrorsHaveKindAndPosition(t *testing.T) {
	c := newCompiler(t)
	in := given(t, `{"s": "x", "n": 1, "list": [1], "map": {}}`, "[]")
	for _, tt := range []struct {
		text   string
		kind   ErrorKind
		line   int
		column int
	}{
		{"profile.gone == 1", NoSuchAttribute, 1, 8},
		{"true &&\n profile.map.gone", NoSuchAttribute, 2, 13},
		{"profile.list[1] == 1", NoSuchAttribute, 1, 13},
		{"profile.list[profile.n] == 1", NoSuchAttribute, 1, 13},
		{"profile.s.charAt(5) == ''", NoSuchAttribute, 1, 17},
		{"profile.?gone.value() == 1", NoSuchAttribute, 1, 20},
		{"profile.s < 1", WrongType, 1, 11},
		{"profile.s + 1.0 == 2.0", WrongType, 1, 11},
		{"profile.n.startsWith('a')", WrongType, 1, 21},
		{"profile.n.exists(x, true)", WrongType, 0, 0},
		{"timestamp(profile.s) < now", WrongType, 1, 10},
		{"duration(profile.s) < duration('1s')", WrongType, 1, 9},
		{"int(profile.s) == 1", WrongType, 1, 4},
		{"double(profile.s) == 1.0", WrongType, 1, 7},
		{"bool(profile.s)", WrongType, 1, 5},
		{"profile.s ? true : false", WrongType, 0, 0},
		{"profile.n", WrongType, 0, 0},
		{"profile.n && true", WrongType, 1, 11},
		{"1 / 0 == 1", Failed, 1, 3},
		{"9223372036854775807 + 1 > 0", Failed, 1, 21},
		{"int(1e30) > 0", Failed, 1, 4},
		{"now.getHours('Nowhere/Land') > 0", Failed, 1, 13},
		{"geo.distance(91.0, 0.0, 0.0, 0.0) > 0.0", Failed, 1, 13},
		{"geo.distance(0.0, 181.0, 0.0, 0.0) > 0.0", Failed, 1, 13},
		{"events.within(profile.n).size() > 0", WrongType, 1, 14},
	} {
		t.Run(tt.text, func(t *testing.T) {
			_, err := mustCompile(t, c, Condition, tt.text).Bool(in)
			e, ok := errors.AsType[*Error](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, tt.kind, e.Kind, e.Detail)
			if tt.line > 0 {
				assert.Equal(t, [2]int{tt.line, tt.column}, [2]int{e.Line, e.Column})
			}
		})
	}
}

func TestErrorTextNeverQuotesData(t *testing.T) {
	c := newCompiler(t)
	const canary = "canary@example.com"
	in := given(t, `{"s": "`+canary+`", "m": {"`+canary+`": 1}, "l": ["`+canary+`"]}`, `[{"eventType": "`+canary+`"}]`)
	quoted := 0
	for _, text := range []string{
		"profile[profile.s] == 1", "timestamp(profile.s) < now", "duration(profile.s) > duration('1s')", "int(profile.s) == 1",
		"double(profile.s) == 1.0", "now.getHours(profile.s) == 1", "profile.s", "profile.m", "profile.s < 1", "profile.l[profile.s] == 1",
		"profile.m[profile.s + 'x'] == 1", "bool(profile.s)", "uint(profile.s) == 1u", "base64.decode(profile.s) == b''", "['a', 1, profile.s].map(x, dyn(x)).join() == ''",
		"'%d'.format([profile.s]) == ''", "profile.l.sortBy(x, x).transformMapEntry(i, v, {v: 1}) == dyn(1).a", "['a', 'a'].transformMapEntry(i, v, {profile.s: 1}) == {}",
		"{?profile.s: profile.s} == {}", "[?profile.s] == []", "json.parse(profile.s).value() == 1", "events[0][profile.s] == 1",
	} {
		e, issues := c.Compile(Condition, text)
		if e == nil {
			t.Logf("%s: %v", text, issues)
			continue
		}
		_, err := e.Bool(in)
		require.Error(t, err, text)
		assert.NotContains(t, err.Error(), "canary", text)
		if failed, _ := errors.AsType[*Error](err); failed.Detail != "" && failed.Detail != err.Error() {
			quoted++
		}
	}
	assert.NotZero(t, quoted)
}

func TestFailedSourceMakesOnlyItsReadersErr(t *testing.T) {
	c := newCompiler(t)
	in := NewInput(profile.NewFacts(profile.Given{
		Now: noon, Context: map[string]any{"x": 1.0},
		ProfileErr: errors.New("no connection"), EventsErr: errors.New("timeout"),
	}))
	for text, want := range map[string]ErrorKind{
		"context.x == 1": "", "now > timestamp(0)": "",
		"profile.x == 1 || true": "", "profile.x == 1 && false": "", "context.x == 1 || profile.x == 1": "",
		"profile.x == 1": SourceFailed, "has(profile.x)": SourceFailed, "profile.?x.hasValue()": SourceFailed,
		"events.size() == 0": SourceFailed, "events.exists(e, true)": SourceFailed, "profile == {}": SourceFailed,
		"events.ofType('a').size() == 0": SourceFailed, "events.within(duration('1h')).size() == 0": SourceFailed,
		"profile.x == 1 || false": SourceFailed, "profile.x": SourceFailed, "size(profile) == 0": SourceFailed,
	} {
		_, err := mustCompile(t, c, Condition, text).Bool(in)
		if want == "" {
			assert.NoError(t, err, text)
			continue
		}
		require.Error(t, err, text)
		assert.Equal(t, want, kind(t, err), text)
		assert.NotContains(t, err.Error(), "connection")
	}
}

func TestPositionsDoNotLeakBetweenEvaluations(t *testing.T) {
	c := newCompiler(t)
	in := NewInput(profile.NewFacts(profile.Given{Now: noon, ProfileErr: errors.New("gone")}))
	for _, tt := range []struct {
		text   string
		column int
	}{{"profile.x == 1", 8}, {"true && profile.x == 1", 16}, {"profile.x == 1", 8}} {
		_, err := mustCompile(t, c, Condition, tt.text).Bool(in)
		e, _ := errors.AsType[*Error](err)
		assert.Equal(t, tt.column, e.Column, tt.text)
	}
}

func TestScoresSeeOfferAndActivity(t *testing.T) {
	c := newCompiler(t)
	in := given(t, `{"age": 31}`, "[]")
	o := OfferObject(&offer.Offer{
		ID: "o", Name: "Card", Tags: []offer.Tag{"a", "b"}, Priority: 10, Value: 25, Cost: 1.5,
		Attributes: map[string]any{
			"margin": 0.4, "count": 3, "big": uint64(1) << 60, "small": float32(0.5), "brands": []string{"x", "y"},
			"sizes": map[string]int{"s": 1}, "when": time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), "deep": []any{map[string]any{"n": int8(1)}}, "none": nil, "kind": offer.Action,
		},
	})
	a := ActivityObject(offer.ActivityRef{ID: "home", Placement: "hero", Count: 3})
	for text, want := range map[string]float64{
		"offer.priority": 10, "offer.value - offer.cost": 23.5, "offer.priority * 2.0": 20, "activity.count": 3,
		"offer.id == 'o' && offer.name == 'Card' && offer.kind == 'promotion' ? 1 : 0":              1,
		"offer.tags == ['a', 'b'] && activity.id == 'home' && activity.placement == 'hero' ? 1 : 0": 1,
		"offer.attributes.margin": 0.4, "offer.attributes.count + 0.5": 3.5, "offer.attributes.big": 1 << 60, "offer.attributes.small * 2.0": 1,
		"size(offer.attributes.brands) + (offer.attributes.brands[1] == 'y' ? 1 : 0)": 3,
		"offer.attributes.sizes.s + 1.0":                                              2, "offer.attributes.deep[0].n / 2.0": 0.5,
		"offer.attributes.when == '2026-01-01T00:00:00Z' && offer.attributes.none == null && offer.attributes.kind == 'action' ? 1 : 0": 1,
		"7": 7, "7u": 7, "7.5": 7.5, "profile.age": 31, "dyn(3)": 3, "0.02 + 0.1 * double(profile.age)": 3.12,
	} {
		got, err := mustCompile(t, c, Score, text).Number(in, o, a)
		assert.NoError(t, err, text)
		assert.InDelta(t, want, got, 1e-9, text)
	}
	nan, err := mustCompile(t, c, Score, "0.0 / 0.0").Number(in, o, a)
	require.NoError(t, err)
	assert.True(t, math.IsNaN(nan))
	inf, err := mustCompile(t, c, Score, "1.0 / 0.0").Number(in, o, a)
	require.NoError(t, err)
	assert.True(t, math.IsInf(inf, 1))
	_, err = mustCompile(t, c, Score, "dyn('7')").Number(in, o, a)
	assert.Equal(t, WrongType, kind(t, err))
}

func TestAllFieldsOfAnOfferAreAlwaysPresent(t *testing.T) {
	e := mustCompile(t, newCompiler(t), Score,
		"offer.id == '' && offer.name == '' && offer.kind == 'promotion' && offer.tags == [] && offer.priority == 0 &&"+
			"offer.value == 0 && offer.cost == 0 && offer.attributes == {} ? 1 : 0")
	got, err := e.Number(given(t, "{}", "[]"), OfferObject(&offer.Offer{}), ActivityObject(offer.ActivityRef{}))
	require.NoError(t, err)
	assert.InDelta(t, 1, got, 0)
}

func TestInstantsAreTimestamps(t *testing.T) {
	c := newCompiler(t)
	in := given(t, `{"due": "2026-06-02T00:00:00+02:00"}`, "[]")
	got, err := mustCompile(t, c, Until, "timestamp(profile.due)").Time(in)
	require.NoError(t, err)
	assert.True(t, got.Equal(time.Date(2026, 6, 1, 22, 0, 0, 0, time.UTC)), got)
	got, err = mustCompile(t, c, Until, "now + duration('1h')").Time(in)
	require.NoError(t, err)
	assert.True(t, got.Equal(noon.Add(time.Hour)), got)
	_, err = mustCompile(t, c, Until, "profile.due").Time(in)
	assert.Equal(t, WrongType, kind(t, err))
}

func TestGeoDistanceIsInMetres(t *testing.T) {
	for _, tt := range []struct {
		name                   string
		lat1, lon1, lat2, lon2 float64
		want, delta            float64
	}{
		{"one place", 52.52, 13.405, 52.52, 13.405, 0, 0},
		{"Berlin to Munich", 52.5200, 13.4050, 48.1351, 11.5820, 504_400, 500},
		{"a metre", 0, 0, 0, 8.99e-6, 1, 0.01},
		{"across the date line", 0, 179.5, 0, -179.5, 111_195, 1},
		{"the other side", 0, 0, 0, 180, math.Pi * earthRadius, 0.001},
		{"pole to pole", 90, 0, -90, 77, math.Pi * earthRadius, 0.001},
	} {
		assert.InDelta(t, tt.want, distance(tt.lat1, tt.lon1, tt.lat2, tt.lon2), tt.delta, tt.name)
	}
	e := mustCompile(t, newCompiler(t), Score, "geo.distance(profile.lat, profile.lon, 48.1351, 11.582)")
	got, err := e.Number(given(t, `{"lat": 52.52, "lon": 13.405}`, "[]"), nil, nil)
	require.NoError(t, err)
	assert.InDelta(t, 504_400, got, 500)
}

// TestSaneRulesStayWithinTheBudget asserts that the budget is a safety limit: what
// people write over data of ordinary size is far from it.
func TestSaneRulesStayWithinTheBudget(t *testing.T) {
	c := newCompiler(t)
	events := make([]map[string]any, 1000)
	interests := make([]any, 100)
	for i := range interests {
		interests[i] = "interest-" + string(rune('a'+i%26))
	}
	for i := range events {
		events[i] = map[string]any{
			"eventType": "view", "timestamp": noon.Add(-time.Duration(i) * time.Hour).Format(time.RFC3339),
			"sku": interests[i%7], "n": float64(i), "title": repeat(40, "a ") + "end", "topic": "none",
		}
	}
	in := NewInput(profile.NewFacts(profile.Given{Now: noon, Events: events, Profile: map[string]any{
		"text4k": repeat(4095, "a") + "b", "text10k": repeat(9_999, "a") + "b", "interests": interests,
	}}))
	for _, text := range []string{
		"profile.text4k.contains('ab') && !profile.text4k.contains(profile.text4k + 'c')",
		"profile.text10k.matches('^[a-z0-9._%+-]+@[a-z0-9.-]+\\\\.[a-z]{2,}$') || true",
		"profile.text10k.matches('(foo|bar|a+b)$')", "profile.text10k.replace('a', 'xy').size() > 0",
		"profile.text10k.indexOf('b') == 9999", "profile.text4k.upperAscii().lowerAscii().split('').size() == 4096",
		"events.ofType('view').within(duration('168h')).size() > 100",
		"events.filter(e, e.n > 10.0 && e.eventType == 'view').map(e, e.sku).distinct().size() == 7",
		"events.exists(e, e.title.contains('nothing') || e.title.matches('^(b|c).*end$')) || true",
		"events.all(e, timestamp(e.timestamp).getHours('Europe/Berlin') >= 0)",
		"events.map(e, e.n).sort().size() == 1000", "events.sortBy(e, -e.n)[0].n == 999.0",
		"!events.filter(e, e.n < 300.0).exists(e, profile.interests.exists(i, i == e.topic))",
		"events.transformMapEntry(i, e, {string(i): e.n}).size() == 1000",
		"events.map(e, e.title).join(',').size() > 1000", "json.encode(events[0]).size() > 10",
		"sets.contains(profile.interests, profile.interests) && sets.equivalent([1], [1])",
		"events == events && profile.interests == profile.interests",
	} {
		got, err := mustCompile(t, c, Condition, text).Bool(in)
		assert.NoError(t, err, text)
		assert.True(t, got, text)
	}
}

func TestExpressionsAreSafeForConcurrentUse(t *testing.T) {
	c := newCompiler(t)
	texts := []string{
		"profile.s < 1", "profile.s + 1.0 == 2.0", "now + duration('9223372036s') > now || now.getHours(profile.s) == 1", "optional.of(1).or(dyn(1)).hasValue()",
		"profile.m.map(k, k).size() == 2", "events.ofType('a').size() == 0", "dyn(profile.s).getHours() == 1", "timestamp('9999-12-31T23:59:59Z') + duration('1h') > now",
	}
	var wg sync.WaitGroup
	for range 4 {
		in := given(t, `{"s": "x", "m": {"a": 1, "b": 2}}`, "[]")
		wg.Go(func() {
			for range 50 {
				for _, text := range texts {
					if e, _ := c.Compile(Condition, text); e != nil {
						_, _ = e.Bool(in)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestBudgetIsDeterministic(t *testing.T) {
	c := newCompiler(t)
	in := given(t, `{"m": {"a": [1, 2, {"b": 3}], "b": "text", "c": {"d": null}}}`, history)
	for _, text := range []string{
		"profile.m.exists(k, profile.m[k] == 7)", "profile.m == {'a': 1}", "json.encode(profile) != ''", "'%s'.format([profile.m]) != ''",
		"events.map(e, e.?n.orValue(0.0)).distinct().size() > 0",
	} {
		e := mustCompile(t, c, Condition, text)
		var first price
		for i := range 20 {
			_, err := e.Bool(in)
			require.NoError(t, err)
			if i == 0 {
				first = in.meter.left
			}
			require.Equal(t, first, in.meter.left, text)
		}
	}
}

func TestOverBudgetIsAbsorbedByNothing(t *testing.T) {
	c := newCompiler(t)
	in := NewInput(hostileData())
	_, err := mustCompile(t, c, Condition, "profile.a1m.replace('a', profile.a1m) == '' || true").Bool(in)
	e, ok := errors.AsType[*Error](err)
	require.True(t, ok)
	assert.Equal(t, OverBudget, e.Kind)
	assert.Equal(t, "1:20: over budget", e.Error())

	got, err := mustCompile(t, c, Condition, "true").Bool(in)
	require.NoError(t, err, "the next evaluation has a budget of its own")
	assert.True(t, got)
}
