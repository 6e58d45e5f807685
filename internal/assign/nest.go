package assign

import "slices"

// pairSets knows which pairs draw on which binding limits, both ways round.
type pairSets struct {
	limits  []int32 // the binding limits: their indexes in Problem.Room
	room    []int32 // by position in limits
	place   []int32 // by index in Problem.Room, its position in limits; -1: does not bind
	ofPair  []int32 // positions of limits, by pair
	pairEnd []int32
	ofLimit []int32 // pairs, by position
	start   []int32 // in ofLimit; one more than limits
}

// fill reads the sets off the problem.
func (t *pairSets) fill(s *Solver, binding []bool) {
	p, n := s.p, &s.net
	t.limits, t.room = t.limits[:0], t.room[:0]
	t.place = resize(t.place, len(p.Room))
	for l := range p.Room {
		t.place[l] = none
		if binding[l] {
			t.place[l] = int32(len(t.limits))
			t.limits = append(t.limits, int32(l))
			t.room = append(t.room, int32(p.Room[l]))
		}
	}
	t.ofPair, t.pairEnd = t.ofPair[:0], t.pairEnd[:0]
	t.start = resize(t.start, len(t.limits)+1)
	for i := range n.pairs {
		e := &n.pairs[i]
		for _, l := range p.Slots[e.slot].Candidates[e.cand].Limits {
			if at := t.place[l]; at != none {
				t.ofPair = append(t.ofPair, at)
				t.start[at+1]++
			}
		}
		t.pairEnd = append(t.pairEnd, int32(len(t.ofPair)))
	}
	t.turn()
}

// turn derives the pairs of each limit from the limits of each pair.
func (t *pairSets) turn() {
	for i := range t.limits {
		t.start[i+1] += t.start[i]
	}
	t.ofLimit = resize(t.ofLimit, len(t.ofPair))
	at := append(t.place[:0], t.start[:len(t.limits)]...) // no longer needed
	for e := range t.pairEnd {
		for _, l := range t.of(int32(e)) {
			t.ofLimit[at[l]] = int32(e)
			at[l]++
		}
	}
	t.place = at
}

// of returns the limits of the pair, by position.
func (t *pairSets) of(e int32) []int32 {
	first := int32(0)
	if e > 0 {
		first = t.pairEnd[e-1]
	}
	return t.ofPair[first:t.pairEnd[e]]
}

// in returns the pairs of the limit.
func (t *pairSets) in(l int32) []int32 { return t.ofLimit[t.start[l]:t.start[l+1]] }

// size returns how many pairs the limit has.
func (t *pairSets) size(l int32) int32 { return t.start[l+1] - t.start[l] }

// narrower orders limits by size; a limit lies only in limits that come later.
func (t *pairSets) narrower(a, b int32) int {
	if d := t.size(a) - t.size(b); d != 0 {
		return int(d)
	}
	return int(a - b)
}

// A nest is a family of limits any two of which are disjoint or nested, and which
// hold all pairs of an offer or none where offers exclude each other: so they are
// bins, and the network can reckon with them. Limits that do not fit are loose.
type nest struct {
	order  []int32 // all limits, narrow ones first
	nested []bool  // by limit
	loose  []int32
	bin    []int32 // by limit
	shared []int32 // scratch: by limit or offer, pairs in common with the one at hand
	common []int32 // scratch
	ofPair []int32 // by pair, its bin; empty: the sink for all
}

func (t *nest) reset() { t.loose, t.ofPair = t.loose[:0], t.ofPair[:0] }

// grow takes the limits, narrow ones first, into the nest where they fit.
func (t *nest) grow(s *Solver, sets *pairSets, offers []int32) {
	t.order = t.order[:0]
	for l := range sets.limits {
		t.order = append(t.order, int32(l))
	}
	slices.SortFunc(t.order, sets.narrower)
	t.nested = resize(t.nested, len(t.order))
	for _, l := range t.order {
		t.nested[l] = (!s.p.Exclusive || t.wholeOffers(&s.net, sets, offers, l)) && t.fits(sets, l)
		if !t.nested[l] {
			t.loose = append(t.loose, l)
		}
	}
	slices.Sort(t.loose)
	t.addBins(s, sets)
}

// wholeOffers reports whether the limit holds all pairs of its offers.
func (t *nest) wholeOffers(n *network, sets *pairSets, offers []int32, l int32) bool {
	t.shared = resize(t.shared, len(offers))
	for _, e := range sets.in(l) {
		t.shared[n.pairs[e].offer]++
	}
	for _, e := range sets.in(l) {
		if o := n.pairs[e].offer; t.shared[o] != offers[o] {
			return false
		}
	}
	return true
}

// fits reports whether the limit holds each nested limit that it meets: those are
// no wider.
func (t *nest) fits(sets *pairSets, l int32) bool {
	t.shared = resize(t.shared, len(sets.limits))
	t.common = t.common[:0]
	for _, e := range sets.in(l) {
		for _, k := range sets.of(e) {
			if !t.nested[k] {
				continue
			}
			if t.shared[k] == 0 {
				t.common = append(t.common, k)
			}
			t.shared[k]++
		}
	}
	for _, k := range t.common {
		if t.shared[k] != sets.size(k) {
			return false
		}
	}
	return true
}

// addBins makes bins of the nested limits, wide ones first: a parent before its
// children.
func (t *nest) addBins(s *Solver, sets *pairSets) {
	t.bin = resize(t.bin, len(t.order))
	for _, l := range slices.Backward(t.order) {
		if !t.nested[l] || sets.size(l) == 0 {
			continue
		}
		parent := s.net.sink
		if up := t.narrowest(sets, sets.in(l)[0], l); up != none {
			parent = t.bin[up]
		}
		t.bin[l] = s.net.addBin(parent, sets.room[l])
	}
	for e := range s.net.pairs {
		bin := s.net.sink
		if l := t.narrowest(sets, int32(e), none); l != none {
			bin = t.bin[l]
		}
		t.ofPair = append(t.ofPair, bin)
	}
}

// narrowest returns the narrowest nested limit of the pair that is wider than
// above, or none.
func (t *nest) narrowest(sets *pairSets, e, above int32) int32 {
	best := int32(none)
	for _, l := range sets.of(e) {
		if t.nested[l] && (above == none || sets.narrower(l, above) > 0) &&
			(best == none || sets.narrower(l, best) < 0) {
			best = l
		}
	}
	return best
}

func (t *nest) binOf(e, sink int32) int32 {
	if len(t.ofPair) == 0 {
		return sink
	}
	return t.ofPair[e]
}

func (t *nest) violated(n *network, sets *pairSets) bool {
	for _, l := range t.loose {
		taken := int32(0)
		for _, e := range sets.in(l) {
			if n.arcs[e].chosen {
				taken++
			}
		}
		if taken > sets.room[l] {
			return true
		}
	}
	return false
}
