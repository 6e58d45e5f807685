package assign

import "math/bits"

// bitset is a set of pairs.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(e int32) bool { return b[e>>6]>>(e&63)&1 != 0 }
func (b bitset) add(e int32)      { b[e>>6] |= 1 << (e & 63) }
func (b bitset) clone() bitset    { return append(bitset(nil), b...) }

// meets reports whether the sets have a pair in common.
func (b bitset) meets(c bitset) bool {
	for i := range b {
		if b[i]&c[i] != 0 {
			return true
		}
	}
	return false
}

// within reports whether all of b is in c.
func (b bitset) within(c bitset) bool {
	for i := range b {
		if b[i]&^c[i] != 0 {
			return false
		}
	}
	return true
}

// before reports whether the first pair that only one of the plans has is in b:
// the first slot to tell them apart fares better in b.
func (b bitset) before(c bitset) bool {
	for i := range b {
		if d := b[i] ^ c[i]; d != 0 {
			return b[i]>>bits.TrailingZeros64(d)&1 != 0
		}
	}
	return false
}

func (b bitset) size() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}
