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

// Schema returns the numbers of all that the rules read.
func (v *View) Schema() *slot.Schema { return v.schema }

// quantity returns the steps of a quantity.
func (v *View) quantity(n uint32) []step { return v.steps[v.quantities[n]:v.quantities[n+1]] }

// Rules returns how many rules there are.
func (v *View) Rules() int { return len(v.rules) }

// index arranges the cells by columns, and the rules, anew if many are not: each time a
// quarter more, so that the cost is spread over them.
func (v *View) index() {
	if many(len(v.cells), v.columns.cells) || many(len(v.rules), len(v.columns.rules)) {
		v.columns = newColumns(v)
	}
}

func many(all, arranged int) bool { return 4*(all-arranged) > arranged+32 }
