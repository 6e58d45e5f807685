package assign

import "slices"

// A builder makes the network of a problem. It leaves out candidates and limits
// that cannot matter.
//
// A candidate e of a slot cannot matter if as many candidates of the slot as all
// slots together want (call it U) rank before e and draw on no limit that e does
// not draw on. Say a plan chooses e. Each of the U is out of its reach for one of
// two reasons: its offer is chosen (elsewhere, or in this slot already), or a limit
// on its offer alone is full, hence its offer is chosen. Different candidates have
// different offers, and besides e the plan chooses at most U-1. So one of the U is
// within reach, and taking it instead of e keeps all counts and limits, ranks
// before e, hence is no worse in tier, score or value, and lets the slot fare
// better: the plan was not the best. Limits on one offer alone therefore need not
// be compared.
//
// Candidates are many, the sets of limits that they draw on few: what can be, is
// reckoned by set.
type builder struct {
	binding []bool   // by limit
	private []bool   // by limit: all its pairs have one offer
	sets    classes  // of limits that may bind, as candidates draw on them
	shared  classes  // of those that bind and are not private
	toClass []int32  // by set, its class in shared, or none: not known yet
	seen    []int32  // by class: pairs kept of the slot at hand
	offers  []option // by dense number
	demand  demand
	limits  []int32 // scratch
	tree    nest
}

// An option is an offer with the candidate that named it first.
type option struct {
	slot, cand int32
	set        int32 // of that candidate
	pairs      int32
	bin        int32 // 0: none yet
}

func (b *builder) run(s *Solver) {
	p := s.p
	b.binding = resize(b.binding, len(p.Room))
	b.private = resize(b.private, len(p.Room))
	scarce := false
	for l, room := range p.Room {
		b.binding[l] = room < s.total
		scarce = scarce || b.binding[l]
	}
	b.sets.reset()
	b.collect(s, scarce)
	if scarce {
		b.judge(s)
		b.thin(s)
		b.judge(s)
	}
	s.weigh()
	b.makeBins(s, scarce)
}

// collect makes a pair of every candidate that may matter, limits being taken for
// binding and shared on mere suspicion. Where candidates without such limits are
// many it reads a prefix of each list.
func (b *builder) collect(s *Solver, scarce bool) {
	n := &s.net
	n.slots, n.pairs = n.slots[:0], n.pairs[:0]
	b.offers = b.offers[:0]
	s.offers.reset(64)
	lowest := s.lowestTier()
	for i := range s.p.Slots {
		slot := &s.p.Slots[i]
		first := int32(len(n.pairs))
		b.seen = b.seen[:0]
		for k := range slot.Candidates {
			if slot.size() == 0 || b.plenty(0, s.total) {
				break
			}
			c := &slot.Candidates[k]
			if !s.hasRoom(c) {
				continue
			}
			offer, set := b.number(s, i, k, scarce)
			if !b.keep(set, s.total) {
				continue
			}
			n.pairs = append(n.pairs, pair{
				value: c.Value, tier: c.Tier - lowest, unscored: !c.Scored,
				slot: int32(i), cand: int32(k), offer: offer, set: set,
			})
		}
		n.slots = append(n.slots, slotNode{
			first: first, end: int32(len(n.pairs)), optional: slot.Optional, head: none,
			count: int32(min(slot.size(), len(n.pairs)-int(first))),
		})
	}
}

func (s *Solver) lowestTier() int32 {
	var lowest int32
	found := false
	for i := range s.p.Slots {
		if c := s.p.Slots[i].Candidates; len(c) > 0 && (!found || c[0].Tier < lowest) {
			lowest, found = c[0].Tier, true
		}
	}
	return lowest
}

func (s *Solver) hasRoom(c *Candidate) bool {
	for _, l := range c.Limits {
		if s.p.Room[l] <= 0 {
			return false
		}
	}
	return true
}

// number returns the dense number of the candidate's offer and the set of its
// limits: mostly that of the candidate that named the offer first.
func (b *builder) number(s *Solver, slot, cand int, scarce bool) (offer, set int32) {
	c := &s.p.Slots[slot].Candidates[cand]
	offer, fresh := s.offers.number(uint64(c.Offer))
	if fresh {
		b.offers = append(b.offers, option{slot: int32(slot), cand: int32(cand)})
	}
	o := &b.offers[offer]
	switch {
	case !scarce:
	case fresh:
		o.set = b.setOf(c)
	case !slices.Equal(c.Limits, s.p.Slots[o.slot].Candidates[o.cand].Limits):
		return offer, b.setOf(c)
	}
	return offer, o.set
}

// setOf returns the set of the candidate's limits that may bind.
func (b *builder) setOf(c *Candidate) int32 {
	b.limits = b.limits[:0]
	for _, l := range c.Limits {
		if b.binding[l] {
			b.limits = append(b.limits, l)
		}
	}
	slices.Sort(b.limits)
	return b.sets.add(b.limits)
}

// plenty reports whether the slot at hand has enough pairs of the class.
func (b *builder) plenty(class int32, enough int) bool {
	return int(class) < len(b.seen) && int(b.seen[class]) >= enough
}

// keep reports whether a candidate of the class may matter and counts it if so.
func (b *builder) keep(class int32, enough int) bool {
	for int(class) >= len(b.seen) {
		b.seen = append(b.seen, 0)
	}
	before := int(b.seen[class])
	if class != 0 {
		before += int(b.seen[0])
	}
	if before >= enough {
		return false
	}
	b.seen[class]++
	return true
}

// thin leaves out the pairs that turn out not to matter.
func (b *builder) thin(s *Solver) {
	n := &s.net
	b.shared.reset()
	b.toClass = b.toClass[:0]
	for set := range b.sets.size() {
		b.toClass = append(b.toClass, b.classOf(int32(set)))
	}
	kept := int32(0)
	for i := range n.slots {
		slot := &n.slots[i]
		first := kept
		b.seen = b.seen[:0]
		for e := slot.first; e < slot.end; e++ {
			if b.keep(b.toClass[n.pairs[e].set], s.total) {
				if kept != e {
					n.pairs[kept] = n.pairs[e]
				}
				kept++
			}
		}
		slot.first, slot.end = first, kept
		slot.count = min(slot.count, kept-first)
	}
	n.pairs = n.pairs[:kept]
}

// classOf returns the class of the set's limits that bind and are shared.
func (b *builder) classOf(set int32) int32 {
	b.limits = b.limits[:0]
	for _, l := range b.sets.of(set) {
		if b.binding[l] && !b.private[l] {
			b.limits = append(b.limits, l)
		}
	}
	return b.shared.add(b.limits)
}

// makeBins lays out the bins: the limits that nest, below them the offers that
// several slots want.
func (b *builder) makeBins(s *Solver, scarce bool) {
	n := &s.net
	n.layOut(len(n.slots))
	for i := range n.pairs {
		b.offers[n.pairs[i].offer].pairs++
	}
	b.tree.reset()
	if scarce {
		b.tree.grow(s)
	}
	for i := range n.pairs {
		p := &n.pairs[i]
		bin, o := b.tree.binOf(p.set, n.sink), &b.offers[p.offer]
		if s.p.Exclusive && o.pairs > 1 {
			if o.bin == 0 {
				o.bin = n.addBin(bin, 1)
			}
			bin = o.bin
		}
		n.arcs[i].bin = bin
	}
}
