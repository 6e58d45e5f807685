package assign

import (
	"math/rand/v2"
	"slices"
)

// judge finds the best plan by trying all: the textbook that the solver must
// agree with.
type judge struct {
	p     *Problem
	room  []int
	taken map[int32]bool
	plan  [][]int32
	best  [][]int32
}

func bruteForce(p *Problem) [][]int32 {
	j := &judge{p: p, room: slices.Clone(p.Room), taken: map[int32]bool{}, plan: make([][]int32, len(p.Slots))}
	j.try(0, 0)
	return j.best
}

// try decides candidate k of slot i and all after it.
func (j *judge) try(i, k int) {
	if i == len(j.p.Slots) {
		if j.best == nil || better(j.p, j.plan, j.best) {
			j.best = make([][]int32, len(j.plan))
			for s := range j.plan {
				j.best[s] = slices.Clone(j.plan[s])
			}
		}
		return
	}
	slot := &j.p.Slots[i]
	if k == len(slot.Candidates) || len(j.plan[i]) >= slot.Count {
		j.try(i+1, 0)
		return
	}
	c := &slot.Candidates[k]
	if j.free(c) {
		j.shift(c, -1)
		j.plan[i] = append(j.plan[i], int32(k))
		j.try(i, k+1)
		j.plan[i] = j.plan[i][:len(j.plan[i])-1]
		j.shift(c, 1)
	}
	j.try(i, k+1)
}

func (j *judge) free(c *Candidate) bool {
	if j.p.Exclusive && j.taken[c.Offer] {
		return false
	}
	for _, l := range c.Limits {
		if j.room[l] <= 0 {
			return false
		}
	}
	return true
}

func (j *judge) shift(c *Candidate, by int) {
	j.taken[c.Offer] = by < 0
	for _, l := range c.Limits {
		j.room[l] += by
	}
}

// termsOf returns what plans are compared by, smaller is better, without the last.
func termsOf(p *Problem, plan [][]int32) [5]int64 {
	var t [5]int64
	for i, chosen := range plan {
		if len(chosen) == 0 && !p.Slots[i].Optional {
			t[0]++
		}
		for _, k := range chosen {
			c := &p.Slots[i].Candidates[k]
			t[1]--
			t[2] += int64(c.Tier)
			if !c.Scored {
				t[3]++
			}
			t[4] -= c.Value
		}
	}
	return t
}

func less(a, b [5]int64) bool { return slices.Compare(a[:], b[:]) < 0 }

func better(p *Problem, a, b [][]int32) bool {
	if ta, tb := termsOf(p, a), termsOf(p, b); ta != tb {
		return less(ta, tb)
	}
	for i := range a {
		for k := range max(len(a[i]), len(b[i])) {
			switch {
			case k == len(b[i]):
				return true
			case k == len(a[i]):
				return false
			case a[i][k] != b[i][k]:
				return a[i][k] < b[i][k]
			}
		}
	}
	return false
}

// A shape describes random problems.
type shape struct {
	slots, offers, count, tiers int
	gap                         int32   // between higher tiers
	unscored, optional          float64 // shares
	values                      int64   // from -values/4 to values
	limits                      int     // policies
	width                       float64 // share of the offers in a policy
	part                        float64 // share of the policies that hold for some slots only
	own                         float64 // share of the offers with a cap
	nested                      bool    // policies are chains
	room                        int     // up to
	exclusive                   bool
	lists                       float64 // share of the offers that a slot has
}

// problem draws a problem of the shape.
func (s shape) problem(r *rand.Rand) *Problem {
	p := &Problem{Exclusive: s.exclusive}
	members := s.policies(r, p)
	for i := range s.slots {
		p.Slots = append(p.Slots, s.slot(r, i, members))
	}
	return p
}

// policies draws limits and returns which offers each has in which slot.
func (s shape) policies(r *rand.Rand, p *Problem) func(slot, offer int) []int32 {
	var in []func(slot, offer int) bool
	for range s.limits {
		has := make([]bool, s.offers)
		for o := range has {
			has[o] = r.Float64() < s.width
		}
		if s.nested { // a range of offers that halves a wider one
			from, size := 0, s.offers
			for range r.IntN(3) {
				size = max(size/2, 1)
				from += r.IntN(2) * size
			}
			for o := range has {
				has[o] = o >= from && o < from+size
			}
		}
		here := make([]bool, s.slots)
		partial := r.Float64() < s.part
		for i := range here {
			here[i] = !partial || r.IntN(2) == 0
		}
		in = append(in, func(slot, offer int) bool { return has[offer] && here[slot] })
		p.Room = append(p.Room, r.IntN(s.room+1))
	}
	for o := range s.offers {
		if r.Float64() < s.own {
			in = append(in, func(_, offer int) bool { return offer == o })
			p.Room = append(p.Room, r.IntN(3))
		}
	}
	return func(slot, offer int) []int32 {
		var limits []int32
		for l := range in {
			if in[l](slot, offer) {
				limits = append(limits, int32(l))
			}
		}
		r.Shuffle(len(limits), func(i, j int) { limits[i], limits[j] = limits[j], limits[i] })
		return limits
	}
}

func (s shape) slot(r *rand.Rand, i int, members func(slot, offer int) []int32) Slot {
	slot := Slot{Count: 1, Optional: r.Float64() < s.optional}
	if s.count > 1 {
		slot.Count = r.IntN(s.count + 1)
	}
	for _, o := range r.Perm(s.offers) {
		if r.Float64() >= s.lists {
			continue
		}
		c := Candidate{Offer: int32(o*7 + 3), Tier: s.tier(r), Scored: r.Float64() >= s.unscored, Limits: members(i, o)}
		if c.Scored {
			c.Value = r.Int64N(s.values+s.values/4+1) - s.values/4
		}
		slot.Candidates = append(slot.Candidates, c)
	}
	rankOrder(slot.Candidates)
	return slot
}

func (s shape) tier(r *rand.Rand) int32 {
	t := r.Int32N(int32(max(s.tiers, 1)))
	return t + t*(t-1)*s.gap
}

func rankOrder(c []Candidate) {
	slices.SortStableFunc(c, func(a, b Candidate) int {
		switch {
		case a.Tier != b.Tier:
			return int(a.Tier - b.Tier)
		case a.Scored != b.Scored:
			if a.Scored {
				return -1
			}
			return 1
		case a.Value != b.Value:
			if a.Value > b.Value {
				return -1
			}
			return 1
		}
		return 0
	})
}

func equal(a, b [][]int32) bool {
	return slices.EqualFunc(a, b, func(x, y []int32) bool { return slices.Equal(x, y) })
}
