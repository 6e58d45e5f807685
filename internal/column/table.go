package column

import (
	"slices"

	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/offer"
)

// A Table holds the columns of an inventory, in pages. It is immutable and safe
// for concurrent use; the methods that change something return another table,
// which shares all other pages.
type Table struct {
	columns []Column
	number  map[string]int // of columns, by their keys
	rows    int
	groups  []*group // of rows, size each
}

// A group is the pages of the same rows, by column.
type group struct{ pages []*lanes }

// NewTable returns the table of n offers with all columns that the programs read.
func NewTable(programs []*Program, offers func(i int) *offer.Offer, n int) *Table {
	t := &Table{rows: n, number: map[string]int{}, groups: make([]*group, groupsOf(n))}
	for g := range t.groups {
		t.groups[g] = &group{}
	}
	return t.Grow(programs, offers)
}

// Rows returns how many offers there are.
func (t *Table) Rows() int { return t.rows }

// Grow returns a table that also has the columns that the programs read. What t
// numbers keeps its number. It is t if it has them all.
func (t *Table) Grow(programs []*Program, offers func(i int) *offer.Offer) *Table {
	grown := &Table{columns: slices.Clone(t.columns), number: map[string]int{}, rows: t.rows}
	for i, c := range t.columns {
		grown.number[c.Key] = i
	}
	for _, p := range programs {
		for _, c := range p.columns {
			if _, ok := grown.number[c.Key]; !ok {
				grown.number[c.Key] = len(grown.columns)
				grown.columns = append(grown.columns, c)
			}
		}
	}
	if len(grown.columns) == len(t.columns) {
		return t
	}
	grown.groups = make([]*group, len(t.groups))
	for i, g := range t.groups {
		grown.groups[i] = &group{append(make([]*lanes, 0, len(grown.columns)), g.pages...)}
	}
	for _, c := range grown.columns[len(t.columns):] {
		grown.fill(c, offers)
	}
	return grown
}

// fill adds the pages of the column to the groups.
func (t *Table) fill(c Column, offers func(i int) *offer.Offer) {
	known := make(map[string]uint16, size)
	for from, g := range t.groups {
		page := &lanes{}
		clear(known)
		for i := range min(size, t.rows-from*size) {
			v := c.Read(offers(from*size + i))
			if v.Kind == slot.String {
				page.add(i, v.Text, known)
			} else {
				page.set(i, v)
			}
		}
		page.texts = slices.Clip(page.texts)
		g.pages = append(g.pages, page)
	}
}

// add is set of a text for a page that is filled for the first time: what its
// texts are is known.
func (l *lanes) add(i int, s string, known map[string]uint16) {
	if l.text == nil {
		l.text = new([size]uint16)
	}
	at, ok := known[s]
	if !ok {
		at = uint16(len(l.texts))
		known[s] = at
		l.texts = append(l.texts, s)
	}
	l.text[i] = at
	l.is[text].put(i, true)
}

// With returns the table with o as the offer i, which is a new one if i is how many
// there are. It copies one page of each column in which the offer differs.
func (t *Table) With(i int, o *offer.Offer) *Table {
	changed := *t
	changed.groups = slices.Clone(t.groups)
	if i == t.rows {
		changed.rows++
	}
	at := i / size
	if at == len(changed.groups) {
		changed.groups = append(changed.groups, emptyGroup(len(t.columns)))
	}
	pages := slices.Clone(changed.groups[at].pages)
	for c := range t.columns {
		v := t.columns[c].Read(o)
		if i == t.rows || !pages[c].holds(i%size, v) {
			pages[c] = pages[c].clone()
			pages[c].set(i%size, v)
		}
	}
	changed.groups[at] = &group{pages}
	return &changed
}

func emptyGroup(columns int) *group {
	pages, none := make([]*lanes, columns), &lanes{}
	for c := range pages {
		pages[c] = none
	}
	return &group{pages}
}

func groupsOf(rows int) int { return (rows + size - 1) / size }

// Truncate returns the table of the first n offers.
func (t *Table) Truncate(n int) *Table {
	cut := *t
	cut.rows = n
	cut.groups = slices.Clone(t.groups[:groupsOf(n)])
	return &cut
}
