package predicate

import (
	"hash/maphash"
	"regexp"
	"slices"
	"strings"

	"github.com/proffer-go/proffer/internal/slot"
)

// reads returns the paths and counts that the atom reads.
func (a *atom) reads() (paths []slot.Path, counts []slot.Count) {
	if a.of == events {
		counts = []slot.Count{a.rest.count}
	}
	return a.paths(), counts
}

// walk calls visit for each atom of f.
func (f *Form) walk(visit func(*atom)) {
	if f == nil {
		return
	}
	if f.op == opAtom {
		visit(f.atom)
	}
	for _, p := range f.parts {
		p.walk(visit)
	}
}

// paths returns the paths that the atom reads.
func (a *atom) paths() []slot.Path {
	switch {
	case a.op == opBefore || a.of == events:
		return nil
	case a.op == opEqualPath || a.op == opLessPath:
		return []slot.Path{a.path, a.rest.other}
	case a.op.isComputed():
		var paths []slot.Path
		for _, s := range slices.Concat(a.rest.left, a.rest.right) {
			if s.readsPath() {
				paths = append(paths, s.path)
			}
		}
		return paths
	}
	return []slot.Path{a.path}
}

// cell interns the cell.
func (l *Lexicon) cell(c cell) uint32 {
	return intern(l.seed, &l.cells, &l.view.cells, c)
}

// intern returns the number of the value, which it appends to all if it is new.
func intern[T comparable](seed maphash.Seed, numbers *index, all *[]T, value T) uint32 {
	hash := maphash.Comparable(seed, value)
	if n, ok := numbers.find(hash, func(n uint32) bool { return (*all)[n] == value }); ok {
		return n
	}
	n := uint32(len(*all))
	*all = append(*all, value)
	numbers.add(hash, n)
	return n
}

// quantity interns a computation.
func (l *Lexicon) quantity(stages []stage) uint32 {
	var h maphash.Hash
	h.SetSeed(l.seed)
	steps := make([]step, len(stages))
	for i, s := range stages {
		steps[i] = s.step
		if s.readsPath() {
			n, _ := l.view.schema.Slot(s.path)
			steps[i].slot = uint32(n)
		}
		maphash.WriteComparable(&h, steps[i])
	}
	hash := h.Sum64()
	if n, ok := l.quantities.find(hash, func(n uint32) bool { return slices.Equal(l.view.quantity(n), steps) }); ok {
		return n
	}
	n := uint32(len(l.view.quantities) - 1)
	l.view.steps = append(l.view.steps, steps...)
	l.view.quantities = append(l.view.quantities, uint32(len(l.view.steps)))
	l.quantities.add(hash, n)
	return n
}

// text interns the string.
func (l *Lexicon) text(s string) uint32 {
	hash := maphash.String(l.seed, s)
	if n, ok := l.texts.find(hash, func(n uint32) bool { return l.view.texts[n] == s }); ok {
		return n
	}
	n := uint32(len(l.view.texts))
	l.view.texts = append(l.view.texts, strings.Clone(s)) // not all that a packed form holds
	l.texts.add(hash, n)
	return n
}

// pattern interns the regular expression.
func (l *Lexicon) pattern(s string) uint32 {
	hash := maphash.String(l.seed, s)
	if n, ok := l.patterns.find(hash, func(n uint32) bool { return l.view.patterns[n].String() == s }); ok {
		return n
	}
	n := uint32(len(l.view.patterns))
	l.view.patterns = append(l.view.patterns, regexp.MustCompile(strings.Clone(s)))
	l.patterns.add(hash, n)
	return n
}

// set interns the constants, in any order.
func (l *Lexicon) set(constants []slot.Value) uint32 {
	var h maphash.Hash
	h.SetSeed(l.seed)
	var members []constant
	for _, k := range sorted(slices.Clone(constants)) {
		m := l.constant(k)
		maphash.WriteComparable(&h, m)
		members = append(members, m)
	}
	hash := h.Sum64()
	if n, ok := l.sets.find(hash, func(n uint32) bool { return slices.Equal(l.view.set(n), members) }); ok {
		return n
	}
	n := uint32(len(l.view.sets) - 1)
	l.view.members = append(l.view.members, members...)
	l.view.sets = append(l.view.sets, uint32(len(l.view.members)))
	l.sets.add(hash, n)
	return n
}

func (l *Lexicon) constant(k slot.Value) constant {
	c := constant{kind: k.Kind, number: k.Number}
	if k.Kind == slot.String {
		c.text = l.text(k.Text)
	}
	return c
}

// atom interns the atom.
func (l *Lexicon) atom(a *atom) uint32 {
	c := cell{op: a.op, negated: a.negated, of: a.of}
	c.weight = weightOf(&c)
	switch {
	case c.op.isComputed():
		c.refs[subjectRef], c.refs[otherRef] = l.quantity(a.rest.left), l.quantity(a.rest.right)
		return l.cell(c)
	case a.op == opBefore:
		c.number, c.refs[nanosRef] = float64(a.rest.instant.Unix()), uint32(a.rest.instant.Nanosecond())
		return l.cell(c)
	case c.of == events:
		n, _ := l.view.schema.Count(a.rest.count)
		c.refs[subjectRef] = uint32(n)
	default:
		for i, p := range a.paths() {
			n, _ := l.view.schema.Slot(p)
			c.refs[[...]int{subjectRef, otherRef}[i]] = uint32(n)
		}
	}
	l.setConstants(&c, a)
	if (a.op == opContains || a.op == opExists) && c.kind == slot.String {
		c.refs[otherRef] = l.key(c.refs[subjectRef], a)
	}
	if a.optional > 0 {
		c.optional, c.none = a.optional, c.negate(l.none(&c, a))
	}
	return l.cell(c)
}

// mostKeys is how many keys, sought at a path in case a map is there, have slots.
// At most paths there is a list, and then slots would only make rows larger.
const mostKeys = 32

// key returns the slot of the constant as a key of what is at the slot, 0 if it
// has none.
func (l *Lexicon) key(above uint32, a *atom) uint32 {
	p := slot.Path{Root: a.path.Root, Keys: append(slices.Clone(a.path.Keys), a.constants[0].Text)}
	if _, ok := l.view.schema.Slot(p); !ok && l.keys[above] < mostKeys {
		l.keys[above]++
		l.need([]slot.Path{p}, nil)
	}
	n, _ := l.view.schema.Slot(p)
	return uint32(n)
}

func (l *Lexicon) setConstants(c *cell, a *atom) {
	switch c.op {
	case opIn:
		c.refs[constantRef] = l.set(a.constants)
	case opMatch:
		c.refs[constantRef] = l.pattern(a.constants[0].Text)
	case opSome, opAll, opOne:
		c.refs[constantRef] = l.test(a.rest.test)
	default:
		for _, k := range a.constants {
			known := l.constant(k)
			c.kind, c.number, c.refs[constantRef] = known.kind, known.number, known.text
		}
	}
}

// none returns what the atom is without a value, before negation.
func (l *Lexicon) none(c *cell, a *atom) Truth {
	if a.op == opHas {
		return False
	}
	return l.view.judge(c, &a.rest.missing, &slot.Row{})
}
