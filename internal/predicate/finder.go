package predicate

import (
	"cmp"
	"hash/maphash"
	"slices"

	"github.com/proffer-go/proffer/internal/slot"
)

// A finder finds the atoms that a value decides: those that compare it for
// equality with a constant, have it in their set, or seek it in a list.
type finder struct {
	places []uint32 // number+1 of a constant by its hash; 0 if free
	sought []sought
	cells  []uint32 // their places, with the bit negatedBit
}

// sought is a constant that the atoms of a column ask for.
type sought struct {
	key      uint32
	constant constant
	cells    span
}

// negatedBit marks a cell that is false if its constant is found.
const negatedBit = 1 << 31

// A target is a cell that a constant decides.
type target struct {
	key      uint32
	constant constant
	cell     uint32
}

// keyOf tells the two questions to a column apart: is the value the constant, or
// does the list have it as an element?
func keyOf(column uint32, element bool) uint32 {
	if element {
		return column<<1 | 1
	}
	return column << 1
}

// appendTargets appends the cell once for each constant that decides it.
func (v *View) appendTargets(targets []target, column, n uint32) []target {
	c := &v.cells[n]
	key := keyOf(column, c.op == opContains || c.op == opExists)
	if c.negated {
		n |= negatedBit
	}
	if c.op != opIn {
		return append(targets, target{key, v.constant(c), n})
	}
	for _, k := range v.set(c.refs[constantRef]) {
		targets = append(targets, target{key, k, n})
	}
	return targets
}

func newFinder(v *View, targets []target) finder {
	slices.SortFunc(targets, func(a, b target) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.constant.kind, b.constant.kind),
			cmp.Compare(a.constant.number, b.constant.number), cmp.Compare(a.constant.text, b.constant.text))
	})
	var f finder
	for _, t := range targets {
		if n := len(f.sought); n == 0 || f.sought[n-1].key != t.key || f.sought[n-1].constant != t.constant {
			at := uint32(len(f.cells))
			f.sought = append(f.sought, sought{t.key, t.constant, span{at, at}})
		}
		f.cells = append(f.cells, t.cell)
		f.sought[len(f.sought)-1].cells.to++
	}
	f.places = make([]uint32, tableSize(len(f.sought)))
	for n, s := range f.sought {
		value := slot.Value{Kind: s.constant.kind, Number: s.constant.number}
		if value.Kind == slot.String {
			value.Text = v.texts[s.constant.text]
		}
		i := v.hash(s.key, &value) & uint64(len(f.places)-1)
		for f.places[i] != 0 {
			i = (i + 1) & uint64(len(f.places)-1)
		}
		f.places[i] = uint32(n + 1)
	}
	return f
}

// tableSize returns a power of two that is at least twice n.
func tableSize(n int) int {
	size := 2
	for size < 2*n {
		size *= 2
	}
	return size
}

// find returns the cells that the value decides.
func (f *finder) find(v *View, key uint32, value *slot.Value) []uint32 {
	mask := uint64(len(f.places) - 1)
	for i := v.hash(key, value) & mask; f.places[i] != 0; i = (i + 1) & mask {
		if s := &f.sought[f.places[i]-1]; s.key == key && s.constant.equals(value, v.texts) {
			return f.cells[s.cells.from:s.cells.to]
		}
	}
	return nil
}

// hash returns the hash of a scalar.
func (v *View) hash(key uint32, value *slot.Value) uint64 {
	if value.Kind == slot.String {
		return maphash.String(v.seed, value.Text) ^ uint64(key)*0x9e3779b97f4a7c15 // which spreads: Knuth 6.4
	}
	return maphash.Comparable(v.seed, target{key: key, constant: constant{kind: value.Kind, number: value.Number}})
}
