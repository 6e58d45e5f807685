package decisioning

import (
	"math"

	"github.com/proffer-go/proffer/internal/assign"
)

// outline makes the plan that is optimal but for counters that have room, unless it is
// made. Counters that were not read are taken to have room.
func (d *deciding) outline() {
	c := &d.contest
	if c.matched == d.learnt {
		return
	}
	c.matched, c.apart = d.learnt, true
	if d.request.AllowDuplicates || !d.assign() {
		c.apart = d.request.AllowDuplicates
		d.takeBest()
	}
}

// assign makes the plan that is optimal but for counters that have room. It reports
// false if the matching cannot.
func (d *deciding) assign() bool {
	c := &d.contest
	if !d.rivals() {
		d.takeBest()
		return true
	}
	m := &c.matching
	m.Begin()
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil || len(s.walks) == 0 {
			m.Add(0, true, 0, false)
			continue
		}
		count := s.count
		if s.dry && s.considered == len(s.pool) {
			count = min(count, len(s.list))
		}
		m.Add(count, s.def.Optional, s.walks[len(s.walks)-1].tier, !c.clash[i] && len(s.list) >= count)
	}
	if !m.Solve((*lister)(d)) {
		return false
	}
	if c.matched != d.learnt {
		return true // lists may have lost what was read
	}
	for i := range d.slots {
		s := &d.slots[i]
		s.chosen = m.Chosen(i, s.chosen[:0])
		for n, k := range s.chosen {
			s.chosen[n] = s.list[k]
		}
	}
	return true
}

// rivals reports whether two slots want the same offer first, and notes which do.
func (d *deciding) rivals() (some bool) {
	c := &d.contest
	d.noClash()
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil {
			continue
		}
		for _, k := range s.list[:min(s.count, len(s.list))] {
			if first := c.owner.put(s.pool[k].offer, int32(i)); first != int32(i) {
				c.clash[i], c.clash[first], some = true, true, true
			}
		}
	}
	return some
}

// takeBest chooses the first candidates of each list.
func (d *deciding) takeBest() {
	for i := range d.slots {
		if s := &d.slots[i]; s.boundActivity != nil {
			s.chosen = append(s.chosen[:0], s.list[:min(s.count, len(s.list))]...)
		}
	}
}

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
