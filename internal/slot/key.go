package slot

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// A Key is the name of a member, with its first and last bytes as numbers: two
// comparisons tell keys of up to 16 bytes apart, and most longer ones.
type Key struct {
	first, last uint64
	text        string
}

// short is how many bytes first and last tell all of.
const short = 16

// KeyOf returns the key of the text. It shares the text's memory.
func KeyOf(text string) Key {
	b := unsafe.Slice(unsafe.StringData(text), len(text)) // only read
	k := Key{text: text}
	switch n := len(b); {
	case n >= 8:
		k.first, k.last = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		k.first = uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<32
	case n > 0:
		k.first = uint64(b[0]) | uint64(b[n/2])<<8 | uint64(b[n-1])<<16
	}
	return k
}

// Text returns what k is the key of.
func (k Key) Text() string { return k.text }

// Equal reports whether the texts are the same.
func (k *Key) Equal(o *Key) bool {
	return k.first == o.first && k.last == o.last && len(k.text) == len(o.text) &&
		(len(k.text) <= short || k.text == o.text)
}

// Hash returns a number that spreads keys which first, last or length tell apart.
// Anyone can make longer ones collide: who relies on it bounds its probes.
func (k *Key) Hash() uint64 {
	hi, lo := bits.Mul64(k.first^0x9e3779b97f4a7c15, bits.RotateLeft64(k.last, 32)^uint64(len(k.text))^0xe7037ed1a0b428db)
	return hi ^ lo
}
