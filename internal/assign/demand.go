package assign

// A demand is who draws on the limits, among the pairs kept.
type demand struct {
	units  []int32 // by limit: wanted at most
	owner  []int32 // by limit: the offer of all its pairs, or none, or several
	inSlot []int32 // by limit, in the slot at hand

	ofSet []int32 // by set: the offer of all its pairs, or none, or several
	pairs []int32 // by set, in the slot at hand
	met   []int32 // sets in the slot at hand
}

const several = -2

// join adds an owner.
func join(owner *int32, offer int32) {
	switch *owner {
	case none:
		*owner = offer
	case offer:
	default:
		*owner = several
	}
}

// judge finds out which limits bind and which are private, among the pairs kept.
func (b *builder) judge(s *Solver) {
	p, n, d := s.p, &s.net, &b.demand
	d.reset(len(p.Room), b.sets.size())
	for i := range n.slots {
		d.count(n, &n.slots[i], &b.sets)
	}
	for set, owner := range d.ofSet {
		if owner == none {
			continue
		}
		for _, l := range b.sets.of(int32(set)) {
			join(&d.owner[l], owner)
		}
	}
	for l, room := range p.Room {
		b.private[l] = d.owner[l] != several
		b.binding[l] = int(d.units[l]) > room && (!p.Exclusive || !b.private[l])
	}
}

func (d *demand) reset(limits, sets int) {
	d.units, d.inSlot = resize(d.units, limits), resize(d.inSlot, limits)
	d.owner, d.ofSet = resize(d.owner, limits), resize(d.ofSet, sets)
	d.pairs = resize(d.pairs, sets)
	for l := range d.owner {
		d.owner[l] = none
	}
	for set := range d.ofSet {
		d.ofSet[set] = none
	}
}

// count adds what a slot wants: of each limit no more units than it has pairs that
// draw on it, and no more than its count.
func (d *demand) count(n *network, slot *slotNode, sets *classes) {
	d.met = d.met[:0]
	for e := slot.first; e < slot.end; e++ {
		p := &n.pairs[e]
		if d.pairs[p.set] == 0 {
			d.met = append(d.met, p.set)
		}
		d.pairs[p.set]++
		join(&d.ofSet[p.set], p.offer)
	}
	for _, set := range d.met {
		for _, l := range sets.of(set) {
			wanted := min(d.inSlot[l]+d.pairs[set], slot.count)
			d.units[l] += wanted - d.inSlot[l]
			d.inSlot[l] = wanted
		}
	}
	for _, set := range d.met {
		for _, l := range sets.of(set) {
			d.inSlot[l] = 0
		}
		d.pairs[set] = 0
	}
}
