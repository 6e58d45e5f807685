package decisioning

import "slices"

// Held are the candidates of a list that one and the same set of counters may hold back.
type held struct {
	from, to int32 // lines, of slot.lines
	n        int
}

// spares reports whether no optimal plan needs a candidate with the draw, and counts it
// if one may: the list has as many better ones as all slots want together that draw on
// nothing that binds but what w draws on. Whatever the others take one of these is free,
// and can take its place.
func (s *slot) spares(d *deciding, w *draw) bool {
	if !d.optimal() {
		return false // the slots before it may take any number of them
	}
	if !s.holds {
		s.held, s.lines, s.holds = s.held[:0], s.lines[:0], true
	}
	from := int32(len(s.lines))
	for _, l := range d.ledger.of(w) {
		if d.binds(l) && !s.blankets(d, l) {
			s.lines = append(s.lines, l)
		}
	}
	own := s.lines[from:]
	if len(own) == 0 {
		s.loose++
		return false
	}
	better, same := int(s.loose), -1
	for i := range s.held {
		h := &s.held[i]
		if lines := s.lines[h.from:h.to]; contains(own, lines) {
			better += h.n
			if len(lines) == len(own) {
				same = i
			}
		}
	}
	switch {
	case better >= d.seating.wanted:
		s.lines = s.lines[:from]
		return true
	case same >= 0:
		s.lines = s.lines[:from]
		s.held[same].n++
	default:
		s.held = append(s.held, held{from, int32(len(s.lines)), 1})
	}
	return false
}

// contains reports whether all the lines are among those of the set.
func contains(set, lines []int32) bool {
	for _, l := range lines {
		if !slices.Contains(set, l) {
			return false
		}
	}
	return true
}

// blankets reports whether all candidates of the slot draw on the line, so that it
// holds back none for the sake of another.
func (s *slot) blankets(d *deciding, l int32) bool {
	counter := d.ledger.lines[l].counter
	for i := range s.walks {
		if !slices.Contains(s.walks[i].order.blanket, counter) {
			return false
		}
	}
	return counter >= 0
}
