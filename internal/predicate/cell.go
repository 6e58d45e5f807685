package predicate

import (
	"strings"
	"unicode/utf8"

	"github.com/proffer-go/proffer/internal/slot"
)

// fan is how many parts a gate and a rule have at most. Fewer are filled up, so
// that a sweep needs no loop within a rule; more are joined by gates first.
const fan = 4

// A cell is an interned atom, with its numbers for paths, counts and constants, or
// a gate over cells before it. It holds no pointer.
type cell struct {
	op       op
	negated  bool
	of       aspect
	optional uint8     // how many of the last keys may be missing
	none     Truth     // what it then is; what an opConstant is
	kind     slot.Kind // of the constant
	weight   uint8     // which part to ask first: the lightest

	// Of a gate: its parts. Of an atom: the slot or count; the text, set or
	// pattern of the constant, or the test; another slot; nanoseconds. Of a comparison
	// between quantities: the one and the other.
	refs   [fan]uint32
	number float64 // of the constant; the seconds of an instant
}

// The parts of an atom's cell.
const (
	subjectRef = iota
	constantRef
	otherRef
	nanosRef
)

// Every lexicon begins with these cells.
const (
	falseCell uint32 = iota
	unknownCell
	trueCell
)

func constantCells() []cell {
	return []cell{{op: opConstant, none: False}, {op: opConstant, none: Unknown}, {op: opConstant, none: True}}
}

// The weights of cells.
const (
	light  = iota
	slow   // walks a string or list, or computes
	costly // may be the first to read the events
)

func weightOf(c *cell) uint8 {
	switch {
	case c.of == events:
		return costly
	case c.op == opSubstring || c.op == opMatch || opSome <= c.op && c.op <= opOne,
		c.op.isComputed():
		return slow
	}
	return light
}

// isGate reports whether the cell joins others.
func (c *cell) isGate() bool { return c.op == opAnd || c.op == opOr }

// isComputed reports whether the atom compares quantities.
func (o op) isComputed() bool { return opEqualQuantity <= o && o <= opAtMostQuantity }

// negate returns what the atom makes of the truth of what it asks.
func (c *cell) negate(t Truth) Truth {
	if c.negated {
		return t.not()
	}
	return t
}

// judge returns the truth of the atom for a value that is there, before negation.
func (v *View) judge(c *cell, value *slot.Value, row *slot.Row) Truth {
	if c.of == size {
		n, ok := sizeOf(value)
		if !ok {
			return Error
		}
		return v.judgeScalar(c, &slot.Value{Kind: slot.Number, Number: float64(n)})
	}
	switch c.op {
	case opContains, opExists:
		return v.judgeMember(c, value, row)
	case opSome, opAll, opOne:
		return v.judgeEach(c, value, row)
	default:
		return v.judgeScalar(c, value)
	}
}

// sizeOf returns how many elements, members or code points the value has.
func sizeOf(value *slot.Value) (int, bool) {
	switch value.Kind {
	case slot.List, slot.Map:
		return int(value.Size), true
	case slot.String:
		return utf8.RuneCountInString(value.Text), true
	default:
		return 0, false
	}
}

func (v *View) judgeScalar(c *cell, value *slot.Value) Truth {
	switch c.op {
	case opLess:
		if value.Kind != c.kind {
			return Error
		}
		if c.kind == slot.String {
			return truthOf(value.Text < v.text(c))
		}
		return truthOf(value.Number < c.number)
	case opEqual:
		return truthOf(v.constant(c).equals(value, v.texts))
	case opIn:
		return truthOf(v.isMember(c.refs[constantRef], value))
	case opTrue:
		if value.Kind != slot.Bool {
			return Error
		}
		return truthOf(value.Number != 0)
	case opHas:
		return True
	default:
		if value.Kind != slot.String {
			return Error
		}
		return truthOf(v.findsText(c, value.Text))
	}
}

func (v *View) findsText(c *cell, s string) bool {
	switch c.op {
	case opPrefix:
		return strings.HasPrefix(s, v.text(c))
	case opSuffix:
		return strings.HasSuffix(s, v.text(c))
	case opSubstring:
		return strings.Contains(s, v.text(c))
	default:
		return v.patterns[c.refs[constantRef]].MatchString(s)
	}
}

// judgeMember returns whether the list has the constant as an element, or the map
// as a key. Keys are strings; one without a slot is left to the program. That a
// loop over a string is an error cel-go finds only if it is not empty.
func (v *View) judgeMember(c *cell, value *slot.Value, row *slot.Row) Truth {
	switch {
	case c.op == opExists && value.Kind == slot.String && value.Text == "":
		return False
	case value.Kind != slot.List && value.Kind != slot.Map:
		return Error
	case value.Size == 0:
		return False
	case value.Kind == slot.Map && c.kind != slot.String:
		return False
	case value.Kind == slot.Map && c.refs[otherRef] == 0:
		return Unknown
	case value.Kind == slot.Map:
		return truthOf(row.Values[c.refs[otherRef]].Kind != slot.Absent)
	}
	sought := v.constant(c)
	for i := range value.Size {
		if sought.equals(&row.Elements[value.First+i], v.texts) {
			return True
		}
	}
	return False
}

// judgePair returns the truth of a comparison between two values that are there.
// Lists and maps are left to the program: the row does not hold all of them.
func judgePair(o op, a, b *slot.Value) Truth {
	switch {
	case o == opEqualPath && a.Kind != b.Kind:
		return False
	case a.Kind != b.Kind:
		return Error
	}
	switch a.Kind {
	case slot.Bool, slot.Number:
		return truthOf(o == opEqualPath && a.Number == b.Number || o == opLessPath && a.Number < b.Number)
	case slot.String:
		return truthOf(o == opEqualPath && a.Text == b.Text || o == opLessPath && a.Text < b.Text)
	default:
		switch {
		case o == opLessPath:
			return Error
		case a.Kind == slot.Null:
			return True
		}
		return Unknown
	}
}
