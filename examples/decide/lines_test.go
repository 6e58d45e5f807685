package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLineThatCannotBeDecided(t *testing.T) {
	at := `"at": "2026-06-01T12:00:00Z"`
	for _, tt := range []struct {
		name, line string
		id         any
		want       string // part of the error
	}{
		{"no JSON", `decide`, nil, "column 1"},
		{"no object", `["r1"]`, nil, "column 1"},
		{"broken behind the id", `{"id": "r2", "at": `, "r2", "ends"},
		{"broken before the id", `{"at": , "id": "r2"}`, nil, "at"},
		{"more behind the object", `{"id": "r2", ` + at + `, "activities": ["home"]} {}`, "r2", "after the end"},
		{"id is no text", `{"id": 2, ` + at + `, "activities": ["home"]}`, nil, "id"},
		{"unknown field", `{"id": "r2", ` + at + `, "activities": ["home"], "segment": "a"}`, "r2", "segment"},
		{"name in other case", `{"ID": "r2", ` + at + `, "activities": ["home"]}`, nil, "ID"},
		{"repeated key", `{"id": "r2", ` + at + `, "activities": ["home"], "dryRun": true, "dryRun": false}`, "r2", "dryRun"},
		{"null", `{"id": "r2", ` + at + `, "activities": ["home"], "profileId": null}`, "r2", "profileId"},
		{"wrong type", `{"id": "r2", ` + at + `, "activities": "home"}`, "r2", "activities"},
		{"without at", `{"id": "r2", "activities": ["home"]}`, "r2", "at: missing"},
		{"at without offset", `{"id": "r2", "at": "2026-06-01T12:00:00", "activities": ["home"]}`, "r2", "at: "},
		{"at in year 0", `{"id": "r2", "at": "0000-06-01T12:00:00Z", "activities": ["home"]}`, "r2", "at: "},
		{"at beyond year 9999", `{"id": "r2", "at": "9999-12-31T23:59:59-01:00", "activities": ["home"]}`, "r2", "at: "},
		{"no activities", `{"id": "r2", ` + at + `}`, "r2", "activities: "},
		{"unknown activity", `{"id": "r2", ` + at + `, "activities": ["hom"]}`, "r2", "hom"},
		{"activity named twice", `{"id": "r2", ` + at + `, "activities": ["home", "home"]}`, "r2", "home"},
		{"hold is no duration", `{"id": "r2", ` + at + `, "activities": ["home"], "hold": "soon"}`, "r2", "hold: "},
		{"hold of nothing", `{"id": "r2", ` + at + `, "activities": ["home"], "hold": "0s"}`, "r2", "hold: "},
		{"profile is no object", `{"id": "r2", ` + at + `, "activities": ["home"], "profile": []}`, "r2", "profile"},
		{"profile is null", `{"id": "r2", ` + at + `, "activities": ["home"], "profile": null}`, "r2", "profile"},
		{"events are no array", `{"id": "r2", ` + at + `, "activities": ["home"], "events": {}}`, "r2", "events"},
		{"record among a request", `{"id": "r2", ` + at + `, "activities": ["home"], "record": {"id": "e1"}}`, "r2", "record"},
		{"record with at beside it", `{"record": {"id": "e1"}, ` + at + `}`, "e1", "record"},
		{"record with an unknown field", `{"record": {"id": "e1", "kind": "click"}}`, "e1", "kind"},
		{"record before any instant", `{"record": {"id": "e1", "type": "click", "offer": "card-upgrade"}}`, "e1", "at: "},
		{"confirm and release", `{"confirm": "r1", "release": "r1", ` + at + `}`, "r1", "confirm"},
		{"confirm with a request's field", `{"confirm": "r1", ` + at + `, "dryRun": false}`, "r1", "confirm"},
		{"confirm without at", `{"confirm": "r1"}`, "r1", "at: missing"},
		{"confirm of an unknown decision", `{"confirm": "r9", ` + at + `}`, "r9", "unknown decision"},
		{"release of an unknown decision", `{"release": "r9", ` + at + `}`, "r9", "unknown decision"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, out, stderr := command(t, "\n"+tt.line+"\n"+gold+"\n", "-catalog", catalogFile)
			assert.Equal(t, statusFailed, status)
			assert.Empty(t, stderr)
			require.Len(t, out, 2)
			var got map[string]any
			require.NoError(t, json.Unmarshal([]byte(out[0]), &got))
			assert.EqualValues(t, 2, got["line"], "empty lines count")
			assert.Contains(t, got, "id")
			assert.Equal(t, tt.id, got["id"])
			assert.Contains(t, got["error"], tt.want)
			assert.Len(t, got, 3)
			assert.Equal(t, "home: card-upgrade; mail: fallback", proposed(t, out[1]), "the run goes on")
		})
	}
}

func TestUnknownIDInExcludeIsNoError(t *testing.T) {
	line := strings.Replace(gold, `"old-offer"`, `"nobody", "card-upgrade"`, 1)
	status, out, _ := command(t, line, "-catalog", catalogFile)
	assert.Equal(t, statusOK, status)
	assert.Equal(t, "home: fallback; mail: fallback", proposed(t, out[0]))
}

func TestAllowDuplicates(t *testing.T) {
	line := `{"id": "r", "at": "2026-01-01T00:00:00Z", "activities": ["all", "few"], "allowDuplicates": true}`
	_, out, _ := command(t, line, "-catalog", writeFile(t, contested()))
	assert.Equal(t, "all: best; few: best", proposed(t, out[0]))
}

func TestLinesEndInManyWays(t *testing.T) {
	line := `{"id": "r", "at": "2026-06-01T12:00:00Z", "activities": ["side"]}`
	status, out, _ := command(t, "\n"+line+"\r\n \t\r\n"+line+"\n\n?\n"+line, "-catalog", catalogFile)
	assert.Equal(t, statusFailed, status)
	require.Len(t, out, 4)
	assert.Contains(t, out[2], `{"line":6,"id":null,"error":`)
}

func TestLongestLine(t *testing.T) {
	line := func(size int) string {
		start, end := `{"id": "long", "at": "2026-06-01T12:00:00Z", "activities": ["side"]`, "}"
		return start + strings.Repeat(" ", size-len(start)-len(end)) + end
	}
	for _, ending := range []string{"\n", "\r\n"} {
		status, out, _ := command(t, line(maxLine)+ending+line(maxLine+1)+ending+line(3*maxLine)+ending+line(100), "-catalog", catalogFile)
		assert.Equal(t, statusFailed, status)
		require.Len(t, out, 4)
		assert.Equal(t, "side: none", proposed(t, out[0]))
		assert.Equal(t, `{"line":2,"id":"long","error":"longer than 8 MiB"}`, out[1])
		assert.Equal(t, `{"line":3,"id":"long","error":"longer than 8 MiB"}`, out[2])
		assert.Equal(t, "side: none", proposed(t, out[3]))
	}
}

func TestAnswerComesBeforeTheNextLineIsAsked(t *testing.T) {
	in, lines := io.Pipe()
	answers, out := io.Pipe()
	go func() {
		run([]string{"-catalog", catalogFile}, in, out, io.Discard)
		_ = out.Close()
	}()
	read := bufio.NewScanner(answers)
	for range 3 {
		// Half of the next line must not keep the answer back.
		_, err := io.WriteString(lines, `{"id": "r", "at": "2026-06-01T12:00:00Z", "activities": ["side"]}`+"\n ")
		require.NoError(t, err)
		require.True(t, read.Scan())
		assert.Equal(t, "side: none", proposed(t, read.Text()))
	}
	require.NoError(t, lines.Close())
	assert.False(t, read.Scan())
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestWriteErrorEndsTheRun(t *testing.T) {
	var stderr strings.Builder
	status := run([]string{"-catalog", catalogFile}, strings.NewReader(strings.Repeat(gold+"\n", 1000)), brokenPipe{}, &stderr)
	assert.Equal(t, statusFailed, status)
	assert.Equal(t, "decide: broken pipe\n", stderr.String())
}

func TestLinesAreHandledInConstantMemory(t *testing.T) {
	const lines = 200_000
	in, input := io.Pipe()
	go func() {
		w := bufio.NewWriterSize(input, 64<<10)
		at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
		for i := range lines {
			fmt.Fprintf(w, `{"id": "r%d", "at": %q, "profile": {"age": %d, "tier": "gold"}, "activities": ["home", "side"]}`+"\n",
				i, at.Add(time.Duration(i)*time.Second).Format(time.RFC3339), i%90)
		}
		_ = w.Flush()
		_ = input.Close()
	}()
	var out heapWatch
	assert.Equal(t, statusOK, run([]string{"-catalog", catalogFile}, in, &out, io.Discard))
	assert.Equal(t, lines, out.lines)
	t.Logf("at most %d MiB in use", out.most>>20)
	assert.Less(t, out.most, uint64(16<<20))
}

// A heapWatch counts lines and looks at the heap now and then.
type heapWatch struct {
	lines, writes int
	most          uint64 // bytes in use
}

func (w *heapWatch) Write(p []byte) (int, error) {
	w.lines += strings.Count(string(p), "\n")
	if w.writes++; w.writes%100 == 0 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		w.most = max(w.most, m.HeapAlloc)
	}
	return len(p), nil
}
