package rules

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/profile"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// given returns an input at noon with the JSON profile and events.
func given(tb testing.TB, attributes, events string) *Input {
	tb.Helper()
	g := profile.Given{Now: noon, Context: map[string]any{"weather": "hot"}}
	require.NoError(tb, json.Unmarshal([]byte(attributes), &g.Profile))
	require.NoError(tb, json.Unmarshal([]byte(events), &g.Events))
	return NewInput(profile.NewFacts(g))
}

func newCompiler(tb testing.TB) *Compiler {
	tb.Helper()
	c, err := NewCompiler(Limits{})
	require.NoError(tb, err)
	return c
}

func mustCompile(tb testing.TB, c *Compiler, k Kind, text string) *Expr {
	tb.Helper()
	e, issues := c.Compile(k, text)
	require.Empty(tb, issues, text)
	return e
}

// one returns the issue of the text, which has exactly one.
func one(t *testing.T, c *Compiler, k Kind, text string) Issue {
	t.Helper()
	e, issues := c.Compile(k, text)
	require.Nil(t, e, text)
	require.Len(t, issues, 1, text)
	return issues[0]
}

func repeat(n int, text string) string { return strings.Repeat(text, n) }
