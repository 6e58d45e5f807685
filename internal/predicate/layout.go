package predicate

import (
	"cmp"
	"slices"
)

// A layout is where cells stand in the table of a sweep, so that it goes from one end to
// the other: constants, then the atoms with thresholds as these are ordered, then other
// atoms, then the gates, kind by kind, behind their parts. What came after the layout
// stands behind all that, at its own number.
type layout struct {
	places []uint32 // of the cells
	gates  []gates
	rules  [][fan]uint32 // the places of their parts
}

// firstOrdered is where the atoms with thresholds begin.
const firstOrdered = trueCell + 1

// gates are of one kind, and stand side by side.
type gates struct {
	kind  gateKind
	first uint32        // place
	pairs [][2]uint32   // the parts of narrow ones
	rows  [][fan]uint32 // and of wide ones
}

// A gateKind is a level, above those of all parts, and what a sweep would else have to find
// out about each gate. It is 0 of an atom.
type gateKind uint32

const (
	wideGate gateKind = 1 << iota // of more than two parts
	orGate
	gateLevel
)

func (k gateKind) is(of gateKind) bool { return k&of != 0 }

// place returns where the cell stands.
func (l *layout) place(n uint32) uint32 {
	if int(n) < len(l.places) {
		return l.places[n]
	}
	return n
}

func (l *layout) row(parts *[fan]uint32) [fan]uint32 {
	return [fan]uint32{l.place(parts[0]), l.place(parts[1]), l.place(parts[2]), l.place(parts[3])}
}

// newLayout lays out the cells of the view, of which those with thresholds are ordered.
func newLayout(v *View, ordered []uint32) layout {
	l := layout{places: make([]uint32, len(v.cells)), rules: make([][fan]uint32, len(v.rules))}
	next := firstOrdered
	put := func(n uint32) {
		l.places[n] = next
		next++
	}
	for n := range firstOrdered {
		l.places[n] = n
	}
	for _, n := range ordered {
		put(n)
	}
	kinds := gateKinds(v)
	var joining []uint32
	for n := firstOrdered; n < uint32(len(v.cells)); n++ {
		switch {
		case kinds[n] != 0:
			joining = append(joining, n)
		case l.places[n] == 0:
			put(n)
		}
	}
	slices.SortFunc(joining, func(a, b uint32) int { return cmp.Or(cmp.Compare(kinds[a], kinds[b]), cmp.Compare(a, b)) })
	for _, n := range joining {
		l.addGate(kinds[n], next, &v.cells[n].refs)
		put(n)
	}
	for i := range v.rules {
		l.rules[i] = l.row(&v.rules[i])
	}
	return l
}

func (l *layout) addGate(kind gateKind, place uint32, parts *[fan]uint32) {
	if n := len(l.gates); n == 0 || l.gates[n-1].kind != kind {
		l.gates = append(l.gates, gates{kind: kind, first: place})
	}
	g, row := &l.gates[len(l.gates)-1], l.row(parts)
	if kind.is(wideGate) {
		g.rows = append(g.rows, row)
	} else {
		g.pairs = append(g.pairs, [2]uint32(row[:2]))
	}
}

// gateKinds returns the kinds of all cells.
func gateKinds(v *View) []gateKind {
	kinds := make([]gateKind, len(v.cells))
	for n := range v.cells {
		c := &v.cells[n]
		if !c.isGate() {
			continue
		}
		for _, p := range c.refs {
			kinds[n] = max(kinds[n], kinds[p]&^(gateLevel-1))
		}
		kinds[n] += gateLevel
		if c.op == opOr {
			kinds[n] |= orGate
		}
		if c.refs[2] != neutral(c.op) {
			kinds[n] |= wideGate
		}
	}
	return kinds
}

// sweep finds out about the gates. The kinds have a loop each, for which of them a gate is
// no processor could foresee.
func (g *gates) sweep(table []Truth) {
	to, pairs, rows := table[g.first:], g.pairs, g.rows
	switch {
	case !g.kind.is(orGate | wideGate):
		to = to[:len(pairs)]
		for i := range pairs {
			to[i] = table[pairs[i][0]] & table[pairs[i][1]]
		}
	case !g.kind.is(wideGate):
		to = to[:len(pairs)]
		for i := range pairs {
			to[i] = table[pairs[i][0]] | table[pairs[i][1]]
		}
	case !g.kind.is(orGate):
		allOfEach(to, table, rows)
	default:
		to = to[:len(rows)]
		for i := range rows {
			to[i] = anyOf(table, &rows[i])
		}
	}
}

// allOfEach finds out for each row whether all of its parts hold.
func allOfEach(to, table []Truth, rows [][fan]uint32) {
	to = to[:len(rows)]
	for i := range rows {
		to[i] = allOf(table, &rows[i])
	}
}

func allOf(table []Truth, parts *[fan]uint32) Truth {
	return table[parts[0]] & table[parts[1]] & table[parts[2]] & table[parts[3]]
}

func anyOf(table []Truth, parts *[fan]uint32) Truth {
	return table[parts[0]] | table[parts[1]] | table[parts[2]] | table[parts[3]]
}
