package predicate

import (
	"math"
	"time"

	"github.com/proffer-go/proffer/internal/slot"
)

// An op is what an atom asks, or how a gate joins its parts.
type op uint8

const (
	opAnd       op = iota // of cells
	opOr                  // of cells
	opAtom                // in forms: an atom
	opLess                // value < constant of the same kind
	opEqual               // value == constant
	opIn                  // value in a set of constants
	opTrue                // value, which is a bool
	opHas                 // has(value), value.hasValue()
	opPrefix              // value.startsWith(constant)
	opSuffix              // value.endsWith(constant)
	opSubstring           // value.contains(constant)
	opMatch               // value.matches(constant)
	opContains            // constant in value
	opExists              // value.exists(x, x == constant)
	opSome                // value.exists(x, test)
	opAll                 // value.all(x, test)
	opOne                 // value.exists_one(x, test)

	// What is not about the value at one path.
	opConstant      // the truth of the cell's none
	opEqualPath     // value == other value
	opLessPath      // value < other value
	opEqualQuantity // one quantity == another
	opLessQuantity  // one quantity < another
	opAtMostQuantity
	opBefore // now < constant
)

// An aspect is what of its subject an atom looks at.
type aspect uint8

const (
	whole aspect = iota
	size
	events
	element // of the list that a macro goes through
)

// MaxOptional is how many keys of a path may be optional.
const MaxOptional = math.MaxUint8

// A Subject is what an atom is about: a path, its size, or a count of events.
type Subject struct {
	Path slot.Path
	// Optional is how many of the last keys may be missing, at most [MaxOptional]:
	// then the value is Default, a scalar or an empty list or map.
	Optional int
	Default  slot.Value
	count    slot.Count
	of       aspect
}

// At returns the value at the path as a subject.
func At(p slot.Path) Subject { return Subject{Path: p} }

// Size returns the size of the value that s is.
func (s Subject) Size() Subject {
	s.of = size
	return s
}

// Events returns the number of events that c counts, as a subject.
func Events(c slot.Count) Subject { return Subject{count: c, of: events} }

// An atom is a question to one subject, with a truth for each value that it has.
type atom struct {
	op        op
	negated   bool
	of        aspect
	optional  uint8
	path      slot.Path
	constants []slot.Value // one, but for opIn
	rest      *rest        // nil: a value at a path, compared with constants
}

// rest is what few atoms have.
type rest struct {
	count   slot.Count
	missing slot.Value // what the value is if optional keys are missing
	other   slot.Path  // of comparisons between two paths
	instant time.Time  // of opBefore
	test    *Form      // of each element
	left    []stage    // of comparisons between quantities
	right   []stage
}

func ask(o op, s Subject, constants ...slot.Value) *Form {
	a := &atom{op: o, of: s.of, optional: uint8(s.Optional), path: s.Path, constants: constants}
	if s.Optional > 0 || s.of == events {
		a.rest = &rest{count: s.count, missing: s.Default}
	}
	return &Form{Fits: true, op: opAtom, atom: a, size: 1}
}

// Holds returns the subject as a condition, as CEL has a bare path: an error if it
// is no bool.
func (s Subject) Holds() *Form { return ask(opTrue, s) }

// Has returns has(path), or path.hasValue() if the last keys are optional.
func (s Subject) Has() *Form { return ask(opHas, s) }

// Equals returns subject == c. The constant is a scalar, here as everywhere.
func (s Subject) Equals(c slot.Value) *Form { return ask(opEqual, s, c) }

// In returns subject in [constants].
func (s Subject) In(constants []slot.Value) *Form { return ask(opIn, s, constants...) }

// Contains returns c in subject.
func (s Subject) Contains(c slot.Value) *Form { return ask(opContains, s, c) }

// Exists returns subject.exists(x, x == c).
func (s Subject) Exists(c slot.Value) *Form { return ask(opExists, s, c) }

// Less returns subject < c. The constant is a bool, a number or a string.
func (s Subject) Less(c slot.Value) *Form { return ask(opLess, s, c) }

// AtMost returns subject <= c.
func (s Subject) AtMost(c slot.Value) *Form { return s.Less(next(c)) }

// next returns the least value above c, of its kind: at most c is below that.
func next(c slot.Value) slot.Value {
	switch c.Kind {
	case slot.String:
		c.Text += "\x00"
	case slot.Bool:
		c.Number++
	default:
		c.Number = math.Nextafter(c.Number, math.Inf(1))
	}
	return c
}

// HasPrefix returns subject.startsWith(text).
func (s Subject) HasPrefix(text string) *Form { return ask(opPrefix, s, Text(text)) }

// HasSuffix returns subject.endsWith(text).
func (s Subject) HasSuffix(text string) *Form { return ask(opSuffix, s, Text(text)) }

// HasSubstring returns subject.contains(text).
func (s Subject) HasSubstring(text string) *Form { return ask(opSubstring, s, Text(text)) }

// Matches returns subject.matches(pattern). The pattern is valid.
func (s Subject) Matches(pattern string) *Form { return ask(opMatch, s, Text(pattern)) }

// EqualPaths returns a == b.
func EqualPaths(a, b slot.Path) *Form { return pair(opEqualPath, a, b) }

// LessPaths returns a < b.
func LessPaths(a, b slot.Path) *Form { return pair(opLessPath, a, b) }

func pair(o op, a, b slot.Path) *Form {
	f := ask(o, At(a))
	f.atom.rest = &rest{other: b}
	return f
}

// Before returns now < t.
func Before(t time.Time) *Form {
	f := ask(opBefore, Subject{})
	f.atom.rest = &rest{instant: t}
	return f
}

// Number returns the number as a constant.
func Number(n float64) slot.Value { return slot.Value{Kind: slot.Number, Number: n} }

// Text returns the string as a constant.
func Text(s string) slot.Value { return slot.Value{Kind: slot.String, Text: s} }

// Bool returns the bool as a constant.
func Bool(b bool) slot.Value {
	v := slot.Value{Kind: slot.Bool}
	if b {
		v.Number = 1
	}
	return v
}
