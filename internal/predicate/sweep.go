package predicate

import (
	"sort"

	"github.com/proffer-go/proffer/internal/slot"
)

// All finds out about all rules at once, at less cost for each than Holds has.
// Atoms are true by columns, then gates and rules follow from them in the order of
// their numbers, all in a table of bytes, without a branch for each rule. What hangs
// on a count of events stays open until Holds is asked, lest events be read that
// nobody needs.
func (m *Match) All() {
	if m.swept {
		return
	}
	v := m.view
	m.table = grown(m.table, len(v.cells))
	m.verdicts = grown(m.verdicts, len(v.rules))
	table := m.table[:len(v.cells)]
	clear(table)
	table[unknownCell], table[trueCell] = Unknown, True
	for i := range v.columns.columns {
		m.sweepColumn(uint32(i), &v.columns.columns[i])
	}
	for _, n := range v.columns.singles {
		table[n] = m.atom(&v.cells[n]).holds()
	}
	for _, n := range v.columns.counts {
		table[n] = Unknown
	}
	m.sweepRest(table)
	sweepGates(table, v)
	sweepRules(table, v.rules, m.verdicts)
	m.swept = true
}

// sweepRest asks the atoms that are in no column yet.
func (m *Match) sweepRest(table []Truth) {
	v := m.view
	for i := max(v.columns.cells, len(constantCells())); i < len(v.cells); i++ {
		switch c := &v.cells[i]; {
		case c.isGate():
		case c.of == events:
			table[i] = Unknown
		default:
			table[i] = m.atom(c).holds()
		}
	}
}

// sweepGates takes the bits that all parts have, for an "or" also those that any
// has: which of both a gate is no processor could foresee.
func sweepGates(table []Truth, v *View) {
	for i := range v.gates {
		g := &v.gates[i]
		a, b, c, d := table[g.parts[0]], table[g.parts[1]], table[g.parts[2]], table[g.parts[3]]
		table[g.cell] = a&b&c&d | (a|b|c|d)&g.either
	}
}

func sweepRules(table []Truth, rules [][fan]uint32, verdicts []Truth) {
	verdicts = verdicts[:len(rules)]
	for i := range rules {
		r := &rules[i]
		verdicts[i] = table[r[0]] & table[r[1]] & table[r[2]] & table[r[3]]
	}
}

// sweepColumn makes those atoms of the column true that are.
func (m *Match) sweepColumn(n uint32, c *column) {
	value := &m.row.Values[c.subject.slot]
	if value.Kind == slot.Absent {
		if m.isMissing(c.subject.slot, c.subject.optional) {
			m.mark(c.absent)
		}
		return
	}
	if c.subject.of == size {
		n, ok := sizeOf(value)
		if !ok {
			return
		}
		value = &slot.Value{Kind: slot.Number, Number: float64(n)}
	}
	if value.Kind == slot.Number {
		m.sweepNumber(c, value.Number)
	}
	if c.equals {
		m.mark(c.differs)
		m.decide(keyOf(n, false), value)
	}
	if c.contains.to+c.lacks.to > 0 {
		m.sweepMembers(n, c, value)
	}
}

func (m *Match) sweepNumber(c *column, number float64) {
	all := m.view.columns
	above := func(s span) uint32 { // where constants above the number begin
		thresholds := all.thresholds[s.from:s.to]
		return s.from + uint32(sort.Search(len(thresholds), func(i int) bool { return thresholds[i] > number }))
	}
	m.markAll(all.ordered[above(c.less):c.less.to])
	m.markAll(all.ordered[c.atLeast.from:above(c.atLeast)])
}

// sweepMembers asks one by one whether a map has a key, which has a slot.
func (m *Match) sweepMembers(n uint32, c *column, value *slot.Value) {
	if value.Kind == slot.List {
		m.mark(c.lacks)
		for i := range value.Size {
			m.decide(keyOf(n, true), &m.row.Elements[value.First+i])
		}
		return
	}
	for _, s := range []span{c.contains, c.lacks} {
		for _, n := range m.view.columns.listed[s.from:s.to] {
			m.table[n] = m.atom(&m.view.cells[n]).holds()
		}
	}
}

func (m *Match) mark(s span) { m.markAll(m.view.columns.listed[s.from:s.to]) }

func (m *Match) markAll(cells []uint32) {
	for _, n := range cells {
		m.table[n] = True
	}
}

// decide makes the cells true that the value decides, or false if they are negated.
func (m *Match) decide(key uint32, value *slot.Value) {
	for _, n := range m.view.columns.sought.find(m.view, key, value) {
		m.table[n&^negatedBit] = truthOf(n&negatedBit == 0)
	}
}
