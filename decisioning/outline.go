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
	if !d.takeBest() {
		return true
	}
	if d.concede() || c.matched != d.learnt {
		return true // it is the plan, or lists may have lost what was read
	}
	m := &c.matching
	m.Begin()
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil || len(s.walks) == 0 {
			m.Add(0, true, 0, false)
			continue
		}
		count := int(s.count)
		if s.dry && int(s.considered) == len(s.pool) {
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

// takeBest chooses the first candidates of each list. It reports whether two slots want the same offer, and
// notes which do.
func (d *deciding) takeBest() (rivals bool) {
	c := &d.contest
	d.noClash()
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil {
			continue
		}
		s.chosen = s.chosen[:0]
		for _, k := range s.list[:min(int(s.count), len(s.list))] {
			s.chosen = append(s.chosen, k)
			if first := c.owner.put(s.pool[k].offer, int32(i)); first != int32(i) {
				c.clash[i], c.clash[first], rivals = true, true, true
			}
		}
	}
	return rivals
}

// concede has all rivals but one take their second choice, and reports whether that makes the optimal plan. It does
// where they give up nothing but value, and nobody else wants what they take: only one of them can have the
// offer, so that no plan is better than that in which the one has it that would lose most, the first of equals.
// Where few activities are decided together that is the rule, and spares the matching. Else what it leaves does
// no harm: only rivals have other offers than they had, and the matching chooses for all.
func (d *deciding) concede() bool {
	c := &d.contest
	c.losses = resize(c.losses, len(d.slots))
	for i := range d.slots {
		if s := &d.slots[i]; c.clash[i] {
			loss, plain := s.loss(d)
			if !plain {
				return false
			}
			c.losses[i] = loss
			wanted := s.pool[s.list[0]].offer
			if keeps := c.owner.get(wanted); loss > c.losses[keeps] { // which is i, or was looked at before
				c.owner.set(wanted, int32(i))
			}
		}
	}
	for i := range d.slots {
		s := &d.slots[i]
		if !c.clash[i] || c.owner.get(s.pool[s.list[0]].offer) == int32(i) {
			continue
		}
		if s.chosen[0] = s.list[1]; c.owner.put(s.pool[s.list[1]].offer, int32(i)) != int32(i) {
			return false
		}
	}
	return true
}

// loss returns by how much less value the slot's second choice is than its first, or false if they differ in more.
func (s *slot) loss(d *deciding) (int64, bool) {
	if s.count != 1 || !s.reaches(d, 1) {
		return 0, false
	}
	var first, second assign.Candidate
	s.put(&s.pool[s.list[0]], &first)
	s.put(&s.pool[s.list[1]], &second)
	return first.Value - second.Value, first.Tier == second.Tier && first.Scored == second.Scored
}

// A lister lists candidates as the matching reads them.
type lister deciding

// Read implements [assign.Lists].
func (l *lister) Read(slot, k int, c *assign.Candidate) bool {
	d := (*deciding)(l)
	s := &d.slots[slot]
	if !s.reaches(d, k) {
		return false
	}
	s.put(&s.pool[s.list[k]], c)
	return true
}

// reaches makes the list so long that it has a candidate at k, and reports whether there is one.
func (s *slot) reaches(d *deciding, k int) bool {
	for k >= len(s.list) {
		if !s.lists(d) {
			return false
		}
		s.need = max(s.need, s.loose)
	}
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
