package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/internal/instant"
	"github.com/proffer-go/proffer/internal/strictjson"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// A line is one line of input: a request, or one of Record, Confirm and Release.
// Fields that are not there are nil.
type line struct {
	ID              *string                   `json:"id"`
	At              *string                   `json:"at"`
	ProfileID       *profile.ID               `json:"profileId"`
	Profile         json.RawMessage           `json:"profile"`
	Events          json.RawMessage           `json:"events"`
	Context         json.RawMessage           `json:"context"`
	Activities      *[]decisioning.ActivityID `json:"activities"`
	Exclude         *[]offer.ID               `json:"exclude"`
	AllowDuplicates *bool                     `json:"allowDuplicates"`
	DryRun          *bool                     `json:"dryRun"`
	Hold            *string                   `json:"hold"`

	Record  *record `json:"record"`
	Confirm *string `json:"confirm"`
	Release *string `json:"release"`

	at   time.Time     // what At says, of a record that has none the zero time
	hold time.Duration // what Hold says
}

// A record is something that happened.
type record struct {
	ID        string                 `json:"id"`
	Type      string                 `json:"type"`
	Offer     offer.ID               `json:"offer"`
	ProfileID profile.ID             `json:"profileId"`
	Placement placement.ID           `json:"placement"`
	At        *string                `json:"at"`
	Decision  string                 `json:"decision"`
	Activity  decisioning.ActivityID `json:"activity"`
}

// parseLine reads a line strictly.
func parseLine(text []byte) (*line, error) {
	var l line
	if reading := strictjson.Read(text, &l); len(reading.Faults) > 0 {
		return nil, readingError(reading.Faults)
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	return &l, nil
}

// maxTold is how many faults of a line are told.
const maxTold = 20

// readingError says what is wrong with a text of one line.
func readingError(faults []strictjson.Fault) error {
	all := make([]string, min(len(faults), maxTold))
	for i, f := range faults[:len(all)] {
		where := f.Path
		if where == "" {
			where = "column " + strconv.Itoa(f.Column)
		}
		all[i] = where + ": " + f.Message
	}
	if more := len(faults) - len(all); more > 0 {
		all = append(all, fmt.Sprintf("and %d more", more))
	}
	return errors.New(strings.Join(all, "; "))
}

// check refuses mixed lines and reads what is written as text.
func (l *line) check() error {
	at := l.At
	switch {
	case l.Record != nil && !l.is(line{Record: l.Record}):
		return errors.New("record: nothing else may stand in its line")
	case l.Confirm != nil && !l.is(line{Confirm: l.Confirm, At: l.At}):
		return errors.New("confirm: nothing else may stand in its line but at")
	case l.Release != nil && !l.is(line{Release: l.Release, At: l.At}):
		return errors.New("release: nothing else may stand in its line but at")
	case l.Record != nil:
		at = l.Record.At
	case l.At == nil:
		return errors.New("at: missing")
	}
	var err error
	if at != nil {
		if l.at, err = instant.Parse(*at); err != nil {
			return fmt.Errorf("at: %w", err)
		}
	}
	if l.Hold != nil {
		if l.hold, err = time.ParseDuration(*l.Hold); err != nil || l.hold <= 0 {
			return errors.New("hold: not a duration above 0, such as 90s or 10m")
		}
	}
	return nil
}

// is reports whether the line has what only has, and nothing else.
func (l *line) is(only line) bool { return reflect.DeepEqual(*l, only) }

// request returns the request that the line is.
func (l *line) request(trace decisioning.TraceLevel) decisioning.Request {
	return decisioning.Request{
		ID:              value(l.ID),
		ProfileID:       value(l.ProfileID),
		At:              l.at,
		Profile:         document(l.Profile),
		Events:          document(l.Events),
		Context:         document(l.Context),
		Activities:      value(l.Activities),
		Exclude:         value(l.Exclude),
		AllowDuplicates: value(l.AllowDuplicates),
		DryRun:          value(l.DryRun),
		Hold:            l.hold,
		Trace:           trace,
	}
}

// outcome returns what the record says, at the instant.
func (r *record) outcome(at time.Time) decisioning.Outcome {
	return decisioning.Outcome{
		ID:        r.ID,
		Type:      r.Type,
		Offer:     r.Offer,
		ProfileID: r.ProfileID,
		Placement: r.Placement,
		At:        at,
		Decision:  r.Decision,
		Activity:  r.Activity,
	}
}

func document(text json.RawMessage) profile.Document {
	if text == nil {
		return profile.Document{}
	}
	return profile.JSON(text)
}

// value returns what p points to, of nil the zero value.
func value[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}
