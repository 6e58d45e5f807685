package assign

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// read are the lists of a problem, without candidates that have no room.
type read struct {
	p       *Problem
	places  [][]int32     // by slot, of the candidates with room
	read    []int         // by slot, how many
	unasked bool          // candidates were read out of turn
	content []bool        // by slot
	owner   map[int32]int // of the first candidates of those
}

func listsOf(p *Problem) *read {
	r := &read{p: p, places: make([][]int32, len(p.Slots)), read: make([]int, len(p.Slots))}
	for i := range p.Slots {
		for k, c := range p.Slots[i].Candidates {
			if !slices.ContainsFunc(c.Limits, func(l int32) bool { return p.Room[l] <= 0 }) {
				r.places[i] = append(r.places[i], int32(k))
			}
		}
	}
	r.content, r.owner = make([]bool, len(p.Slots)), make(map[int32]int)
	wanting := make(map[int32]int)
	for i := range p.Slots {
		for _, offer := range r.first(i) {
			wanting[offer]++
		}
	}
	for i := range p.Slots {
		r.content[i] = len(r.first(i)) == p.Slots[i].Count &&
			!slices.ContainsFunc(r.first(i), func(offer int32) bool { return wanting[offer] > 1 })
		for _, offer := range r.first(i) {
			if r.content[i] {
				r.owner[offer] = i
			}
		}
	}
	return r
}

// first returns the offers that the slot wants first.
func (r *read) first(slot int) (offers []int32) {
	for _, k := range r.places[slot] {
		if len(offers) < r.p.Slots[slot].Count {
			offers = append(offers, r.p.Slots[slot].Candidates[k].Offer)
		}
	}
	return offers
}

func (r *read) Content(offer int32) int {
	if i, ok := r.owner[offer]; ok {
		return i
	}
	return -1
}

func (r *read) Read(slot, k int, c *Candidate) bool {
	r.unasked = r.unasked || k > r.read[slot]
	if k >= len(r.places[slot]) {
		return false
	}
	r.read[slot] = max(r.read[slot], k+1)
	*c = r.p.Slots[slot].Candidates[r.places[slot][k]]
	return true
}

// of begins the problem.
func (m *Matching) of(p *Problem, content []bool) {
	m.Begin()
	for i := range p.Slots {
		s := &p.Slots[i]
		highest := int32(0)
		if n := len(s.Candidates); n > 0 {
			highest = s.Candidates[n-1].Tier
		}
		m.Add(s.Count, s.Optional, highest, content[i])
	}
}

// plan returns the plan that disregards limits with room, if it is to be had, and whether it keeps them.
func (m *Matching) plan(p *Problem, lists *read) (chosen [][]int32, ok bool) {
	m.of(p, lists.content)
	if !p.Exclusive || !m.Solve(lists) {
		return nil, false
	}
	for i := range p.Slots {
		own := m.Chosen(i, nil)
		for at, k := range own {
			own[at] = lists.places[i][k]
		}
		chosen = append(chosen, own)
	}
	return chosen, allowed(p, chosen) == nil
}

func TestMatchingIsWhatTryingAllPlansFinds(t *testing.T) {
	matched := 0
	for name, s := range small {
		t.Run(name, func(t *testing.T) {
			var m Matching
			for seed := range uint64(800) {
				p := s.problem(rand.New(rand.NewPCG(seed, 1)))
				lists := listsOf(p)
				if got, ok := m.plan(p, lists); ok {
					matched++
					require.Truef(t, equal(got, bruteForce(p)), "seed %d: got %v, want %v\n%+v", seed, got, bruteForce(p), p)
				}
				require.False(t, lists.unasked)
			}
		})
	}
	require.Greater(t, matched, 8000)
}

func TestMatchingAndNetworkAgree(t *testing.T) {
	t.Run("contests", func(t *testing.T) {
		matched := 0
		for name, c := range contests {
			var m Matching
			var s Solver
			for seed := range uint64(25) {
				p := c.problem(seed)
				if plan, ok := m.plan(p, listsOf(p)); ok {
					matched++
					require.True(t, equal(s.Optimal(p, 0).Chosen, plan), "%s, seed %d", name, seed)
				}
			}
		}
		require.Greater(t, matched, 400)
	})
	t.Run("any", func(t *testing.T) {
		matched := 0
		rapid.Check(t, func(t *rapid.T) {
			p := drawProblem(t, true)
			lists := listsOf(p)
			var m Matching
			var s Solver
			plan, ok := m.plan(p, lists)
			if want := s.Optimal(p, 0); ok && !want.Cut {
				matched++
				require.Equal(t, termsOf(p, want.Chosen), termsOf(p, plan))
				require.True(t, equal(want.Chosen, plan))
			}
		})
		require.Positive(t, matched)
	})
}

// TestSlotsThatStandAsideChangeNoPlan: nor whether there is one; values are few, so that equal plans are many.
func TestSlotsThatStandAsideChangeNoPlan(t *testing.T) {
	var some, none Matching
	aside := 0
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 7))
		p := &Problem{Exclusive: true}
		offers := 2 + r.IntN(12)
		for range 2 + r.IntN(6) {
			s := Slot{Count: 1 + r.IntN(3), Optional: r.IntN(3) == 0}
			value := int64(r.IntN(4))
			for _, o := range r.Perm(offers)[:r.IntN(offers+1)] {
				value -= int64(r.IntN(4) / 3)
				s.Candidates = append(s.Candidates, Candidate{Offer: int32(o), Scored: true, Value: value})
			}
			p.Slots = append(p.Slots, s)
		}
		lists, all := listsOf(p), listsOf(p)
		clear(all.content)
		clear(all.owner)
		got, ok := some.plan(p, lists)
		want, wanted := none.plan(p, all)
		require.Equal(t, wanted, ok, "seed %d", seed)
		require.True(t, equal(want, got), "seed %d: got %v, want %v", seed, got, want)
		if slices.Contains(lists.content, true) {
			aside++
		}
	}
	require.Greater(t, aside, 5000)
}

func TestMatchingReadsNoMoreThanItNeeds(t *testing.T) {
	offers := func(of ...int32) (list []Candidate) {
		for k, o := range of {
			list = append(list, Candidate{Offer: o, Scored: true, Value: int64(100 - k)})
		}
		return list
	}
	for _, tt := range []struct {
		name  string
		slots []Slot
		want  []int
	}{
		{"no conflict", []Slot{{Count: 1, Candidates: offers(1, 2, 3)}, {Count: 2, Candidates: offers(4, 5, 6, 7)}}, []int{0, 0}},
		{"one for two", []Slot{{Count: 1, Candidates: offers(1, 2, 3)}, {Count: 1, Candidates: offers(1, 4, 5)}}, []int{2, 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &Problem{Exclusive: true, Slots: tt.slots}
			lists := listsOf(p)
			var m Matching
			_, ok := m.plan(p, lists)
			require.True(t, ok)
			require.Equal(t, tt.want, lists.read)
		})
	}
}
