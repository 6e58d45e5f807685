package rules

import (
	"fmt"
	"testing"
	"time"

	"github.com/proffer-go/proffer/profile"
)

func TestSimpleConditionsHardlyAllocate(t *testing.T) {
	c := newCompiler(t)
	in := given(t, `{"age": 31, "tier": "gold"}`, "[]")
	for text, most := range map[string]float64{
		"profile.age >= 18":                    1, // the boxed number
		"profile.tier in ['gold', 'platinum']": 1,
		"has(profile.tier) && !has(profile.x)": 0,
		"profile.age * 2.0 > 60.0":             2,
	} {
		e := mustCompile(t, c, Condition, text)
		if got := testing.AllocsPerRun(100, func() { _, _ = e.Bool(in) }); got > most {
			t.Errorf("%s: %v allocations, want at most %v", text, got, most)
		}
	}
}

func BenchmarkBool(b *testing.B) {
	c := newCompiler(b)
	events := make([]map[string]any, 100)
	for i := range events {
		events[i] = map[string]any{"eventType": "view", "timestamp": noon.Add(-time.Duration(i) * time.Hour).Format(time.RFC3339), "n": float64(i)}
	}
	in := NewInput(profile.NewFacts(profile.Given{Now: noon, Events: events, Profile: map[string]any{"age": 31.0, "tier": "gold"}}))
	for _, text := range []string{
		"profile.age >= 18",
		"profile.tier in ['gold', 'platinum'] && profile.age >= 18",
		"events.ofType('view').within(duration('24h')).size() > 3",
		"events.exists(e, e.n == 99.0)",
	} {
		e := mustCompile(b, c, Condition, text)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = e.Bool(in)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	c := newCompiler(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		c.Compile(Condition, fmt.Sprintf("profile.age >= %d && profile.tier in ['gold', 'platinum'] && !profile.owns.exists(p, p == 'card')", i))
	}
}
