package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExitStatus(t *testing.T) {
	for _, tt := range []struct {
		name   string
		args   []string
		want   int
		stderr string // part of it
	}{
		{"help", []string{"-help"}, statusOK, "-catalog"},
		{"unknown flag", []string{"-catalogue", catalogFile}, statusFaulty, "-catalogue"},
		{"argument", []string{"-catalog", catalogFile, "requests.jsonl"}, statusFaulty, `unexpected argument "requests.jsonl"`},
		{"only an argument", []string{"catalog.json"}, statusFaulty, `unexpected argument "catalog.json"`},
		{"no catalog", []string{"-requests", "-"}, statusFaulty, "-catalog is missing"},
		{"both from standard input", []string{"-catalog", "-", "-requests", "-"}, statusFaulty, "both"},
		{"both from standard input, one unsaid", []string{"-catalog", "-"}, statusFaulty, "both"},
		{"arbitration", []string{"-catalog", catalogFile, "-arbitration", "greedy"}, statusFaulty, "optimal or sequential"},
		{"max-activities", []string{"-catalog", catalogFile, "-max-activities", "0"}, statusFaulty, "max-activities"},
		{"seed", []string{"-catalog", catalogFile, "-seed", "-1"}, statusFaulty, "seed"},
		{"catalog that is not there", []string{"-catalog", "testdata/none.json"}, statusFaulty, "testdata/none.json"},
		{"requests that are not there", []string{"-catalog", catalogFile, "-requests", "testdata/none.jsonl"}, statusFaulty, "testdata/none.jsonl"},
		{"no lines", []string{"-catalog", catalogFile}, statusOK, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, out, stderr := command(t, "", tt.args...)
			assert.Equal(t, tt.want, status)
			assert.Empty(t, out)
			assert.Contains(t, stderr, tt.stderr)
		})
	}
}

func TestCatalogFromStandardInput(t *testing.T) {
	requests := writeFile(t, `{"id": "b", "at": "2026-01-01T00:00:00Z", "activities": ["once"]}`)
	status, out, _ := command(t, scarce, "-catalog", "-", "-requests", requests)
	assert.Equal(t, statusOK, status)
	require.Len(t, out, 1)
	assert.Equal(t, "once: once", proposed(t, out[0]))
}

// faulty has a fault in an offer, one in a policy and one in a name.
const faulty = `{
  "placements": [{"id": "p", "contentTypes": ["text/plain"]}],
  "offers": [
    {"id": "good", "status": "approved", "tags": ["a"],
     "representations": [{"placement": "p", "components": [{"type": "text/plain", "content": "x"}]}]},
    {"id": "bad", "status": "approved", "tags": ["a"], "priority": 9, "eligibility": "profil.age > 18",
     "representations": [{"placement": "p", "components": [{"type": "text/plain", "content": "x"}]}]},
    {"id": "odd", "status": "approved", "tags": ["a"], "priority": 8, "prio": 7,
     "caps": [{"limit": 0, "per": "all"}]}
  ],
  "collections": [{"id": "a", "anyTags": ["a"]}],
  "activities": [{"id": "home", "placement": "p", "collection": "a", "optional": true}]
}`

func TestAllFaultsAreOnStandardErrorOneALine(t *testing.T) {
	file := writeFile(t, faulty)
	status, out, stderr := command(t, "", "-catalog", file)
	assert.Equal(t, statusFaulty, status)
	assert.Empty(t, out)
	lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
	require.Len(t, lines, 3, stderr)
	assert.True(t, strings.HasPrefix(lines[0], file+":6:"), lines[0])
	assert.Contains(t, lines[0], ": offers[1](bad).eligibility: 1:1: undeclared reference to 'profil'")
	assert.Contains(t, lines[1], ": offers[2](odd).prio: ")
	assert.Contains(t, lines[2], ": offers[2](odd).caps[0].limit: ")
}

func TestFaultsOfUnknownRankersAreReported(t *testing.T) {
	file := writeFile(t, strings.Replace(scarce, `"optional": true}`, `"optional": true, "rank": {"by": "oracle"}}`, 1))
	status, _, stderr := command(t, "", "-catalog", file)
	assert.Equal(t, statusFaulty, status)
	assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	assert.Contains(t, stderr, "oracle")
}

func TestCatalogThatIsNoJSON(t *testing.T) {
	file := writeFile(t, "{\n  \"offers\": [}\n")
	status, _, stderr := command(t, "", "-catalog", file)
	assert.Equal(t, statusFaulty, status)
	assert.True(t, strings.HasPrefix(stderr, file+":2:14: "), stderr)
}

func TestQuarantineReportsFaultsAndGoesOn(t *testing.T) {
	file := writeFile(t, faulty)
	status, out, stderr := command(t, `{"id": "r", "at": "2026-01-01T00:00:00Z", "activities": ["home"]}`, "-catalog", file, "-quarantine")
	assert.Equal(t, statusOK, status)
	assert.Equal(t, 3, strings.Count(stderr, "\n"), stderr)
	require.Len(t, out, 1)
	assert.Equal(t, "home: good", proposed(t, out[0]))
}

// contested has two activities of which the first takes the only offer of the
// second, if it is filled first; and twenty offers that tie.
func contested() string {
	var offers []string
	offer := func(id, tags string, priority int) {
		offers = append(offers, fmt.Sprintf(`{"id": %q, "status": "approved", "tags": %s, "priority": %d,
		  "representations": [{"placement": "p", "components": [{"type": "text/plain", "content": "x"}]}]}`, id, tags, priority))
	}
	offer("best", `["all", "few"]`, 9)
	offer("second", `["all"]`, 1)
	for i := range 20 {
		offer(fmt.Sprint("tied-", i), `["tied"]`, 1)
	}
	return `{"placements": [{"id": "p", "contentTypes": ["text/plain"]}],
	  "offers": [` + strings.Join(offers, ",") + `],
	  "fallbacks": [{"id": "f", "representations": [{"placement": "p", "components": [{"type": "text/plain", "content": "x"}]}]}],
	  "collections": [{"id": "all", "anyTags": ["all"]}, {"id": "few", "anyTags": ["few"]}, {"id": "tied", "anyTags": ["tied"]}],
	  "activities": [{"id": "all", "placement": "p", "collection": "all", "fallback": "f"},
	                 {"id": "few", "placement": "p", "collection": "few", "fallback": "f"},
	                 {"id": "tied", "placement": "p", "collection": "tied", "fallback": "f"}]}`
}

func TestArbitrationFlag(t *testing.T) {
	line := `{"id": "r", "at": "2026-01-01T00:00:00Z", "activities": ["all", "few"]}`
	for flag, want := range map[string]string{
		"optimal":    "all: second; few: best",
		"sequential": "all: best; few: fallback",
	} {
		_, out, _ := command(t, line, "-catalog", writeFile(t, contested()), "-arbitration", flag)
		require.Len(t, out, 1)
		assert.Equal(t, want, proposed(t, out[0]))
	}
}

func TestSeedDecidesTheOrderOfTies(t *testing.T) {
	var lines strings.Builder
	for i := range 30 {
		fmt.Fprintf(&lines, `{"id": "r%d", "at": "2026-01-01T00:00:00Z", "profileId": "c%d", "activities": ["tied"]}`+"\n", i, i)
	}
	file := writeFile(t, contested())
	_, first, _ := command(t, lines.String(), "-catalog", file, "-seed", "1")
	_, again, _ := command(t, lines.String(), "-catalog", file, "-seed", "1")
	_, other, _ := command(t, lines.String(), "-catalog", file, "-seed", "18446744073709551615")
	assert.Equal(t, first, again)
	assert.NotEqual(t, first, other)
}

func TestMaxActivitiesFlag(t *testing.T) {
	line := `{"id": "r", "at": "2026-01-01T00:00:00Z", "activities": ["all", "few"]}`
	status, _, _ := command(t, line, "-catalog", writeFile(t, contested()), "-max-activities", "2")
	assert.Equal(t, statusOK, status)
	status, out, _ := command(t, line, "-catalog", writeFile(t, contested()), "-max-activities", "1")
	assert.Equal(t, statusFailed, status)
	require.Len(t, out, 1)
	assert.Contains(t, out[0], `"id":"r","error":`)
}
