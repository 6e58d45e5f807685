package assign

import "math"

// A Solver solves problems one after another in the same memory. The zero Solver
// is ready. Not safe for concurrent use.
type Solver struct {
	p     *Problem
	total int // units wanted at most

	chosen [][]int32 // the plan
	buf    []int32   // holds it
	short  []bool    // by slot

	offers table
	used   []int32 // units taken, by limit
	fast   matching
	build  builder
	net    network
}

// defaultSteps bounds the search for overlapping limits: a few seconds, where
// milliseconds are the rule.
const defaultSteps = 500_000_000

// Optimal returns the best plan. maxSteps bounds the search that limits which
// overlap without nesting may need, in candidates looked at; 0 or less is the
// default. All else is solved exactly in polynomial time, whatever maxSteps is.
func (s *Solver) Optimal(p *Problem, maxSteps int) Plan {
	if maxSteps <= 0 {
		maxSteps = defaultSteps
	}
	s.begin(p)
	defer s.end()
	if s.bestAreFree() {
		return s.bestOfEach()
	}
	if plan, ok := s.byMatching(); ok {
		return plan
	}
	return s.byNetwork(maxSteps)
}

// byMatching finds the best plan that disregards limits with room. If it keeps
// them all the same, it is the best.
func (s *Solver) byMatching() (Plan, bool) {
	if !s.p.Exclusive || !s.fast.match(s) || !s.fast.keepsLimits(s) {
		return Plan{}, false
	}
	s.fast.load(&s.net)
	s.net.favour()
	plan := s.planOf(false)
	s.short = resize(s.short, len(s.p.Slots))
	for i := range s.short {
		s.short[i] = s.fast.lanes[i].short
	}
	plan.Short = s.short
	return plan, s.keepsLimits(plan)
}

// byNetwork finds the best plan whatever the problem.
func (s *Solver) byNetwork(maxSteps int) Plan {
	s.build.run(s)
	s.net.steps = 0
	s.net.solve()
	s.net.favour()
	cut := false
	if s.build.tree.violated(s) {
		cut = newSearch(s, maxSteps).run()
	}
	return s.planOf(cut)
}

func (s *Solver) begin(p *Problem) {
	s.p, s.total = p, 0
	for i := range p.Slots {
		s.total += p.Slots[i].size()
	}
	s.buf = resize(s.buf, s.total)
	s.chosen = resize(s.chosen, len(p.Slots))
	s.used = resize(s.used, len(p.Room))
	s.offers.reset(s.total)
}

func (s *Solver) end() { s.p = nil }

// size returns how many candidates the slot can choose.
func (s *Slot) size() int { return max(0, min(s.Count, len(s.Candidates))) }

// bestAreFree reports whether all slots can have their best candidates. Only
// those are looked at.
func (s *Solver) bestAreFree() bool {
	for i := range s.p.Slots {
		slot := &s.p.Slots[i]
		for k := range slot.size() {
			if c := &slot.Candidates[k]; !s.take(c) {
				return false
			}
		}
	}
	return true
}

// take takes an offer and its units if they can be had; else it takes the offer
// for taken and some of its units.
func (s *Solver) take(c *Candidate) bool {
	for _, l := range c.Limits {
		if int(s.used[l]) >= s.p.Room[l] {
			return false
		}
	}
	if s.p.Exclusive {
		if _, free := s.offers.number(uint64(c.Offer)); !free {
			return false
		}
	}
	for _, l := range c.Limits {
		s.used[l]++
	}
	return true
}

func (s *Solver) bestOfEach() Plan {
	rest := s.buf
	for i := range s.p.Slots {
		n := s.p.Slots[i].size()
		for k := range n {
			rest[k] = int32(k)
		}
		s.chosen[i], rest = rest[:n:n], rest[n:]
	}
	s.short = resize(s.short, len(s.p.Slots))
	clear(s.short)
	return Plan{Chosen: s.chosen, Short: s.short}
}

// keepsLimits reports whether there is room for the plan.
func (s *Solver) keepsLimits(p Plan) bool {
	if len(s.p.Room) == 0 {
		return true
	}
	clear(s.used)
	for i, chosen := range p.Chosen {
		for _, k := range chosen {
			if !s.count(&s.p.Slots[i].Candidates[k]) {
				return false
			}
		}
	}
	return true
}

// count counts the units of a candidate and reports whether they could be had.
func (s *Solver) count(c *Candidate) bool {
	for _, l := range c.Limits {
		if s.used[l]++; int(s.used[l]) > s.p.Room[l] {
			return false
		}
	}
	return true
}

// planOf reads the plan off the network.
func (s *Solver) planOf(cut bool) Plan {
	rest := s.buf
	for i := range s.net.slots {
		n := 0
		for e := s.net.slots[i].first; e < s.net.slots[i].end; e++ {
			if s.net.arcs[e].chosen {
				rest[n] = s.net.pairs[e].cand
				n++
			}
		}
		s.chosen[i], rest = rest[:n:n], rest[n:]
	}
	return Plan{Chosen: s.chosen, Cut: cut}
}

// weigh sets the costs so that one sum orders plans by all that can be added up:
// each weight exceeds what all terms after it can amount to.
//
//	fallbacks > offers missed > tiers > unscored > -value
//
// 127 bits hold every problem of 30 slots of 30 offers with tiers up to 2^26; far
// beyond, the highest tiers are taken for equal.
func (s *Solver) weigh() {
	n := &s.net
	var value int64 = 1
	var tier int32
	for i := range n.pairs {
		p := &n.pairs[i]
		value = max(value, p.value, -p.value)
		tier = max(tier, p.tier)
	}
	units := int64(max(s.total, 1))
	unscored := wideOf(value).times(2*units + 1)
	tiers := unscored.times(units + 1)
	room := math.Ldexp(1, 58) / float64(units+1) / float64(len(n.slots)+1) / float64(units+1)
	tier = int32(min(float64(tier), room/(float64(tiers.hi)+1)))
	n.empty = tiers.times(int64(tier) + 1).times(units + 1)
	n.fallback = n.empty.times(units + 1)
	n.arcs = resize(n.arcs, len(n.pairs))
	for i := range n.pairs {
		p := &n.pairs[i]
		cost := tiers.times(int64(min(p.tier, tier))).sub(wideOf(p.value))
		if p.unscored {
			cost = cost.add(unscored)
		}
		n.arcs[i].cost = cost
	}
	n.sorted = true
}
