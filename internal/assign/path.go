package assign

// insert supplies one unit more to slot s and sends it along a shortest path of
// the residual network, by Dijkstra's method over reduced costs: cost +
// potential(from) - potential(to), which potentials keep from being negative.
//
// The potential of the sink and of bins that no path has needed yet stays 0, that
// of others falls; so the cost and a slot's own potential bound from below what a
// pair can lead to, and in a list sorted by cost the scan ends at the first
// candidate that is free.
//
// A repair finds its way where potentials do not hold (negative reduced costs
// count as 0) and leaves them alone.
func (n *network) insert(s int32) {
	n.begin()
	n.relax(s, wide{}, none, none)
	for v := n.nearest(); v != n.sink; v = n.nearest() {
		n.nodes[v].settled = true
		if v < n.sink {
			n.expandSlot(v)
		} else {
			n.expandBin(v)
		}
	}
	if !n.repairing {
		n.reprice(s)
	}
	n.push(s, n.sink)
}

// begin forgets the labels of the last search.
func (n *network) begin() {
	n.epoch++
	if n.epoch == 0 {
		for i := range n.nodes {
			n.nodes[i].epoch = 0
		}
		n.epoch = 1
	}
	n.open, n.touched = n.open[:0], n.touched[:0]
	n.nodes[n.sink].dist = mostPositive
	n.nodes[n.sink].epoch = n.epoch
	n.nodes[n.sink].settled = false
}

// reprice makes all reduced costs of the residual network non-negative again and
// those on the path found 0. The first path from a slot may gain: its length is
// below 0, and the slot's potential rises.
func (n *network) reprice(start int32) {
	end := n.nodes[n.sink].dist
	for _, v := range n.touched {
		x := &n.nodes[v]
		if v == start || x.dist.less(end) {
			x.potential = x.potential.add(x.dist).sub(end)
		}
	}
}

func (n *network) expandSlot(u int32) {
	s, x, sink := &n.slots[u], &n.nodes[u], &n.nodes[n.sink]
	base := x.dist.add(x.potential)
	n.relax(n.sink, base.add(n.emptyCost(s)), u, none)
	arcs := n.arcs[s.first:s.end]
	n.steps += len(arcs)
	for i := range arcs {
		a := &arcs[i]
		dist := base.add(a.cost)
		if !dist.less(sink.dist) {
			if n.sorted {
				n.steps -= len(arcs) - 1 - i
				return
			}
			continue
		}
		if a.chosen || a.closed {
			continue
		}
		b := &n.nodes[a.bin]
		if dist = dist.sub(b.potential); b.epoch != n.epoch || dist.less(b.dist) {
			n.relax(a.bin, dist, u, s.first+int32(i))
		}
	}
}

func (n *network) expandBin(b int32) {
	x := &n.nodes[b]
	base := x.dist.add(x.potential)
	if x.flow < x.capacity {
		n.relax(x.parent, base.sub(n.nodes[x.parent].potential), b, none)
	}
	for e := x.head; e != none; e = n.pairs[e].next {
		n.steps++
		if a, u := &n.arcs[e], n.pairs[e].slot; !a.frozen {
			n.relax(u, base.sub(a.cost).sub(n.nodes[u].potential), b, e)
		}
	}
	for q := x.child; q != none; q = n.nodes[q].sibling {
		n.steps++
		if n.nodes[q].flow > 0 {
			n.relax(q, base.sub(n.nodes[q].potential), b, none)
		}
	}
}

// relax labels v as reached from node from, if that is the shortest way so far
// and shorter than the shortest to the sink.
func (n *network) relax(v int32, dist wide, from, via int32) {
	if n.repairing && from != none && dist.less(n.nodes[from].dist) {
		dist = n.nodes[from].dist
	}
	if !dist.less(n.nodes[n.sink].dist) {
		return
	}
	x := &n.nodes[v]
	leaf := v > n.sink && x.child == none
	if x.epoch != n.epoch {
		x.epoch, x.settled = n.epoch, false
		n.touched = append(n.touched, v)
		if v != n.sink && !leaf {
			n.open = append(n.open, v)
		}
	} else if x.settled || !dist.less(x.dist) {
		return
	}
	x.dist, x.from, x.via = dist, from, via
	if leaf {
		n.expandBin(v) // at once: few ways lead on
	}
}

// nearest takes the nearest open node; a linear search is the fastest where nodes
// are so few. The sink is always within reach: a unit may be left empty.
func (n *network) nearest() int32 {
	least, at := n.nodes[n.sink].dist, none
	for i, v := range n.open {
		if d := n.nodes[v].dist; d.less(least) {
			least, at = d, i
		}
	}
	if at == none {
		return n.sink
	}
	v, last := n.open[at], len(n.open)-1
	n.open[at] = n.open[last]
	n.open = n.open[:last]
	return v
}
