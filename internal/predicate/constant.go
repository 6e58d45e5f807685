package predicate

import (
	"cmp"
	"slices"
	"sort"

	"github.com/proffer-go/proffer/internal/slot"
)

// A constant is a scalar of a rule: a string by its number.
type constant struct {
	kind   slot.Kind
	text   uint32
	number float64
}

// equals reports whether the value is the constant. Values of different kinds
// are never equal, and comparing them is no error.
func (k constant) equals(value *slot.Value, texts []string) bool {
	if value.Kind != k.kind {
		return false
	}
	switch k.kind {
	case slot.Number, slot.Bool:
		return value.Number == k.number
	case slot.String:
		return value.Text == texts[k.text]
	default:
		return k.kind == slot.Null
	}
}

// constant returns the constant of an atom that has one.
func (v *View) constant(c *cell) constant {
	return constant{c.kind, c.refs[constantRef], c.number}
}

// text returns the string constant of the atom.
func (v *View) text(c *cell) string { return v.texts[c.refs[constantRef]] }

// set returns the members of a set, in the order of compare.
func (v *View) set(n uint32) []constant { return v.members[v.sets[n]:v.sets[n+1]] }

// compareTo orders constants by kind, then by value.
func (k constant) compareTo(value *slot.Value, texts []string) int {
	if k.kind != value.Kind || k.kind == slot.Null {
		return cmp.Compare(k.kind, value.Kind)
	}
	if k.kind == slot.String {
		return cmp.Compare(texts[k.text], value.Text)
	}
	return cmp.Compare(k.number, value.Number)
}

// fewMembers are compared faster one by one: most differ in length.
const fewMembers = 8

// isMember reports whether the value is in the set.
func (v *View) isMember(n uint32, value *slot.Value) bool {
	set := v.set(n)
	if len(set) <= fewMembers {
		for _, k := range set {
			if k.equals(value, v.texts) {
				return true
			}
		}
		return false
	}
	at := sort.Search(len(set), func(i int) bool { return set[i].compareTo(value, v.texts) >= 0 })
	return at < len(set) && set[at].equals(value, v.texts)
}

// sorted returns the constants in order, each once. It may change the slice.
func sorted(constants []slot.Value) []slot.Value {
	slices.SortFunc(constants, func(a, b slot.Value) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(constants)
}
