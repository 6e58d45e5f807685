package assign

import "math"

// A scale makes one int64 of all terms of the order that can be added up: each
// weight exceeds what all terms after it can amount to.
//
//	fallbacks > offers missed > tiers > unscored > value below the highest
//
// Lists are read while their candidates are weighed. So the range of values is as
// wide as int64 allows, and set anew for what turns out not to fit all the same.
type scale struct {
	lowest, highest int32 // tier
	least, most     int64 // value
	unscored, tier  int64
	empty, fallback int64
	holdsUnscored   bool

	met met
}

// A met range is that of the candidates seen so far.
type met struct {
	any, unscored bool
	least, most   int64
}

// mostCost keeps sums within int64: no level exceeds the cost of the last unit left
// empty, below 2 fallbacks; hence no sum in a path 8.
const mostCost = 1 << 58

// meet takes in a candidate that the scale has to hold.
func (c *scale) meet(x *Candidate) {
	m := &c.met
	switch {
	case !x.Scored:
		m.unscored = true
	case !m.any:
		m.any, m.least, m.most = true, x.Value, x.Value
	default:
		m.least, m.most = min(m.least, x.Value), max(m.most, x.Value)
	}
	c.lowest, c.highest = min(c.lowest, x.Tier), max(c.highest, x.Tier)
}

// weigh sets the weights for so many units. It reports false if int64 cannot hold
// what was met. Room for candidates without a score is left where there is any.
func (c *scale) weigh(units int) bool {
	return c.fit(float64(units), true) || !c.met.unscored && c.fit(float64(units), false)
}

func (c *scale) fit(units float64, unscored bool) bool {
	tiers, parts := float64(c.highest)-float64(c.lowest), 1.0
	if unscored {
		parts += units + 1
	}
	span := math.Floor(mostCost / (parts * (units + 1) * (units + 1) * (tiers*(units+1) + 1)))
	if span < float64(c.met.most-c.met.least)+1 {
		return false
	}
	c.holdsUnscored, c.unscored = unscored, 0
	if unscored {
		c.unscored = int64((units + 1) * span)
	}
	all := int64(span) + c.unscored
	c.tier = int64(units+1) * all
	c.empty = int64(units+1) * (int64(tiers)*c.tier + all)
	c.fallback = int64(units+1) * c.empty
	// Not all first candidates were met.
	slack := int64(span) - (c.met.most - c.met.least) - 1
	c.most, c.least = c.met.most+slack/2, c.met.least-(slack-slack/2)
	return true
}

// cost returns what a candidate costs, and whether the scale holds it.
func (c *scale) cost(x *Candidate) (int64, bool) {
	cost := c.tier * int64(x.Tier-c.lowest)
	fits := c.lowest <= x.Tier && x.Tier <= c.highest
	if !x.Scored {
		return cost + c.unscored, fits && c.holdsUnscored
	}
	return cost + c.most - x.Value, fits && c.least <= x.Value && x.Value <= c.most
}
