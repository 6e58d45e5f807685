package predicate

import (
	"cmp"
	"slices"

	"github.com/proffer-go/proffer/internal/slot"
)

// A column holds the atoms about one subject by what they ask, so that a value
// finds those that are true without asking each. Of a count these are comparisons with
// numbers, which stay open as slow atoms do.
type column struct {
	subject subject

	// Numbers: true are the atoms "less" with a constant above the value, and the
	// atoms "not less" with one at most the value. Ordered by constant.
	less, atLeast span

	// Equality and membership in a set: true are the atoms that the value finds,
	// and all negated ones but those.
	equals   bool
	differs  span
	contains span // constants sought in a list or map, not negated
	lacks    span // negated

	absent span // true if optional keys are missing
}

// A subject is what a column is about.
type subject struct {
	slot     uint32 // or the number of a count
	of       aspect
	optional uint8
}

// A span is a part of a list, from and to.
type span struct{ from, to uint32 }

// columns are the atoms among the first cells.
type columns struct {
	cells int // how many cells are arranged

	columns []column
	layout
	slots      int // so many have codes, and behind them so many counts
	counts     int
	words      vocabulary
	plain      [][fan]band // of the rules: all that most lookups read
	members    []members   // by what bands leave to ask
	gateways   []gateway   // likewise
	thresholds []float64   // of the atoms that stand in the table from firstOrdered
	listed     []uint32
	sought     finder
	singles    []uint32 // atoms of other kinds, that are asked one by one
	slow       []uint32 // those that are left open
	open       int      // how many are: the slow ones, and those about counts
}

// A group is a part of a column.
type group uint8

const (
	lessGroup group = iota
	atLeastGroup
	differsGroup
	containsGroup
	lacksGroup
	absentGroup
)

// groupOf returns the part of a column that the atom belongs to, and whether a
// value finds it. An atom that is in no part is asked by itself.
func (c *cell) groupOf() (g group, listed, found bool) {
	switch c.op {
	case opLess:
		if c.kind != slot.Number {
			return 0, false, false
		}
		if c.negated {
			return atLeastGroup, true, false
		}
		return lessGroup, true, false
	case opEqual, opIn:
		return differsGroup, c.negated, true
	case opContains, opExists:
		if c.negated {
			return lacksGroup, true, true
		}
		return containsGroup, true, true
	default:
		return 0, false, false
	}
}

// An entry is a cell at its place in a column.
type entry struct {
	column    uint32
	group     group
	threshold float64
	cell      uint32
}

// newColumns arranges the cells of the view.
func newColumns(v *View) *columns {
	b := builder{columns: &columns{cells: len(v.cells)}, view: v, numbers: make(map[subject]uint32)}
	for n := range v.cells {
		if c := &v.cells[n]; !c.isGate() && c.op != opConstant {
			b.add(uint32(n), c)
		}
	}
	b.layout = newLayout(v, b.arrange(b.entries))
	for i := range b.targets {
		b.targets[i].cell = b.places[b.targets[i].cell&^negatedBit] | b.targets[i].cell&negatedBit
	}
	b.sought = newFinder(v, b.targets)
	b.encode()
	return b.columns
}

// A builder is what is gathered before it is put in order.
type builder struct {
	*columns
	view    *View
	numbers map[subject]uint32 // of columns
	entries []entry
	targets []target
}

func (b *builder) add(n uint32, c *cell) {
	g, listed, found := c.groupOf()
	compares := listed && g <= atLeastGroup
	if c.weight > light {
		b.open++
	}
	switch {
	case c.weight > light && (c.of != events || !compares):
		b.slow = append(b.slow, n)
		return
	case !listed && !found:
		b.singles = append(b.singles, n)
		return
	}
	at := b.column(subject{c.refs[subjectRef], c.of, c.optional})
	if listed {
		b.entries = append(b.entries, entry{at, g, c.number, n})
	}
	if c.none == True {
		b.entries = append(b.entries, entry{at, absentGroup, 0, n})
	}
	if found {
		b.columns.columns[at].equals = b.columns.columns[at].equals || c.op == opEqual || c.op == opIn
		b.targets = b.view.appendTargets(b.targets, at, n)
	}
}

func (b *builder) column(s subject) uint32 {
	at, ok := b.numbers[s]
	if !ok {
		at = uint32(len(b.columns.columns))
		b.numbers[s] = at
		b.columns.columns = append(b.columns.columns, column{subject: s})
	}
	return at
}

// arrange sorts the entries into the spans of their columns. It returns the atoms with
// thresholds as they are ordered.
func (c *columns) arrange(entries []entry) (ordered []uint32) {
	slices.SortFunc(entries, func(a, b entry) int {
		byPart := cmp.Or(cmp.Compare(a.column, b.column), cmp.Compare(a.group, b.group))
		if byPart != 0 || a.group > atLeastGroup {
			return cmp.Or(byPart, cmp.Compare(a.cell, b.cell))
		}
		return cmp.Or(cmp.Compare(a.threshold, b.threshold), cmp.Compare(a.cell, b.cell))
	})
	for _, e := range entries {
		list, part := &c.listed, c.columns[e.column].part(e.group)
		if e.group <= atLeastGroup {
			list = &ordered
			c.thresholds = append(c.thresholds, e.threshold)
		}
		if part.to == 0 {
			part.from = uint32(len(*list))
		}
		*list = append(*list, e.cell)
		part.to = uint32(len(*list))
	}
	return ordered
}

func (c *column) part(g group) *span {
	return [...]*span{&c.less, &c.atLeast, &c.differs, &c.contains, &c.lacks, &c.absent}[g]
}
