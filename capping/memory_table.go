package capping

import (
	"math/bits"
	"slices"
)

// A table maps hashes to values without pointers, which the garbage collector need
// not look at. It is about 85 % full at any size, and grows in small steps of some
// microseconds each: by linear hashing, one segment splits for every
// segmentLength entries that are put in. Its zero value is empty.
//
//	segments  0 [aa·cd·f··]  1 [·b··e·g·h·]  2 [a·c·d··fg·]  …   by the low bits
//	                             ▲ the keys of a segment in order, with gaps:
//	                               each at its share of the width, or right behind
type table[V any] struct {
	segments []segment[V]
	n        int
}

const segmentLength = 512

// segment returns the index of the segment of h.
func (t *table[V]) segment(h hash) int {
	n := uint64(len(t.segments))
	mask := uint64(1)<<bits.Len64(n-1) - 1
	if b := h.lo & mask; b < n {
		return int(b) //nolint:gosec // below n
	}
	return int(h.lo & (mask >> 1)) //nolint:gosec // below n
}

// get returns the value of h, nil if there is none. It is good until the next change.
func (t *table[V]) get(h hash) *V {
	if t.n == 0 {
		return nil
	}
	s := &t.segments[t.segment(h)]
	if i, ok := s.find(h); ok {
		return &s.vals[i]
	}
	return nil
}

// put returns the value of h as get does, a new zero if there was none.
func (t *table[V]) put(h hash) (v *V, found bool) {
	if len(t.segments) == 0 {
		t.segments = make([]segment[V], 1)
	}
	s := &t.segments[t.segment(h)]
	i, ok := s.find(h)
	if ok {
		return &s.vals[i], true
	}
	if t.n >= segmentLength*len(t.segments) {
		t.grow()
		s = &t.segments[t.segment(h)]
	}
	t.n++
	return s.insert(h), false
}

func (t *table[V]) delete(h hash) {
	if t.n == 0 {
		return
	}
	s := &t.segments[t.segment(h)]
	if i, ok := s.find(h); ok {
		s.remove(i)
		t.n--
	}
}

// grow splits one segment in two.
func (t *table[V]) grow() {
	n := len(t.segments)
	bit := uint64(1) << (bits.Len(uint(n)) - 1)
	t.segments = append(t.segments, segment[V]{})
	old := t.segments[n-int(bit)] //nolint:gosec // at most n
	right := 0
	for _, k := range old.keys {
		if k.lo&bit != 0 {
			right++
		}
	}
	t.segments[n-int(bit)] = old.part(old.n-right, bit, 0) //nolint:gosec // at most n
	t.segments[n] = old.part(right, bit, bit)
}

// sweep calls drop for the entries of one segment after the other, one a call, and
// deletes those of which it says so.
func (t *table[V]) sweep(cursor *int, drop func(*V) bool) {
	if t.n == 0 {
		return
	}
	*cursor = (*cursor + 1) % len(t.segments)
	s := &t.segments[*cursor]
	for i := len(s.keys) - 1; i >= 0; i-- {
		if s.keys[i] != (hash{}) && drop(&s.vals[i]) {
			s.remove(i)
			t.n--
		}
	}
}

// A segment holds keys in order, gaps among them. Without others a key would be at
// home, which is where its high bits put it in the width; none is before its home,
// and there is no gap between the two.
type segment[V any] struct {
	keys  []hash // zero where there is a gap
	vals  []V
	width int
	n     int
}

func (s *segment[V]) home(h hash) int {
	i, _ := bits.Mul64(h.hi, uint64(s.width)) //nolint:gosec // a width is not negative
	return int(i)                             //nolint:gosec // below width
}

// find returns where h is, or else belongs.
func (s *segment[V]) find(h hash) (at int, ok bool) {
	for i := s.home(h); i < len(s.keys); i++ {
		switch k := s.keys[i]; {
		case k == h:
			return i, true
		case h.less(k) || k == hash{}:
			return i, false
		}
	}
	return len(s.keys), false
}

func (s *segment[V]) insert(h hash) *V {
	if 10*(s.n+1) > 9*s.width {
		*s = s.part(s.n+1, 0, 0)
	}
	at, _ := s.find(h)
	gap := at
	for gap < len(s.keys) && s.keys[gap] != (hash{}) {
		gap++
	}
	if gap == len(s.keys) {
		var none V
		s.keys, s.vals = append(s.keys, hash{}), append(s.vals, none)
	}
	copy(s.keys[at+1:gap+1], s.keys[at:gap])
	copy(s.vals[at+1:gap+1], s.vals[at:gap])
	var none V
	s.keys[at], s.vals[at] = h, none
	s.n++
	return &s.vals[at]
}

// remove closes the gap that it makes with those that are behind their home.
func (s *segment[V]) remove(at int) {
	end := at + 1
	for end < len(s.keys) && s.keys[end] != (hash{}) && s.home(s.keys[end]) < end {
		end++
	}
	copy(s.keys[at:], s.keys[at+1:end])
	copy(s.vals[at:], s.vals[at+1:end])
	var none V
	s.keys[end-1], s.vals[end-1] = hash{}, none
	s.n--
}

// part returns a segment for n keys, 80 % full, with those of s that have the bit as wanted.
func (s *segment[V]) part(n int, bit, want uint64) segment[V] {
	width := n + n/4 + 2
	keys := slices.Grow([]hash(nil), width+min(8, n/8))
	keys = keys[:cap(keys)]
	width = max(width, len(keys)-8)
	p := segment[V]{keys: keys, vals: make([]V, len(keys)), width: width}
	next := 0
	for i, k := range s.keys {
		if k == (hash{}) || k.lo&bit != want {
			continue
		}
		next = max(next, p.home(k))
		if next == len(p.keys) {
			var none V
			p.keys, p.vals = append(p.keys, hash{}), append(p.vals, none)
		}
		p.keys[next], p.vals[next] = k, s.vals[i]
		next++
		p.n++
	}
	return p
}
