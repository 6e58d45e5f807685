package assign

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// small are shapes that can be tried exhaustively and need no search.
var small = map[string]shape{
	"exclusive":          {slots: 4, offers: 5, values: 20, exclusive: true, lists: 0.8},
	"ties":               {slots: 4, offers: 5, values: 1, exclusive: true, lists: 0.9},
	"ties and counts":    {slots: 3, offers: 5, count: 3, values: 1, exclusive: true, lists: 0.9},
	"scarce":             {slots: 6, offers: 4, values: 3, exclusive: true, lists: 0.5, optional: 0.3},
	"counts":             {slots: 3, offers: 6, count: 3, values: 8, exclusive: true, lists: 0.7, optional: 0.3},
	"tiers":              {slots: 4, offers: 5, tiers: 3, unscored: 0.3, values: 6, exclusive: true, lists: 0.8},
	"gaps":               {slots: 4, offers: 5, tiers: 4, gap: 50_000_000, values: 6, exclusive: true, lists: 0.8},
	"largest":            {slots: 4, offers: 5, tiers: 2, unscored: 0.2, values: 1e15, exclusive: true, lists: 0.8},
	"everything":         {slots: 3, offers: 5, count: 3, tiers: 2, unscored: 0.3, optional: 0.3, values: 3, exclusive: true, lists: 0.8},
	"own caps":           {slots: 4, offers: 4, values: 4, own: 0.7, lists: 0.9},
	"own caps, counts":   {slots: 3, offers: 5, count: 3, values: 4, own: 0.7, lists: 0.9, optional: 0.3},
	"nested":             {slots: 4, offers: 5, count: 2, values: 4, limits: 4, nested: true, room: 3, exclusive: true, lists: 0.8},
	"nested, duplicates": {slots: 3, offers: 5, count: 3, values: 4, limits: 4, own: 0.3, nested: true, room: 4, lists: 0.8},
	"level":              {slots: 5, offers: 5, exclusive: true, lists: 0.8},
	"level, counts":      {slots: 3, offers: 5, count: 3, exclusive: true, lists: 0.8, optional: 0.5},
	"level, tiers":       {slots: 5, offers: 5, tiers: 2, unscored: 0.4, exclusive: true, lists: 0.8, optional: 0.2},
	"level, own caps":    {slots: 4, offers: 5, count: 2, own: 0.6, exclusive: true, lists: 0.8},
	"line":               {slots: 5, offers: 5, values: 3, limits: 1, width: 1, room: 4, exclusive: true, lists: 0.9},
	"line, level":        {slots: 5, offers: 5, limits: 1, width: 1, room: 4, exclusive: true, lists: 0.9, optional: 0.3},
	"line, own caps":     {slots: 4, offers: 5, count: 2, tiers: 2, values: 1, limits: 1, width: 1, own: 0.5, room: 5, exclusive: true, lists: 0.8},
	"nested, level":      {slots: 4, offers: 5, count: 2, tiers: 2, limits: 4, nested: true, room: 3, exclusive: true, lists: 0.8, optional: 0.3},
	"nested, own caps":   {slots: 4, offers: 5, count: 2, values: 1, limits: 3, own: 0.4, nested: true, room: 4, exclusive: true, lists: 0.8},
	"nested, tiers":      {slots: 4, offers: 5, tiers: 2, unscored: 0.3, values: 2, limits: 4, nested: true, room: 3, exclusive: true, lists: 0.8},
}

// overlapping are shapes whose limits need the search.
var overlapping = map[string]shape{
	"overlapping":             {slots: 5, offers: 5, values: 4, limits: 3, width: 0.5, room: 3, exclusive: true, lists: 0.9},
	"overlapping, values":     {slots: 5, offers: 5, values: 1000, limits: 3, width: 0.6, room: 3, exclusive: true, lists: 0.9},
	"overlapping, gaps":       {slots: 5, offers: 5, tiers: 4, gap: 50_000_000, values: 1e6, limits: 3, width: 0.6, part: 0.5, room: 3, exclusive: true, lists: 0.9},
	"overlapping, largest":    {slots: 4, offers: 5, tiers: 2, values: 1e15, limits: 3, width: 0.6, room: 3, exclusive: true, lists: 0.9},
	"overlapping, duplicates": {slots: 4, offers: 4, values: 3, limits: 3, width: 0.6, own: 0.3, room: 3, lists: 0.9},
	"overlapping, counts":     {slots: 3, offers: 5, count: 3, values: 3, limits: 3, width: 0.6, room: 4, exclusive: true, lists: 0.8, optional: 0.3},
	"overlapping, level":      {slots: 5, offers: 5, limits: 3, width: 0.6, own: 0.2, room: 3, exclusive: true, lists: 0.9, optional: 0.3},
	"partial, level":          {slots: 4, offers: 5, count: 2, tiers: 2, limits: 3, width: 0.7, part: 0.7, room: 4, exclusive: true, lists: 0.9},
	"partial":                 {slots: 5, offers: 5, values: 4, limits: 3, width: 0.6, part: 0.7, room: 2, exclusive: true, lists: 0.9},
	"partial, duplicates":     {slots: 4, offers: 4, count: 2, values: 4, limits: 4, width: 0.7, part: 0.7, own: 0.3, room: 3, lists: 0.9},
	"partial, everything":     {slots: 3, offers: 5, count: 3, tiers: 2, unscored: 0.3, optional: 0.3, values: 2, limits: 4, width: 0.6, part: 0.5, own: 0.2, room: 3, exclusive: true, lists: 0.9},
	"many":                    {slots: 4, offers: 5, tiers: 2, values: 2, limits: 8, width: 0.4, part: 0.5, room: 3, exclusive: true, lists: 0.9},
}

func TestOptimalIsWhatTryingAllPlansFinds(t *testing.T) {
	t.Run("in polynomial time", func(t *testing.T) { agree(t, small, 800) })
	t.Run("by search", func(t *testing.T) { agree(t, overlapping, 800) })
	t.Run("larger", func(t *testing.T) {
		agree(t, map[string]shape{
			"values": {slots: 7, offers: 6, values: 50, limits: 4, width: 0.6, part: 0.5, room: 3, exclusive: true, lists: 0.8},
			"ties":   {slots: 7, offers: 6, values: 1, limits: 3, width: 0.7, part: 0.5, room: 3, exclusive: true, lists: 0.8},
		}, 40)
	})
}

func agree(t *testing.T, shapes map[string]shape, rounds uint64) {
	t.Helper()
	for name, s := range shapes {
		t.Run(name, func(t *testing.T) {
			var solver Solver
			for seed := range rounds {
				p := s.problem(rand.New(rand.NewPCG(seed, 1)))
				got, want := solver.Optimal(p, 0), bruteForce(p)
				require.Falsef(t, got.Cut, "seed %d", seed)
				require.Truef(t, equal(got.Chosen, want), "seed %d: got %v of %v, want %v of %v\n%+v",
					seed, got.Chosen, termsOf(p, got.Chosen), want, termsOf(p, want), p)
			}
		})
	}
}

func TestFirstSlotFaresBestAmongEqualPlans(t *testing.T) {
	same := []Candidate{{Offer: 1, Scored: true, Value: 5}, {Offer: 2, Scored: true, Value: 5}}
	p := &Problem{Exclusive: true, Slots: []Slot{
		{Count: 1, Candidates: same}, {Count: 1, Candidates: same[:1]}, {Count: 2, Optional: true, Candidates: same},
	}}
	var s Solver
	require.Equal(t, [][]int32{{1}, {0}, {}}, s.Optimal(p, 0).Chosen, "fewest fallbacks come first")
	p.Slots[1].Optional = true
	require.Equal(t, [][]int32{{0}, {}, {1}}, s.Optimal(p, 0).Chosen, "then the first slot")
}

func TestNegativeValueStillFills(t *testing.T) {
	var s Solver
	p := &Problem{Exclusive: true, Slots: []Slot{
		{Count: 1, Optional: true, Candidates: []Candidate{{Offer: 1, Scored: true, Value: -3}}},
		{Count: 1, Optional: true, Candidates: []Candidate{{Offer: 1, Scored: true, Value: 9}, {Offer: 2, Scored: true, Value: -1e15}}},
	}}
	require.Equal(t, [][]int32{{0}, {1}}, s.Optimal(p, 0).Chosen)
}

func TestNothingToDecide(t *testing.T) {
	var s Solver
	require.Empty(t, s.Optimal(&Problem{}, 0).Chosen)
	p := &Problem{Exclusive: true, Room: []int{0}, Slots: []Slot{
		{Count: 3},
		{Count: 0, Candidates: []Candidate{{Offer: 1}}},
		{Count: 1, Candidates: []Candidate{{Offer: 1, Limits: []int32{0}}}},
	}}
	for _, plan := range []Plan{s.Optimal(p, 0), s.Sequential(p)} {
		require.Len(t, plan.Chosen, 3)
		for _, chosen := range plan.Chosen {
			require.Empty(t, chosen)
		}
	}
}

func TestSequentialTakesTheBestThatRemain(t *testing.T) {
	var s Solver
	p := &Problem{Exclusive: true, Room: []int{1}, Slots: []Slot{
		{Count: 1, Candidates: []Candidate{{Offer: 1, Limits: []int32{0}}, {Offer: 2}}},
		{Count: 2, Candidates: []Candidate{{Offer: 3, Limits: []int32{0}}, {Offer: 1}, {Offer: 4}, {Offer: 2}}},
		{Count: 1, Candidates: []Candidate{{Offer: 4}}},
	}}
	require.Equal(t, [][]int32{{0}, {2, 3}, {}}, s.Sequential(p).Chosen)
	p.Exclusive = false
	require.Equal(t, [][]int32{{0}, {1, 2}, {0}}, s.Sequential(p).Chosen)
}

func TestSteadyStateDoesNotAllocate(t *testing.T) {
	nested := shape{slots: 10, offers: 32, count: 2, values: 9, limits: 6, nested: true, room: 5, lists: 1, exclusive: true}
	problems := map[string]*Problem{
		"conflict-free": {Slots: contested(1, 30, 30, 1, 1e8).Slots},
		"nested limits": nested.problem(rand.New(rand.NewPCG(1, 1))),
	}
	for name, c := range contests {
		problems[name] = c.problem(1)
	}
	for name, p := range problems {
		var s Solver
		s.Optimal(p, 0)
		require.Zero(t, testing.AllocsPerRun(20, func() { s.Optimal(p, 0) }), name)
		if !p.Exclusive {
			continue
		}
		var m Matching
		lists := listsOf(p)
		solve := func() {
			m.of(p, lists.content)
			m.Solve(lists)
		}
		solve()
		require.Zero(t, testing.AllocsPerRun(20, solve), name)
	}
}
