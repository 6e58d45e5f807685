package decisioning

import "math"

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

// holds reports whether the decision, in which nothing but rules and counters keeps candidates out, begins with the walks.
func (l *layout) holds(d *deciding) bool {
	return l.era == d.seating.era && l.from < d.seconds && d.seconds < l.until
}

// forget makes no decision begin with the walks of the slot, nor with those of all slots at once.
func (l *layout) forget(d *deciding) { l.until, d.seating.layout.until = math.MinInt64, math.MinInt64 }

// resume begins with the walks that were kept.
func (s *slot) resume() {
	s.open, s.walks = true, s.walks[:s.layout.walks]
	for i := range s.walks {
		s.walks[i].beginAgain()
	}
}

// keepAll keeps how long the walks of all slots are those of later decisions: so these need not ask each.
func (d *deciding) keepAll() {
	all := &d.seating.layout
	all.era, all.from, all.until = d.seating.era, math.MinInt64, math.MaxInt64
	for i := range d.slots {
		if s := &d.slots[i]; s.boundActivity != nil { // if its layout is not of this era it was forgotten
			all.from, all.until = max(all.from, s.layout.from), min(all.until, s.layout.until)
		}
	}
}
