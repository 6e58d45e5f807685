package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scarce has one offer that may be proposed once over all, one once per profile,
// and one that a click ends.
const scarce = `{
  "placements": [{"id": "p", "contentTypes": ["text/plain"]}],
  "offers": [
    {"id": "once", "status": "approved", "tags": ["once"], "caps": [{"limit": 1, "per": "all"}],
     "representations": [{"placement": "p", "components": [{"type": "text/plain", "content": "x"}]}]},
    {"id": "until-click", "status": "approved", "tags": ["click"], "caps": [{"limit": 1, "per": "profile", "counts": "click"}],
     "representations": [{"placement": "p", "components": [{"type": "text/plain", "content": "x"}]}]}
  ],
  "collections": [{"id": "once", "anyTags": ["once"]}, {"id": "click", "anyTags": ["click"]}],
  "activities": [{"id": "once", "placement": "p", "collection": "once", "optional": true},
                 {"id": "click", "placement": "p", "collection": "click", "optional": true}]
}`

func TestLinesShareOneCounter(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines string
		want  string // of the last line
	}{
		{"confirmed at once", `{"id": "a", "at": "2026-01-01T00:00:00Z", "activities": ["once"]}
{"id": "b", "at": "2026-01-01T01:00:00Z", "activities": ["once"]}`, "once: none"},
		{"the same id again", `{"id": "a", "at": "2026-01-01T00:00:00Z", "activities": ["once"]}
{"id": "a", "at": "2026-01-01T00:00:01Z", "activities": ["once"]}`, "once: once"},
		{"dry run takes nothing", `{"id": "a", "at": "2026-01-01T00:00:00Z", "activities": ["once"], "dryRun": true}
{"id": "b", "at": "2026-01-01T00:00:00Z", "activities": ["once"]}`, "once: once"},
		{"held", `{"id": "a", "at": "2026-01-01T00:00:00Z", "activities": ["once"], "hold": "10m"}
{"id": "b", "at": "2026-01-01T00:09:59Z", "activities": ["once"]}`, "once: none"},
		{"lapsed by the latest instant seen", `{"id": "a", "at": "2026-01-01T00:00:00Z", "activities": ["once"], "hold": "10m"}
{"id": "b", "at": "2026-01-01T00:10:00Z", "activities": ["once"]}`, "once: once"},
		{"the clock does not go back", `{"id": "a", "at": "2026-01-01T00:00:00Z", "activities": ["once"], "hold": "10m"}
{"id": "x", "at": "2026-01-01T00:10:00Z", "activities": ["click"]}
{"id": "b", "at": "2026-01-01T00:05:00Z", "activities": ["once"]}`, "once: once"},
		{"confirmed", `{"id": "a", "at": "2026-01-01T00:00:00Z", "activities": ["once"], "hold": "10m"}
{"confirm": "a", "at": "2026-01-01T00:05:00Z"}
{"id": "b", "at": "2026-01-01T00:20:00Z", "activities": ["once"]}`, "once: none"},
		{"released", `{"id": "a", "at": "2026-01-01T00:00:00Z", "activities": ["once"]}
{"release": "a", "at": "2026-01-01T00:05:00Z"}
{"id": "b", "at": "2026-01-01T00:05:00Z", "activities": ["once"]}`, "once: once"},
		{"recorded", `{"record": {"id": "e", "type": "click", "offer": "until-click", "profileId": "c", "placement": "p", "at": "2026-01-01T00:00:00Z"}}
{"id": "b", "at": "2026-01-01T00:05:00Z", "profileId": "c", "activities": ["click"]}`, "click: none"},
		{"recorded of somebody else", `{"record": {"id": "e", "type": "click", "offer": "until-click", "profileId": "c", "placement": "p", "at": "2026-01-01T00:00:00Z"}}
{"id": "b", "at": "2026-01-01T00:05:00Z", "profileId": "d", "activities": ["click"]}`, "click: until-click"},
		{"recorded for a decision, by the clock", `{"id": "a", "at": "2026-01-01T00:00:00Z", "profileId": "c", "activities": ["click"]}
{"record": {"id": "e", "type": "click", "offer": "until-click", "decision": "a", "activity": "click"}}
{"id": "b", "at": "2026-01-01T00:05:00Z", "profileId": "c", "activities": ["click"]}`, "click: none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, out, stderr := command(t, tt.lines, "-catalog", writeFile(t, scarce))
			assert.Equal(t, statusOK, status, "%s\n%s", stderr, out)
			assert.Equal(t, tt.want, proposed(t, out[len(out)-1]))
		})
	}
}

func TestReceipts(t *testing.T) {
	_, out, _ := command(t, `{"id": "a", "at": "2026-01-01T00:00:00Z", "profileId": "c", "activities": ["once"], "hold": "1m"}
{"confirm": "a", "at": "2026-01-01T00:00:00Z"}
{"record": {"id": "e1", "type": "decisioning.propositionDisplay", "offer": "once", "profileId": "c", "placement": "p", "at": "2026-01-01T00:00:00Z"}}
{"release": "a", "at": "2026-01-01T00:00:00Z"}`, "-catalog", writeFile(t, scarce))
	require.Len(t, out, 4)
	assert.Equal(t, []string{`{"id":"a","ok":true}`, `{"id":"e1","ok":true}`, `{"id":"a","ok":true}`}, out[1:])
}

func TestLapsedHoldThatIsTakenCannotBeConfirmed(t *testing.T) {
	status, out, _ := command(t, `{"id": "a", "at": "2026-01-01T00:00:00Z", "activities": ["once"], "hold": "1m"}
{"id": "b", "at": "2026-01-01T00:02:00Z", "activities": ["once"]}
{"confirm": "a", "at": "2026-01-01T00:03:00Z"}`, "-catalog", writeFile(t, scarce))
	assert.Equal(t, statusFailed, status)
	require.Len(t, out, 3)
	assert.Contains(t, out[2], `{"line":3,"id":"a","error":`)
	assert.Contains(t, out[2], "lapsed")
}
