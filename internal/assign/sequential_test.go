package assign

// Sequential is the plan that optimal ones are compared with: it fills the slots in order, each with its best remaining candidates
// that have room.
func (s *Solver) Sequential(p *Problem) Plan {
	s.begin(p)
	defer s.end()
	rest := s.buf
	for i := range p.Slots {
		slot := &p.Slots[i]
		size, n := slot.size(), 0
		for k := 0; k < len(slot.Candidates) && n < size; k++ {
			if s.take(&slot.Candidates[k]) {
				rest[n] = int32(k)
				n++
			}
		}
		s.chosen[i], rest = rest[:n:n], rest[n:]
	}
	return Plan{Chosen: s.chosen}
}
