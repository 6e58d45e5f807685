package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// A mark is what a later run is compared with.
type mark struct {
	Allocs float64 `json:"allocs"`
	Ratio  float64 `json:"ratio,omitempty"` // to (c)
}

// marks returns what is guarded: the allocations of proffer and the ratios to the
// expert, since both hardly depend on the machine. Ratios of other peers say the
// same, less exactly.
func marks(rows []Row) map[string]mark {
	all := make(map[string]mark)
	for _, r := range rows {
		switch {
		case strings.HasPrefix(r.Name, nameExpert):
			all[r.key()] = mark{Ratio: r.Ratio}
		case strings.HasPrefix(r.Name, "30 activities from"), r.Name == "matching alone, from JSON", strings.HasPrefix(r.Name, "ranking"), strings.HasPrefix(r.Name, "DecideAll"):
			all[r.key()] = mark{Allocs: r.Allocs}
		}
	}
	return all
}

// record writes the baseline.
func record(path string, rows []Row) error {
	text, err := json.MarshalIndent(marks(rows), "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// check returns an error that names all in which the rows fall behind the
// baseline: more allocations in any of the runs, or a ratio to (c) that is less than two thirds in each.
func check(path string, rows []Row, more ...[]Row) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var before map[string]mark
	if err := json.Unmarshal(text, &before); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	now := marks(rows)
	for _, again := range more {
		for key, is := range marks(again) {
			if first, ok := now[key]; ok {
				now[key] = mark{Allocs: max(first.Allocs, is.Allocs), Ratio: max(first.Ratio, is.Ratio)}
			}
		}
	}
	var faults []error
	for key, was := range before {
		is, ok := now[key]
		switch {
		case !ok:
			faults = append(faults, fmt.Errorf("%s: not measured any more", key))
		case is.Ratio < was.Ratio*2/3:
			faults = append(faults, fmt.Errorf("%s: the ratio fell from %s to %s", key, figure(was.Ratio), figure(is.Ratio)))
		// How many depends a little on which requests a round makes, and on when pools are emptied.
		case is.Allocs > was.Allocs*1.1+0.5:
			faults = append(faults, fmt.Errorf("%s: allocations grew from %s to %s", key, figure(was.Allocs), figure(is.Allocs)))
		}
	}
	return errors.Join(faults...)
}
