package rules

import (
	"sync"
	"sync/atomic"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/internal/predicate"
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

// An Expr is a compiled expression. It never changes what it says and is safe for
// concurrent use.
type Expr struct {
	text     string
	kind     Kind
	compiler *Compiler

	compiled sync.Once // guards what follows
	issues   []Issue   // if there are any, nobody sees the expression
	reads    Reads
	once     price // what its nodes cost without the rounds of loops
	form     predicate.Packed
	columns  *column.Program

	// The program of an expression with another form is made when it is first needed:
	// it takes kilobytes.
	planning sync.Once
	program  atomic.Pointer[program]
}

// Text returns the text that the expression was compiled from.
func (e *Expr) Text() string { return e.text }

// Kind returns what the expression is for.
func (e *Expr) Kind() Kind { return e.kind }

// Reads returns the variables that the expression refers to, whether or not an
// evaluation gets as far as to read them. events.within(d) reads events and now.
func (e *Expr) Reads() Reads { return e.reads }

// Form returns a condition taken apart, empty if nothing of it fits the index.
func (e *Expr) Form() predicate.Packed { return e.form }

// Column returns a score as it is computed for many offers at once, nil if only CEL
// can compute it.
func (e *Expr) Column() *column.Program { return e.columns }

// hasOtherForm reports whether the expression may well never be evaluated by CEL.
func (e *Expr) hasOtherForm() bool {
	return e.form.Fits() || e.columns != nil
}

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
	p := e.program.Load()
	if p == nil {
		p = e.plan()
	}
	return p.eval(in, e.budget(), e.once)
}

// budget is what one evaluation may take.
func (e *Expr) budget() price {
	limits := &e.compiler.limits
	return price{limits.Steps, limits.Bytes}
}
