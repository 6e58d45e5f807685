package assign

import "slices"

// A nest is a family of limits any two of which are disjoint or nested, and which
// hold all pairs of an offer or none where offers exclude each other: so they are
// bins, and the network can reckon with them. Limits that do not fit are loose.
type nest struct {
	order  []int32 // the binding limits, narrow ones first
	loose  []int32
	size   []int32 // by limit: pairs
	parted []bool  // by limit: it holds some pairs of an offer and not others
	nested []bool  // by limit
	bin    []int32 // by limit
	shared []int32 // scratch: by limit, pairs in common with the one at hand

	pairs  []int32 // by set of limits: pairs
	ofSet  []int32 // by set: bin; empty: the sink for all
	inside []int32 // the sets of each limit
	start  []int32 // in inside; one more than limits
}

func (t *nest) reset() { t.order, t.loose, t.ofSet = t.order[:0], t.loose[:0], t.ofSet[:0] }

// grow takes the limits, narrow ones first, into the nest where they fit.
func (t *nest) grow(s *Solver) {
	b := &s.build
	limits := len(s.p.Room)
	t.count(s, limits)
	t.index(&b.sets, limits)
	for l := range limits {
		if b.binding[l] && t.size[l] > 0 {
			t.order = append(t.order, int32(l))
		}
	}
	slices.SortFunc(t.order, t.narrower)
	t.nested, t.shared = resize(t.nested, limits), resize(t.shared, limits)
	for _, l := range t.order {
		t.nested[l] = !t.parted[l] && t.fits(&b.sets, l)
		if !t.nested[l] {
			t.loose = append(t.loose, l)
		}
	}
	slices.Sort(t.loose)
	t.addBins(s)
}

// count counts pairs, by set and by limit, and finds the limits that part offers:
// those in which one pair of an offer is and another is not.
func (t *nest) count(s *Solver, limits int) {
	b := &s.build
	t.pairs, t.size = resize(t.pairs, b.sets.size()), resize(t.size, limits)
	t.parted = resize(t.parted, limits)
	for i := range b.offers {
		b.offers[i].set = none
	}
	for i := range s.net.pairs {
		p := &s.net.pairs[i]
		t.pairs[p.set]++
		switch o := &b.offers[p.offer]; {
		case o.set == none:
			o.set = p.set
		case o.set != p.set && s.p.Exclusive:
			t.part(b.sets.of(o.set), b.sets.of(p.set))
			t.part(b.sets.of(p.set), b.sets.of(o.set))
		}
	}
	for set, pairs := range t.pairs {
		for _, l := range b.sets.of(int32(set)) {
			t.size[l] += pairs
		}
	}
}

// part marks the limits that are in one set only.
func (t *nest) part(in, out []int32) {
	for _, l := range in {
		if !slices.Contains(out, l) {
			t.parted[l] = true
		}
	}
}

// index lists the sets of each limit.
func (t *nest) index(sets *classes, limits int) {
	t.start = resize(t.start, limits+1)
	for set, pairs := range t.pairs {
		for _, l := range sets.of(int32(set)) {
			if pairs > 0 {
				t.start[l+1]++
			}
		}
	}
	for l := range limits {
		t.start[l+1] += t.start[l]
	}
	t.inside = resize(t.inside, int(t.start[limits]))
	t.shared = resize(t.shared, limits)
	for set, pairs := range t.pairs {
		for _, l := range sets.of(int32(set)) {
			if pairs > 0 {
				t.inside[t.start[l]+t.shared[l]] = int32(set)
				t.shared[l]++
			}
		}
	}
}

// in returns the sets that the limit is in.
func (t *nest) in(l int32) []int32 { return t.inside[t.start[l]:t.start[l+1]] }

// narrower orders limits by size; a limit lies only in limits that come later.
func (t *nest) narrower(a, b int32) int {
	if d := t.size[a] - t.size[b]; d != 0 {
		return int(d)
	}
	return int(a - b)
}

// fits reports whether the limit holds each nested limit that it meets: those are
// no wider.
func (t *nest) fits(sets *classes, l int32) bool {
	for _, set := range t.in(l) {
		for _, k := range sets.of(set) {
			t.shared[k] = 0
		}
	}
	for _, set := range t.in(l) {
		for _, k := range sets.of(set) {
			t.shared[k] += t.pairs[set]
		}
	}
	for _, set := range t.in(l) {
		for _, k := range sets.of(set) {
			if t.nested[k] && t.shared[k] != t.size[k] {
				return false
			}
		}
	}
	return true
}

// addBins makes bins of the nested limits, wide ones first: a parent before its
// children.
func (t *nest) addBins(s *Solver) {
	sets, n := &s.build.sets, &s.net
	t.bin = resize(t.bin, len(s.p.Room))
	for _, l := range slices.Backward(t.order) {
		if !t.nested[l] {
			continue
		}
		parent := n.sink
		if up := t.narrowest(sets.of(t.in(l)[0]), l); up != none {
			parent = t.bin[up]
		}
		t.bin[l] = n.addBin(parent, int32(s.p.Room[l]))
	}
	for set := range sets.size() {
		bin := n.sink
		if l := t.narrowest(sets.of(int32(set)), none); l != none {
			bin = t.bin[l]
		}
		t.ofSet = append(t.ofSet, bin)
	}
}

// narrowest returns the narrowest nested limit of those given that is wider than
// above, or none.
func (t *nest) narrowest(limits []int32, above int32) int32 {
	best := int32(none)
	for _, l := range limits {
		if t.nested[l] && (above == none || t.narrower(l, above) > 0) &&
			(best == none || t.narrower(l, best) < 0) {
			best = l
		}
	}
	return best
}

func (t *nest) binOf(set, sink int32) int32 {
	if len(t.ofSet) == 0 {
		return sink
	}
	return t.ofSet[set]
}

// violated reports whether the flow takes more units of a loose limit than there
// are.
func (t *nest) violated(s *Solver) bool {
	if len(t.loose) == 0 {
		return false
	}
	clear(t.shared)
	for e := range s.net.arcs {
		if s.net.arcs[e].chosen {
			for _, l := range s.build.sets.of(s.net.pairs[e].set) {
				t.shared[l]++
			}
		}
	}
	return slices.ContainsFunc(t.loose, func(l int32) bool { return int(t.shared[l]) > s.p.Room[l] })
}
