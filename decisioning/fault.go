package decisioning

import (
	"errors"
	"strings"

	"github.com/proffer-go/proffer/internal/strictjson"
)

// A Fault is one thing that is wrong with a catalog.
type Fault struct {
	// Path is where it is: offers[12](card-upgrade).eligibility. Empty is the
	// catalog as a whole.
	Path string
	// Line and Column are its place in the JSON text, from 1, columns in
	// characters. Both are 0 for a catalog of Go values.
	Line, Column int
	Err          error // what is wrong and what to do; of an expression with the position in it
}

// Error returns path and cause, without the place in the text.
func (f *Fault) Error() string {
	if f.Path == "" {
		return f.Err.Error()
	}
	return f.Path + ": " + f.Err.Error()
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Faults are all that is wrong with a catalog, in the order of its text.
type Faults []*Fault

// Error returns all faults, one a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the faults for [errors.Is] and [errors.AsType].
func (f Faults) Unwrap() []error {
	all := make([]error, len(f))
	for i := range f {
		all[i] = f[i]
	}
	return all
}

func newFault(f strictjson.Fault) *Fault {
	return &Fault{Path: f.Path, Line: f.Line, Column: f.Column, Err: errors.New(f.Message)}
}

func newFaults(found []strictjson.Fault) Faults {
	faults := make(Faults, len(found))
	for i := range found {
		faults[i] = newFault(found[i])
	}
	return faults
}
