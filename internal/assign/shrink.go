package assign

// shrink takes the pairs that are dead in the branch out of the network, and the
// plans that have them out of the pool. The best plan has none.
func (h *search) shrink(b *branch) {
	n := h.n
	number := make([]int32, len(n.pairs)) // by old number, new number
	kept := int32(0)
	for i := range n.slots {
		s := &n.slots[i]
		first := kept
		for e := s.first; e < s.end; e++ {
			number[e] = none
			if !b.dead.has(e) {
				number[e] = kept
				n.pairs[kept], n.arcs[kept] = n.pairs[e], n.arcs[e]
				kept++
			}
		}
		s.first, s.end = first, kept
	}
	n.pairs, n.arcs = n.pairs[:kept], n.arcs[:kept]
	pool := h.pool[:0]
	for _, p := range h.pool {
		if p != h.best && !b.dead.meets(p.pairs) {
			p.pairs = p.pairs.renumber(number, kept)
			pool = append(pool, p)
		}
	}
	h.pool = append(pool, h.best)
	h.best.pairs = h.best.pairs.renumber(number, kept)
	b.dead, b.forced, h.ties = newBitset(int(kept)), newBitset(int(kept)), newBitset(int(kept))
	b.master = nil
}

// renumber returns the set under the numbers given.
func (b bitset) renumber(number []int32, n int32) bitset {
	c := newBitset(int(n))
	for e, to := range number {
		if to != none && b.has(int32(e)) {
			c.add(to)
		}
	}
	return c
}
