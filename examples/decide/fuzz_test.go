package main

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whatever the lines are, each that is not blank has one answer, in JSON.
func FuzzLines(f *testing.F) {
	catalog, err := sample.ReadFile("sample/catalog.json")
	require.NoError(f, err)
	requests, err := sample.ReadFile("sample/requests.jsonl")
	require.NoError(f, err)
	f.Add(requests)
	for line := range bytes.Lines(requests) {
		f.Add(line)
	}
	f.Add([]byte(`{"id": "r", "at": "9999-12-31T23:59:60Z", "activities": ["home"], "profile": {"a": [[[]]]}, "events": [{}]}`))
	d, err := newDecider(catalog, options{explain: true, maxActivities: 30}, io.Discard)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text []byte) {
		var out, errors bytes.Buffer
		d.run(bytes.NewReader(text), &out, &errors, jsonLines)
		var want int
		for line := range bytes.Lines(text) {
			if len(bytes.TrimSpace(line)) > 0 {
				want++
			}
		}
		got := 0
		for line := range bytes.Lines(out.Bytes()) {
			assert.True(t, json.Valid(line), "%s", line)
			got++
		}
		assert.Equal(t, want, got, "answers")
		assert.Empty(t, errors.String())
	})
}
