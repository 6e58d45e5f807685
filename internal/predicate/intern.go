package predicate

// An index finds the number of what was interned by its hash: open addressing, with
// half of the hash kept beside each number, so that it grows without what it
// numbers. The other half of equality is the caller's.
type index struct {
	places []uint64 // hash in the upper half, number+1 in the lower; 0 if free
	used   int
}

// find returns the number that has the hash and of which is holds.
func (x *index) find(hash uint64, is func(number uint32) bool) (uint32, bool) {
	if len(x.places) == 0 {
		return 0, false
	}
	mask := len(x.places) - 1
	for i := int(hash>>32) & mask; x.places[i] != 0; i = (i + 1) & mask {
		if number := uint32(x.places[i]) - 1; x.places[i]>>32 == hash>>32 && is(number) {
			return number, true
		}
	}
	return 0, false
}

// add adds a number that find does not find.
func (x *index) add(hash uint64, number uint32) {
	if 4*(x.used+1) > 3*len(x.places) {
		old := x.places
		x.places = make([]uint64, max(16, 2*len(old)))
		for _, p := range old {
			if p != 0 {
				x.put(p)
			}
		}
	}
	x.put(hash>>32<<32 | uint64(number+1))
	x.used++
}

func (x *index) put(p uint64) {
	mask := len(x.places) - 1
	i := int(p>>32) & mask
	for x.places[i] != 0 {
		i = (i + 1) & mask
	}
	x.places[i] = p
}
