package predicate

import (
	"sort"

	"github.com/proffer-go/proffer/internal/slot"
)

// All finds out about all rules at once, at less cost for each than Holds has.
// Atoms are true by columns, then gates and rules follow from them in the order of
// their numbers, all in a table of bytes, without a branch for each rule. Atoms that
// take long stay open, and what hangs on them, until Holds is asked: few of them are
// needed by those who ask for few rules.
func (m *Match) All() {
	if !m.swept {
		m.swept = true
		m.sweepAtoms()
		m.conclude()
	}
}

// AllAtOnce is All for those who are going to ask for all rules: nothing stays open but
// what does not fit.
func (m *Match) AllAtOnce() {
	if m.whole {
		return
	}
	if !m.swept {
		m.sweepAtoms()
	}
	m.swept, m.whole = true, true
	v := m.view
	for _, n := range v.columns.slow {
		m.table[n] = m.holds(n).holds()
	}
	for i := v.columns.cells; i < len(v.cells); i++ {
		if c := &v.cells[i]; !c.isGate() && c.weight > light {
			m.table[i] = m.holds(uint32(i)).holds()
		}
	}
	m.conclude()
}

// Verdicts returns what is known of all rules, by their numbers: nil before they were
// found out about at once. Until Reset what is not Unknown stays.
func (m *Match) Verdicts() []Truth {
	if !m.swept {
		return nil
	}
	return m.verdicts[:len(m.view.rules)]
}

// reopens finds out about what is open at once if so many rules that are open are asked for
// that one by one has cost as much. It reports whether it did.
func (m *Match) reopens() bool {
	m.reopened++
	if m.reopened <= len(m.view.columns.slow)/2+len(m.view.rules)/32 {
		return false
	}
	m.AllAtOnce()
	return true
}

// sweepAtoms finds out about all atoms but those that take long.
func (m *Match) sweepAtoms() {
	v := m.view
	m.table = grown(m.table, len(v.cells))
	table := m.table[:len(v.cells)]
	clear(table)
	table[unknownCell], table[trueCell] = Unknown, True
	for i := range v.columns.columns {
		m.sweepColumn(uint32(i), &v.columns.columns[i])
	}
	for _, n := range v.columns.singles {
		table[n] = m.atom(&v.cells[n]).holds()
	}
	for _, n := range v.columns.slow {
		table[n] = Unknown
	}
	// What is in no column yet.
	for i := max(v.columns.cells, len(constantCells())); i < len(v.cells); i++ {
		switch c := &v.cells[i]; {
		case c.isGate():
		case c.weight > light:
			table[i] = Unknown
		default:
			table[i] = m.atom(c).holds()
		}
	}
}

// conclude finds out about gates and rules from the atoms.
func (m *Match) conclude() {
	v := m.view
	m.verdicts = grown(m.verdicts, len(v.rules))
	table := m.table[:len(v.cells)]
	sweepGates(table, v)
	sweepRules(table, v.rules, m.verdicts)
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
