package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// catalogFile is the catalog that the contract shows.
const catalogFile = "testdata/catalog.json"

// gold is a request line that the catalog has an offer for.
const gold = `{"id": "r1", "at": "2026-06-01T12:00:00Z", "profileId": "c1", "profile": {"age": 31, "tier": "gold", "owns": [], "debtRatio": 0.2, "loyalty": 1}, "events": [{"eventType": "purchase", "timestamp": "2026-05-30T08:00:00Z"}], "context": {"weather": "hot"}, "activities": ["home", "mail"], "exclude": ["old-offer"], "allowDuplicates": false, "dryRun": false, "hold": "10m"}`

// command runs the command with the lines as standard input.
func command(t *testing.T, lines string, args ...string) (status int, out []string, stderr string) {
	t.Helper()
	var stdout, errs bytes.Buffer
	status = run(args, strings.NewReader(lines), &stdout, &errs)
	if text := strings.TrimSuffix(stdout.String(), "\n"); text != "" {
		out = strings.Split(text, "\n")
	}
	return status, out, errs.String()
}

// writeFile writes a temporary file and returns its path.
func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "catalog.json")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// golden compares with the golden file, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

// proposed returns what an answer line proposes: "home: a b; mail: fallback".
func proposed(t *testing.T, line string) string {
	t.Helper()
	var d struct {
		Error        string
		Propositions []struct {
			Activity, Kind string
			Offers         []struct{ ID string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(line), &d))
	require.Empty(t, d.Error)
	all := make([]string, len(d.Propositions))
	for i, p := range d.Propositions {
		what := []string{p.Activity + ":"}
		for _, o := range p.Offers {
			what = append(what, o.ID)
		}
		if p.Kind != "offer" {
			what = append(what, p.Kind)
		}
		all[i] = strings.Join(what, " ")
	}
	return strings.Join(all, "; ")
}

func TestAnswerIsTheContractsExample(t *testing.T) {
	status, out, stderr := command(t, gold, "-catalog", catalogFile)
	assert.Equal(t, statusOK, status)
	assert.Empty(t, stderr)
	require.Len(t, out, 1)
	representation := func(component string) string {
		return `"representation":{"placement":"hero","components":[` + component + `]}}`
	}
	assert.Equal(t, `{"id":"r1","propositions":[`+
		`{"activity":"home","placement":"hero","kind":"offer","offers":[{"id":"card-upgrade","score":10,"tier":0,`+
		representation(`{"type":"image/png","languages":["en"],"url":"https://cdn.example.com/up.png"}`)+`]},`+
		`{"activity":"mail","placement":"hero","kind":"fallback","fallback":{"id":"hero-default",`+
		representation(`{"type":"text/html","content":"<p>Hello</p>"}`)+`}]}`, out[0])
}

func TestOptionalActivityProposesNone(t *testing.T) {
	_, out, _ := command(t, `{"at": "2026-06-01T12:00:00Z", "activities": ["side", "home"]}`, "-catalog", catalogFile)
	require.Len(t, out, 1)
	assert.Equal(t, "side: none; home: fallback", proposed(t, out[0]))
}

func TestDecisionWithoutIDGetsANewOne(t *testing.T) {
	line := `{"at": "2026-06-01T12:00:00Z", "activities": ["home"]}` + "\n"
	_, out, _ := command(t, line+line, "-catalog", catalogFile)
	require.Len(t, out, 2)
	var a, b struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(out[0]), &a))
	require.NoError(t, json.Unmarshal([]byte(out[1]), &b))
	assert.NotEmpty(t, a.ID)
	assert.NotEqual(t, a.ID, b.ID)
}

func TestExplainAddsATraceByActivity(t *testing.T) {
	_, out, _ := command(t, gold, "-catalog", catalogFile, "-explain")
	golden(t, "explain.golden.jsonl", strings.Join(out, "\n")+"\n")
}

func TestSampleIsForPeople(t *testing.T) {
	status, out, stderr := command(t, "")
	assert.Equal(t, statusOK, status)
	assert.Empty(t, stderr)
	golden(t, "sample.golden.txt", strings.Join(out, "\n")+"\n")
}
