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

// home is where the key is looked for first: Fibonacci hashing.
func home(key int32) uint32 { return uint32(key) * 0x9e3779b1 >> 7 }

// find returns where the cell of the key is, or would be.
func (t *table) find(key int32) uint32 {
	mask := uint32(len(t.cells) - 1)
	for i := home(key); ; i++ {
		if c := &t.cells[i&mask]; c.epoch != t.epoch || c.key == key {
			return i & mask
		}
	}
}

// puts makes the value the number of the key, and reports true, if it is plain at the first look that it has none.
func (t *table) puts(key, value int32) bool {
	c := &t.cells[home(key)&uint32(len(t.cells)-1)]
	if c.epoch == t.epoch {
		return false
	}
	c.epoch, c.key, c.value = t.epoch, key, value
	return true
}

// put returns the number of the key, which is the value if it had none.
func (t *table) put(key, value int32) int32 {
	c := &t.cells[t.find(key)]
	if c.epoch != t.epoch {
		*c = cell{t.epoch, key, value}
	}
	return c.value
}

// set makes the value the number of the key.
func (t *table) set(key, value int32) { t.cells[t.find(key)] = cell{t.epoch, key, value} }

// get returns the number of the key, or nobody.
func (t *table) get(key int32) int32 {
	if c := &t.cells[t.find(key)]; c.epoch == t.epoch {
		return c.value
	}
	return nobody
}

// remove makes the key have none, if it has the value, and reports whether it had. It moves those
// behind it that would not be found over a gap, which leaves none (Knuth, The Art of Computer Programming 3,
// 6.4, algorithm R): so the table never fills up with what was removed.
func (t *table) remove(key, value int32) bool {
	mask, gap := uint32(len(t.cells)-1), t.find(key)
	if c := &t.cells[gap]; c.epoch != t.epoch || c.value != value {
		return false
	}
	for i := gap + 1; t.cells[i&mask].epoch == t.epoch; i++ {
		if c := &t.cells[i&mask]; (i-home(c.key))&mask >= (i-gap)&mask {
			t.cells[gap], gap = *c, i&mask
		}
	}
	t.cells[gap].epoch = t.epoch - 1
	return true
}
