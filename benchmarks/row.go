package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// A Row is one measurement, and the goal that it stands for.
type Row struct {
	Name  string `json:"name"`
	N     int    `json:"n"`     // offers
	Rules int    `json:"rules"` // distinct ones
	CPU   int64  `json:"cpu_ns"`
	// Allocs are those of one call.
	Allocs float64 `json:"allocs"`
	// Ratio is how many times proffer's CPU time a peer takes; in rows about something
	// else than time, what the name says: bytes, units a second, an exponent.
	Ratio float64 `json:"ratio"`
	Goal  string  `json:"goal"`
	Met   bool    `json:"met"` // also where there is no goal

	clause string // of the goal, that this row decides
}

// The goals, by what they are about.
const (
	goalDecide      = "≤ 20 µs, 0 allocations, p99 ≤ 60 µs sequential; ≤ 40 µs optimal; stretch half of it"
	goalTyped       = "≤ 3 µs"
	goalGrowth      = "exponent ≤ 0.15"
	goalRatios      = "≥ 1,000, ≥ 400, ≥ 15; at 100,000 to (a) ≥ 15,000"
	goalMatching    = "≤ 35 µs; ≥ 1,000 times cel-go and OPA, ≥ 250 times expr and govaluate"
	goalFormula     = "≤ 100 µs / ≤ 1 ms"
	goalArbitration = "median of 1,000 seeded instances ≤ 100 µs, worst ≤ 400 µs; equal to brute force on 10,000 random instances"
	goalRare        = "≤ 60 µs / ≤ 600 µs"
	goalMemory      = "≤ 200 B an offer + 500 B a distinct rule, content and CEL programs apart"
	goalPublish     = "≤ 150 ms / ≤ 1 s / ≤ 14 s on 2 cores"
	goalCaps        = "≥ 5 million units a second on 2 cores with records kept 1 s (and the figure with the default hour), ≤ 24 B a for-ever or calendar counter at 10 million, 8 B more a unit of a rolling one, records ≤ 64 B + 16 B a unit and bounded, a GC cycle ≤ 20 ms"
	goalBatch       = "≥ 50,000 requests a second and core from JSON, ≥ 1 million typed"
	goalUpdate      = "visible within 50 µs when it brings no new rule, 1 ms when it does"
	goalWaiting     = "p99 under 1,000 updates a second within 1.2 times idle"
)

// within says that the row stands for a goal that it meets with at most so much
// time.
func (r Row) within(goal string, most time.Duration) Row {
	return r.judged(goal, "≤ "+span(most), r.CPU <= int64(most))
}

// atLeast and atMost say so of the ratio.
func (r Row) atLeast(goal string, least float64) Row {
	return r.judged(goal, "≥ "+figure(least), r.Ratio >= least)
}

func (r Row) atMost(goal string, most float64) Row {
	return r.judged(goal, "≤ "+figure(most), r.Ratio <= most)
}

// without says that besides the row must not allocate.
func (r Row) without() Row {
	return r.judged(r.Goal, r.clause+", 0 allocations", r.Met && r.Allocs < 0.01)
}

func (r Row) judged(goal, clause string, met bool) Row {
	r.Goal, r.clause, r.Met = goal, clause, met
	return r
}

func (r Row) key() string { return fmt.Sprintf("%s|%d|%d", r.Name, r.N, r.Rules) }

func writeJSON(w io.Writer, r Row) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", line)
	return err
}
