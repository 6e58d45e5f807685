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

// find returns the cell of the key, or where it would be.
func (t *table) find(key int32) *cell {
	mask := uint32(len(t.cells) - 1)
	for i := uint32(key) * 0x9e3779b1 >> 7; ; i++ { // Fibonacci hashing
		if c := &t.cells[i&mask]; c.epoch != t.epoch || c.key == key {
			return c
		}
	}
}

// put returns the number of the key, which is the value if it had none.
func (t *table) put(key, value int32) int32 {
	if c := t.find(key); c.epoch != t.epoch || c.value == nobody {
		*c = cell{t.epoch, key, value}
	} else {
		return c.value
	}
	return value
}

// set makes the value the number of the key.
func (t *table) set(key, value int32) { *t.find(key) = cell{t.epoch, key, value} }

// remove makes the key have none, if it has the value, and reports whether it had.
func (t *table) remove(key, value int32) bool {
	c := t.find(key)
	if c.epoch != t.epoch || c.value != value {
		return false
	}
	c.value = nobody
	return true
}

// get returns the number of the key, or nobody.
func (t *table) get(key int32) int32 {
	if c := t.find(key); c.epoch == t.epoch {
		return c.value
	}
	return nobody
}
