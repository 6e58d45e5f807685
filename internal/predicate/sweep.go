package predicate

import (
	"sort"

	"github.com/proffer-go/proffer/internal/slot"
)

// All finds out about all rules at once, at less cost for each than Holds has.
// Atoms are true by columns, then gates and rules follow from them kind by
// kind, all in a table of bytes, without a branch for each rule. Atoms that
// take long stay open, and what hangs on them, until Holds is asked: few of them are
// needed by those who ask for few rules.
func (m *Match) All() {
	if !m.swept {
		m.swept, m.plain = true, nil
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
	m.swept, m.whole, m.plain = true, true, nil
	v := m.view
	for _, n := range v.columns.slow {
		m.table[v.columns.places[n]] = m.holds(n).holds()
	}
	for i := range v.columns.columns {
		if c := &v.columns.columns[i]; c.subject.of == events {
			m.markCount(c, False)
			if n := m.count(c.subject.slot); n >= 0 {
				m.sweepNumber(c, n)
			}
		}
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
	if m.reopened <= m.view.columns.open/2+len(m.view.rules)/32 {
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
		table[v.columns.places[n]] = m.atom(&v.cells[n]).holds()
	}
	for _, n := range v.columns.slow {
		table[v.columns.places[n]] = Unknown
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
	v, all := m.view, m.view.columns
	table := m.table[:len(v.cells)]
	for i := range all.gates {
		all.gates[i].sweep(table)
	}
	for i := all.cells; i < len(v.cells); i++ {
		if c := &v.cells[i]; c.isGate() {
			parts, truth := all.row(&c.refs), allOf
			if c.op == opOr {
				truth = anyOf
			}
			table[i] = truth(table, &parts)
		}
	}
	m.verdicts = grown(m.verdicts, len(v.rules))
	allOfEach(m.verdicts, table, all.rules)
	for i := len(all.rules); i < len(v.rules); i++ {
		parts := all.row(&v.rules[i])
		m.verdicts[i] = allOf(table, &parts)
	}
}

// sweepColumn makes those atoms of the column true that are.
func (m *Match) sweepColumn(n uint32, c *column) {
	if c.subject.of == events {
		m.markCount(c, Unknown)
		return
	}
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
	m.markBetween(above(c.less), c.less.to, True)
	m.markBetween(c.atLeast.from, above(c.atLeast), True)
}

// markCount marks all atoms about a count.
func (m *Match) markCount(c *column, t Truth) {
	m.markBetween(c.less.from, c.less.to, t)
	m.markBetween(c.atLeast.from, c.atLeast.to, t)
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
			m.table[m.view.columns.places[n]] = m.atom(&m.view.cells[n]).holds()
		}
	}
}

func (m *Match) mark(s span) {
	all := m.view.columns
	for _, n := range all.listed[s.from:s.to] {
		m.table[all.places[n]] = True
	}
}

// markBetween marks the atoms with thresholds that stand between.
func (m *Match) markBetween(from, to uint32, t Truth) {
	between := m.table[firstOrdered+from : firstOrdered+to]
	for i := range between {
		between[i] = t
	}
}

// decide makes the cells true that the value decides, or false if they are negated.
func (m *Match) decide(key uint32, value *slot.Value) {
	for _, place := range m.view.columns.sought.find(m.view, key, value) {
		m.table[place&^negatedBit] = truthOf(place&negatedBit == 0)
	}
}
