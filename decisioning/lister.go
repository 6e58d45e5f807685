package decisioning

import (
	"math"

	"github.com/proffer-go/proffer/internal/assign"
)

// A lister lists candidates as the matching reads them.
type lister deciding

// Read implements [assign.Lists].
func (l *lister) Read(slot, k int) (assign.Candidate, bool) {
	d := (*deciding)(l)
	s := &d.slots[slot]
	for k >= len(s.list) {
		if !s.lists(d) {
			return assign.Candidate{}, false
		}
		s.need = max(s.need, s.loose)
	}
	return s.candidate(&s.pool[s.list[k]]), true
}

// candidate puts a candidate in the terms of package assign.
func (s *slot) candidate(r *ranked) assign.Candidate {
	a := assign.Candidate{Offer: r.offer, Tier: r.tier, Scored: r.scored()}
	if a.Scored {
		// Rounded before it is added, sums are exact. The conversions keep
		// the products from being fused with anything.
		a.Value = int64(math.RoundToEven(float64(float64(s.weight*r.score) * 1e6)))
	}
	return a
}
