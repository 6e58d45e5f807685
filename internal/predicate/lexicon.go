package predicate

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"github.com/proffer-go/proffer/internal/slot"
)

// A Rule is the number of an interned conjunction of forms, from 0.
type Rule int32

// A Lexicon numbers paths, atoms and rules for a lineage of snapshots: what has a
// number keeps it. It is safe for concurrent use.
type Lexicon struct {
	mu   sync.Mutex
	seed maphash.Seed
	view View // what there is, of which readers get copies

	texts, sets, patterns, quantities, tests, cells, rules index

	keys map[uint32]int // by slot: how many keys sought in it have slots

	// The cells of packed atoms, from one view to the next: the rules of a catalog ask
	// for the same few again and again, and it is dear to find out that they do.
	atoms map[Packed]uint32
	parts []uint32 // scratch
}

// NewLexicon returns a lexicon of nothing.
func NewLexicon() *Lexicon {
	l := &Lexicon{seed: maphash.MakeSeed(), keys: make(map[uint32]int)}
	l.view = View{seed: l.seed, schema: slot.NewSchema(), cells: constantCells(), tests: constantCells(), sets: []uint32{0}, quantities: []uint32{0}, columns: &columns{}}
	return l
}

// Rule returns the number of the conjunction of the forms. Its cost is in
// proportion to the forms.
func (l *Lexicon) Rule(forms ...Packed) Rule {
	l.mu.Lock()
	defer l.mu.Unlock()
	parts := l.parts[:0]
	for _, f := range forms {
		if f == "" {
			parts = append(parts, unknownCell)
		} else {
			parts = l.appendParts(parts, opAnd, &unpacker{f, 1})
		}
	}
	l.parts = parts
	row := l.row(opAnd, parts)
	hash := maphash.Comparable(l.seed, row)
	if n, ok := l.rules.find(hash, func(n uint32) bool { return l.view.rules[n] == row }); ok {
		return Rule(n)
	}
	n := uint32(len(l.view.rules))
	l.view.rules = append(l.view.rules, row)
	l.rules.add(hash, n)
	return Rule(n)
}

// View returns what the lexicon has now, for readers.
func (l *Lexicon) View() *View {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.atoms = nil
	l.view.index()
	v := l.view
	return &v
}

// Need makes sure that later views have slots for the paths and the counts, which
// others than rules read.
func (l *Lexicon) Need(paths []slot.Path, counts []slot.Count) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.need(paths, counts)
}

func (l *Lexicon) need(paths []slot.Path, counts []slot.Count) {
	known := l.view.schema
	paths = slices.DeleteFunc(slices.Clone(paths), func(p slot.Path) bool { _, ok := known.Slot(p); return ok })
	counts = slices.DeleteFunc(slices.Clone(counts), func(c slot.Count) bool { _, ok := known.Count(c); return ok })
	for i := range counts {
		counts[i].Type = strings.Clone(counts[i].Type)
	}
	if len(paths)+len(counts) > 0 {
		l.view.schema = known.With(paths, counts)
	}
}

// appendParts appends the cells of the form that r reads next as parts of the gate.
func (l *Lexicon) appendParts(parts []uint32, gate op, r *unpacker) []uint32 {
	from := r.at
	switch o := op(r.byte()); o {
	case nothing:
		return append(parts, unknownCell)
	case opAnd, opOr:
		n := r.varint()
		if o == gate {
			for range n {
				parts = l.appendParts(parts, gate, r)
			}
			return parts
		}
		within := make([]uint32, 0, n)
		for range n {
			within = l.appendParts(within, o, r)
		}
		return append(parts, l.gate(o, within))
	default:
		r.skipAtom()
		return append(parts, l.packedAtom(r.packed[from:r.at]))
	}
}

// packedAtom interns the atom, which is packed without what stands before a root.
func (l *Lexicon) packedAtom(p Packed) uint32 {
	n, ok := l.atoms[p]
	if !ok {
		f := (&unpacker{packed: p}).form()
		l.need(f.atom.reads())
		n = l.atom(f.atom)
		if l.atoms == nil {
			l.atoms = make(map[Packed]uint32)
		}
		l.atoms[p] = n
	}
	return n
}

// row returns the parts of a gate in order, each once, at most [fan] of them.
func (l *Lexicon) row(o op, parts []uint32) [fan]uint32 {
	fill, absorbing := neutral(o), neutral(opAnd+opOr-o)
	if slices.Contains(parts, absorbing) {
		parts = []uint32{absorbing}
	}
	parts = slices.DeleteFunc(parts, func(p uint32) bool { return p == fill })
	slices.SortFunc(parts, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(l.view.cells[a].weight, l.view.cells[b].weight), cmp.Compare(a, b))
	})
	parts = l.narrow(o, slices.Compact(parts))
	row := [fan]uint32{fill, fill, fill, fill}
	copy(row[:], parts)
	return row
}

// neutral returns the cell that changes nothing as a part of the gate.
func neutral(o op) uint32 {
	if o == opAnd {
		return trueCell
	}
	return falseCell
}

// narrow joins parts by gates until few enough are left. The heaviest are joined
// if that suffices, for which a small gate does, that other rules are likely to
// share.
func (l *Lexicon) narrow(o op, parts []uint32) []uint32 {
	for len(parts) >= 2*fan {
		var joined []uint32
		for some := range slices.Chunk(parts, fan) {
			joined = append(joined, l.gate(o, slices.Clone(some)))
		}
		parts = joined
	}
	if len(parts) > fan {
		rest := l.gate(o, slices.Clone(parts[fan-1:]))
		parts = append(parts[:fan-1:fan-1], rest)
	}
	return parts
}

// gate returns the cell of a gate over the parts.
func (l *Lexicon) gate(o op, parts []uint32) uint32 {
	c := cell{op: o, refs: l.row(o, parts)}
	if c.refs[1] == neutral(o) {
		return c.refs[0]
	}
	for _, p := range c.refs {
		c.weight = max(c.weight, l.view.cells[p].weight)
	}
	return l.cell(c)
}

// Rules returns how many rules there are.
func (l *Lexicon) Rules() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.view.rules)
}
