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
	laid := false  // the forced pairs are in the network, and nothing else
	for e := range int32(len(h.n.pairs)) {
		if !h.best.pairs.has(e) && !b.dead.has(e) {
			if !laid {
				h.lay(b, e)
				laid = true
			}
			if h.fits(e) {
				laid = false
				if !fresh {
					h.relaxed(b, h.rows)
					fresh = true
				}
				if !h.best.pairs.has(e) && !b.dead.has(e) && !h.ask(b, e) {
					return false
				}
			}
		}
		if !h.best.pairs.has(e) {
			b.dead.add(e)
			continue
		}
		b.forced.add(e)
		fresh = false
		if laid {
			h.force(e)
			h.tally()
		}
	}
	return true
}

// lay puts the forced pairs before e into the network, and nothing else.
func (h *search) lay(b *branch, e int32) {
	h.n.clearFlow()
	for f := range e {
		if b.forced.has(f) {
			h.force(f)
		}
	}
	h.tally()
}

func (h *search) force(e int32) {
	h.n.choose(e)
	h.n.carry(h.n.arcs[e].bin, 1)
}

// fits reports whether there is room for the pair beside what is in the network.
func (h *search) fits(e int32) bool {
	n := h.n
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
