package assign

import (
	"math"
	"slices"
)

// A matching finds the cheapest plan where nothing stands between slots but offers
// that exclude each other: what most requests come to.
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
// order of cost: what comes after such an offer is never read.
//
// Costs are int64. Problems that do not fit are left to the network.
type matching struct {
	lanes  []lane
	arcs   []laneArc // by lane, in rank order, as far as read
	offers []owned
	ids    table
	scale  scale

	open    []int32 // lanes labelled and not settled
	settled []nearby
}

// A lane is a slot with the candidates that have been read.
type lane struct {
	first, end int32 // its arcs
	room       int32 // where they must end
	next       int32 // candidate to read
	count      int32
	empty      int32 // units left empty
	optional   bool
	short      bool // more would have been read

	level int64
	dist  int64 // of the shortest way found that leads to it, or settled
	from  int32 // the lane that takes an offer of it, on that way
	via   int32 // and the arc by which it does
}

// A laneArc is a candidate.
type laneArc struct {
	cost  int64
	offer int32
	cand  int32
}

// An owned offer has the arc by which a lane has it, or none.
type owned struct {
	cost int64 // of the arc
	arc  int32
	lane int32
	bin  int32 // in the network; 0: not yet
}

// Distances of lanes to which no way has been found, and to which no shorter will be.
const (
	unreached = math.MaxInt64
	settled   = math.MinInt64
)

// A nearby lane is one that is nearer than the end of the path.
type nearby struct {
	dist int64
	lane int32
}

// match finds the cheapest plan that disregards limits which have any room. It
// reports false if a cost does not fit.
func (m *matching) match(s *Solver) bool {
	if !m.scale.measure(s) {
		return false
	}
	m.lanes, m.offers = m.lanes[:0], m.offers[:0]
	arcs := int32(0)
	for i := range s.p.Slots {
		slot := &s.p.Slots[i]
		room := arcs + int32(min(s.total, len(slot.Candidates)+1)) // one more than there are: to see that
		m.lanes = append(m.lanes, lane{
			first: arcs, end: arcs, room: room,
			count: int32(slot.size()), optional: slot.Optional, dist: unreached,
		})
		arcs = room
	}
	m.arcs = slices.Grow(m.arcs[:0], int(arcs))[:arcs]
	m.ids.reset(64)
	for i := range m.lanes {
		for range m.lanes[i].count {
			if !m.insert(s, int32(i)) {
				return false
			}
		}
	}
	return m.readTight(s)
}

// read reads the next candidate of lane i that has room. As many as all slots want
// together are enough: one of them is free.
func (m *matching) read(s *Solver, i int32) (more, fits bool) {
	l, list := &m.lanes[i], s.p.Slots[i].Candidates
	for l.end < l.room && int(l.next) < len(list) {
		k := l.next
		l.next++
		c := &list[k]
		if !s.hasRoom(c) {
			continue
		}
		cost, ok := m.scale.cost(c)
		if !ok {
			return false, false
		}
		id, fresh := m.ids.number(uint64(c.Offer))
		if fresh {
			m.offers = append(m.offers, owned{arc: none})
		}
		m.arcs[l.end] = laneArc{cost: cost, offer: id, cand: k}
		l.end++
		return true, true
	}
	l.short = l.short || l.end < l.room
	return false, true
}

// A way is the end of a path: the lane that takes an offer which nobody has, by the
// arc given, or leaves a unit empty.
type way struct {
	dist int64
	lane int32
	arc  int32 // none: empty
}

// insert gives lane i a unit more and sends it along a shortest path.
func (m *matching) insert(s *Solver, i int32) bool {
	end := way{dist: unreached}
	m.open, m.settled = m.open[:0], m.settled[:0]
	m.lanes[i].level = 0 // all its arcs lead away
	m.settle(i, 0)
	for u, base := i, int64(0); u != none; u, base = m.nearest(end.dist) {
		if !m.expand(s, u, base, &end) {
			return false
		}
	}
	m.move(i, end)
	for _, v := range m.settled {
		m.lanes[v.lane].level += end.dist - v.dist
		m.lanes[v.lane].dist = unreached
	}
	for _, u := range m.open {
		m.lanes[u].dist = unreached
	}
	return true
}

func (m *matching) settle(u int32, dist int64) {
	m.settled = append(m.settled, nearby{dist, u})
	m.lanes[u].dist = settled
}

// expand labels the lanes from which lane u could take an offer: at base, the cost of
// the offer and its price.
func (m *matching) expand(s *Solver, u int32, base int64, end *way) bool {
	l := &m.lanes[u]
	if d := base + m.emptyCost(l); d < end.dist {
		*end = way{d, u, none}
	}
	limit := end.dist
	for k := l.first; ; k++ {
		if k == l.end {
			if more, fits := m.read(s, u); !more {
				return fits
			}
		}
		a := &m.arcs[k]
		d := base + a.cost
		if d >= limit {
			return true
		}
		o := &m.offers[a.offer]
		if o.arc == none {
			*end = way{d, u, k}
			return true
		}
		t := &m.lanes[o.lane]
		d += t.level - o.cost
		if d >= min(t.dist, limit) {
			continue
		}
		if t.dist == unreached {
			m.open = append(m.open, o.lane)
		}
		t.dist, t.from, t.via = d, u, k
	}
}

// nearest settles the nearest open lane, if it is nearer than the end, and returns
// it with the base of its arcs. A linear search is the fastest where lanes are so
// few.
func (m *matching) nearest(end int64) (int32, int64) {
	least, at := end, none
	for i, v := range m.open {
		if d := m.lanes[v].dist; d < least {
			least, at = d, i
		}
	}
	if at == none {
		return none, 0
	}
	v, last := m.open[at], len(m.open)-1
	m.open[at] = m.open[last]
	m.open = m.open[:last]
	m.settle(v, least)
	return v, least - m.lanes[v].level
}

// move sends the unit of lane i along the path found.
func (m *matching) move(i int32, end way) {
	u, k := end.lane, end.arc
	if k == none {
		m.lanes[u].empty++
	}
	for {
		if k != none {
			a := &m.arcs[k]
			o := &m.offers[a.offer]
			o.cost, o.arc, o.lane = a.cost, k, u
		}
		if u == i {
			return
		}
		u, k = m.lanes[u].from, m.lanes[u].via
	}
}

// emptyCost is the cost of leaving one more unit of the lane empty.
func (m *matching) emptyCost(l *lane) int64 {
	if l.empty+1 == l.count && !l.optional {
		return m.scale.empty + m.scale.fallback
	}
	return m.scale.empty
}

// readTight reads what is left of the candidates that an equally cheap plan may
// have: those that cost no more than the slot's level.
func (m *matching) readTight(s *Solver) bool {
	for i := range m.lanes {
		l := &m.lanes[i]
		for l.count > 0 && (l.end == l.first || m.arcs[l.end-1].cost <= l.level) {
			if more, fits := m.read(s, int32(i)); !fits {
				return false
			} else if !more {
				break
			}
		}
	}
	return true
}

// keepsLimits reports whether there is room for the plan.
func (m *matching) keepsLimits(s *Solver) bool {
	if len(s.p.Room) == 0 {
		return true
	}
	clear(s.used)
	for i := range m.offers {
		o := &m.offers[i]
		if o.arc != none && !s.count(&s.p.Slots[o.lane].Candidates[m.arcs[o.arc].cand]) {
			return false
		}
	}
	return true
}

// load puts the plan into the network, with the candidates alone that an equally
// cheap plan may have.
func (m *matching) load(n *network) {
	n.slots, n.pairs, n.arcs = n.slots[:0], n.pairs[:0], n.arcs[:0]
	n.empty, n.fallback, n.sorted = wideOf(m.scale.empty), wideOf(m.scale.fallback), true
	n.layOut(len(m.lanes))
	for i := range m.lanes {
		l := &m.lanes[i]
		n.nodes[i].potential = wideOf(-l.level)
		slot := slotNode{
			first: int32(len(n.pairs)), count: l.count, empty: l.empty, optional: l.optional, head: none,
		}
		n.slots = append(n.slots, slot)
		for k := l.first; k < l.end; k++ {
			m.loadArc(n, int32(i), k)
		}
		n.slots[i].end = int32(len(n.pairs))
	}
}

func (m *matching) loadArc(n *network, i, k int32) {
	a := &m.arcs[k]
	o := &m.offers[a.offer]
	var price int64
	if o.arc != none {
		price = m.lanes[o.lane].level - o.cost
	}
	if a.cost+price != m.lanes[i].level {
		return
	}
	if o.bin == 0 {
		o.bin = n.addBin(n.sink, 1)
		n.nodes[o.bin].potential = wideOf(-price)
	}
	e := int32(len(n.pairs))
	n.pairs = append(n.pairs, pair{slot: i, cand: a.cand, offer: a.offer})
	n.arcs = append(n.arcs, arc{cost: wideOf(a.cost), bin: o.bin})
	if o.arc == k {
		n.choose(e)
		n.carry(o.bin, 1)
	}
}
