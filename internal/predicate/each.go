package predicate

import "github.com/proffer-go/proffer/internal/slot"

// Element returns what a macro's variable stands for, the subject of the tests of
// [Subject.Some], [Subject.All] and [Subject.One].
func Element() Subject { return Subject{of: element} }

// Some returns subject.exists(x, test of x), as CEL has it: one element of which the
// test is true suffices, even beside errors. The test is about nothing but
// [Element]; of another it is nil.
func (s Subject) Some(test *Form) *Form { return s.each(opSome, test) }

// All returns subject.all(x, test of x): one element of which the test is false
// decides, even beside errors.
func (s Subject) All(test *Form) *Form { return s.each(opAll, test) }

// One returns subject.exists_one(x, test of x). Any error makes it one.
func (s Subject) One(test *Form) *Form { return s.each(opOne, test) }

func (s Subject) each(o op, test *Form) *Form {
	if test == nil || !test.Fits {
		return nil
	}
	alone := true
	test.walk(func(a *atom) { alone = alone && a.of == element && opLess <= a.op && a.op <= opMatch && a.op != opHas })
	if !alone {
		return nil
	}
	f := ask(o, s)
	if f.atom.rest == nil {
		f.atom.rest = &rest{}
	}
	f.atom.rest.test = test
	f.size += test.size
	return f
}

// judgeEach returns the truth of a test of all elements. What the row does not
// hold, the keys of maps, is left to the program. Of a string only a loop that goes
// round is an error.
func (v *View) judgeEach(c *cell, value *slot.Value, row *slot.Row) Truth {
	switch {
	case value.Kind == slot.String && value.Text == "", value.Kind == slot.Map && value.Size == 0:
		return truthOf(c.op == opAll)
	case value.Kind == slot.Map:
		return Unknown
	case value.Kind != slot.List:
		return Error
	}
	elements := row.Elements[value.First : value.First+value.Size]
	if c.op == opOne {
		return v.judgeOne(c.refs[constantRef], elements)
	}
	t, join, decisive := False, or, True
	if c.op == opAll {
		t, join, decisive = True, and, False
	}
	test := &v.tests[c.refs[constantRef]]
	for i := range elements {
		switch of := v.judgeElement(test, &elements[i]); of {
		case decisive:
			return of
		case Unknown, Error:
			t = join(t, of)
		default: // changes nothing
		}
	}
	return t
}

func (v *View) judgeOne(test uint32, elements []slot.Value) Truth {
	found := 0
	for i := range elements {
		switch v.test(test, &elements[i]) {
		case Error:
			return Error
		case True:
			found++
		default: // not found
		}
	}
	return truthOf(found == 1)
}

// test returns the truth of a test of one element. All tests are of scalars, which
// lists and maps are told from by their kinds.
func (v *View) test(n uint32, value *slot.Value) Truth { return v.judgeElement(&v.tests[n], value) }

func (v *View) judgeElement(c *cell, value *slot.Value) Truth {
	switch c.op {
	case opConstant:
		return c.none
	case opAnd:
		t := True
		for _, p := range c.refs {
			t = and(t, v.test(p, value))
		}
		return t
	case opOr:
		t := False
		for _, p := range c.refs {
			t = or(t, v.test(p, value))
		}
		return t
	default:
		return c.negate(v.judgeScalar(c, value))
	}
}

// test interns a test of elements.
func (l *Lexicon) test(f *Form) uint32 {
	if f.op == opAtom {
		c := cell{op: f.atom.op, negated: f.atom.negated, of: element}
		l.setConstants(&c, f.atom)
		return intern(l.seed, &l.tests, &l.view.tests, c)
	}
	parts := make([]uint32, 0, len(f.parts))
	for _, p := range f.parts {
		parts = append(parts, l.test(p))
	}
	for len(parts) > fan {
		joined := intern(l.seed, &l.tests, &l.view.tests, cell{op: f.op, refs: [fan]uint32(parts)})
		parts = append(parts[fan:], joined)
	}
	fill := neutral(f.op)
	c := cell{op: f.op, refs: [fan]uint32{fill, fill, fill, fill}}
	copy(c.refs[:], parts)
	return intern(l.seed, &l.tests, &l.view.tests, c)
}
