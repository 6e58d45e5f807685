package decisioning_test

import (
	"slices"

	"github.com/proffer-go/proffer/internal/assign"
	"github.com/proffer-go/proffer/offer"
)

// solved is optimal for more than trying all plans can do. The solver, which has a
// judge of its own, gets all candidates of all places and all limits, none of which
// the engine need have thought of.
func (p *planner) solved() judgePlan {
	problem := assign.Problem{Exclusive: !p.duplicates}
	for _, room := range p.room {
		problem.Room = append(problem.Room, int(room))
	}
	index := map[*offer.Offer]int32{}
	for _, place := range p.places {
		slot := assign.Slot{Count: place.count, Optional: place.optional}
		for _, c := range place.candidates {
			if _, ok := index[c.offer]; !ok {
				index[c.offer] = int32(len(index))
			}
			candidate := assign.Candidate{Offer: index[c.offer], Tier: int32(c.tier), Scored: c.score != nil, Value: c.weighted}
			for _, n := range c.needs {
				candidate.Limits = append(candidate.Limits, int32(n))
			}
			slices.Sort(candidate.Limits)
			candidate.Limits = slices.Compact(candidate.Limits)
			slot.Candidates = append(slot.Candidates, candidate)
		}
		problem.Slots = append(problem.Slots, slot)
	}
	var solver assign.Solver
	found := solver.Optimal(&problem, 0)
	plan := make(judgePlan, len(p.places))
	for i, chosen := range found.Chosen {
		for _, c := range chosen {
			plan[i] = append(plan[i], int(c))
		}
	}
	return plan
}
