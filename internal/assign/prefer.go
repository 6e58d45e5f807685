package assign

// favour turns the cheapest plan into the one, among the equally cheap, in which the
// first slot fares best, then the second, and so on.
//
// A plan differs from the one in hand by cycles, and is as cheap iff all their arcs are
// tight: cost and price make the level. So the arcs are decided in order, slot by slot,
// best first: what the slot has stays; a tight one is taken if its owner can do with
// another tight one, or leave a unit empty at the same cost, and so on round to the slot,
// and nothing decided so far is disturbed. Lanes that were found unable to do so
// stay that until the plan changes: ever less can be given up.
func (m *Matching) favour() {
	for s := range m.lanes {
		if !m.lanes[s].aside { // else it cannot fare better
			m.favourSlot(int32(s))
		}
	}
}

func (m *Matching) favourSlot(s int32) {
	l := &m.lanes[s]
	m.renew()
	for k, kept := int32(0), int32(0); kept < l.count; k++ {
		if int(k) == len(l.arcs) && !m.read(s) || l.arcs[k].cost > l.level {
			return
		}
		switch {
		case m.has(s, k):
			kept++
		case m.tight(l, &l.arcs[k]):
			m.slot, m.after = s, k
			if m.release(l.arcs[k].offer) {
				m.take(s, k)
				kept++
				m.renew()
			}
		}
	}
}

// renew begins a new search.
func (m *Matching) renew() {
	m.drawn = false
	if m.round++; m.round == 0 {
		for i := range m.lanes {
			m.lanes[i].seen = 0
		}
		m.round = 1
	}
}

// tight reports whether an equally cheap plan may have the arc.
func (m *Matching) tight(l *lane, a *laneArc) bool {
	o := &m.offers[a.offer]
	if o.arc == none {
		return a.cost == l.level
	}
	return a.cost+m.lanes[o.lane].level-o.cost == l.level
}

// release frees the offer, at no cost, if that can be done to the slot's advantage.
func (m *Matching) release(offer int32) bool {
	switch o := &m.offers[offer]; {
	case o.arc == none:
		return m.draw()
	case o.lane == m.slot:
		return o.arc > m.after
	case o.lane < m.slot || m.lanes[o.lane].seen == m.round:
		return false
	default:
		return m.yields(o.lane)
	}
}

// yields finds lane v another tight arc for one that it gives up, or leaves the unit
// empty.
func (m *Matching) yields(v int32) bool {
	l := &m.lanes[v]
	l.seen = m.round // which keeps it from taking its own
	for k := 0; k < len(l.arcs) || m.read(v); k++ {
		a := &l.arcs[k]
		if a.cost > l.level {
			break
		}
		if m.tight(l, a) && m.release(a.offer) {
			m.take(v, int32(k))
			return true
		}
	}
	if m.emptyCost(l) == l.level && m.draw() {
		l.empty++
		return true
	}
	return false
}

// draw makes up for an offer that nobody had, or a unit left empty: somebody
// gives up an offer without a price, or fills a unit left empty. Nobody who stands aside need do
// so: what he could take instead comes after all that he has, so that it has no price either, and
// whoever has it can give it up himself.
func (m *Matching) draw() bool {
	if m.drawn {
		return false
	}
	m.drawn = true
	for v := m.slot; int(v) < len(m.lanes); v++ {
		l := &m.lanes[v]
		if l.seen == m.round && v != m.slot {
			continue
		}
		if l.empty > 0 && m.refillGain(l) == l.level && (v == m.slot || m.yields(v)) {
			l.empty--
			return true
		}
		if k := m.unpriced(v); k != none && (v == m.slot || l.seen != m.round && m.yields(v)) {
			m.offers[l.arcs[k].offer] = owned{arc: none, lane: none}
			return true
		}
	}
	return false
}

// unpriced returns an arc by which the lane has an offer without a price and which is
// not decided, or none.
func (m *Matching) unpriced(v int32) int32 {
	l := &m.lanes[v]
	from := int32(0)
	if v == m.slot {
		from = m.after + 1
	}
	for k := from; int(k) < len(l.arcs) && l.arcs[k].cost <= l.level; k++ {
		if l.arcs[k].cost == l.level && m.has(v, k) {
			return k
		}
	}
	return none
}
