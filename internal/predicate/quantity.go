package predicate

import (
	"slices"
	"time"

	"github.com/proffer-go/proffer/internal/slot"
)

// A Quantity is a number, an instant or a duration that a condition computes from
// data: steps in the order in which they are taken, each of which puts a value on a
// stack or replaces the uppermost ones, as in reverse Polish notation. Like the nil
// [Form], the nil Quantity is one that does not fit.
type Quantity struct {
	steps []stage
	depth int // of the stack
}

// A stage is a step before its path has a slot.
type stage struct {
	step
	path slot.Path
}

func (s *step) readsPath() bool {
	return s.do == putValue || s.do == putDouble || s.do == putTimestamp
}

// A step is one step of a computation. It holds no pointer.
type step struct {
	do       action
	kind     slot.Kind // of a constant
	of       aspect
	optional uint8
	slot     uint32  // of the path
	number   float64 // a constant, or what the value is without optional keys
	whole    int64   // the seconds of an instant, the nanoseconds of a duration
	nanos    int64
}

// An action is what a step does.
type action uint8

const (
	putConstant action = iota
	putNow
	putValue // of the path
	putDouble
	putTimestamp
	negate
	add
	subtract
	multiply
	divide
)

// mostValues is how many values a computation may hold at once.
const mostValues = 8

// The kinds of values that only computations have.
const (
	instantKind  slot.Kind = 32 + iota
	durationKind           // in nanoseconds
	openKind               // what only the program can tell
)

func put(s step, p slot.Path) *Quantity { return &Quantity{[]stage{{s, p}}, 1} }

// Fixed returns the constant, a scalar, as a quantity. Of a string only the kind
// is used.
func Fixed(c slot.Value) *Quantity {
	return put(step{do: putConstant, kind: c.Kind, number: c.Number}, slot.Path{})
}

// Instant returns timestamp('...').
func Instant(t time.Time) *Quantity {
	return put(step{do: putConstant, kind: instantKind, whole: t.Unix(), nanos: int64(t.Nanosecond())}, slot.Path{})
}

// Duration returns duration('...').
func Duration(d time.Duration) *Quantity {
	return put(step{do: putConstant, kind: durationKind, whole: int64(d)}, slot.Path{})
}

// Now returns now.
func Now() *Quantity { return put(step{do: putNow}, slot.Path{}) }

// Quantity returns the subject as it is: nil of a count of events, and of what has
// a default that is no number.
func (s Subject) Quantity() *Quantity { return s.put(putValue) }

// Double returns double(subject).
func (s Subject) Double() *Quantity { return s.put(putDouble) }

// Timestamp returns timestamp(subject), nil unless the subject is a path without
// optional keys.
func (s Subject) Timestamp() *Quantity {
	if s.of != whole || s.Optional > 0 {
		return nil
	}
	return s.put(putTimestamp)
}

func (s Subject) put(do action) *Quantity {
	if s.of != whole && s.of != size || s.Optional > 0 && (s.of == size || s.Default.Kind != slot.Number) {
		return nil
	}
	return put(step{do: do, of: s.of, optional: uint8(s.Optional), number: s.Default.Number}, s.Path)
}

// Negative returns -q.
func (q *Quantity) Negative() *Quantity {
	if q == nil {
		return nil
	}
	return &Quantity{slices.Concat(q.steps, []stage{{step: step{do: negate}}}), q.depth}
}

// Plus returns q + r.
func (q *Quantity) Plus(r *Quantity) *Quantity { return q.with(r, add) }

// Minus returns q - r.
func (q *Quantity) Minus(r *Quantity) *Quantity { return q.with(r, subtract) }

// Times returns q * r.
func (q *Quantity) Times(r *Quantity) *Quantity { return q.with(r, multiply) }

// Over returns q / r.
func (q *Quantity) Over(r *Quantity) *Quantity { return q.with(r, divide) }

func (q *Quantity) with(r *Quantity, do action) *Quantity {
	if q == nil || r == nil {
		return nil
	}
	depth := max(q.depth, r.depth+1)
	if depth > mostValues {
		return nil
	}
	return &Quantity{slices.Concat(q.steps, r.steps, []stage{{step: step{do: do}}}), depth}
}

// Less returns q < r.
func (q *Quantity) Less(r *Quantity) *Form { return compared(opLessQuantity, q, r) }

// AtMost returns q <= r, which is not the opposite of r < q: both are false of what
// is no number, such as the quotient of zeros.
func (q *Quantity) AtMost(r *Quantity) *Form { return compared(opAtMostQuantity, q, r) }

// Equals returns q == r.
func (q *Quantity) Equals(r *Quantity) *Form { return compared(opEqualQuantity, q, r) }

func compared(o op, q, r *Quantity) *Form {
	if q == nil || r == nil {
		return nil
	}
	f := ask(o, Subject{})
	f.atom.rest = &rest{left: q.steps, right: r.steps}
	f.size += len(q.steps) + len(r.steps)
	return f
}
