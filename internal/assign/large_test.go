package assign

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// hungarian returns the least cost of assigning each row a column of its own: the
// textbook method.
func hungarian(cost [][]int64) int64 {
	n := len(cost)
	u, v := make([]int64, n+1), make([]int64, n+1)
	match, way := make([]int, n+1), make([]int, n+1)
	for i := 1; i <= n; i++ {
		match[0] = i
		least, used := make([]int64, n+1), make([]bool, n+1)
		for j := range least {
			least[j] = math.MaxInt64
		}
		j0 := 0
		for match[j0] != 0 {
			used[j0] = true
			i0, j1, delta := match[j0], 0, int64(math.MaxInt64)
			for j := 1; j <= n; j++ {
				if used[j] {
					continue
				}
				if c := cost[i0-1][j-1] - u[i0] - v[j]; c < least[j] {
					least[j], way[j] = c, j0
				}
				if least[j] < delta {
					delta, j1 = least[j], j
				}
			}
			for j := range n + 1 {
				if used[j] {
					u[match[j]] += delta
					v[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			j0 = j1
		}
		for j0 != 0 {
			match[j0] = match[way[j0]]
			j0 = way[j0]
		}
	}
	return -v[0]
}

// ofCosts makes a problem of a matrix of costs.
func ofCosts(cost [][]int64) *Problem {
	p := &Problem{Exclusive: true}
	for i := range cost {
		slot := Slot{Count: 1}
		for j, c := range cost[i] {
			slot.Candidates = append(slot.Candidates, Candidate{Offer: int32(j), Scored: true, Value: -c * 1e6})
		}
		rankOrder(slot.Candidates)
		p.Slots = append(p.Slots, slot)
	}
	return p
}

func TestOptimalIsTheAssignmentOfLeastCost(t *testing.T) {
	var s Solver
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 4))
		cost := make([][]int64, 5+r.IntN(60))
		for i := range cost {
			cost[i] = make([]int64, len(cost))
			for j := range cost[i] {
				cost[i][j] = r.Int64N(1+int64(seed)*int64(seed)) - 10
			}
		}
		p := ofCosts(cost)
		require.Equal(t, hungarian(cost)*1e6, termsOf(p, s.Optimal(p, 0).Chosen)[4], "seed %d", seed)
	}
}

func TestAssignmentProblemsOfTheLibrary(t *testing.T) {
	for name, want := range map[string]int64{"assign100": 305, "assign300": 626, "assign500": 991} {
		t.Run(name, func(t *testing.T) {
			p := ofCosts(readCosts(t, name+".txt.gz"))
			var s Solver
			require.Equal(t, want*1e6, termsOf(p, s.Optimal(p, 0).Chosen)[4])
		})
	}
}

// readCosts reads a problem of the OR-Library: n, then n*n costs.
func readCosts(t *testing.T, name string) [][]int64 {
	t.Helper()
	dir := os.Getenv("PROFFER_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "assignment", name))
	if err != nil {
		t.Skip("no test data (PROFFER_DATA names their folder):", err)
	}
	defer func() { require.NoError(t, f.Close()) }()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	words := bufio.NewScanner(z)
	words.Split(bufio.ScanWords)
	next := func() (v int64) {
		require.True(t, words.Scan())
		_, err := fmt.Sscan(words.Text(), &v)
		require.NoError(t, err)
		return v
	}
	cost := make([][]int64, next())
	for i := range cost {
		cost[i] = make([]int64, len(cost))
		for j := range cost[i] {
			cost[i][j] = next()
		}
	}
	return cost
}

// large are problems of the size that the search bound must suffice for.
var large = map[string]shape{
	"values":          {slots: 30, offers: 100, values: 1e8, limits: 3, width: 0.5, room: 20, exclusive: true, lists: 1},
	"scarce":          {slots: 30, offers: 100, values: 1e8, limits: 3, width: 0.95, room: 8, exclusive: true, lists: 0.5},
	"partial":         {slots: 30, offers: 100, values: 1e8, limits: 3, width: 0.7, part: 1, room: 10, exclusive: true, lists: 1},
	"ties":            {slots: 30, offers: 100, values: 3, limits: 3, width: 0.9, part: 0.5, room: 10, exclusive: true, lists: 1},
	"all equal":       {slots: 30, offers: 100, values: 0, limits: 3, width: 0.9, part: 0.5, room: 10, exclusive: true, lists: 0.6},
	"tiers":           {slots: 30, offers: 100, tiers: 4, unscored: 0.2, optional: 0.3, values: 1e8, limits: 3, width: 0.8, part: 0.5, room: 12, exclusive: true, lists: 0.7},
	"gaps":            {slots: 30, offers: 100, tiers: 5, gap: 10, values: 100, limits: 3, width: 0.8, part: 0.5, room: 12, exclusive: true, lists: 0.5},
	"short lists":     {slots: 30, offers: 100, tiers: 2, values: 1e8, limits: 3, width: 0.8, part: 0.5, room: 12, exclusive: true, lists: 0.1},
	"counts":          {slots: 30, offers: 100, count: 5, values: 1e8, limits: 3, width: 0.7, part: 0.5, room: 20, exclusive: true, lists: 1},
	"duplicates":      {slots: 30, offers: 100, values: 1e8, limits: 3, width: 0.8, part: 0.5, own: 0.3, room: 10, lists: 1},
	"duplicate ties":  {slots: 30, offers: 100, values: 3, limits: 3, width: 0.8, part: 0.5, room: 10, lists: 1},
	"twice the limit": {slots: 30, offers: 100, values: 1e8, limits: 6, width: 0.6, part: 0.5, room: 15, exclusive: true, lists: 1},
}

func TestSearchBoundSufficesForRealRequests(t *testing.T) {
	for name, s := range large {
		t.Run(name, func(t *testing.T) {
			var solver Solver
			for seed := range uint64(12) {
				p := s.problem(rand.New(rand.NewPCG(seed, 5)))
				plan := solver.Optimal(p, defaultSteps/20)
				require.False(t, plan.Cut, "seed %d", seed)
				require.NoError(t, allowed(p, plan.Chosen), "seed %d", seed)
			}
		})
	}
}

// With duplicates and one offer per slot, slots meet in the limits alone: the best
// plan follows by dynamic programming over the units taken.
func TestSearchFindsWhatDynamicProgrammingFinds(t *testing.T) {
	s := shape{slots: 15, offers: 30, values: 40, limits: 3, width: 0.9, part: 0.4, room: 6, lists: 0.5, tiers: 2, optional: 0.2}
	var solver Solver
	for seed := range uint64(40) {
		p := s.problem(rand.New(rand.NewPCG(seed, 6)))
		require.Equal(t, byUnits(p), termsOf(p, solver.Optimal(p, 0).Chosen), "seed %d", seed)
	}
}

// byUnits returns the terms of the best plan.
func byUnits(p *Problem) [5]int64 {
	type taken [3]int
	best := map[taken][5]int64{{}: {}}
	for i := range p.Slots {
		next := map[taken][5]int64{}
		keep := func(at taken, terms [5]int64) {
			if old, ok := next[at]; !ok || less(terms, old) {
				next[at] = terms
			}
		}
		for at, sum := range best {
			empty := sum
			if !p.Slots[i].Optional {
				empty[0]++
			}
			keep(at, empty)
			for _, c := range p.Slots[i].Candidates {
				to, ok := at, true
				for _, l := range c.Limits {
					to[l]++
					ok = ok && to[l] <= p.Room[l]
				}
				if ok {
					keep(to, [5]int64{sum[0], sum[1] - 1, sum[2] + int64(c.Tier), sum[3], sum[4] - c.Value})
				}
			}
		}
		best = next
	}
	var answer [5]int64
	first := true
	for _, terms := range best {
		if first || less(terms, answer) {
			answer, first = terms, false
		}
	}
	return answer
}
