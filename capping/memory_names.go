package capping

// names gives a number to each of what very many records have in common, so that they
// name it in a byte or two. A name lasts as long as a log has entries of its time.
type names[V any] struct {
	numbers table[uint32]
	all     []name[V]
	free    []uint32
	enough  int // to look for names that are not used any more
}

type name[V any] struct {
	hash  hash // zero: it is free
	value V
	used  int64 // the latest Unix second in which an entry with it was put in
}

// get returns the number of the name of h, which is used now.
func (s *names[V]) get(h hash, now int64) (n uint32, ok bool) {
	p := s.numbers.get(h)
	if p == nil {
		return 0, false
	}
	s.use(*p, now)
	return *p, true
}

// recall is get where the number is often the one that is given, which it sets.
func (s *names[V]) recall(h hash, number *uint32, now int64) bool {
	if n := int(*number); n < len(s.all) && s.all[n].hash == h {
		s.use(uint32(n), now) //nolint:gosec // it was one
		return true
	}
	n, ok := s.get(h, now)
	*number = n
	return ok
}

// add gives a number to the name of h. If there are twice as many names as were needed it takes
// those away that were not used since the oldest entry.
func (s *names[V]) add(h hash, value V, now, oldest int64) uint32 {
	if s.numbers.n >= max(s.enough, 64) {
		s.sweep(oldest)
		s.enough = 2 * s.numbers.n
	}
	made := name[V]{h, value, now}
	n := uint32(len(s.all)) //nolint:gosec // far fewer
	if k := len(s.free); k > 0 {
		n, s.free = s.free[k-1], s.free[:k-1]
		s.all[n] = made
	} else {
		s.all = append(s.all, made)
	}
	p, _ := s.numbers.put(h)
	*p = n
	return n
}

// use takes note that an entry names n now. It writes once a second, lest the caches of
// several processors vie for it.
func (s *names[V]) use(n uint32, now int64) {
	if a := &s.all[n]; a.used != now {
		a.used = now
	}
}

func (s *names[V]) value(n uint32) *V { return &s.all[n].value }

func (s *names[V]) sweep(oldest int64) {
	for i := range s.all {
		if n := &s.all[i]; n.hash != (hash{}) && n.used < oldest {
			s.numbers.delete(n.hash)
			*n = name[V]{}
			s.free = append(s.free, uint32(i)) //nolint:gosec // far fewer
		}
	}
}

// A place is where an item is proposed.
type place struct{ activity, placement hash }

// A choice is what is proposed, and how its units count.
type choice struct {
	offer hash
	takes []taking // by unit
}

// A taking is how a unit counts, and the limit under which it was taken.
type taking struct {
	term
	max int64
}
