package assign

// table numbers keys densely in order of first appearance. Resetting it costs
// nothing: old entries carry an old epoch.
type table struct {
	cells []cell
	epoch uint32
	n     int32
}

type cell struct {
	key   uint64
	value int32
	epoch uint32
}

// reset empties the table and makes room for n keys without growing.
func (t *table) reset(n int) {
	if 2*n > len(t.cells) {
		size := 64
		for size < 2*n {
			size *= 2
		}
		t.cells = make([]cell, size)
		t.epoch = 0
	}
	t.epoch++
	if t.epoch == 0 { // wrapped: entries of the first epoch would come alive
		clear(t.cells)
		t.epoch = 1
	}
	t.n = 0
}

// number returns the number of key and whether it is new.
func (t *table) number(key uint64) (int32, bool) {
	mask := uint64(len(t.cells) - 1)
	for i := (key * 0x9e3779b97f4a7c15) >> 20 & mask; ; i = (i + 1) & mask {
		c := &t.cells[i]
		if c.epoch != t.epoch {
			if 2*int(t.n) >= len(t.cells) {
				t.grow()
				return t.number(key)
			}
			*c = cell{key, t.n, t.epoch}
			t.n++
			return c.value, true
		}
		if c.key == key {
			return c.value, false
		}
	}
}

func (t *table) grow() {
	old, epoch := t.cells, t.epoch
	t.cells = make([]cell, 2*len(old))
	mask := uint64(len(t.cells) - 1)
	for _, c := range old {
		if c.epoch != epoch {
			continue
		}
		i := (c.key * 0x9e3779b97f4a7c15) >> 20 & mask
		for t.cells[i].epoch == epoch {
			i = (i + 1) & mask
		}
		t.cells[i] = c
	}
}

// resize returns a slice of n zero elements, reusing memory.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	s = s[:n]
	clear(s)
	return s
}
