package assign

import "math"

// A Solver solves problems one after another in the same memory. The zero Solver
// is ready. Not safe for concurrent use.
type Solver struct {
	p     *Problem
	total int // units wanted at most

	chosen [][]int32 // the plan
	buf    []int32   // holds it

	offers table
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
}

func (s *Solver) end() { s.p = nil }

// size returns how many candidates the slot can choose.
func (s *Slot) size() int { return max(0, min(s.Count, len(s.Candidates))) }

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
