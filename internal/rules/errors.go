package rules

import (
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// An ErrorKind says in what kind of error an evaluation ended.
type ErrorKind string

// The kinds of errors.
const (
	NoSuchAttribute ErrorKind = "no such attribute" // a missing key, an index out of range
	WrongType       ErrorKind = "wrong type"        // no such overload, a conversion, a result of another type
	OverBudget      ErrorKind = "over budget"       // more steps or memory than one evaluation may take
	SourceFailed    ErrorKind = "source failed"     // it read a profile or events that could not be had
	Failed          ErrorKind = "failed"            // anything else: division by zero, overflow
)

// Error is how an evaluation ended. Error gives kind and position and quotes no
// data; Detail is the evaluator's own text, which may.
type Error struct {
	Kind         ErrorKind
	Line, Column int // in the text of the expression, from 1; 0 if unknown
	Detail       string
}

// Error returns the kind of the error and where in the expression it arose.
func (e *Error) Error() string {
	if e.Line == 0 {
		return string(e.Kind)
	}
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, string(e.Kind))
}

// errSource marks errors of a profile or events that could not be had.
type errSource struct{ cause error }

func (e errSource) Error() string { return "source failed: " + e.cause.Error() }
func (e errSource) Unwrap() error { return e.cause }

// errConversion marks errors of conversions between types, such as timestamp(x).
type errConversion struct{ cause error }

func (e errConversion) Error() string { return e.cause.Error() }
func (e errConversion) Unwrap() error { return e.cause }

// errKinds maps how messages of cel-go begin to their kind. All of these are
// fixed text: no data can come before it.
var errKinds = []struct {
	prefix string
	kind   ErrorKind
}{
	{"no such key", NoSuchAttribute},
	{"no such attribute", NoSuchAttribute},
	{"no such field", NoSuchAttribute},
	{"index out of bounds", NoSuchAttribute},
	{"index out of range", NoSuchAttribute},
	{"index '", NoSuchAttribute},
	{"optional.none() dereference", NoSuchAttribute},
	{"no such overload", WrongType},
	{"found no matching overload", WrongType},
	{"unsupported ", WrongType},
	{"type conversion error", WrongType},
	{"invalid qualifier type", WrongType},
	{"got '", WrongType},
	{"join: invalid input", WrongType},
	{"list elements must", WrongType},
	{"cannot initialize optional", WrongType},
}

func kindOf(err error) ErrorKind {
	if _, ok := errors.AsType[errSource](err); ok {
		return SourceFailed
	}
	if _, ok := errors.AsType[errConversion](err); ok {
		return WrongType
	}
	text := err.Error()
	for _, k := range errKinds {
		if strings.HasPrefix(text, k.prefix) {
			return k.kind
		}
	}
	return Failed
}

// failure is how cel-go's error looks from outside.
func (p *program) failure(err error) *Error {
	out := &Error{Kind: kindOf(err), Detail: err.Error()}
	if celErr, ok := errors.AsType[*types.Err](err); ok {
		out.Line, out.Column = p.position(celErr.NodeID())
	}
	return out
}

func (p *program) overBudget(node int64) *Error {
	line, column := p.position(node)
	return &Error{Kind: OverBudget, Line: line, Column: column, Detail: "more steps or memory than one evaluation may take"}
}

func wrongResult(want string, got ref.Val) *Error {
	return &Error{Kind: WrongType, Detail: fmt.Sprintf("the result is %s, not %s", got.Type().TypeName(), want)}
}

// position returns where the node stands in the text, 0 and 0 if that is unknown.
func (p *program) position(node int64) (line, column int) {
	if _, ok := p.source.GetOffsetRange(node); !ok {
		return 0, 0
	}
	at := p.source.GetStartLocation(node)
	return at.Line(), at.Column() + 1
}
