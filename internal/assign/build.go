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
type builder struct {
	binding []bool   // by limit
	private []bool   // by limit: all its pairs have one offer
	demand  []int32  // by limit: units wanted at most
	inSlot  []int32  // by limit: pairs of the slot at hand
	owner   []int32  // by limit: offer of its first pair, or none
	classes classes  // of the binding limits that are not private
	seen    []int32  // by class: pairs kept of the slot at hand
	offers  []int32  // by offer: slots that have it
	limits  []int32  // scratch
	lists   pairSets // pairs of limits
	tree    nest
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
	b.collect(s)
	if scarce {
		b.judge(s)
		b.thin(s)
		b.judge(s)
	}
	b.numberOffers(s)
	s.weigh()
	b.makeBins(s, scarce)
}

// collect makes a pair of every candidate that may matter, limits being taken for
// binding and shared on mere suspicion. Where candidates without such limits are
// many it reads a prefix of each list.
func (b *builder) collect(s *Solver) {
	n := &s.net
	n.slots, n.pairs = n.slots[:0], n.pairs[:0]
	b.classes.reset()
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
			if !s.hasRoom(c) || !b.keep(c, s.total) {
				continue
			}
			n.pairs = append(n.pairs, pair{
				value: c.Value, tier: c.Tier - lowest, unscored: !c.Scored,
				slot: int32(i), cand: int32(k), offer: c.Offer,
			})
		}
		n.slots = append(n.slots, slotNode{
			first: first, end: int32(len(n.pairs)), optional: slot.Optional,
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

// plenty reports whether the slot at hand has enough pairs of the class.
func (b *builder) plenty(class int32, enough int) bool {
	return int(class) < len(b.seen) && int(b.seen[class]) >= enough
}

// keep reports whether the candidate may matter and counts it if so.
func (b *builder) keep(c *Candidate, enough int) bool {
	class := int32(0)
	if len(c.Limits) > 0 {
		class = b.classOf(c)
	}
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

// classOf returns the class of the candidate's limits that bind and are shared.
func (b *builder) classOf(c *Candidate) int32 {
	b.limits = b.limits[:0]
	for _, l := range c.Limits {
		if b.binding[l] && !b.private[l] {
			b.limits = append(b.limits, l)
		}
	}
	slices.Sort(b.limits)
	return b.classes.of(b.limits)
}

// judge finds out which limits bind and which are private, among the pairs kept.
func (b *builder) judge(s *Solver) {
	p, n := s.p, &s.net
	b.demand = resize(b.demand, len(p.Room))
	b.inSlot = resize(b.inSlot, len(p.Room))
	b.owner = resize(b.owner, len(p.Room))
	for l := range p.Room {
		b.owner[l], b.private[l] = none, true
	}
	for i := range n.slots {
		slot := &n.slots[i]
		for _, e := range n.pairs[slot.first:slot.end] {
			for _, l := range p.Slots[i].Candidates[e.cand].Limits {
				if b.owner[l] == none {
					b.owner[l] = e.offer
				}
				b.private[l] = b.private[l] && b.owner[l] == e.offer
				if b.inSlot[l] < slot.count {
					b.inSlot[l]++
					b.demand[l]++
				}
			}
		}
		for _, e := range n.pairs[slot.first:slot.end] {
			for _, l := range p.Slots[i].Candidates[e.cand].Limits {
				b.inSlot[l] = 0
			}
		}
	}
	for l, room := range p.Room {
		b.binding[l] = int(b.demand[l]) > room && (!p.Exclusive || !b.private[l])
	}
}

// thin leaves out the pairs that turn out not to matter.
func (b *builder) thin(s *Solver) {
	n := &s.net
	b.classes.reset()
	kept := int32(0)
	for i := range n.slots {
		slot := &n.slots[i]
		first := kept
		b.seen = b.seen[:0]
		for e := slot.first; e < slot.end; e++ {
			if b.keep(&s.p.Slots[i].Candidates[n.pairs[e].cand], s.total) {
				n.pairs[kept] = n.pairs[e]
				kept++
			}
		}
		slot.first, slot.end = first, kept
		slot.count = min(slot.count, kept-first)
	}
	n.pairs = n.pairs[:kept]
}

// numberOffers replaces the offers' own numbers by dense ones.
func (b *builder) numberOffers(s *Solver) {
	s.offers.reset(len(s.net.pairs))
	b.offers = b.offers[:0]
	for i := range s.net.pairs {
		p := &s.net.pairs[i]
		id, fresh := s.offers.number(uint64(p.offer))
		if fresh {
			b.offers = append(b.offers, 0)
		}
		p.offer = id
		b.offers[id]++
	}
}

// makeBins lays out the bins: the limits that nest, below them the offers that
// several slots want.
func (b *builder) makeBins(s *Solver, scarce bool) {
	n := &s.net
	n.nodes = resize(n.nodes, len(n.slots))
	for i := range n.nodes {
		n.nodes[i].epoch = 0
	}
	n.epoch = 0
	n.sink = n.addBin(none, 0)
	n.units = resize(n.units, 1)
	b.tree.reset()
	if scarce {
		b.lists.fill(s, b.binding)
		b.tree.grow(s, &b.lists, b.offers)
	}
	bins := resize(b.limits, len(b.offers)) // by offer, its bin; 0 none yet
	for i := range n.pairs {
		bin, offer := b.tree.binOf(int32(i), n.sink), n.pairs[i].offer
		if s.p.Exclusive && b.offers[offer] > 1 {
			if bins[offer] == 0 {
				bins[offer] = n.addBin(bin, 1)
			}
			bin = bins[offer]
		}
		n.arcs[i].bin = bin
	}
	b.limits = bins
}

// violated reports whether the flow takes more units of a limit that the network
// leaves out than there are.
func (b *builder) violated(n *network) bool { return b.tree.violated(n, &b.lists) }
