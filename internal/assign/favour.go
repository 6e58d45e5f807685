package assign

import "math/bits"

// A favour is what turning a cheapest flow into the best of the equally cheap
// needs to know.
type favour struct {
	words int      // of a set of slots
	tight []uint64 // by bin, from the sink on: slots with a tight pair to it that is not chosen
	later []uint64 // slots not decided
}

// favour turns the cheapest flow into the one, among the equally cheap, in which
// the first slot fares best, then the second, and so on.
//
// A plan differs from the optimal one in hand by cycles of the residual network,
// and is as cheap iff all their arcs are tight: of reduced cost 0. So the pairs are
// decided in order, slot by slot, best first: a chosen one stays; another is taken
// if a cycle of tight arcs leads through it that disturbs nothing decided so far.
//
// Cycles are sought backwards, from the slot to the bins that lead to it: one
// search serves all its pairs until the flow changes. It takes the slots that lead
// to a bin as a bitset, so that it visits nodes and not pairs.
func (n *network) favour() {
	n.findTight()
	for s := range n.slots {
		n.swaps.later[s>>6] &^= 1 << (s & 63)
		n.favourSlot(int32(s))
	}
}

// findTight notes which pairs are tight. That stays so: potentials do.
func (n *network) findTight() {
	f := &n.swaps
	f.words = (len(n.slots) + 63) / 64
	f.tight = resize(f.tight, f.words*(len(n.nodes)-len(n.slots)))
	f.later = resize(f.later, f.words)
	for s := range n.slots {
		slot, own, word, bit := &n.slots[s], n.nodes[s].potential, s>>6, uint64(1)<<(s&63)
		f.later[word] |= bit
		for e := slot.first; e < slot.end; e++ {
			a := &n.arcs[e]
			reduced := a.cost.add(own)
			if n.sorted && reduced.positive() && !a.chosen {
				continue // bins have no positive potential
			}
			a.tight = reduced == n.nodes[a.bin].potential
			if a.tight && !a.chosen {
				f.tight[int(a.bin-n.sink)*f.words+word] |= bit
			}
		}
	}
}

func (n *network) favourSlot(s int32) {
	slot := &n.slots[s]
	fresh := false // the search reckons with what is decided
	for e := slot.first; e < slot.end; e++ {
		a := &n.arcs[e]
		if a.chosen {
			fresh = false
			continue
		}
		if !a.tight {
			continue
		}
		if !fresh {
			n.begin()
			n.walkToSlot(s, e)
			if len(n.open) == 0 {
				return // nothing more to win
			}
			fresh = true
		}
		if n.leads(a.bin) {
			n.rotate(s, e)
			fresh = false
		}
	}
}

// leads reports whether tight arcs lead from the bin to the slot at hand. It goes
// on with the search as far as it must.
func (n *network) leads(bin int32) bool {
	for !n.labelled(bin) {
		if len(n.open) == 0 {
			return false
		}
		v := n.open[len(n.open)-1]
		n.open = n.open[:len(n.open)-1]
		if v < n.sink {
			n.walkToSlot(v, none)
		} else {
			n.walkToBin(v)
		}
	}
	return true
}

func (n *network) labelled(v int32) bool { return n.nodes[v].epoch == n.epoch && n.nodes[v].settled }

// walk labels v: it leads to node to, by way of a pair or none.
func (n *network) walk(v, to, via int32) {
	if n.labelled(v) {
		return
	}
	x := &n.nodes[v]
	x.epoch, x.settled, x.from, x.via = n.epoch, true, to, via
	n.open = append(n.open, v)
}

// walkToSlot labels the bins that can give a unit back to slot u: those of its
// pairs after the one given, and the sink.
func (n *network) walkToSlot(u, after int32) {
	s := &n.slots[u]
	for e := s.head; e != none; e = n.pairs[e].mate {
		if e > after && n.arcs[e].tight {
			n.walk(n.arcs[e].bin, u, e)
		}
	}
	if s.empty > 0 && n.refillGain(s).add(n.nodes[u].potential) == (wide{}) {
		n.walk(n.sink, u, none)
	}
}

// walkToBin labels the nodes that can send bin b a unit more.
func (n *network) walkToBin(b int32) {
	f := &n.swaps
	for w, later := range f.later {
		for set := f.tight[int(b-n.sink)*f.words+w] & later; set != 0; set &= set - 1 {
			n.walk(int32(w<<6|bits.TrailingZeros64(set)), b, anyPair)
		}
	}
	x := &n.nodes[b]
	for q := x.child; q != none; q = n.nodes[q].sibling {
		if y := &n.nodes[q]; y.flow < y.capacity && y.potential == x.potential {
			n.walk(q, b, none)
		}
	}
	if b != n.sink {
		if x.flow > 0 && x.potential == n.nodes[x.parent].potential {
			n.walk(x.parent, b, none)
		}
		return
	}
	for u := range n.slots {
		s := &n.slots[u]
		undecided := f.later[u>>6]>>(u&63)&1 != 0
		if undecided && s.empty < s.count && n.emptyCost(s).add(n.nodes[u].potential) == (wide{}) {
			n.walk(int32(u), b, none)
		}
	}
}

// anyPair stands for one of the tight pairs that lead from a slot to a bin.
const anyPair = -2

// rotate takes pair e for slot s and sends the unit round the cycle found.
func (n *network) rotate(s, e int32) {
	n.take(s, e)
	for v := n.arcs[e].bin; v != s; {
		x := &n.nodes[v]
		to := x.from
		switch {
		case v < n.sink && x.via == anyPair:
			n.take(v, n.tightPair(v, to))
		case v < n.sink:
			n.slots[v].empty++
		case to < n.sink && x.via != none:
			n.drop(x.via)
			n.note(to, n.arcs[x.via].bin)
		case to < n.sink:
			n.slots[to].empty--
		case x.parent == to:
			x.flow++
		default:
			n.nodes[to].flow--
		}
		v = to
	}
}

func (n *network) take(s, e int32) {
	n.choose(e)
	n.note(s, n.arcs[e].bin)
}

// note brings up to date whether slot s has a tight pair to the bin, not chosen.
func (n *network) note(s, bin int32) {
	word, bit := &n.swaps.tight[int(bin-n.sink)*n.swaps.words+int(s>>6)], uint64(1)<<(s&63)
	*word &^= bit
	if n.tightPair(s, bin) != none {
		*word |= bit
	}
}

// tightPair returns a tight pair of slot s to the bin that is not chosen, or none.
func (n *network) tightPair(s, bin int32) int32 {
	for e := n.slots[s].first; e < n.slots[s].end; e++ {
		if a := &n.arcs[e]; a.bin == bin && a.tight && !a.chosen {
			return e
		}
	}
	return none
}
