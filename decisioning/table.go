package decisioning

import "math/bits"

// A table maps offers to numbers, for as long as a step of one decision. It is
// emptied by counting its epoch up. The zero table is ready to be reset.
type table struct {
	cells []cell // a power of two, at most half of them in use
	epoch uint32
}

type cell struct {
	epoch      uint32
	key, value int32
}

// reset empties the table and makes room for n offers.
func (t *table) reset(n int) {
	if need := 1 << bits.Len(uint(max(n, 8)*4-1)); need > len(t.cells) {
		t.cells, t.epoch = make([]cell, need), 0
	}
	if t.epoch++; t.epoch == 0 {
		clear(t.cells)
		t.epoch = 1
	}
}

// put returns the number of the key, which is the value if it had none.
func (t *table) put(key, value int32) int32 {
	mask := uint32(len(t.cells) - 1)
	for i := uint32(key) * 0x9e3779b1 >> 7; ; i++ { // Fibonacci hashing
		switch c := &t.cells[i&mask]; {
		case c.epoch != t.epoch:
			*c = cell{t.epoch, key, value}
			return value
		case c.key == key:
			return c.value
		}
	}
}

// get returns the number of the key, or without one none.
func (t *table) get(key, none int32) int32 {
	mask := uint32(len(t.cells) - 1)
	for i := uint32(key) * 0x9e3779b1 >> 7; ; i++ {
		switch c := &t.cells[i&mask]; {
		case c.epoch != t.epoch:
			return none
		case c.key == key:
			return c.value
		}
	}
}
