package slot

import (
	"slices"
	"strings"
)

// Branches are the slots below one, found by their keys: in a table by hash with
// open addressing, at most half full, or, once keys collide too often, in an array
// in their order. Whoever writes both the rules and the documents can make keys
// collide, and a document asks for many.
type branches struct {
	slots  []int32 // 0, a root, which lies below nothing, is none
	n      int
	sorted bool
}

// maxProbes is how far from its place in the table a branch may be. In a table
// that is half full by chance less than one in 100,000 is farther.
const maxProbes = 64

// find returns the slot that the key leads to, -1 if there is none.
func (b *branches) find(s *Schema, k *Key) int32 {
	if b.n == 0 {
		return -1
	}
	if b.sorted {
		if i, ok := b.search(s, k); ok {
			return b.slots[i]
		}
		return -1
	}
	mask := uint64(len(b.slots) - 1)
	i := k.Hash() & mask
	for range maxProbes {
		switch at := b.slots[i]; {
		case at == 0:
			return -1
		case s.node(at).key.Equal(k):
			return at
		}
		i = (i + 1) & mask
	}
	return -1
}

// search returns where in the array the key is or belongs. It is written out, for
// no key of a document is to reach the heap.
func (b *branches) search(s *Schema, k *Key) (int, bool) {
	low, high := 0, len(b.slots)
	for low < high {
		middle := (low + high) / 2
		switch c := strings.Compare(s.node(b.slots[middle]).key.text, k.text); {
		case c == 0:
			return middle, true
		case c < 0:
			low = middle + 1
		default:
			high = middle
		}
	}
	return low, false
}

// add adds a slot, whose key no other has.
func (b *branches) add(s *Schema, slot int32) {
	b.n++
	if !b.sorted && 2*b.n > len(b.slots) {
		b.rehash(s, max(4, 2*len(b.slots)))
	}
	if !b.sorted && !b.put(s, slot) {
		b.sort(s)
	}
	if b.sorted {
		i, _ := b.search(s, &s.node(slot).key)
		b.slots = slices.Insert(b.slots, i, slot)
	}
}

// put reports whether the table, which has room, takes the slot without making
// searches long.
func (b *branches) put(s *Schema, slot int32) bool {
	mask := uint64(len(b.slots) - 1)
	i := s.node(slot).key.Hash() & mask
	for range maxProbes {
		if b.slots[i] == 0 {
			b.slots[i] = slot
			return true
		}
		i = (i + 1) & mask
	}
	return false
}

func (b *branches) rehash(s *Schema, size int) {
	old := b.slots
	b.slots = make([]int32, size)
	for _, slot := range old {
		if slot != 0 && !b.put(s, slot) {
			b.slots = old
			b.sort(s)
			return
		}
	}
}

// sort turns the table into the array.
func (b *branches) sort(s *Schema) {
	b.sorted = true
	b.slots = slices.DeleteFunc(slices.Clone(b.slots), func(slot int32) bool { return slot == 0 })
	slices.SortFunc(b.slots, func(x, y int32) int { return strings.Compare(s.node(x).key.text, s.node(y).key.text) })
}

func (b *branches) clone() branches {
	return branches{slices.Clone(b.slots), b.n, b.sorted}
}

// shares reports whether b and o hold the same memory.
func (b *branches) shares(o *branches) bool {
	return len(b.slots) > 0 && len(o.slots) > 0 && &b.slots[0] == &o.slots[0]
}
