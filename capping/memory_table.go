package capping

import (
	"math/bits"
	"slices"
)

// A table maps hashes to values without pointers, which the garbage collector need
// not look at. It is about 90 % full at any size, and grows in small steps of some
// microseconds each: by linear hashing (Litwin 1980), one segment splits for every
// segmentLength entries that are put in. Its zero value is empty.
//
//	segments  0 [aa·cd·f··]  1 [·b··e·g·h·]  2 [a·c·d··fg·]  …   by the low bits
//	                             ▲ the entries of a segment in order, with gaps:
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
		return &s.slots[i].val
	}
	return nil
}

// touch reads where h is, or would be, to no other end than to have it in a cache: many
// reads in a row wait for memory together, lookups wait one by one (group prefetching,
// Chen et al. 2004).
func (t *table[V]) touch(h hash) uint32 {
	if t.n == 0 {
		return 0
	}
	s := &t.segments[t.segment(h)]
	if len(s.slots) == 0 {
		return 0
	}
	const line = 3 // slots in a cache line: most entries are in the one of their home or the next
	home := s.home(h.hi)
	return s.slots[home].lo[0] ^ s.slots[min(home+line, len(s.slots)-1)].lo[0]
}

// put returns the value of h as get does, a new zero if there was none.
func (t *table[V]) put(h hash) (v *V, found bool) {
	if len(t.segments) == 0 {
		t.segments = make([]segment[V], 1)
	}
	s := &t.segments[t.segment(h)]
	i, ok := s.find(h)
	if ok {
		return &s.slots[i].val, true
	}
	t.n++
	if t.n > segmentLength*len(t.segments) {
		t.grow()
		s = &t.segments[t.segment(h)]
		i, _ = s.find(h)
	}
	return s.insert(h, i), false
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
	for i := range old.slots {
		if old.slots[i].key()&bit != 0 {
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
	for i := len(s.slots) - 1; i >= 0; i-- {
		if !s.slots[i].free() && drop(&s.slots[i].val) {
			s.remove(i)
			t.n--
		}
	}
}

// A slot is a gap or an entry, which is in one place, since most are looked up when
// no cache has them. The hash is cut up lest a small value be padded to its alignment.
type slot[V any] struct {
	hi, lo [2]uint32
	val    V
}

func join(a [2]uint32) uint64  { return uint64(a[0]) | uint64(a[1])<<32 }
func split(x uint64) [2]uint32 { return [2]uint32{uint32(x), uint32(x >> 32)} } //nolint:gosec // the halves

// key returns the half of the hash that is not 0 but in a gap.
func (s *slot[V]) key() uint64 { return join(s.lo) }

func (s *slot[V]) free() bool { return s.key() == 0 }

// A segment holds entries in order, gaps among them. Without others an entry would be at
// home, which is where its high bits put it in the width; none is before its home,
// and there is no gap between the two.
type segment[V any] struct {
	slots []slot[V]
	width int
	n     int
}

func (s *segment[V]) home(hi uint64) int {
	i, _ := bits.Mul64(hi, uint64(s.width)) //nolint:gosec // a width is not negative
	return int(i)                           //nolint:gosec // below width
}

// find returns where h is, or else belongs.
func (s *segment[V]) find(h hash) (at int, ok bool) {
	for i := s.home(h.hi); i < len(s.slots); i++ {
		slot := &s.slots[i]
		switch lo := slot.key(); {
		case lo == h.lo && join(slot.hi) == h.hi:
			return i, true
		case lo == 0 || h.less(hash{join(slot.hi), lo}):
			return i, false
		}
	}
	return len(s.slots), false
}

// insert puts a zero for h where it belongs, as find said.
func (s *segment[V]) insert(h hash, at int) *V {
	if 100*(s.n+1) > 95*s.width {
		*s = s.part(s.n+1, 0, 0)
		at, _ = s.find(h)
	}
	gap := at
	for gap < len(s.slots) && !s.slots[gap].free() {
		gap++
	}
	if gap == len(s.slots) {
		s.slots = append(slotsFor[V](gap+8), s.slots...)[:gap+1]
	}
	copy(s.slots[at+1:gap+1], s.slots[at:gap])
	s.slots[at] = slot[V]{hi: split(h.hi), lo: split(h.lo)}
	s.n++
	return &s.slots[at].val
}

// remove closes the gap that it makes with those that are behind their home.
func (s *segment[V]) remove(at int) {
	end := at + 1
	for end < len(s.slots) && !s.slots[end].free() && s.home(join(s.slots[end].hi)) < end {
		end++
	}
	copy(s.slots[at:], s.slots[at+1:end])
	s.slots[end-1] = slot[V]{}
	s.n--
}

// part returns a segment for n entries, 90 % full, with those of s that have the bit as wanted.
func (s *segment[V]) part(n int, bit, want uint64) segment[V] {
	width := n + n/9 + 2
	slots := slotsFor[V](width + min(8, n/8))
	slots = slots[:cap(slots)]
	p := segment[V]{slots: slots, width: max(width, len(slots)-8)}
	next := 0
	for i := range s.slots {
		e := &s.slots[i]
		if e.free() || e.key()&bit != want {
			continue
		}
		next = max(next, p.home(join(e.hi)))
		if next == len(p.slots) {
			p.slots = append(slotsFor[V](next+8), p.slots...)[:next+1]
		}
		p.slots[next] = *e
		next++
		p.n++
	}
	return p
}

// slotsFor returns room for n slots, and for as many more as there is memory allocated anyway.
func slotsFor[V any](n int) []slot[V] { return slices.Grow([]slot[V](nil), n) }
