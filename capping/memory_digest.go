package capping

import (
	"crypto/rand"
	"encoding/binary"
	"math/bits"
)

// seeds are the key to all hashes of a Memory.
type seeds [6]uint64

func newSeeds() (s seeds) {
	var random [len(s) * 8]byte
	_, _ = rand.Read(random[:]) // never fails
	for i := range s {
		s[i] = binary.LittleEndian.Uint64(random[8*i:])
	}
	return s
}

// digest hashes a text in one pass, in which two sums of folded products run side by side, each with
// secrets of its own (wyhash, Wang Yi 2019, as Go has it where there is no AES): a hash of 128 bits takes less than
// two of 64.
func digest[T string | []byte](s *seeds, text T) hash {
	hi, lo, n := s[0], s[1], uint64(len(text))
	for len(text) > 16 {
		a, b := load(text), load(text[8:])
		hi, lo = fold(a^s[2], b^hi), fold(a^s[3], b^lo)
		text = text[16:]
	}
	var a, b uint64
	switch k := len(text); {
	case k >= 8:
		a, b = load(text), load(text[k-8:])
	case k >= 4:
		a, b = load4(text), load4(text[k-4:])
	case k > 0:
		a = uint64(text[0]) | uint64(text[k/2])<<8 | uint64(text[k-1])<<16
	}
	return hash{
		fold(fold(a^s[2], b^hi), s[4]^n),
		max(1, fold(fold(a^s[3], b^lo), s[5]^n)),
	}
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// load returns the first 8 bytes. The compiler makes one load of it.
func load[T string | []byte](t T) uint64 {
	_ = t[7]
	return uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
		uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
}

func load4[T string | []byte](t T) uint64 {
	_ = t[3]
	return uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24
}
