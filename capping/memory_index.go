package capping

import "math/bits"

// An index finds where a log has the record of a hash: 8 bytes each, of which half tell
// the hash nearly and half the place, where the log has it in full. It grows as a table does.
//
//	segments  0 [·|tag 32, place 32|·|…]  1 […]  …   by the low bits of the tag
type index struct {
	segments []indexSegment
	n        int
}

// An indexSegment is an open hash table with linear probing, at most 85 % full.
type indexSegment struct {
	slots []uint64 // 0 where there is a gap: no place is 0
	n     int
}

func tagOf(h hash) uint32          { return uint32(h.lo) }       //nolint:gosec // the low half
func tagIn(slot uint64) uint32     { return uint32(slot >> 32) } //nolint:gosec // the high half
func placeIn(slot uint64) uint32   { return uint32(slot) }       //nolint:gosec // the low half
func slotOf(tag, at uint32) uint64 { return uint64(tag)<<32 | uint64(at) }

func (x *index) segment(tag uint32) *indexSegment {
	n := uint64(len(x.segments))
	mask := uint64(1)<<bits.Len64(n-1) - 1
	b := uint64(tag) & mask
	if b >= n {
		b &= mask >> 1
	}
	return &x.segments[b]
}

// find returns the slot of the tag at a place that is meant, nil if there is none.
func (x *index) find(tag uint32, meant func(place uint32) bool) *uint64 {
	if x.n == 0 {
		return nil
	}
	s := x.segment(tag)
	for i := s.home(tag); s.slots[i] != 0; i = s.next(i) {
		if tagIn(s.slots[i]) == tag && meant(placeIn(s.slots[i])) {
			return &s.slots[i]
		}
	}
	return nil
}

// locate returns where in its segment the tag is that is at the place, -1 if it is not.
func (x *index) locate(tag, place uint32) (*indexSegment, int) {
	if x.n == 0 {
		return nil, -1
	}
	s := x.segment(tag)
	for i := s.home(tag); s.slots[i] != 0; i = s.next(i) {
		if s.slots[i] == slotOf(tag, place) {
			return s, i
		}
	}
	return s, -1
}

func (x *index) put(tag, place uint32) {
	if len(x.segments) == 0 {
		x.segments = make([]indexSegment, 1)
	}
	if x.n++; x.n > segmentLength*len(x.segments) {
		x.grow()
	}
	s := x.segment(tag)
	if 100*(s.n+1) > 85*len(s.slots) {
		s.resize(s.n + 1)
	}
	s.insert(slotOf(tag, place))
}

func (x *index) delete(tag, place uint32) {
	if s, i := x.locate(tag, place); i >= 0 {
		x.deleteAt(s, i)
	}
}

// deleteAt deletes what was located there.
func (x *index) deleteAt(s *indexSegment, i int) {
	s.remove(i)
	x.n--
}

// grow splits one segment in two.
func (x *index) grow() {
	n := len(x.segments)
	bit := 1 << (bits.Len(uint(n)) - 1)
	old := x.segments[n-bit]
	right := 0
	for _, slot := range old.slots {
		if slot != 0 && tagIn(slot)&uint32(bit) != 0 { //nolint:gosec // segments are far fewer
			right++
		}
	}
	var parts [2]indexSegment
	parts[0].resize(old.n - right)
	parts[1].resize(right)
	for _, slot := range old.slots {
		if slot != 0 {
			side := 0
			if tagIn(slot)&uint32(bit) != 0 { //nolint:gosec // segments are far fewer
				side = 1
			}
			parts[side].insert(slot)
		}
	}
	x.segments[n-bit] = parts[0]
	x.segments = append(x.segments, parts[1])
}

// home is where the tag would be without others. Its low bits, which all of a segment
// share, matter least.
func (s *indexSegment) home(tag uint32) int {
	return int(uint64(tag) * uint64(len(s.slots)) >> 32) //nolint:gosec // below the length
}

func (s *indexSegment) next(i int) int {
	if i++; i == len(s.slots) {
		return 0
	}
	return i
}

func (s *indexSegment) insert(slot uint64) {
	i := s.home(tagIn(slot))
	for s.slots[i] != 0 {
		i = s.next(i)
	}
	s.slots[i] = slot
	s.n++
}

// resize makes room for n slots, 75 % full.
func (s *indexSegment) resize(n int) {
	old := s.slots
	*s = indexSegment{slots: make([]uint64, n+n/3+2)}
	for _, slot := range old {
		if slot != 0 {
			s.insert(slot)
		}
	}
}

// remove closes the gap with those that it would keep from being found (Knuth,
// volume 3, 6.4, algorithm R).
func (s *indexSegment) remove(gap int) {
	for i := s.next(gap); s.slots[i] != 0; i = s.next(i) {
		if s.steps(s.home(tagIn(s.slots[i])), i) >= s.steps(gap, i) {
			s.slots[gap], gap = s.slots[i], i
		}
	}
	s.slots[gap] = 0
	s.n--
}

// steps returns how many it is from one slot on to another.
func (s *indexSegment) steps(from, to int) int {
	if to < from {
		return to - from + len(s.slots)
	}
	return to - from
}
