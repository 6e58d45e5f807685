package assign

import (
	"math"
	"slices"
)

// scruple is what repairs charge for a unit left empty, beside its cost: more than
// all but forced pairs can amount to.
var scruple = wide{1 << 42, 0}

// greedy takes the plan that fills the slots in order for a start.
func (h *search) greedy() {
	n := h.n
	n.clearFlow()
	h.tally()
	for e := range n.pairs {
		p := &n.pairs[e]
		if s := &n.slots[p.slot]; s.fill < s.count && !h.full(p.class) && n.passes(n.arcs[e].bin) {
			n.choose(int32(e))
			n.carry(n.arcs[e].bin, 1)
			h.tally()
		}
	}
	h.consider(h.read())
	n.clearFlow()
	n.solve()
}

// passes reports whether the bin and all above have room for a unit.
func (n *network) passes(bin int32) bool {
	for ; bin != n.sink; bin = n.nodes[bin].parent {
		if n.nodes[bin].flow >= n.nodes[bin].capacity {
			return false
		}
	}
	return true
}

// carry adds units to the flow from the bin to the sink.
func (n *network) carry(bin, units int32) {
	for ; bin != n.sink; bin = n.nodes[bin].parent {
		n.nodes[bin].flow += units
	}
}

// full reports whether the class may take no more units.
func (h *search) full(class int32) bool {
	if int64(h.n.units[class]) >= h.quota[class] {
		return true
	}
	for _, l := range h.inClass[class] {
		if h.taken[l] >= h.room[l] {
			return true
		}
	}
	return false
}

// repair makes a plan of the flow in the network: while a loose limit is exceeded,
// it takes a unit off and sends it along another path that adds to no full limit.
// The flow is spoilt for all else. A nil branch is all plans.
func (h *search) repair(b *branch) {
	n := h.n
	n.repairing = true
	empty := n.empty
	n.empty = n.empty.add(wideOf(1 << h.stage.shift >> 2))
	h.tally()
	for c := range h.shuts {
		h.shuts[c] = !h.full(int32(c)) // so that all are set anew
	}
	h.shut(b)
	for tries := 2 * h.s.total; ; tries-- {
		e := h.excess()
		if e == none {
			break
		}
		s := n.pairs[e].slot
		n.drop(e)
		n.carry(n.arcs[e].bin, -1)
		n.slots[s].empty++
		h.shut(b)
		if tries > 0 {
			h.refill(b, s)
		}
	}
	h.refillAll(b)
	n.empty = empty.add(scruple)
	h.refillAll(b)
	n.repairing, n.empty = false, empty
	h.consider(h.read())
}

// guide repairs the flow once more, such that no class takes more units than in the
// master's mixture: where many flows cost the same, prices alone do not tell how
// many of each class go together.
func (h *search) guide(b *branch) {
	for c, mean := range h.means(b) {
		h.quota[c] = int64(math.Ceil(mean - 1e-6))
	}
	h.repair(b)
	for c := range h.quota {
		h.quota[c] = math.MaxInt64
	}
	h.repair(b)
}

func (h *search) refillAll(b *branch) {
	for s := range h.n.slots {
		if h.n.slots[s].empty > 0 {
			h.refill(b, int32(s))
		}
	}
}

// refill tries to do better for a unit that the slot has left empty.
func (h *search) refill(b *branch, s int32) {
	h.n.slots[s].empty--
	h.n.insert(s)
	h.shut(b)
}

// shut closes the pairs that draw on full limits and opens the others of the
// branch.
func (h *search) shut(b *branch) {
	h.tally()
	changed := false
	for c := range h.shuts {
		if full := h.full(int32(c)); full != h.shuts[c] {
			h.shuts[c], changed = full, true
		}
	}
	if !changed {
		return
	}
	h.n.steps += len(h.n.arcs)
	for e := range h.n.arcs {
		h.n.arcs[e].closed = h.shuts[h.n.pairs[e].class] || b != nil && b.dead.has(int32(e))
	}
}

// tally counts the units taken of each loose limit.
func (h *search) tally() {
	clear(h.taken)
	for c, units := range h.n.units {
		for _, l := range h.inClass[c] {
			h.taken[l] += int64(units)
		}
	}
}

// excess returns the pair to give up: of those on limits (or in classes) that are
// exceeded one on as many of them as possible, the dearest. None: no limit is
// exceeded, or only by forced pairs.
func (h *search) excess() int32 {
	over := make([]int, len(h.inClass))
	for c, limits := range h.inClass {
		for _, l := range limits {
			if h.taken[l] > h.room[l] {
				over[c]++
			}
		}
		if int64(h.n.units[c]) > h.quota[c] {
			over[c]++
		}
	}
	if slices.Max(over) == 0 {
		return none
	}
	worst := int32(none)
	for e := range h.n.arcs {
		a, class := &h.n.arcs[e], h.n.pairs[e].class
		if !a.chosen || a.frozen || over[class] == 0 {
			continue
		}
		if worst == none || over[class] > over[h.n.pairs[worst].class] ||
			over[class] == over[h.n.pairs[worst].class] && h.n.arcs[worst].cost.less(a.cost) {
			worst = int32(e)
		}
	}
	return worst
}
