package jsonfacts

import (
	"slices"
	"strings"

	"github.com/proffer-go/proffer/internal/slot"
)

// A keyStack finds keys that an object repeats, of the keys that have no slot: the
// others are there once their slot is filled. The keys of open objects are a
// stack, on which those of an inner object lie above those of the outer.
type keyStack struct {
	keys  []slot.Key
	most  int     // of the keys at a time
	table []int32 // memory of unique
}

// Objects of up to fewKeys are compared key by key.
const fewKeys = 10

// open begins an object.
func (k *keyStack) open() (mark int) { return len(k.keys) }

func (k *keyStack) add(key slot.Key) { k.keys = append(k.keys, key) }

// close ends the object that was opened with the mark, and reports whether its
// keys differ.
func (k *keyStack) close(mark int) bool {
	k.most = max(k.most, len(k.keys))
	keys := k.keys[mark:]
	k.keys = k.keys[:mark]
	if len(keys) > fewKeys {
		return k.unique(keys)
	}
	for i := range keys {
		for j := range i {
			if keys[i].Equal(&keys[j]) {
				return false
			}
		}
	}
	return true
}

// unique reports whether the keys differ, by a table that is at most half full. A
// document whose keys collide costs a sort.
func (k *keyStack) unique(keys []slot.Key) bool {
	size := 1
	for size < 2*len(keys) {
		size *= 2
	}
	k.table = slices.Grow(k.table[:0], size)[:size]
	clear(k.table)
	mask := uint64(size - 1)
	patience := 8 * len(keys)
	for i := range keys {
		at := keys[i].Hash() & mask
		for ; k.table[at] != 0; at = (at + 1) & mask {
			if keys[i].Equal(&keys[k.table[at]-1]) {
				return false
			}
			if patience--; patience < 0 {
				return sorted(keys)
			}
		}
		k.table[at] = int32(i + 1)
	}
	return true
}

// sorted reports whether the keys, which it puts in order, differ.
func sorted(keys []slot.Key) bool {
	slices.SortFunc(keys, func(a, b slot.Key) int { return strings.Compare(a.Text(), b.Text()) })
	for i := range keys[1:] {
		if keys[i].Equal(&keys[i+1]) {
			return false
		}
	}
	return true
}

// drop takes all keys off, also those that a broken object left.
func (k *keyStack) drop() {
	k.most = max(k.most, len(k.keys))
	k.keys = k.keys[:0]
}

// forget keeps no reference to any key, nor memory that few documents need.
func (k *keyStack) forget() {
	k.drop()
	clear(k.keys[:k.most])
	k.keys, k.table, k.most = recycle(k.keys), recycle(k.table[:0]), 0
}
