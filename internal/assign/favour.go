package assign

// favour turns the cheapest flow into the one, among the equally cheap, in which
// the first slot fares best, then the second, and so on.
//
// A plan differs from the optimal one in hand by cycles of the residual network,
// and is as cheap iff all their arcs have reduced cost 0. So the pairs are decided
// in order, slot by slot, best first: a chosen one stays; another is taken if a
// cycle of such arcs leads through it that disturbs nothing decided so far.
func (n *network) favour() {
	for s := range n.slots {
		n.favourSlot(int32(s))
	}
}

func (n *network) favourSlot(s int32) {
	n.begin() // nodes labelled in vain cannot reach s, until the flow changes
	slot := &n.slots[s]
	for e := slot.first; e < slot.end; e++ {
		a := &n.arcs[e]
		if a.chosen || a.closed {
			a.frozen = true
			continue
		}
		reduced := a.cost.add(n.nodes[s].potential)
		if n.sorted && reduced.positive() {
			break
		}
		a.frozen = true
		if reduced != n.nodes[a.bin].potential || !n.reach(a.bin, s) {
			continue
		}
		n.push(a.bin, s)
		n.choose(e)
		n.begin()
	}
	for e := slot.first; e < slot.end; e++ {
		n.arcs[e].frozen = true
	}
}

// reach labels a path of zero-cost arcs from bin to slot s, if there is one.
func (n *network) reach(bin, s int32) bool {
	if !n.mark(bin, none, none) {
		return false
	}
	n.open = append(n.open[:0], bin)
	for len(n.open) > 0 {
		u := n.open[len(n.open)-1]
		n.open = n.open[:len(n.open)-1]
		if u == s {
			return true
		}
		if u < n.sink {
			n.walkSlot(u)
		} else {
			n.walkBin(u)
		}
	}
	return false
}

func (n *network) mark(v, from, via int32) bool {
	x := &n.nodes[v]
	if x.epoch == n.epoch && x.settled {
		return false
	}
	x.epoch, x.settled, x.from, x.via = n.epoch, true, from, via
	return true
}

func (n *network) walk(v, from, via int32) {
	if n.mark(v, from, via) {
		n.open = append(n.open, v)
	}
}

func (n *network) walkSlot(u int32) {
	s, own := &n.slots[u], n.nodes[u].potential
	if n.emptyCost(s).add(own) == (wide{}) {
		n.walk(n.sink, u, none)
	}
	for e := s.first; e < s.end; e++ {
		a := &n.arcs[e]
		reduced := a.cost.add(own)
		if n.sorted && reduced.positive() {
			return
		}
		if !a.chosen && !a.closed && !a.frozen && reduced == n.nodes[a.bin].potential {
			n.walk(a.bin, u, e)
		}
	}
}

func (n *network) walkBin(b int32) {
	x := &n.nodes[b]
	if b != n.sink && x.flow < x.capacity && x.potential == n.nodes[x.parent].potential {
		n.walk(x.parent, b, none)
	}
	for e := x.head; e != none; e = n.pairs[e].next {
		a, u := &n.arcs[e], n.pairs[e].slot
		if !a.frozen && a.cost.add(n.nodes[u].potential) == x.potential {
			n.walk(u, b, e)
		}
	}
	for q := x.child; q != none; q = n.nodes[q].sibling {
		if n.nodes[q].flow > 0 && n.nodes[q].potential == x.potential {
			n.walk(q, b, none)
		}
	}
	if b != n.sink {
		return
	}
	for u := range n.slots {
		s := &n.slots[u]
		if s.empty > 0 && n.refillGain(s).add(n.nodes[u].potential) == (wide{}) {
			n.walk(int32(u), b, none)
		}
	}
}
