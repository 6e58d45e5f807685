package assign

// A scale makes one int64 of all terms of the order that can be added up: each
// weight exceeds what all terms after it can amount to.
//
//	fallbacks > offers missed > tiers > unscored > value below the highest
//
// Weights are no larger than the candidates at the head of the lists need. Others
// that turn out not to fit are refused.
type scale struct {
	lowest, highest int32 // tier
	least, most     int64 // value
	scored          bool  // all are
	tier, unscored  int64
	empty, fallback int64
}

// measure sets the weights. It reports false if int64 cannot hold them.
func (c *scale) measure(s *Solver) bool {
	*c = scale{lowest: s.lowestTier(), scored: true}
	found := false
	for i := range s.p.Slots {
		list := s.p.Slots[i].Candidates
		if s.p.Slots[i].size() == 0 {
			continue
		}
		head := list[:min(len(list), s.total)]
		c.highest = max(c.highest, list[len(list)-1].Tier)
		if !found {
			c.least, c.most, found = head[0].Value, head[0].Value, true
		}
		c.span(head)
	}
	return c.weigh(float64(s.total), float64(c.highest-c.lowest))
}

// span takes in the values of a list. Where all are of one tier and scored, the first
// and the last tell.
func (c *scale) span(list []Candidate) {
	first, last := &list[0], &list[len(list)-1]
	if first.Tier == last.Tier && last.Scored {
		c.least, c.most = min(c.least, last.Value), max(c.most, first.Value)
		return
	}
	for k := range list {
		x := &list[k]
		c.least, c.most = min(c.least, x.Value), max(c.most, x.Value)
		c.scored = c.scored && x.Scored
	}
}

// weigh sets the weights for so many units and tiers. Rounding does no harm: each
// weight has a unit's worth to spare. No level exceeds the cost of the last unit left
// empty, below 2 fallbacks; hence no sum in a path 8.
func (c *scale) weigh(units, tiers float64) bool {
	span, unscored := float64(c.most)-float64(c.least)+1, 0.0
	if !c.scored {
		unscored = (units + 1) * span
		span += unscored
	}
	tier := (units + 1) * span
	empty := (units + 1) * (tiers*tier + span)
	fallback := (units + 1) * empty
	if fallback >= 1<<60 {
		return false
	}
	c.unscored, c.tier, c.empty, c.fallback = int64(unscored), int64(tier), int64(empty), int64(fallback)
	return true
}

// cost returns what a candidate costs, and whether the scale holds it.
func (c *scale) cost(x *Candidate) (int64, bool) {
	cost := c.tier * int64(x.Tier-c.lowest)
	fits := x.Tier <= c.highest && c.least <= x.Value && x.Value <= c.most
	if !x.Scored {
		return cost + c.unscored, fits && !c.scored
	}
	return cost + c.most - x.Value, fits
}
