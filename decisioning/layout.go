package decisioning

// A layout says which decisions begin with the walks of an earlier one: those that no person, event or
// request can change, while no calendar begins or ends.
type layout struct {
	era         uint64 // of the seating
	walks       int
	from, until int64 // Unix seconds, neither of which is part of it
}

// keepWalks keeps the walks for later decisions if they may be theirs.
func (s *slot) keepWalks(d *deciding) {
	if !s.open || len(s.conditions) > 0 || len(s.walks) < len(s.rankings) {
		return
	}
	from, until := s.start, s.end
	for i := range s.walks {
		w := &s.walks[i]
		first := w.ties.first
		if w.heaped || len(s.selections[w.tier].conditions) > 0 ||
			len(w.order.blocks) > 0 && first != w.order.blocks[0].season.Load() { // it is this decision's alone
			return
		}
		from, until = max(from, first.from), min(until, first.until)
		if w.ranking.order == nil && w.order != d.binding.snapshot.orders[w.ranking.number] {
			from = max(from, d.seconds-1) // the order is without what has expired by now
		}
	}
	l := &s.layout
	l.era, l.walks, l.from, l.until = d.seating.era, len(s.walks), from, until
}

// resumes begins with the walks that were kept, and reports whether it may.
func (s *slot) resumes(d *deciding) bool {
	l := &s.layout
	if !d.plain || l.era != d.seating.era || d.seconds <= l.from || l.until <= d.seconds {
		return false
	}
	s.open = true
	s.walks = s.walks[:l.walks]
	for i := range s.walks {
		s.walks[i].beginAgain()
	}
	return true
}
