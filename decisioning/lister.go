package decisioning

import (
	"math"

	"github.com/proffer-go/proffer/internal/assign"
)

// A lister lists candidates as the matching reads them.
type lister deciding

// Read implements [assign.Lists].
func (l *lister) Read(slot, k int, c *assign.Candidate) bool {
	d := (*deciding)(l)
	s := &d.slots[slot]
	for k >= len(s.list) {
		if !s.lists(d) {
			return false
		}
		s.need = max(s.need, s.loose)
	}
	s.put(&s.pool[s.list[k]], c)
	return true
}

// Content implements [assign.Lists].
func (l *lister) Content(offer int32) int {
	return int(l.contest.owner.get(offer)) // of one with rivals the matching knows
}

// put puts a candidate in the terms of package assign, without its limits.
func (s *slot) put(r *ranked, a *assign.Candidate) {
	a.Offer, a.Tier, a.Scored, a.Value = r.offer, r.tier, r.scored(), 0
	if a.Scored {
		// Rounded before it is added, sums are exact. The conversions keep
		// the products from being fused with anything.
		a.Value = int64(math.RoundToEven(float64(float64(s.weight*r.score) * 1e6)))
	}
}
