package decisioning

import "github.com/proffer-go/proffer/internal/assign"

// A contest is the memory of finding the optimal plan.
//
// At first each slot lists as many of its best candidates as it wants. Where two want the
// same, either it is plain who has to do with his second choice, or the matching finds the plan. It
// disregards counters that have room, and lists more for a slot when it comes by
// them: what it does not read no optimal plan needs. If the plan keeps the counters
// all the same, which is the rule, it is the best.
//
// Otherwise slots that list the same offer, or draw on the same counter that binds, are one
// group. The groups are independent of each other: what a group lists no other does.
// So the plan stands for those that keep the counters, and the solver finds the best of
// the others. There a slot needs as many candidates as its group wants in all: of so
// many that nothing holds back one is free, whatever the others take, and at least as good
// as any that is not listed.
type contest struct {
	matching assign.Matching
	matched  uint32  // what was known of counters when the plan was made; 0: there is none
	apart    bool    // it needs no look whether it proposes an offer twice
	owner    table   // the first slot that wants, lists, or picks, an offer
	holder   []int32 // the first slot that draws on a line, plus 1
	taken    []int   // units, by line
	parent   []int32 // the slots of a group, a tree
	wants    []int32 // offers, by the root of a group
	losses   []int64 // by slot: of value, if another has what it wants
	clash    []bool  // by slot: it has a rival, or cannot have its choice; by root: one of its group cannot

	problem    assign.Problem
	solving    []int32 // the slots of the problem
	candidates []assign.Candidate
	limits     []int32
}

// compete makes the optimal plan, or finds that slots need more candidates first, or
// that the counters of some have to be read.
func (d *deciding) compete() (done bool) {
	d.outline()
	if d.contest.matched != d.learnt || !d.known() {
		return false
	}
	if d.contest.apart && d.stands() || !d.clashes() {
		return true
	}
	d.group()
	return d.solve()
}

// emptied returns c.taken with so many lines, of which nothing is taken.
func (c *contest) emptied(lines int) []int {
	c.taken = resize(c.taken, lines)
	clear(c.taken)
	return c.taken
}

// noClash forgets which slots clash, and who has which offer.
func (d *deciding) noClash() {
	c := &d.contest
	c.clash = resize(c.clash, len(d.slots))
	clear(c.clash)
	c.owner.reset(d.seating.wanted)
}

// clashes reports whether some slot cannot have its choice, and notes which.
func (d *deciding) clashes() (some bool) {
	c := &d.contest
	taken := c.emptied(len(d.ledger.lines))
	d.noClash()
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil {
			continue
		}
		for _, k := range s.chosen {
			r := &s.pool[k]
			if !d.request.AllowDuplicates && c.owner.put(r.offer, int32(i)) != int32(i) {
				c.clash[i], some = true, true
			}
			if d.overdraws(&r.draw, taken) {
				c.clash[i], some = true, true
			}
		}
	}
	return some
}

// group finds the groups of slots that compete.
func (d *deciding) group() {
	c := &d.contest
	c.holder = resize(c.holder, len(d.ledger.lines))
	clear(c.holder)
	c.parent, c.wants = resize(c.parent, len(d.slots)), resize(c.wants, len(d.slots))
	listed := 0
	for i := range d.slots {
		c.parent[i], c.wants[i] = int32(i), 0
		if s := &d.slots[i]; s.boundActivity != nil {
			c.wants[i] = s.count
			listed += len(s.list)
		}
	}
	c.owner.reset(listed)
	for i := range d.slots {
		s := &d.slots[i]
		for _, k := range s.list {
			r := &s.pool[k]
			if !d.request.AllowDuplicates {
				c.join(int32(i), c.owner.put(r.offer, int32(i)))
			}
			for _, l := range d.ledger.of(&r.draw) {
				if !d.binds(l) {
					continue
				}
				if c.holder[l] == 0 {
					c.holder[l] = int32(i) + 1
				}
				c.join(int32(i), c.holder[l]-1)
			}
		}
	}
	for i := range d.slots {
		if c.clash[i] {
			c.clash[c.root(int32(i))] = true
		}
	}
}

// root returns the slot that stands for the group.
func (c *contest) root(i int32) int32 {
	for c.parent[i] != i {
		c.parent[i] = c.parent[c.parent[i]]
		i = c.parent[i]
	}
	return i
}

// join makes one group of those of two slots.
func (c *contest) join(a, b int32) {
	if a, b = c.root(a), c.root(b); a != b {
		c.parent[a] = b
		c.wants[b] += c.wants[a]
	}
}

// solve lets the solver choose for the groups that clash. It reports false if some of
// the lists are too short for that.
func (d *deciding) solve() (done bool) {
	c := &d.contest
	c.solving = c.solving[:0]
	done = true
	for i := range d.slots {
		s, root := &d.slots[i], c.root(int32(i))
		if s.boundActivity == nil || !c.clash[root] {
			continue
		}
		c.solving = append(c.solving, int32(i))
		enough := s.count
		if !d.request.AllowDuplicates {
			enough = c.wants[root]
		}
		if s.need < enough && (!s.dry || s.loose >= s.need) { // there may be more
			s.need, done = enough, false
		}
	}
	if !done {
		return false
	}
	d.pose()
	plan := d.solver.Optimal(&c.problem, 0)
	if plan.Cut {
		d.degrade(SearchCut, "", nil)
	}
	d.follow(plan)
	return true
}

// follow makes the solver's plan the choice of the slots.
func (d *deciding) follow(plan assign.Plan) {
	for n, i := range d.contest.solving {
		s := &d.slots[i]
		s.chosen = s.chosen[:0]
		for _, k := range plan.Chosen[n] {
			s.chosen = append(s.chosen, s.list[k])
		}
	}
}

// pose puts the lists of the slots that are to be solved in the terms of package
// assign.
func (d *deciding) pose() {
	c := &d.contest
	c.problem.Exclusive = !d.request.AllowDuplicates
	c.problem.Slots = resize(c.problem.Slots, len(c.solving))
	c.problem.Room = resize(c.problem.Room, len(d.ledger.lines))
	for l := range d.ledger.lines {
		c.problem.Room[l] = d.ledger.lines[l].units()
	}
	c.candidates, c.limits = c.candidates[:0], c.limits[:0]
	n := 0
	for _, i := range c.solving {
		n += len(d.slots[i].list)
	}
	c.candidates = resize(c.candidates, n)
	rest := c.candidates
	for n, i := range c.solving {
		s := &d.slots[i]
		own := rest[:len(s.list):len(s.list)]
		rest = rest[len(s.list):]
		for k, at := range s.list {
			own[k] = d.limited(s, &s.pool[at])
		}
		c.problem.Slots[n] = assign.Slot{Count: int(s.count), Optional: s.def.Optional, Candidates: own}
	}
}

// limited is the candidate with the counters that bind.
func (d *deciding) limited(s *slot, r *ranked) assign.Candidate {
	var a assign.Candidate
	s.put(r, &a)
	c := &d.contest
	from := len(c.limits)
	for _, l := range d.ledger.of(&r.draw) {
		if d.binds(l) {
			c.limits = append(c.limits, l)
		}
	}
	a.Limits = c.limits[from:len(c.limits):len(c.limits)] // stays valid if c.limits moves
	return a
}
