package rules

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/profile"
)

// The bounds of one evaluation. The time is that of a quiet machine: see slack.
const (
	maxTime  = 50 * time.Millisecond
	maxBytes = 8 << 20
)

// hostileData are larger than any limit on facts lets through, to show that
// nothing depends on it.
func hostileData() *profile.Facts {
	numbers := make([]any, 100_000)
	words := make([]any, 20_000)
	for i := range numbers {
		numbers[i] = float64((i * 7919) % len(numbers))
	}
	for i := range words {
		words[i] = fmt.Sprintf("word-%d-%s", i, repeat(30, "x"))
	}
	deep := any("end")
	for range 5000 {
		deep = []any{deep}
	}
	wide := make(map[string]any)
	for i := range 50_000 {
		wide[fmt.Sprintf("key-%d", i)] = float64(i)
	}
	records := make([]any, 1000)
	for i := range records {
		records[i] = map[string]any{"a": numbers[:50], "b": wide["key-1"], "c": map[string]any{"d": "e"}}
	}
	p := map[string]any{
		"a1m": repeat(1<<20, "a"), "a100k": repeat(100_000, "a"), "a10k": repeat(10_000, "a"), "a4k": repeat(4096, "a"), "a100": repeat(100, "a"),
		"euro100k": repeat(100_000, "€"), "commas": repeat(1<<20, ","), "digits": repeat(1<<20, "9"), "quotes": repeat(100_000, "\"\n"),
		"brackets": repeat(100_000, "["), "ones": "[" + repeat(100_000, "1,") + "1]",
		"numbers": numbers, "thousand": numbers[:1000], "words": words, "deep": deep, "deep2": []any{deep}, "wide": wide, "records": records,
		"zone": "Europe/Berlin", "x": 1.0,
	}
	events := make([]map[string]any, 20_000)
	for i := range events {
		events[i] = map[string]any{"eventType": "purchase", "timestamp": noon.Add(-time.Duration(i) * time.Minute).Format(time.RFC3339), "n": float64(i)}
	}
	return profile.NewFacts(profile.Given{Now: noon, Profile: p, Events: events})
}

// nested returns body within n bindings, each of a variable to text over the one
// before: v0, v1 ...
func nested(n int, first, text, body string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "cel.bind(v0, %s, ", first)
	for i := range n {
		fmt.Fprintf(&b, "cel.bind(v%d, %s, ", i+1, strings.ReplaceAll(text, "$", fmt.Sprintf("v%d", i)))
	}
	b.WriteString(strings.ReplaceAll(body, "$", fmt.Sprintf("v%d", n)))
	b.WriteString(repeat(n+1, ")"))
	return b.String()
}

var hostileRules = map[string]string{
	"a billion rounds":                 "lists.range(1000).all(a, lists.range(1000).all(b, lists.range(1000).all(c, a + b + c >= 0)))",
	"a million rounds":                 "lists.range(1000).all(a, lists.range(1000).all(b, a + b >= 0))",
	"rounds that do nothing":           "profile.numbers.all(a, profile.numbers.all(b, true))",
	"rounds over data":                 "profile.numbers.all(a, profile.numbers.all(b, a + b >= 0.0))",
	"rounds over events":               "events.all(a, events.all(b, a.n + b.n >= 0.0))",
	"rounds that map":                  "profile.thousand.map(a, profile.thousand.map(b, a + b)).size() > 0",
	"rounds that filter":               "profile.numbers.filter(a, profile.thousand.filter(b, b > a).size() > 0).size() > 0",
	"rounds with literals":             "profile.numbers.all(a, " + repeat(500, "true && ") + "true)",
	"rounds with list literals":        "profile.numbers.all(a, [a" + repeat(500, ",1") + "].size() > 0)",
	"rounds with map literals":         "profile.numbers.all(a, {'k': a" + repeatf(100, ",'k%d': 1") + "}.size() > 0)",
	"rounds with missing keys":         "profile.numbers.all(a, profile.numbers.all(b, profile.gone == 1.0 || true))",
	"rounds with wrong types":          "profile.numbers.all(a, profile.numbers.all(b, dyn('a') + 1 == 2 || true))",
	"rounds with many errors":          "profile.numbers.all(a, " + repeat(50, "profile.gone || ") + "true)",
	"rounds with dynamic keys":         "profile.numbers.all(a, profile.numbers.all(b, profile[?profile.zone].orValue(1.0) == 1.0))",
	"rounds with indexes":              "profile.numbers.all(a, profile.numbers.all(b, profile.numbers[int(b)] >= 0.0))",
	"rounds with text of numbers":      "profile.numbers.all(a, profile.numbers.all(b, string(a).size() > 0))",
	"rounds with junk times":           "profile.words.all(a, profile.words.all(b, timestamp(a) < now || true))",
	"rounds with times":                "events.all(a, events.all(b, timestamp(b.timestamp) <= now))",
	"rounds with zones":                "events.all(a, events.all(b, timestamp(b.timestamp).getHours(profile.zone) >= 0))",
	"rounds with junk zones":           "profile.words.all(a, profile.words.all(b, now.getHours(b) >= 0 || true))",
	"rounds with optionals":            "profile.numbers.all(a, profile.numbers.all(b, profile.?x.optMap(v, v).hasValue()))",
	"rounds with bindings":             "profile.numbers.all(a, profile.numbers.all(b, cel.bind(x, [a, b], x.size() == 2)))",
	"rounds with types":                "profile.numbers.all(a, profile.numbers.all(b, type(a) == type(b)))",
	"rounds with errors in long names": "profile.numbers.all(" + repeat(1000, "n") + ", profile.numbers.all(" + repeat(1000, "n") + "m, true))",
	"rounds with two variables":        "profile.wide.all(k, v, profile.wide.all(k2, v2, k != '' && v2 >= 0.0))",
	"rounds that fill maps":            "profile.wide.transformMap(k, v, [v, v]).size() > 0",
	"rounds that fill entries":         "profile.numbers.transformMapEntry(i, v, {string(i): v}).size() > 0",
	"rounds that fill lists":           "profile.numbers.transformList(i, v, [v, v, v]).size() > 0",
	"rounds in ten loops":              "[1].all(a, [1].all(b, [1].all(c, [1].all(d, [1].all(e, profile.numbers.all(f, profile.numbers.all(g, f >= 0.0)))))))",

	"doubling text":              nested(40, "profile.a100", "$ + $", "$ != ''"),
	"doubling bytes":             nested(40, "bytes(profile.a100)", "$ + $", "$ != b''"),
	"doubling lists":             nested(40, "profile.numbers", "$ + $", "$.exists(x, x < 0.0)"),
	"doubling lists, size":       nested(62, "profile.numbers", "$ + $", "$.size() > 0"),
	"doubling lists, equal":      nested(20, "profile.thousand", "$ + $", "$ == $"),
	"doubling lists, in":         nested(20, "profile.thousand", "$ + $", "-1.0 in $"),
	"doubling lists, sort":       nested(20, "profile.thousand", "$ + $", "$.map(x, double(x)).sort().size() > 0"),
	"doubling lists, slice":      nested(20, "profile.thousand", "$ + $", "$.slice(1, 500000).size() > 0"),
	"doubling lists, reverse":    nested(20, "profile.thousand", "$ + $", "$.reverse().size() > 0"),
	"doubling lists, empty":      nested(60, "[]", "$ + $", "$.size() == 0"),
	"doubling trees":             nested(40, "[1]", "[$, $]", "$ == $"),
	"doubling trees, in":         nested(40, "[1]", "[$, $]", "$ in [$]"),
	"doubling trees, format":     nested(40, "[dyn(1)]", "[dyn($), dyn($)]", "'%s'.format([$]).size() > 0"),
	"doubling trees, json":       nested(40, "[dyn(1)]", "[dyn($), dyn($)]", "json.encode($).size() > 0"),
	"doubling trees, flatten":    nested(40, "[dyn(1)]", "[dyn($), dyn($)]", "$.flatten(100).size() > 0"),
	"doubling trees, sets":       nested(40, "[dyn(1)]", "[dyn($), dyn($)]", "sets.equivalent($, $)"),
	"doubling trees, distinct":   nested(40, "[dyn(1)]", "[dyn($), dyn($)]", "$.distinct().size() > 0"),
	"doubling maps":              nested(40, "{'a': dyn(1)}", "{'a': dyn($), 'b': dyn($)}", "$ == $"),
	"doubling maps, insert":      nested(40, "{'a': dyn(1)}", "{'a': dyn($), 'b': dyn($)}", "$.transformMap(k, v, $).size() > 0"),
	"doubling optionals":         nested(40, "optional.of(dyn(1))", "optional.of(dyn([$, $]))", "$ == $"),
	"doubling optionals, has":    nested(40, "optional.of(dyn(1))", "optional.of(dyn([$, $]))", "$.hasValue(dyn([$, $]))"),
	"text that grows in rounds":  "profile.numbers.map(x, profile.a4k + 'b').size() > 0",
	"text that grows by replace": nested(5, "profile.a100", "$.replace('a', 'aaaaaaaaaa')", "$ != ''"),

	"replace by long text":   "profile.a100k.replace('a', profile.a100k) != ''",
	"replace nothing":        "profile.a100k.replace('', profile.a4k) != ''",
	"replace in rounds":      "profile.thousand.all(x, profile.a100k.replace('a', 'b') != '')",
	"indexOf":                "profile.a100k.indexOf(profile.a10k + 'b') < 0",
	"indexOf in rounds":      "profile.thousand.all(x, profile.a10k.indexOf(profile.a100 + 'b') < 0)",
	"lastIndexOf":            "profile.a100k.lastIndexOf('b' + profile.a10k) < 0",
	"contains in rounds":     "profile.numbers.all(x, !profile.a100k.contains(profile.a4k + 'b'))",
	"startsWith in rounds":   "profile.numbers.all(x, profile.a1m.startsWith(profile.a1m))",
	"split into letters":     "profile.a1m.split('').size() > 0",
	"split in rounds":        "profile.thousand.all(x, profile.commas.split(',').size() > 0)",
	"split and join":         "profile.commas.split(',').join(profile.a100k) != ''",
	"join words by words":    "profile.words.join(profile.a4k) != ''",
	"join in rounds":         "profile.thousand.all(x, profile.words.join(',') != '')",
	"charAt in rounds":       "lists.range(1000).all(x, profile.a1m.charAt(x) == 'a')",
	"substring in rounds":    "lists.range(1000).all(x, profile.euro100k.substring(x) != '')",
	"lowerAscii in rounds":   "profile.thousand.all(x, profile.a1m.lowerAscii() != '')",
	"reverse in rounds":      "profile.thousand.all(x, profile.euro100k.reverse() != '')",
	"trim in rounds":         "profile.thousand.all(x, profile.a1m.trim() != '')",
	"quote in rounds":        "profile.thousand.all(x, strings.quote(profile.quotes) != '')",
	"size in rounds":         "profile.numbers.all(x, profile.euro100k.size() > 0)",
	"equal texts in rounds":  "profile.numbers.all(x, profile.a1m == profile.a1m + '')",
	"less in rounds":         "profile.numbers.all(x, profile.a1m <= profile.a1m)",
	"format with text":       "'%s%s%s%s%s%s%s%s'.format([profile.a1m, profile.a1m, profile.a1m, profile.a1m, profile.a1m, profile.a1m, profile.a1m, profile.a1m]) != ''",
	"format with precision":  "'" + repeat(2000, "%.100f") + "'.format([" + repeat(1999, "1e300,") + "1e300]) != ''",
	"format with huge width": "'%.1000000000f'.format([1.0]) != '' || '%1000000000d'.format([1]) != ''",
	"format of data":         "'%s %s'.format([profile.numbers, profile.wide]) != ''",
	"format of hex":          "'%x %X'.format([profile.a1m, bytes(profile.a1m)]) != ''",
	"format in rounds":       "profile.numbers.all(x, '%.100f %e %s'.format([x, x, [x, x]]) != '')",

	"a pattern that backtracks":   "profile.a10k.matches('(a+)+(a+)+(a+)+b')",
	"a pattern with counts":       "profile.a100k.matches('(a{0,20}){0,20}b')",
	"a pattern with huge counts":  "profile.a10k.matches('((a{100}){10})b')",
	"a pattern with huger counts": "profile.a10k.matches('((a{1000}){1000}){1000}')",
	"a pattern over long text":    "profile.a1m.matches('(x+x+)+y|(a|aa|aaa|aaaa)*b')",
	"a pattern in rounds":         "profile.words.all(x, profile.a4k.matches('(.*)(.*)(.*)(.*)(.*)[^a]$') || true)",
	"a pattern in short rounds":   "profile.words.all(a, profile.words.all(x, x.matches('^[a-z]+-[0-9]+-x*$')))",
	"a pattern from data":         "profile.a10k.matches(profile.a100k)",

	"a range":                  "lists.range(1000000000).size() > 0",
	"a range of all ints":      "lists.range(9223372036854775807).size() > 0",
	"a range in rounds":        "lists.range(1000).all(x, lists.range(100000).size() > 0)",
	"sort":                     "profile.numbers.map(x, double(x)).sort().size() > 0",
	"sort dyn":                 "dyn(profile.numbers).sort().size() > 0",
	"sort words in rounds":     "profile.thousand.all(x, dyn(profile.words).sort().size() > 0)",
	"sortBy":                   "profile.numbers.sortBy(x, -x).size() > 0",
	"distinct":                 "profile.numbers.distinct().size() > 0",
	"distinct words":           "profile.words.distinct().size() > 0",
	"distinct records":         "profile.records.distinct().size() > 0",
	"flatten":                  "profile.records.map(r, r.a).flatten().size() > 0",
	"flatten deep":             "profile.deep.flatten(1000000).size() > 0",
	"reverse a list in rounds": "profile.thousand.all(x, profile.numbers.reverse().size() > 0)",
	"slice in rounds":          "profile.thousand.all(x, profile.numbers.slice(0, 50000).size() > 0)",
	"in a long list in rounds": "profile.numbers.all(x, !(-1.0 in profile.numbers))",
	"records in records":       "profile.records.all(x, x in profile.records)",
	"text in words":            "profile.numbers.all(x, !(profile.a100 in profile.words))",
	"sets.contains":            "sets.contains(profile.numbers, profile.numbers)",
	"sets.equivalent":          "sets.equivalent(profile.words, profile.words)",
	"sets.intersects":          "sets.intersects(profile.records, profile.records.map(r, r.a))",
	"hasExactly":               "profile.numbers.hasExactly(profile.numbers)",
	"equal data":               "profile == dyn(profile)",
	"equal numbers":            "profile.numbers == profile.numbers",
	"equal numbers in rounds":  "profile.numbers.all(x, profile.thousand == profile.thousand)",
	"equal maps in rounds":     "profile.numbers.all(x, profile.wide == profile.wide)",
	"unequal in rounds":        "profile.numbers.all(x, profile.wide != {'a': 1.0})",
	"equal deep":               "profile.deep == profile.deep",
	"unequal deep":             "profile.deep == profile.deep2",
	"equal records in rounds":  "profile.records.all(x, profile.records.all(y, x == y))",
	"greatest in rounds":       "profile.thousand.all(x, math.greatest(profile.numbers.map(y, double(y))) > 0.0)",
	"map keys in rounds":       "profile.thousand.all(x, profile.wide.exists(k, k == 'key-49999'))",
	"last of doubled":          nested(20, "profile.thousand", "$ + $", "$.last().hasValue()"),

	"base64":               "base64.decode(base64.encode(bytes(profile.a1m))).size() > 0",
	"base64 in rounds":     "profile.thousand.all(x, base64.encode(bytes(profile.a10k)) != '')",
	"base64 of junk":       "profile.thousand.all(x, base64.decode(profile.commas) != b'' || true)",
	"base64, grown":        nested(20, "profile.a100k", "base64.encode(bytes($))", "$ != ''"),
	"json of data":         "json.encode(profile) != ''",
	"json in rounds":       "profile.thousand.all(x, json.encode(profile.records) != '')",
	"json of deep":         "json.encode(profile.deep) != ''",
	"json parse":           "json.parse(profile.ones).hasValue()",
	"json parse in rounds": "profile.numbers.all(x, json.parse('[1,2,[3,4,{\"a\":1}]]').hasValue())",
	"json parse deep":      "json.parse(profile.brackets).hasValue()",
	"yaml":                 "yaml.parse(profile.brackets).hasValue()",
	"bytes of text":        "profile.thousand.all(x, bytes(profile.a1m).size() > 0)",
	"text of bytes":        "profile.thousand.all(x, string(bytes(profile.euro100k)) != '')",
	"text of times":        "profile.numbers.all(x, profile.numbers.all(y, string(now) != ''))",
	"number of digits":     "profile.thousand.all(x, double(profile.digits) > 0.0 || true)",
	"int of digits":        "profile.thousand.all(x, int(profile.digits) > 0 || true)",
	"bool of text":         "profile.thousand.all(x, bool(profile.a1m) || true)",
	"duration of digits":   "profile.thousand.all(x, duration(profile.digits) > duration('1s') || true)",
	"timestamp of text":    "profile.thousand.all(x, timestamp(profile.a1m) > now || true)",
	"zone of text":         "profile.thousand.all(x, now.getHours(profile.a1m) > 0 || true)",
	"offset of text":       "profile.thousand.all(x, now.getHours(':' + profile.digits) > 0 || true)",

	"ofType in rounds":  "events.all(e, events.ofType('purchase').size() > 0)",
	"within in rounds":  "events.all(e, events.within(duration('1h')).size() > 0)",
	"events of events":  nested(20, "events", "$.ofType('purchase')", "$.size() > 0"),
	"ofType of numbers": "profile.numbers.ofType('x').size() == 0 && dyn(profile.records).within(duration('1h')).size() == 0",
	"ofType of doubled": nested(20, "events", "$ + $", "$.ofType('purchase').size() > 0"),

	"deep parentheses":  repeat(10_000, "(") + "true" + repeat(10_000, ")"),
	"deep lists":        repeat(10_000, "[") + repeat(10_000, "]") + " == []",
	"deep maps":         repeat(5_000, "{'a':") + "1" + repeat(5_000, "}") + " == {}",
	"deep fields":       "profile" + repeat(10_000, ".a") + " == 1",
	"deep indexes":      "profile" + repeat(10_000, "[0]") + " == 1",
	"deep negations":    repeat(9_999, "!") + "true",
	"deep sums":         repeat(10_000, "1+") + "1 == 1",
	"deep conditionals": repeat(4_000, "true ? true : ") + "false",
	"deep calls":        repeat(10_000, "size(") + "'a'" + repeat(10_000, ")") + " == 1",
	"deep loops":        repeatf(50, "profile.l%d.all(x, ") + "true" + repeat(50, ")"),
	"deep optMap":       "profile.?a" + repeat(60, ".optMap(v, v)") + ".hasValue()",
	"nested optMap":     "profile.?a" + repeatf(60, ".optMap(v%d, profile.?a") + repeat(60, ")") + ".hasValue()",
	"unclosed":          repeat(10_000, "("),
	"unopened":          repeat(10_000, ")"),
	"junk":              repeat(10_000, "%&/ "),
	"many faults":       repeat(5_000, "a+") + "a",
	"long text":         "'" + repeat(60_000, "a") + "' == ''",
	"too long text":     "'" + repeat(70_000, "a") + "' == ''",
	"long chain":        repeat(6_000, "true || ") + "true",
	"long list":         "1 in [" + repeat(15_000, "1,") + "1]",
	"long comparison":   repeat(6_000, "1 == 1 && ") + "true",
	"many loops":        repeat(500, "profile.x.all(x, true) && ") + "true",
	"junk UTF-8":        "'\xff\xfe' == ''",
	"zero bytes":        repeat(1000, "\x00"),
	"a message":         "google.protobuf.ListValue{values: []} == []",
}

// repeatf repeats text with the number of the repetition in it.
func repeatf(n int, text string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, text, i)
	}
	return b.String()
}

// TestEveryEvaluationEndsWithinItsBounds asserts that hostile rules over hostile
// data are refused, or end within the time and memory of one evaluation.
func TestEveryEvaluationEndsWithinItsBounds(t *testing.T) {
	facts := hostileData()
	// A generous estimate lets through what is to be stopped at run time.
	c, err := NewCompiler(Limits{Estimate: beyond})
	require.NoError(t, err)
	for _, name := range slices.Sorted(maps.Keys(hostileRules)) {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			expr, issues := c.Compile(Condition, hostileRules[name])
			if spent := time.Since(begin); spent > slack*20*maxTime {
				t.Errorf("compiled in %v", spent)
			}
			if expr == nil {
				t.Logf("refused: %.200v", issues[0])
				return
			}
			spent, bytes, err := measured(expr, NewInput(facts))
			t.Logf("%v, %d KiB: %v", spent, bytes>>10, err)
			if spent > slack*maxTime {
				t.Errorf("took %v: at most %v is allowed", spent, maxTime)
			}
			if bytes > waste*maxBytes {
				t.Errorf("took %d bytes: at most %d are allowed", bytes, maxBytes)
			}
		})
	}
}

// measured evaluates the condition and returns the time and the memory that it took.
func measured(e *Expr, in *Input) (time.Duration, uint64, error) {
	runtime.GC()
	in.ResolveName("events")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	_, err := e.Bool(in)
	spent := time.Since(begin)
	runtime.ReadMemStats(&after)
	return spent, after.TotalAlloc - before.TotalAlloc, err
}
