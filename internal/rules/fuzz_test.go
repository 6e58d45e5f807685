package rules

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"cel.dev/cel-go/common/types"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/profile"
)

// FuzzCompileAndEval asserts of any rule over any profile that it neither panics nor
// goes beyond the bounds, that its errors quote no data, and that it gives what
// cel-go gives.
func FuzzCompileAndEval(f *testing.F) {
	const attributes = `{"a": 1, "s": "canary-1", "l": [1, "canary-2", null], "m": {"canary-3": {"x": true}}, "t": "2026-01-01T00:00:00Z"}`
	for _, text := range []string{
		"profile.a >= 18 && profile.s in ['x']", "profile.l.exists(x, x == 1) || events.ofType(profile.s).within(duration('1h')).size() > 0",
		"timestamp(profile.t).getHours('Europe/Berlin') > int(profile.s)", "profile.m.map(k, k)[0] == profile.?m[?'x'].orValue('')",
		"profile.l.map(x, [x, x]).flatten().distinct().sort() == []", "cel.bind(x, profile.s + profile.s, x.replace('a', x).split('')).join() == ''",
		"'%s'.format([profile.m]).matches('^c.*$')", "base64.decode(json.encode(profile.l)).size() > 0", "profile.m.transformMap(k, v, v) == profile.m",
		"{1: 2, 'a': profile.s}.exists(k, v, k == v)", "optional.of(profile.s).optMap(x, x.size()).or(optional.none()) == optional.of(8)",
	} {
		f.Add(text, attributes)
	}
	for _, file := range conformanceFiles(f) {
		for i, text := range expressions(f, file) {
			if i%10 == 0 {
				f.Add(text, attributes)
			}
		}
	}
	c := newCompiler(f)
	f.Fuzz(func(t *testing.T, text, attributes string) {
		given := profile.Given{Now: noon}
		if json.Unmarshal([]byte(attributes), &given.Profile) != nil {
			t.Skip()
		}
		given.Events = []map[string]any{{"eventType": "canary-4", "timestamp": "2026-06-01T11:30:00Z"}}
		e, issues := c.Compile(Condition, text)
		if e == nil {
			require.NotEmpty(t, issues)
			return
		}
		in := NewInput(profile.NewFacts(given))
		spent, bytes, err := measured(e, in)
		if spent > slack*maxTime || bytes > waste*maxBytes {
			t.Fatalf("took %v and %d bytes", spent, bytes)
		}
		if err != nil && !strings.Contains(text, "canary") && strings.Contains(err.Error(), "canary") {
			t.Fatalf("error quotes data: %v", err)
		}
		if failed, ok := errors.AsType[*Error](err); ok && failed.Kind == OverBudget {
			return
		}
		plain, ours, ok := both(c, c.plain, in, text)
		if ok && (plain.err == nil) != (ours.err == nil) || plain.err == nil && plain.v.Type() == types.BoolType && plain.v != ours.v {
			t.Fatalf("got %v, %v, want %v, %v", ours.v, ours.err, plain.v, plain.err)
		}
	})
}
