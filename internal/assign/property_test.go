package assign

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawProblem draws a problem of any shape, up to the size of real requests.
func drawProblem(t *rapid.T, exclusive bool) *Problem {
	s := shape{
		slots: rapid.IntRange(1, 12).Draw(t, "slots"), offers: rapid.IntRange(1, 24).Draw(t, "offers"),
		count: rapid.IntRange(1, 4).Draw(t, "count"), tiers: rapid.IntRange(1, 3).Draw(t, "tiers"),
		unscored: rapid.SampledFrom([]float64{0, 0.3}).Draw(t, "unscored"),
		optional: rapid.SampledFrom([]float64{0, 0.3}).Draw(t, "optional"),
		values:   rapid.SampledFrom([]int64{0, 2, 1e8}).Draw(t, "values"),
		limits:   rapid.IntRange(0, 4).Draw(t, "limits"), width: 0.6,
		part: rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "part"),
		gap:  rapid.SampledFrom([]int32{0, 10}).Draw(t, "gap"),
		own:  rapid.SampledFrom([]float64{0, 0.3}).Draw(t, "own"), room: 8,
		lists: rapid.SampledFrom([]float64{0.3, 1}).Draw(t, "lists"), exclusive: exclusive,
	}
	return s.problem(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3)))
}

// allowed returns what is wrong with a plan, or nothing.
func allowed(p *Problem, plan [][]int32) error {
	room := slices.Clone(p.Room)
	taken := map[int32]bool{}
	for i, chosen := range plan {
		if len(chosen) > p.Slots[i].Count {
			return fmt.Errorf("slot %d: more offers than its count", i)
		}
		for at, k := range chosen {
			c := &p.Slots[i].Candidates[k]
			if at > 0 && chosen[at-1] >= k {
				return fmt.Errorf("slot %d: not ascending", i)
			}
			if p.Exclusive && taken[c.Offer] {
				return fmt.Errorf("slot %d: offer %d twice", i, c.Offer)
			}
			taken[c.Offer] = true
			for _, l := range c.Limits {
				if room[l]--; room[l] < 0 {
					return fmt.Errorf("slot %d: limit %d exceeded", i, l)
				}
			}
		}
	}
	return nil
}

func TestPlansKeepAllLimitsAndOptimalIsNeverWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, rapid.Bool().Draw(t, "exclusive"))
		var one, two, three Solver
		best, greedy := one.Optimal(p, 0), two.Sequential(p)
		cut := three.Optimal(p, rapid.IntRange(1, 3000).Draw(t, "maxSteps"))
		for _, plan := range []Plan{best, greedy, cut} {
			require.NoError(t, allowed(p, plan.Chosen))
		}
		require.False(t, better(p, greedy.Chosen, best.Chosen), "sequential is better than optimal")
		require.False(t, !best.Cut && better(p, cut.Chosen, best.Chosen), "a search cut short is better than optimal")
		require.False(t, better(p, greedy.Chosen, cut.Chosen), "sequential is better than a search cut short")
		require.True(t, cut.Cut || equal(cut.Chosen, best.Chosen), "a search said to be complete is not optimal")
	})
}

func TestWhatCannotMatterDoesNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, rapid.Bool().Draw(t, "exclusive"))
		var s, other Solver
		want := s.Optimal(p, 0)

		full, wide := int32(len(p.Room)), int32(len(p.Room)+1)
		p.Room = append(p.Room, 0, 1000)
		for i := range p.Slots {
			c := p.Slots[i].Candidates
			for k := range c {
				c[k].Offer = 1000 - c[k].Offer
				c[k].Limits = append([]int32{wide}, c[k].Limits...)
				c[k].Tier *= 100_000
			}
			p.Slots[i].Candidates = append(c, Candidate{Offer: 2000, Tier: 1e8, Limits: []int32{full}})
		}
		got := other.Optimal(p, 0)
		require.True(t, want.Cut || got.Cut || equal(want.Chosen, got.Chosen), "names, a limit with room, scaled tiers, a candidate without room")
	})
}

func TestProblemsSideBySideDoNotDisturbEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		exclusive := rapid.Bool().Draw(t, "exclusive")
		a, b := drawProblem(t, exclusive), drawProblem(t, exclusive)
		var one, two, both Solver
		want := slices.Concat(one.Optimal(a, 0).Chosen, two.Optimal(b, 0).Chosen)
		joint := sideBySide(a, b)
		got := both.Optimal(joint, 0)
		require.True(t, got.Cut || equal(want, got.Chosen))
		require.False(t, better(joint, got.Chosen, want))
	})
}

// sideBySide joins problems that have nothing in common.
func sideBySide(problems ...*Problem) *Problem {
	joint := &Problem{Exclusive: problems[0].Exclusive}
	for i, p := range problems {
		for _, slot := range p.Slots {
			slot.Candidates = slices.Clone(slot.Candidates)
			for k := range slot.Candidates {
				c := &slot.Candidates[k]
				c.Offer += int32(i) * 10_000
				c.Limits = slices.Clone(c.Limits)
				for l := range c.Limits {
					c.Limits[l] += int32(len(joint.Room))
				}
			}
			joint.Slots = append(joint.Slots, slot)
		}
		joint.Room = append(joint.Room, p.Room...)
	}
	return joint
}

func TestManySlotsAreDecidedAsFewAre(t *testing.T) {
	for name, c := range contests {
		var few, many Solver
		var want [][]int32
		problems := make([]*Problem, 5)
		for i := range problems {
			problems[i] = c.problem(uint64(i))
			for _, chosen := range few.Optimal(problems[i], 0).Chosen {
				want = append(want, slices.Clone(chosen))
			}
		}
		require.True(t, equal(want, many.Optimal(sideBySide(problems...), 0).Chosen), name)
	}
}
