package capping

import (
	"math/bits"
	"slices"
	"unsafe"
)

// A table maps hashes to values without pointers, which the garbage collector need
// not look at. It is 75 to 95 % full at any size, and grows in small steps of some
// microseconds each: by linear hashing (Litwin 1980), one segment splits for every
// segmentLength entries that are put in. Its zero value is empty.
//
//	segments  0 [aa·cd·f··]  1 [·b··e·g·h·]  2 [a·c·d··fg·]  …   by the low bits
//	                             ▲ the entries of a segment in order, with gaps:
//	                               each at its share of the width, or right behind
//
// All hashes of a table are of one stripe, which is the high bits of their second half; and
// there are minSegments at least, which tell the low ones. So 120 bits of a hash are kept, and
// the byte that this leaves is the mark of the entry.
type table[V any] struct {
	segments []segment[V]
	n        int
}

const (
	segmentLength = 512
	segmentBits   = 2 // of a hash always tell the segment
	minSegments   = 1 << segmentBits
	markBits      = stripeBits + segmentBits
	maxMark       = 1<<markBits - 1
)

// segment returns the index of the segment of h.
func (t *table[V]) segment(h hash) int {
	n := uint64(len(t.segments))
	mask := uint64(1)<<bits.Len64(n-1) - 1
	if b := h.lo & mask; b < n {
		return int(b) //nolint:gosec // below n
	}
	return int(h.lo & (mask >> 1)) //nolint:gosec // below n
}

// get returns the slot of h, nil if there is none. It is good until the next change.
func (t *table[V]) get(h hash) *slot[V] {
	if t.n == 0 {
		return nil
	}
	s := &t.segments[t.segment(h)]
	if i, ok := s.find(entryOf(h)); ok {
		return &s.slots[i]
	}
	return nil
}

// touch reads where h is, or would be, to no other end than to have it in a cache: many
// reads in a row wait for memory together, lookups wait one by one (group prefetching,
// Chen et al. 2004).
func (t *table[V]) touch(h hash) uint64 {
	if t.n == 0 {
		return 0
	}
	s := &t.segments[t.segment(h)]
	if len(s.slots) == 0 {
		return 0
	}
	const line = 4 // slots in a cache line: most entries are in the one of their home or the next
	home := s.home(^h.hi)
	return s.slots[home].rest ^ s.slots[min(home+line, len(s.slots)-1)].rest
}

// put returns the slot of h as get does, one with a zero value and the mark 1 if there was none.
func (t *table[V]) put(h hash) (v *slot[V], found bool) {
	if len(t.segments) == 0 {
		t.segments = make([]segment[V], minSegments)
	}
	s, e := &t.segments[t.segment(h)], entryOf(h)
	i, ok := s.find(e)
	if ok {
		return &s.slots[i], true
	}
	t.n++
	if t.n > segmentLength*len(t.segments) {
		t.grow()
		s = &t.segments[t.segment(h)]
		i, _ = s.find(e)
	}
	return s.insert(e, i), false
}

func (t *table[V]) delete(h hash) {
	if t.n == 0 {
		return
	}
	s := &t.segments[t.segment(h)]
	if i, ok := s.find(entryOf(h)); ok {
		s.remove(i)
		t.n--
	}
}

// grow splits one segment in two.
func (t *table[V]) grow() {
	n := len(t.segments)
	bit := 1 << (bits.Len(uint(n)) - 1)
	side := uint64(bit) << stripeBits // where it is in the rest
	old := t.segments[n-bit]
	right := 0
	for i := range old.slots {
		if old.slots[i].rest&side != 0 {
			right++
		}
	}
	t.segments = append(t.segments, old.part(right, side, side))
	t.segments[n-bit] = old.part(old.n-right, side, 0)
}

// sweep calls drop for the entries of one segment after the other, and deletes those of which it
// says so. It looks at some hundred slots a call, however few of them are taken.
func (t *table[V]) sweep(cursor *int, drop func(*V) bool) {
	seen := 0
	for range t.segments {
		*cursor = (*cursor + 1) % len(t.segments)
		s := &t.segments[*cursor]
		seen += len(s.slots)
		t.n -= s.sweep(drop)
		if seen >= segmentLength/2 {
			return
		}
	}
}

// sweep returns how many it has deleted.
func (s *segment[V]) sweep(drop func(*V) bool) int {
	before := s.n
	for i := len(s.slots) - 1; i >= 0; i-- {
		if !s.slots[i].free() && drop(&s.slots[i].val) {
			s.remove(i)
		}
	}
	return before - s.n
}

// An entry is what is kept of a hash. The first half is inverted, so that a gap is behind all: it
// need not be told from them to end a search.
type entry struct {
	inverse uint64
	rest    uint64 // and the mark
}

func entryOf(h hash) entry { return entry{^h.hi, h.lo << stripeBits &^ maxMark} }

// A slot is a gap or an entry with its value, in one place, since most are looked up when no cache has
// them. The value is first lest an empty one be padded.
type slot[V any] struct {
	val V
	entry
}

// mark is 0 in a gap, and nowhere else.
func (e *entry) mark() int64 { return int64(e.rest & maxMark) } //nolint:gosec // few bits

func (e *entry) setMark(n int64) { e.rest = e.rest&^maxMark | uint64(n) } //nolint:gosec // few bits

func (e *entry) free() bool { return e.rest&maxMark == 0 }

func (e *entry) is(o entry) bool {
	return e.inverse == o.inverse && (e.rest^o.rest) <= maxMark && !e.free()
}

// A segment holds entries in order, gaps among them. Without others an entry would be at
// home, which is where its first half puts it in the width; none is before its home,
// and there is no gap between the two.
type segment[V any] struct {
	slots []slot[V]
	width int
	n     int
}

func (s *segment[V]) home(inverse uint64) int {
	i, _ := bits.Mul64(^inverse, uint64(s.width)) //nolint:gosec // a width is not negative
	return int(i)                                 //nolint:gosec // below width
}

// find returns where the entry is, or else belongs.
func (s *segment[V]) find(e entry) (at int, ok bool) {
	i := s.home(e.inverse)
	for i < len(s.slots) && s.slots[i].inverse > e.inverse {
		i++
	}
	for ; i < len(s.slots) && s.slots[i].inverse == e.inverse; i++ {
		if s.slots[i].is(e) {
			return i, true
		}
		if s.slots[i].free() {
			break
		}
	}
	return i, false
}

// insert puts the entry where it belongs, as find said.
func (s *segment[V]) insert(e entry, at int) *slot[V] {
	if s.width-s.n <= s.gaps(s.n)/2 {
		*s = s.part(s.n+1, 0, 0)
		at, _ = s.find(e)
	}
	gap := at
	for gap < len(s.slots) && !s.slots[gap].free() {
		gap++
	}
	if gap == len(s.slots) {
		s.slots = append(slotsFor[V](gap+8), s.slots...)[:gap+1]
	}
	copy(s.slots[at+1:gap+1], s.slots[at:gap])
	e.setMark(1)
	s.slots[at] = slot[V]{entry: e}
	s.n++
	return &s.slots[at]
}

// remove closes the gap that it makes with those that are behind their home.
func (s *segment[V]) remove(at int) {
	end := at + 1
	for end < len(s.slots) && !s.slots[end].free() && s.home(s.slots[end].inverse) < end {
		end++
	}
	copy(s.slots[at:], s.slots[at+1:end])
	s.slots[end-1] = slot[V]{}
	s.n--
}

// gaps returns how many a new segment of n entries has; with half of them it is made anew. What has a value
// is larger, and fuller.
func (s *segment[V]) gaps(n int) int {
	if unsafe.Sizeof(*new(V)) == 0 {
		return n/3 + 2
	}
	return n/9 + 2
}

// part returns a segment for n entries with those of s that have the bit as wanted.
func (s *segment[V]) part(n int, bit, want uint64) segment[V] {
	width := n + s.gaps(n)
	slots := slotsFor[V](width + min(8, n/8))
	slots = slots[:cap(slots)]
	p := segment[V]{slots: slots, width: max(width, len(slots)-8)}
	next := 0
	for i := range s.slots {
		e := &s.slots[i]
		if e.free() || e.rest&bit != want {
			continue
		}
		next = max(next, p.home(e.inverse))
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
