package offer

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/proffer-go/proffer/placement"
)

// Per says over whom units are counted.
type Per string

// What a cap or a contact policy counts over.
const (
	PerProfile  Per = "profile"
	PerAll      Per = "all"
	PerDecision Per = "decision" // contact policies only: among the propositions of one decision
)

// A Cap limits how often an offer is proposed. A cap's counter is identified by
// everything but its Limit: to change the limit keeps the count.
type Cap struct {
	Limit     int64        `json:"limit"` // at least 1
	Per       Per          `json:"per"`
	Window    Window       `json:"window,omitzero"`     // zero: for ever
	Counts    string       `json:"counts,omitempty"`    // type of the recorded events to count; empty: propositions
	Placement placement.ID `json:"placement,omitempty"` // empty: all placements together
}

// Every is a calendar period.
type Every string

// The calendar periods.
const (
	Hour  Every = "hour"
	Day   Every = "day"
	Week  Every = "week"
	Month Every = "month"
)

// A Window is the time over which units are counted: a calendar period in a time
// zone, or a rolling length. The zero Window is for ever.
type Window struct {
	Every     Every         `json:"every,omitempty"`
	Timezone  string        `json:"timezone,omitempty"`  // IANA name; empty: UTC
	WeekStart string        `json:"weekStart,omitempty"` // English weekday in lower case, weeks only; empty: monday
	Rolling   time.Duration `json:"rolling,omitzero"`    // above 0, instead of Every; text in JSON, such as "168h"
}

// IsZero reports whether the window is for ever.
func (w Window) IsZero() bool { return w == Window{} }

// Normal returns the window in the one form that equal windows share: no time
// zone is UTC, a week without a start begins on monday, and a rolling window is
// the same in every zone.
func (w Window) Normal() Window {
	if w.Rolling != 0 {
		w.Timezone = ""
	}
	if w.Every != "" && w.Timezone == "" {
		w.Timezone = "UTC"
	}
	if w.Every == Week && w.WeekStart == "" {
		w.WeekStart = "monday"
	}
	return w
}

// windowJSON is the JSON form of a Window: a duration is text, such as "168h".
type windowJSON struct {
	Every     Every  `json:"every,omitempty"`
	Timezone  string `json:"timezone,omitempty"`
	WeekStart string `json:"weekStart,omitempty"`
	Rolling   string `json:"rolling,omitempty"`
}

// MarshalJSON writes the window with its rolling length as text: "168h0m0s".
func (w Window) MarshalJSON() ([]byte, error) {
	j := windowJSON{Every: w.Every, Timezone: w.Timezone, WeekStart: w.WeekStart}
	if w.Rolling != 0 {
		j.Rolling = w.Rolling.String()
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (w *Window) UnmarshalJSON(text []byte) error {
	var j windowJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*w = Window{Every: j.Every, Timezone: j.Timezone, WeekStart: j.WeekStart}
	if j.Rolling == "" {
		return nil
	}
	var err error
	if w.Rolling, err = time.ParseDuration(j.Rolling); err != nil {
		return fmt.Errorf("rolling: %w", err)
	}
	return nil
}
