package predicate

import (
	"hash/maphash"
	"regexp"

	"github.com/proffer-go/proffer/internal/slot"
)

// A View is what a lexicon had when it was taken. It is immutable and safe for
// concurrent use: the lexicon only appends behind what a view sees.
type View struct {
	seed   maphash.Seed
	schema *slot.Schema

	cells []cell
	gates []gate // those of the cells
	rules [][fan]uint32

	texts    []string
	members  []constant
	sets     []uint32 // where the members of each set begin, and the last end
	patterns []*regexp.Regexp

	tests      []cell   // of elements: no cell is among the others
	steps      []step   // of quantities
	quantities []uint32 // where the steps of each begin, and the last end

	columns *columns
}

// A gate is what a sweep needs of the cell of a gate, close together.
type gate struct {
	parts  [fan]uint32
	cell   uint32
	either Truth // True for "or", False for "and"
}

// Schema returns the numbers of all that the rules read.
func (v *View) Schema() *slot.Schema { return v.schema }

// quantity returns the steps of a quantity.
func (v *View) quantity(n uint32) []step { return v.steps[v.quantities[n]:v.quantities[n+1]] }

// Rules returns how many rules there are.
func (v *View) Rules() int { return len(v.rules) }

// index arranges the cells by columns anew if many are not: each time a quarter
// more, so that the cost is spread over the cells.
func (v *View) index() {
	if n := len(v.cells); 4*(n-v.columns.cells) > v.columns.cells+32 {
		v.columns = newColumns(v)
	}
}
