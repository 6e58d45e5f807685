package assign

// Sequential is the plan that optimal ones are compared with: it fills the slots in order, each with its best remaining candidates
// that have room.
func (s *Solver) Sequential(p *Problem) Plan {
	s.begin(p)
	defer s.end()
	used := make([]int, len(p.Room))
	s.offers.reset(s.total)
	rest := s.buf
	for i := range p.Slots {
		slot := &p.Slots[i]
		size, n := slot.size(), 0
		for k := 0; k < len(slot.Candidates) && n < size; k++ {
			if s.take(&slot.Candidates[k], used) {
				rest[n] = int32(k)
				n++
			}
		}
		s.chosen[i], rest = rest[:n:n], rest[n:]
	}
	return Plan{Chosen: s.chosen}
}

// take takes an offer and its units if they can be had.
func (s *Solver) take(c *Candidate, used []int) bool {
	for _, l := range c.Limits {
		if used[l] >= s.p.Room[l] {
			return false
		}
	}
	if s.p.Exclusive {
		if _, free := s.offers.number(uint64(c.Offer)); !free {
			return false
		}
	}
	for _, l := range c.Limits {
		used[l]++
	}
	return true
}
