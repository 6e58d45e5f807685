package column

// size is how many offers a block and a page have.
const size = 256

// bits is a set of the offers of a block.
type bits [size / 64]uint64

// first returns the set of the first n offers of a block.
func first(n int) bits {
	var s bits
	for w := range s {
		switch left := n - 64*w; {
		case left >= 64:
			s[w] = ^uint64(0)
		case left > 0:
			s[w] = 1<<left - 1
		}
	}
	return s
}

func (s *bits) has(i int) bool { return s[i/64]>>(i%64)&1 != 0 }

func (s *bits) put(i int, in bool) {
	s[i/64] &^= 1 << (i % 64)
	if in {
		s[i/64] |= 1 << (i % 64)
	}
}

func (s *bits) empty() bool { return s[0]|s[1]|s[2]|s[3] == 0 }

// covers reports whether s has all of t.
func (s *bits) covers(t *bits) bool {
	return t[0]&^s[0]|t[1]&^s[1]|t[2]&^s[2]|t[3]&^s[3] == 0
}

func and(a, b *bits) bits {
	return bits{a[0] & b[0], a[1] & b[1], a[2] & b[2], a[3] & b[3]}
}

func or(a, b *bits) bits {
	return bits{a[0] | b[0], a[1] | b[1], a[2] | b[2], a[3] | b[3]}
}

func andNot(a, b *bits) bits {
	return bits{a[0] &^ b[0], a[1] &^ b[1], a[2] &^ b[2], a[3] &^ b[3]}
}

// choose returns the part of a that is in s, and the part of b that is in t.
func choose(s, a, t, b *bits) bits {
	var out bits
	for w := range out {
		out[w] = s[w]&a[w] | t[w]&b[w]
	}
	return out
}
