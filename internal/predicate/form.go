package predicate

// maxSize is how many atoms and gates a form has at most: a conditional doubles
// its parts, and conditionals nest.
const maxSize = 1 << 12

// A Form is a condition taken apart: atoms under "and" and "or", negation nowhere
// but in the atoms. It is immutable, refers to nothing but paths, counts and
// literals, and may be used in any number of lexicons. The nil Form is a condition
// of which nothing can be told without its program.
type Form struct {
	// Fits: all of the condition is in the form. Else a part is not, but the
	// others may suffice to reject, or to accept by an "or".
	Fits bool

	op    op // opAnd, opOr, opAtom
	parts []*Form
	atom  *atom
	size  int
}

// Constant returns the form that is always true, or always false.
func Constant(b bool) *Form {
	if b {
		return And()
	}
	return Or()
}

// And returns the conjunction, as && has it: one false part makes it false, even
// beside errors.
func And(parts ...*Form) *Form { return join(opAnd, parts) }

// Or returns the disjunction, as || has it: one true part makes it true, even
// beside errors.
func Or(parts ...*Form) *Form { return join(opOr, parts) }

func join(gate op, parts []*Form) *Form {
	f := &Form{Fits: true, op: gate, size: 1}
	told := len(parts) == 0
	for _, p := range parts {
		if p == nil {
			f.Fits = false
			f.parts = append(f.parts, nil)
			continue
		}
		told = true
		f.Fits = f.Fits && p.Fits
		f.size += p.size
		if p.op == gate {
			f.parts = append(f.parts, p.parts...)
		} else {
			f.parts = append(f.parts, p)
		}
	}
	if !told || f.size > maxSize {
		return nil
	}
	if len(f.parts) == 1 {
		return f.parts[0]
	}
	return f
}

// Not returns the negation. It is pushed down to the atoms, which De Morgan's laws
// allow in three-valued logic too.
func Not(f *Form) *Form {
	if f == nil {
		return nil
	}
	n := &Form{Fits: f.Fits, op: f.op, size: f.size}
	switch f.op {
	case opAtom:
		a := *f.atom
		a.negated = !a.negated
		n.atom = &a
	case opAnd:
		n.op = opOr
	default:
		n.op = opAnd
	}
	for _, p := range f.parts {
		n.parts = append(n.parts, Not(p))
	}
	return n
}

// If returns c ? a : b. Its last part is never true; it makes the whole an error
// where c is one, whatever a and b.
func If(c, a, b *Form) *Form {
	not := Not(c)
	return Or(And(c, a), And(not, b), And(c, not))
}
