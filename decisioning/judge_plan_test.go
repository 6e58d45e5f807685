package decisioning_test

import (
	"cmp"
	"math"
	"slices"

	"github.com/proffer-go/proffer/offer"
)

// judgeCandidate is an offer that qualifies for an activity.
type judgeCandidate struct {
	offer    *offer.Offer
	tier     int
	score    *float64
	weighted int64 // weight × score × 10^6, an integer
	hash     uint64
	needs    []int // the counters that it takes a unit of
}

// judgePlace is an activity to plan for, its candidates in rank order.
type judgePlace struct {
	count      int
	optional   bool
	candidates []judgeCandidate
}

// millionths is weight × score × 10^6, rounded to an integer, halves to even.
func millionths(weight float64, score *float64) int64 {
	if score == nil {
		return 0
	}
	product := weight * *score
	product *= 1e6
	return int64(math.RoundToEven(product))
}

// rankOrder is tier, then score, those without one last and by priority, then hash.
func rankOrder(a, b judgeCandidate) int {
	switch {
	case a.tier != b.tier:
		return cmp.Compare(a.tier, b.tier)
	case (a.score == nil) != (b.score == nil):
		if a.score == nil {
			return 1
		}
		return -1
	case a.score == nil && a.offer.Priority != b.offer.Priority:
		return cmp.Compare(b.offer.Priority, a.offer.Priority)
	case a.score != nil && *a.score != *b.score:
		return cmp.Compare(*b.score, *a.score)
	default:
		return cmp.Compare(a.hash, b.hash)
	}
}

// judgePlan is for each place the positions of the chosen candidates, in rank order.
type judgePlan [][]int

// planner makes every plan there is.
type planner struct {
	places     []judgePlace
	room       []int64 // left on each counter
	duplicates bool    // are allowed

	taken map[*offer.Offer]int
	plan  judgePlan

	best      judgePlan
	bestValue planValue
	equal     int // plans with the value of the best
}

// planValue is what plans are compared by, in this order; less is better.
type planValue struct{ fallbacks, missing, tiers, scoreless, loss int64 }

func (v planValue) compare(w planValue) int {
	return cmp.Or(cmp.Compare(v.fallbacks, w.fallbacks), cmp.Compare(v.missing, w.missing), cmp.Compare(v.tiers, w.tiers),
		cmp.Compare(v.scoreless, w.scoreless), cmp.Compare(v.loss, w.loss))
}

func newPlanner(places []judgePlace, room []int64, duplicates bool) *planner {
	return &planner{
		places: places, room: slices.Clone(room), duplicates: duplicates,
		taken: map[*offer.Offer]int{}, plan: make(judgePlan, len(places)),
	}
}

// optimal tries all plans and returns the best.
func (p *planner) optimal() judgePlan {
	p.try(0, 0)
	return p.best
}

// try makes all plans that agree with p.plan before the place, and for the place
// itself before the candidate.
func (p *planner) try(place, from int) {
	if place == len(p.places) {
		p.compare()
		return
	}
	here := &p.places[place]
	if len(p.plan[place]) < here.count {
		for c := from; c < len(here.candidates); c++ {
			if p.take(place, c) {
				p.try(place, c+1)
				p.untake(place)
			}
		}
	}
	p.try(place+1, 0)
}

// take adds the candidate to the plan if it may be proposed there still.
func (p *planner) take(place, c int) bool {
	candidate := &p.places[place].candidates[c]
	if p.taken[candidate.offer] > 0 && !p.duplicates {
		return false
	}
	for i, n := range candidate.needs {
		if p.room[n] == 0 {
			for _, n := range candidate.needs[:i] {
				p.room[n]++
			}
			return false
		}
		p.room[n]--
	}
	p.taken[candidate.offer]++
	p.plan[place] = append(p.plan[place], c)
	return true
}

func (p *planner) untake(place int) {
	last := len(p.plan[place]) - 1
	candidate := &p.places[place].candidates[p.plan[place][last]]
	for _, n := range candidate.needs {
		p.room[n]++
	}
	p.taken[candidate.offer]--
	p.plan[place] = p.plan[place][:last]
}

func (p *planner) compare() {
	v := p.value()
	by := -1
	if p.best != nil {
		by = v.compare(p.bestValue)
	}
	if by == 0 {
		p.equal++
	} else if by < 0 {
		p.equal = 1
	}
	if by < 0 || by == 0 && faresBetter(p.plan, p.best) {
		p.bestValue, p.best = v, make(judgePlan, len(p.plan))
		for i, chosen := range p.plan {
			p.best[i] = slices.Clone(chosen)
		}
	}
}

func (p *planner) value() (v planValue) {
	for i, chosen := range p.plan {
		if len(chosen) == 0 && !p.places[i].optional {
			v.fallbacks++
		}
		for _, c := range chosen {
			candidate := &p.places[i].candidates[c]
			v.missing--
			v.tiers += int64(candidate.tier)
			v.loss -= candidate.weighted
			if candidate.score == nil {
				v.scoreless++
			}
		}
	}
	return v
}

// faresBetter reports whether the first activity that the plans differ in is
// better off in a: place by place, an offer before none.
func faresBetter(a, b judgePlan) bool {
	for i := range a {
		for k := range max(len(a[i]), len(b[i])) {
			switch {
			case k >= len(a[i]):
				return false
			case k >= len(b[i]):
				return true
			case a[i][k] != b[i][k]:
				return a[i][k] < b[i][k]
			}
		}
	}
	return false
}

// sequential fills the places in order, each with its best remaining.
func (p *planner) sequential() judgePlan {
	for i, place := range p.places {
		for c := range place.candidates {
			if len(p.plan[i]) < place.count {
				p.take(i, c)
			}
		}
	}
	return p.plan
}

// contested reports whether two activities would like the same offer.
func (p *planner) contested() bool {
	wanted := map[*offer.Offer]bool{}
	for _, place := range p.places {
		for _, c := range place.candidates[:min(place.count, len(place.candidates))] {
			if wanted[c.offer] {
				return true
			}
			wanted[c.offer] = true
		}
	}
	return false
}
