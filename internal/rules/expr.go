package rules

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// A Kind says what an expression is for: its result type and its variables.
type Kind int

// The kinds of expressions. All read profile, context, events and now.
const (
	Condition Kind = iota // bool or dyn
	Score                 // int, uint, double or dyn; reads offer and activity too
	Until                 // timestamp or dyn
)

// Reads is the set of variables that an expression reads.
type Reads uint8

// The variables. A variable of the same name that a macro declares is another one.
const (
	ReadsProfile Reads = 1 << iota
	ReadsEvents
	ReadsContext
	ReadsNow
	ReadsOffer
	ReadsActivity
)

// An Expr is a compiled expression. It is immutable and safe for concurrent use.
type Expr struct {
	text    string
	reads   Reads
	budget  price
	once    price // what its nodes cost without the rounds of loops
	program cel.Program
	source  *ast.SourceInfo
}

// Text returns the text that the expression was compiled from.
func (e *Expr) Text() string { return e.text }

// Reads returns the variables that the expression refers to, whether or not an
// evaluation gets as far as to read them. events.within(d) reads events and now.
func (e *Expr) Reads() Reads { return e.reads }

// Bool evaluates a condition. The error, if any, is an [*Error]; a result that is
// no bool is one.
func (e *Expr) Bool(in *Input) (bool, error) {
	v, err := e.eval(in)
	if err != nil {
		return false, err
	}
	b, ok := v.(types.Bool)
	if !ok {
		return false, wrongResult("bool", v)
	}
	return bool(b), nil
}

// Number evaluates a score for an offer and an activity. NaN and infinities are
// returned as they are. The error, if any, is an [*Error]; a result that is no
// number is one.
func (e *Expr) Number(in *Input, offer, activity *Object) (float64, error) {
	in.offer, in.activity = offer, activity
	v, err := e.eval(in)
	if err != nil {
		return 0, err
	}
	switch n := v.(type) {
	case types.Double:
		return float64(n), nil
	case types.Int:
		return float64(n), nil
	case types.Uint:
		return float64(n), nil
	}
	return 0, wrongResult("number", v)
}

// Time evaluates an instant. The error, if any, is an [*Error]; a result that is
// no timestamp is one.
func (e *Expr) Time(in *Input) (time.Time, error) {
	v, err := e.eval(in)
	if err != nil {
		return time.Time{}, err
	}
	t, ok := v.(types.Timestamp)
	if !ok {
		return time.Time{}, wrongResult("timestamp", v)
	}
	return t.Time, nil
}

// eval runs the program on a full meter. Its error is an *Error or nil, typed as
// error so that nil stays nil.
func (e *Expr) eval(in *Input) (ref.Val, error) {
	in.meter.start(e.budget, e.once)
	v, _, err := e.program.Eval(in)
	if in.meter.exhausted {
		return nil, e.overBudget(in.meter.at)
	}
	if err != nil {
		return nil, e.failure(err)
	}
	return v, nil
}
