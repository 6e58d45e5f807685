package main

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/proffer-go/proffer/decisioning"
)

// A receipt answers a record, a confirmation or a release.
type receipt struct {
	ID   string `json:"id"`
	OK   bool   `json:"ok"`
	done string // for people
}

// A failure answers a line that could not be decided.
type failure struct {
	Line  int     `json:"line"` // from 1, blank lines counted
	ID    *string `json:"id"`   // nil if it could not be read
	Error string  `json:"error"`
}

// A decision answers a request.
type decision struct {
	ID           string                                                `json:"id"`
	Propositions []decisioning.Proposition                             `json:"propositions"`
	Degraded     []decisioning.Degradation                             `json:"degraded,omitempty"`
	Trace        map[decisioning.ActivityID]*decisioning.ActivityTrace `json:"trace,omitempty"`

	whole *decisioning.Decision // for people
}

// A printer writes the answer to a line: a decision, a receipt or a
// failure.
type printer func(answer any) error

// jsonLines returns the printer of one JSON object a line.
func jsonLines(out io.Writer) printer {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode
}

// findID returns the id in a line that could not be decided: the request's, the
// record's, or the one to confirm or release. It reads as far as the text can be
// read, and returns nil if it finds none.
func findID(text []byte) *string { return idIn(json.NewDecoder(bytes.NewReader(text))) }

// idIn returns the id in the object that d is about to read.
func idIn(d *json.Decoder) *string {
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil
		}
		switch key {
		case "record":
			return idIn(d)
		case "id", "confirm", "release":
			var id *string
			if err := d.Decode(&id); err != nil {
				return nil
			}
			return id
		}
		if err := d.Decode(new(json.RawMessage)); err != nil {
			return nil
		}
	}
	return nil
}
