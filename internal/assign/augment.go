package assign

// A way is the end of a path: the lane that takes an offer which nobody has, by the
// arc given, or leaves a unit empty.
type way struct {
	dist int64
	lane int32
	arc  int32 // none: empty
}

// insert gives lane i a unit more and sends it along a shortest path.
func (m *Matching) insert(i int32) {
	end := way{dist: unreached}
	m.open, m.settled = m.open[:0], m.settled[:0]
	m.lanes[i].level = 0 // all its arcs lead away
	m.settle(i, 0)
	m.expand(i, &end)
	for {
		v, dist := m.nearest(end.dist)
		if v == none {
			break
		}
		m.settle(m.open[v], dist)
		m.expand(m.close(v), &end)
	}
	m.move(i, end)
	for _, v := range m.settled {
		m.lanes[v.lane].level += end.dist - v.dist
		m.lanes[v.lane].dist = unreached
	}
	for _, u := range m.open {
		m.lanes[u].dist = unreached
	}
}

func (m *Matching) settle(u int32, dist int64) {
	m.settled = append(m.settled, nearby{dist, u})
	l := &m.lanes[u]
	l.dist, l.base = settled, dist-l.level
}

// nearest returns where in the list the nearest open lane is, if it is nearer than
// the end, and its distance, else the end's. A linear search is the fastest where
// lanes are so few.
func (m *Matching) nearest(end int64) (at int32, least int64) {
	at, least = none, end
	for i, v := range m.open {
		if d := m.lanes[v].dist; d < least {
			at, least = int32(i), d
		}
	}
	return at, least
}

// close takes an open lane off the list.
func (m *Matching) close(at int32) int32 {
	v, last := m.open[at], len(m.open)-1
	m.open[at] = m.open[last]
	m.open = m.open[:last]
	return v
}

// expand labels the lanes from which lane u could take an offer: at its base, the cost
// of the offer and its price.
func (m *Matching) expand(u int32, end *way) {
	l := &m.lanes[u]
	base := l.base
	if d := base + m.emptyCost(l); d < end.dist {
		*end = way{d, u, none}
	}
	shortest := end.dist
	for k := 0; k < len(l.arcs) || m.read(u); k++ {
		a := &l.arcs[k]
		d := base + a.cost
		if d >= shortest {
			return
		}
		o := &m.offers[a.offer]
		if o.arc == none {
			*end = way{d, u, int32(k)}
			return
		}
		t := &m.lanes[o.lane]
		d += t.level - o.cost
		if d >= min(t.dist, shortest) {
			continue
		}
		if t.dist == unreached {
			m.open = append(m.open, o.lane)
		}
		t.dist, t.from, t.via = d, u, int32(k)
	}
}

// move sends the unit of lane i along the path found.
func (m *Matching) move(i int32, end way) {
	u, k := end.lane, end.arc
	if k == none {
		m.lanes[u].empty++
	}
	for {
		if k != none {
			m.take(u, k)
		}
		if u == i {
			return
		}
		u, k = m.lanes[u].from, m.lanes[u].via
	}
}
