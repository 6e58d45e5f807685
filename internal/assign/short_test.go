package assign

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Where no list was read to its end, longer lists would give the same plan.
func TestWhatComesAfterAListThatWasNotReadToItsEndDoesNotMatter(t *testing.T) {
	proven := 0
	rapid.Check(t, func(t *rapid.T) {
		whole := drawProblem(t, true)
		cut := *whole
		cut.Slots = slices.Clone(whole.Slots)
		for i := range cut.Slots {
			s := &cut.Slots[i]
			n := rapid.IntRange(min(max(s.Count, 0), len(s.Candidates)), len(s.Candidates)).Draw(t, "listed")
			s.Candidates = s.Candidates[:n]
		}
		var short, long Solver
		plan := short.Optimal(&cut, 0)
		if plan.Short == nil || plan.Cut {
			return
		}
		for i, is := range plan.Short {
			if is && len(cut.Slots[i].Candidates) < len(whole.Slots[i].Candidates) {
				return
			}
		}
		proven++
		require.Equal(t, long.Optimal(whole, 0).Chosen, plan.Chosen)
	})
	require.Positive(t, proven)
}

func TestShortListsOfContestsAreSaidToBe(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for seed := range uint64(500) {
		whole := contested(seed, 12, 14, 1+int(seed%2), 3)
		var long, s Solver
		want := long.Optimal(whole, 0)
		grown := *whole
		grown.Slots = slices.Clone(whole.Slots)
		listed := make([]int, len(whole.Slots))
		for i := range listed {
			listed[i] = whole.Slots[i].Count
		}
		for {
			for i := range grown.Slots {
				grown.Slots[i].Candidates = whole.Slots[i].Candidates[:min(listed[i], len(whole.Slots[i].Candidates))]
			}
			plan, more := s.Optimal(&grown, 0), false
			require.NotNil(t, plan.Short)
			for i, is := range plan.Short {
				if is && listed[i] < len(whole.Slots[i].Candidates) {
					listed[i] += 1 + r.IntN(2)
					more = true
				}
			}
			if !more {
				require.Equal(t, want.Chosen, plan.Chosen, "seed %d", seed)
				break
			}
		}
	}
}
