package assign

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// contested draws a problem in which all slots want the same offers most.
func contested(seed uint64, slots, offers, count int, noise int64) *Problem {
	r := rand.New(rand.NewPCG(seed, 2))
	p := &Problem{Exclusive: true}
	appeal := make([]int64, offers)
	for o := range appeal {
		appeal[o] = r.Int64N(1e9)
	}
	for range slots {
		slot := Slot{Count: count}
		for o := range offers {
			slot.Candidates = append(slot.Candidates, Candidate{
				Offer: int32(o), Scored: true, Value: appeal[o] + r.Int64N(noise+1),
			})
		}
		rankOrder(slot.Candidates)
		p.Slots = append(p.Slots, slot)
	}
	return p
}

func benchmark(b *testing.B, draw func(seed uint64) *Problem) {
	b.Helper()
	problems := make([]*Problem, 64)
	for i := range problems {
		problems[i] = draw(uint64(i))
	}
	var s Solver
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		s.Optimal(problems[i%len(problems)], 0)
		i++
	}
}

func benchmarkMatching(b *testing.B, draw func(seed uint64) *Problem) {
	b.Helper()
	problems, lists := make([]*Problem, 64), make([]*read, 64)
	for i := range problems {
		problems[i] = draw(uint64(i))
		lists[i] = listsOf(problems[i])
	}
	var m Matching
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m.of(problems[i%len(problems)], lists[i%len(problems)].content)
		m.Solve(lists[i%len(problems)])
		i++
	}
}

func BenchmarkConflictFree(b *testing.B) {
	benchmarkMatching(b, func(seed uint64) *Problem {
		p := contested(seed, 30, 1000, 1, 1e9)
		for i := range p.Slots {
			for k := range p.Slots[i].Candidates {
				p.Slots[i].Candidates[k].Offer += int32(i) * 1000
			}
		}
		return p
	})
}

func BenchmarkContested(b *testing.B) {
	for name, noise := range map[string]int64{"similar": 1e7, "different": 1e9} {
		b.Run(name, func(b *testing.B) {
			benchmarkMatching(b, func(seed uint64) *Problem { return contested(seed, 30, 100, 1, noise) })
		})
	}
}

func BenchmarkOverlappingPolicies(b *testing.B) {
	for _, name := range []string{"values", "partial", "ties", "duplicates"} {
		b.Run(name, func(b *testing.B) {
			benchmark(b, func(seed uint64) *Problem { return large[name].problem(rand.New(rand.NewPCG(seed, 5))) })
		})
	}
}

// BenchmarkFewSlots is what conflicts on demand come to: some slots and the heads of
// their lists.
func BenchmarkFewSlots(b *testing.B) {
	for _, size := range []struct{ slots, offers int }{{2, 2}, {2, 4}, {4, 4}, {10, 10}} {
		b.Run(fmt.Sprintf("%dx%d", size.slots, size.offers), func(b *testing.B) {
			benchmarkMatching(b, func(seed uint64) *Problem { return contested(seed, size.slots, size.offers, 1, 1e7) })
		})
	}
}

func BenchmarkSequential(b *testing.B) {
	p := contested(1, 30, 30, 1, 1e7)
	var s Solver
	b.ReportAllocs()
	for b.Loop() {
		s.Sequential(p)
	}
}
