package decisioning

import (
	"math"

	"github.com/proffer-go/proffer/internal/assign"
)

// A contest is the memory of finding out which slots compete, and for what.
//
// Each slot lists the best candidates, at first as many as it wants. Where all slots
// can have their best, that is the plan. Otherwise slots that list the same offer, or draw on the
// same counter that binds, compete: they are one group. The groups are independent of
// each other, so that the plan is the best of each: what a group lists no other does.
//
// The solver says whether it missed what comes after a list. As long as it does the slot
// draws some more, which may bring in further slots. Where it cannot say, because counters
// bind, a slot needs as many candidates as its group wants in all: of so many that nothing
// holds back one is free, whatever the others take, and at least as good as any that
// is not listed.
type contest struct {
	owner  table   // the first slot that lists, or picks, an offer
	holder []int32 // the first slot that draws on a line, plus 1
	taken  []int   // units, by line
	parent []int32 // the slots of a group, a tree
	wants  []int32 // offers, by the root of a group
	clash  []bool  // by slot: it cannot have its best; by root: one of its group cannot

	problem    assign.Problem
	solving    []int32 // the slots of the problem
	candidates []assign.Candidate
	limits     []int32
}

// compete makes the optimal plan, or finds that slots need more candidates first.
func (d *deciding) compete() (done bool) {
	if !d.clashes() {
		for i := range d.slots {
			d.slots[i].takeBest()
		}
		return true
	}
	d.group()
	return d.solve()
}

// takeBest chooses the first candidates of the list.
func (s *slot) takeBest() {
	if s.boundActivity != nil {
		s.chosen = append(s.chosen[:0], s.best()...)
	}
}

// best returns the positions of the candidates that the slot would choose alone.
func (s *slot) best() []int32 { return s.list[:min(s.ref.Count, len(s.list))] }

// clashes reports whether some slot cannot have its best, and notes which.
func (d *deciding) clashes() (some bool) {
	c := &d.contest
	c.taken = resize(c.taken, len(d.ledger.lines))
	clear(c.taken)
	c.clash = resize(c.clash, len(d.slots))
	clear(c.clash)
	c.owner.reset(d.seating.wanted)
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil {
			continue
		}
		for _, k := range s.best() {
			r := &s.pool[k]
			if !d.request.AllowDuplicates && c.owner.put(r.offer, int32(i)) != int32(i) {
				c.clash[i], some = true, true
			}
			for _, l := range d.ledger.of(&r.draw) {
				if c.taken[l]++; d.binds(l) && c.taken[l] > d.ledger.lines[l].units() {
					c.clash[i], some = true, true
				}
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
			c.wants[i] = int32(s.ref.Count)
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

// solve lets the solver choose for the groups that clash, all others have their best. It
// reports false if some of the lists are too short to tell.
func (d *deciding) solve() (done bool) {
	c := &d.contest
	c.solving = c.solving[:0]
	for i := range d.slots {
		if s := &d.slots[i]; s.boundActivity != nil && c.clash[c.root(int32(i))] {
			c.solving = append(c.solving, int32(i))
		} else {
			s.takeBest()
		}
	}
	d.pose()
	plan := d.solver.Optimal(&c.problem, 0)
	done = true
	for n, i := range c.solving {
		s := &d.slots[i]
		enough := s.ref.Count
		if !d.request.AllowDuplicates {
			enough = int(c.wants[c.root(i)])
		}
		switch {
		case s.need >= enough || s.dry && s.loose < s.need: // it lists all that it may need, or all there are
		case plan.Short == nil:
			s.need, done = enough, false
		case plan.Short[n]:
			s.need, done = min(2*s.need+1, enough), false // so that there are few rounds
		}
	}
	if done {
		if plan.Cut {
			d.degrade(SearchCut, "", nil)
		}
		d.follow(plan)
	}
	return done
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
			own[k] = d.candidate(s, &s.pool[at])
		}
		c.problem.Slots[n] = assign.Slot{Count: s.ref.Count, Optional: s.def.Optional, Candidates: own}
	}
}

func (d *deciding) candidate(s *slot, r *ranked) assign.Candidate {
	a := assign.Candidate{Offer: r.offer, Tier: r.tier, Scored: r.scored()}
	if a.Scored {
		// Rounded before it is added, sums are exact. The conversions keep
		// the products from being fused with anything.
		a.Value = int64(math.RoundToEven(float64(float64(s.weight*r.score) * 1e6)))
	}
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
