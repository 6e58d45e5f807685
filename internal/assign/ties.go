package assign

// settleTies turns the best plan into the one, among those that are equal in all
// terms, in which the first slot fares best, then the second, and so on. It
// reports false if the search was cut short.
//
// Pair by pair in that order: one that the best plan has stays; for another the
// search asks whether an equal plan of the branch has it beside all that stays so
// far. For most the answer is plain: no optimal plan has them, or there is no room.
func (h *search) settleTies(b *branch) bool {
	fresh := false // b's dead pairs take the forced ones into account
	for e := range int32(len(h.n.pairs)) {
		if !h.best.pairs.has(e) && !b.dead.has(e) && h.fits(b, e) {
			if !fresh {
				h.relaxed(b, h.rows)
				fresh = true
			}
			if !h.best.pairs.has(e) && !b.dead.has(e) && !h.ask(b, e) {
				return false
			}
		}
		if h.best.pairs.has(e) {
			b.forced.add(e)
			fresh = false
		} else {
			b.dead.add(e)
		}
	}
	return true
}

// fits reports whether there is room for the pair beside the forced ones.
func (h *search) fits(b *branch, e int32) bool {
	n := h.n
	n.clearFlow()
	for f := range e {
		if b.forced.has(f) {
			n.choose(f)
			n.carry(n.arcs[f].bin, 1)
		}
	}
	h.tally()
	s := &n.slots[n.pairs[e].slot]
	return s.fill < s.count && n.passes(n.arcs[e].bin) && !h.full(n.pairs[e].class)
}

// ask looks for a plan of the branch as good as the best that has the pair, and
// makes it the best. It reports false if the search was cut short.
func (h *search) ask(b *branch, e int32) bool {
	with := b.child()
	with.forced.add(e)
	h.found = false
	done := h.minimise(with)
	copy(b.prices, with.prices)
	return done
}
