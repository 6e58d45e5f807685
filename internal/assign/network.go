package assign

// A network is the flow problem: a unit of flow is an offer chosen.
//
//	slot ──pair──► offer ──► limit ──► wider limit ──► sink
//	  └──────────────── left empty ───────────────────►
//
// A slot supplies as many units as it wants offers. A pair (a slot and one of its
// candidates) carries at most one. Offers (where they exclude each other) and
// nested limits are bins: a bin passes on at most its capacity to its parent.
// What a slot leaves empty costs; the unit that leaves a slot wholly empty costs
// more, so that the cost is convex and shortest paths stay exact.
//
// Nodes are numbered: the slots, the sink, the other bins.
type network struct {
	slots []slotNode
	pairs []pair  // by slot, in rank order
	arcs  []arc   // of the pairs: what searching paths needs
	units []int32 // chosen, by class of pairs
	nodes []node
	sink  int32

	sorted    bool // the pairs of a slot are in order of cost
	repairing bool // potentials do not hold
	empty     wide // cost of a unit left empty
	fallback  wide // and more of the one that leaves a slot wholly empty

	swaps favour

	open    []int32 // nodes labelled and not settled
	touched []int32 // nodes labelled
	epoch   uint32
	steps   int // pairs looked at since the solver began
}

type slotNode struct {
	first, end int32 // its pairs
	count      int32 // units wanted
	fill       int32 // units chosen
	empty      int32 // units supplied and left empty
	head       int32 // first chosen pair
	optional   bool
}

type arc struct {
	cost   wide
	bin    int32 // node that the unit flows to
	chosen bool
	tight  bool // of reduced cost 0; see favour
	frozen bool // may not change
	closed bool // may not be chosen
}

type pair struct {
	value      int64
	tier       int32 // above the lowest
	slot       int32
	cand       int32 // index into the slot's candidates
	offer      int32 // dense number
	set        int32 // of limits that may bind
	class      int32 // of pairs that the search need not tell apart
	next, prev int32 // list of the chosen pairs of a bin
	mate       int32 // next in the list of the chosen pairs of a slot
	unscored   bool
}

type node struct {
	potential wide
	dist      wide // valid in the epoch of the label
	from, via int32
	epoch     uint32
	settled   bool

	// Of bins:
	parent, child, sibling int32
	capacity, flow         int32
	head                   int32 // first chosen pair
}

const none = -1

// layOut makes the nodes of the slots and the sink.
func (n *network) layOut(slots int) {
	n.nodes, n.epoch = resize(n.nodes, slots), 0
	n.sink = n.addBin(none, 0)
	n.units = resize(n.units, 1)
}

// addBin adds a bin below parent and returns it. The sink comes first.
func (n *network) addBin(parent, capacity int32) int32 {
	id := int32(len(n.nodes))
	n.nodes = append(n.nodes, node{parent: parent, child: none, sibling: none, capacity: capacity, head: none})
	if parent != none {
		n.nodes[id].sibling = n.nodes[parent].child
		n.nodes[parent].child = id
	}
	return id
}

// clearFlow empties the network; pairs stay closed or open.
func (n *network) clearFlow() {
	for i := range n.slots {
		n.slots[i].fill, n.slots[i].empty, n.slots[i].head = 0, 0, none
	}
	for i := range n.arcs {
		n.arcs[i].chosen = false
	}
	clear(n.units)
	for i := range n.nodes {
		v := &n.nodes[i]
		v.potential, v.flow, v.head = wide{}, 0, none
	}
}

// solve finds the cheapest flow by successive shortest paths.
func (n *network) solve() {
	for s := range n.slots {
		for range n.slots[s].count {
			n.insert(int32(s))
		}
	}
}

// emptyCost is the cost of leaving one more unit of the slot empty.
func (n *network) emptyCost(s *slotNode) wide {
	if s.empty+1 == s.count && !s.optional {
		return n.empty.add(n.fallback)
	}
	return n.empty
}

// refillGain is the cost that the last unit left empty has added.
func (n *network) refillGain(s *slotNode) wide {
	if s.empty == s.count && !s.optional {
		return n.empty.add(n.fallback)
	}
	return n.empty
}

// choose hangs the pair on its bin; the flow above it is the caller's.
func (n *network) choose(e int32) {
	p, a := &n.pairs[e], &n.arcs[e]
	b := &n.nodes[a.bin]
	a.chosen, p.prev, p.next = true, none, b.head
	if b.head != none {
		n.pairs[b.head].prev = e
	}
	b.head = e
	s := &n.slots[p.slot]
	p.mate, s.head = s.head, e
	s.fill++
	n.units[p.class]++
}

// drop undoes choose.
func (n *network) drop(e int32) {
	p := &n.pairs[e]
	if p.prev == none {
		n.nodes[n.arcs[e].bin].head = p.next
	} else {
		n.pairs[p.prev].next = p.next
	}
	if p.next != none {
		n.pairs[p.next].prev = p.prev
	}
	n.arcs[e].chosen = false
	s := &n.slots[p.slot]
	at := &s.head
	for *at != e {
		at = &n.pairs[*at].mate
	}
	*at = p.mate
	s.fill--
	n.units[p.class]--
}

// push sends a unit along the labelled path that ends at v and began at start.
func (n *network) push(start, v int32) {
	for v != start {
		u, via := n.nodes[v].from, n.nodes[v].via
		switch {
		case u < n.sink && via != none:
			n.choose(via)
		case u < n.sink:
			n.slots[u].empty++
		case v < n.sink && via != none:
			n.drop(via)
		case v < n.sink:
			n.slots[v].empty--
		case n.nodes[u].parent == v:
			n.nodes[u].flow++
		default:
			n.nodes[v].flow--
		}
		v = u
	}
}
