package assign

import (
	"math"
	"slices"
)

// A Matching finds the best plan where nothing stands between slots but offers that
// exclude each other: what most requests come to. Limits are not looked at: if the
// plan keeps them all the same, it is the best under them, too.
//
// It is the method of successive shortest paths in the form of Jonker and Volgenant.
// Each slot has a level, and an offer that a slot has costs every other slot a price
// more: the owner's level less what the offer costs the owner. Levels are such that
//
//	cost         = level - price   of the offers that a slot has
//	cost + price ≥ level           of all others
//
// and an offer that nobody has is free of a price. A unit is sent along a shortest
// path, each slot taking an offer from the next; it ends where a slot takes an offer
// that nobody has, or leaves a unit empty. Prices are never negative, and lists are in
// order of cost: what comes after such an offer is not read.
//
// A slot is content if it can have its first candidates, as no other has one of these among its own. It stands
// aside with them, unread, until another slot comes by one of them.
//
// Costs are int64. Problems that do not fit are left to the [Solver].
//
// The zero Matching is ready. Not safe for concurrent use.
type Matching struct {
	lists  Lists
	lanes  []lane
	offers []owned
	ids    table
	scale  scale
	total  int32 // units
	misfit bool  // the scale has to be wider

	candidate Candidate // the one that is read

	open    []int32 // lanes labelled and not settled
	settled []nearby

	round uint32 // of the search for equal plans
	drawn bool   // in it: ways were sought from the offers that nobody has
	slot  int32  // that is to fare better
	after int32  // by its candidate here; it may give up those after it
}

// A lane is a slot with the candidates that have been read.
type lane struct {
	arcs     []laneArc // in rank order
	count    int32
	empty    int32 // units left empty
	highest  int32 // tier
	optional bool
	aside    bool // it has its first candidates, none of which was read
	content  bool // at first it stands aside
	dry      bool // no more is to be read

	level int64
	dist  int64 // of the shortest way found that leads to it, or settled
	base  int64 // what a candidate is farther than it costs, once settled
	from  int32 // the lane that takes an offer of it, on that way
	via   int32 // and the arc by which it does
	seen  uint32
}

// A laneArc is a candidate.
type laneArc struct {
	cost  int64
	offer int32
}

// An owned offer has the arc by which a lane has it, or none.
type owned struct {
	cost int64 // of the arc
	arc  int32
	lane int32
}

// Distances of lanes to which no way has been found, and to which no shorter will be.
const (
	unreached = math.MaxInt64
	settled   = math.MinInt64
)

// A nearby lane is within the distance.
type nearby struct {
	dist int64
	lane int32
}

// Begin forgets the last problem.
func (m *Matching) Begin() { m.lanes = m.lanes[:0] }

// Add adds a slot that wants up to count offers, as in [Slot]. Its candidates are
// of tiers up to the highest. Content: it has so many, and no other slot has one of these
// among as many as it wants.
func (m *Matching) Add(count int, optional bool, highest int32, content bool) {
	if len(m.lanes) == cap(m.lanes) {
		m.lanes = slices.Grow(m.lanes, 1)
	}
	m.lanes = m.lanes[:len(m.lanes)+1]
	l := &m.lanes[len(m.lanes)-1]
	arcs := l.arcs
	*l = lane{}
	l.arcs = arcs
	l.count, l.optional, l.highest, l.content = int32(max(count, 0)), optional, highest, content
}

// Solve finds the best plan for the slots. It reports false if a cost does not fit.
func (m *Matching) Solve(lists Lists) bool {
	m.lists = lists
	defer func() { m.lists = nil }()
	if !m.measure() {
		return false
	}
	for !m.match() {
		if !m.scale.weigh(int(m.total)) {
			return false
		}
	}
	return true
}

// Chosen appends to dst which candidates of the slot are chosen, ascending.
func (m *Matching) Chosen(slot int, dst []int32) []int32 {
	l := &m.lanes[slot]
	for k, left := int32(0), l.count-l.empty; left > 0; k++ {
		if l.aside || m.has(int32(slot), k) {
			dst = append(dst, k)
			left--
		}
	}
	return dst
}

// has reports whether the offer of the arc is the lane's.
func (m *Matching) has(i, k int32) bool {
	o := &m.offers[m.lanes[i].arcs[k].offer]
	return o.lane == i && o.arc == k
}

// measure sets the scale by the first candidates.
func (m *Matching) measure() bool {
	m.scale, m.total = scale{lowest: math.MaxInt32}, 0
	for i := range m.lanes {
		l := &m.lanes[i]
		if l.count == 0 {
			continue
		}
		m.total += l.count
		m.scale.highest = max(m.scale.highest, l.highest)
		if !l.content && m.lists.Read(i, 0, &m.candidate) {
			m.scale.meet(&m.candidate)
		}
	}
	m.scale.lowest = min(m.scale.lowest, m.scale.highest)
	return m.scale.weigh(int(m.total))
}

// match finds the best plan. It reports false if the scale was too narrow.
func (m *Matching) match() bool {
	m.misfit = false
	m.offers = m.offers[:0]
	m.ids.reset(64)
	for i := range m.lanes {
		l := &m.lanes[i]
		l.arcs, l.dry = l.arcs[:0], l.count == 0
		l.empty, l.level, l.dist = 0, 0, unreached
		l.aside = l.content
	}
	for i := range m.lanes {
		if !m.lanes[i].content {
			m.seat(int32(i))
		}
	}
	if !m.misfit {
		m.favour()
	}
	return !m.misfit
}

// seat gives lane i all its units: what it wants most as long as nobody has it, for
// nothing can be cheaper.
func (m *Matching) seat(i int32) {
	l := &m.lanes[i]
	k := int32(0)
	for ; k < l.count && m.read(i); k++ {
		a := &l.arcs[k]
		if m.offers[a.offer].arc != none {
			break
		}
		m.take(i, k)
		l.level = a.cost
	}
	for ; k < l.count && !m.misfit; k++ {
		m.insert(i)
	}
}

// join seats a lane that stands aside.
func (m *Matching) join(i int32) {
	m.lanes[i].aside = false
	m.seat(i)
}

// take gives lane i the offer of its arc.
func (m *Matching) take(i, k int32) {
	a := &m.lanes[i].arcs[k]
	m.offers[a.offer] = owned{a.cost, k, i}
}

// read reads the next candidate of lane i. As many as all slots want together are
// enough: one of them is free.
func (m *Matching) read(i int32) bool {
	l := &m.lanes[i]
	if l.dry {
		return false
	}
	c := &m.candidate // copied nowhere, since there are many
	if !m.lists.Read(int(i), len(l.arcs), c) {
		l.dry = true
		return false
	}
	cost, fits := m.scale.cost(c)
	if !fits {
		m.scale.meet(c)
		m.misfit, l.dry = true, true
		return false
	}
	id, fresh := m.ids.number(uint64(c.Offer))
	if fresh {
		m.offers = append(m.offers, owned{arc: none, lane: none})
	}
	l.arcs = append(l.arcs, laneArc{cost, id})
	l.dry = len(l.arcs) >= int(m.total)
	if fresh {
		if owner := m.lists.Content(c.Offer); owner >= 0 && m.lanes[owner].aside {
			m.join(int32(owner))
		}
	}
	return true
}

// emptyCost is the cost of leaving one more unit of the lane empty.
func (m *Matching) emptyCost(l *lane) int64 {
	if l.empty+1 == l.count && !l.optional {
		return m.scale.empty + m.scale.fallback
	}
	return m.scale.empty
}

// refillGain is the cost that the last unit left empty has added.
func (m *Matching) refillGain(l *lane) int64 {
	if l.empty == l.count && !l.optional {
		return m.scale.empty + m.scale.fallback
	}
	return m.scale.empty
}
