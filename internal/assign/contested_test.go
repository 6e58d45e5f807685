package assign

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// A contest describes problems in which thirty slots want the same thirty offers.
type contest struct {
	values  func(r *rand.Rand, appeal int64) int64 // of an offer that appeals so much to all
	offers  int
	count   int // up to
	tiers   int32
	part    float64 // share of the offers that a slot has; 0 is all
	weights bool
	lines   func(offer int) []int32
	room    []int
}

func uniform(r *rand.Rand, _ int64) int64 { return r.Int64N(1e8) }
func level(*rand.Rand, int64) int64       { return 5e7 }

// contests are the shapes that exact arbitration is measured by.
var contests = map[string]contest{
	"uniform":                    {values: uniform},
	"ties":                       {values: func(r *rand.Rand, _ int64) int64 { return r.Int64N(4) * 1e6 }},
	"priority":                   {values: func(r *rand.Rand, _ int64) int64 { return r.Int64N(101) * 1e6 }},
	"same":                       {values: func(_ *rand.Rand, appeal int64) int64 { return appeal }},
	"same, ties":                 {values: func(_ *rand.Rand, appeal int64) int64 { return appeal / 1e7 * 1e7 }},
	"level":                      {values: level},
	"correlated":                 {values: func(r *rand.Rand, appeal int64) int64 { return appeal + r.Int64N(1e6) }},
	"correlated, wide":           {values: func(r *rand.Rand, appeal int64) int64 { return appeal + r.Int64N(3e7) }},
	"products":                   {weights: true, values: func(_ *rand.Rand, appeal int64) int64 { return appeal }},
	"weights":                    {weights: true, values: uniform},
	"tiers":                      {values: uniform, tiers: 2},
	"tiers, level":               {values: level, tiers: 2},
	"counts":                     {values: uniform, count: 3},
	"counts, level":              {values: level, count: 3},
	"counts, ninety":             {values: uniform, count: 3, offers: 90},
	"counts, ninety, correlated": {values: func(r *rand.Rand, appeal int64) int64 { return appeal + r.Int64N(1e7) }, count: 3, offers: 90},
	"partial":                    {values: uniform, part: 0.2},
	"sixty":                      {values: uniform, part: 0.5, offers: 60},
	"large values":               {values: func(r *rand.Rand, _ int64) int64 { return r.Int64N(1e15) }},
	"scarce":                     {values: uniform, offers: 20},
	"line":                       {values: uniform, lines: func(int) []int32 { return []int32{0} }, room: []int{3}},
	"line, level":                {values: level, lines: func(int) []int32 { return []int32{0} }, room: []int{3}},
	"wide line":                  {values: uniform, lines: func(int) []int32 { return []int32{0} }, room: []int{20}},
	"nested":                     {values: uniform, lines: nestedLines, room: []int{20, 8, 3, 5}},
	"nested, level":              {values: level, lines: nestedLines, room: []int{20, 8, 3, 5}},
	"caps":                       {values: uniform, lines: func(o int) []int32 { return []int32{int32(o)} }, room: slices.Repeat([]int{1}, 30)},
}

// nestedLines are policies over all offers, halves and a quarter.
func nestedLines(o int) []int32 {
	switch {
	case o < 8:
		return []int32{0, 1, 2}
	case o < 15:
		return []int32{0, 1}
	}
	return []int32{3, 0}
}

func (c contest) problem(seed uint64) *Problem {
	r := rand.New(rand.NewPCG(seed, 7))
	offers := c.offers
	if offers == 0 {
		offers = 30
	}
	appeal := make([]int64, offers)
	for o := range appeal {
		appeal[o] = r.Int64N(1e8)
	}
	p := &Problem{Exclusive: true, Room: c.room}
	for range 30 {
		slot := Slot{Count: 1}
		if c.count > 1 {
			slot.Count = 1 + r.IntN(c.count)
		}
		weight := int64(1)
		if c.weights {
			weight = 1 + r.Int64N(10)
		}
		for _, o := range r.Perm(offers) {
			if c.part > 0 && r.Float64() > c.part {
				continue
			}
			x := Candidate{Offer: int32(o), Scored: true, Value: weight * c.values(r, appeal[o])}
			if c.tiers > 1 {
				x.Tier = r.Int32N(c.tiers)
			}
			if c.lines != nil {
				x.Limits = c.lines(o)
			}
			slot.Candidates = append(slot.Candidates, x)
		}
		rankOrder(slot.Candidates)
		p.Slots = append(p.Slots, slot)
	}
	return p
}

// BenchmarkThirtySlots reports the median and the worst of a thousand problems of
// each contest, by the matching where there are no limits. A problem's time is the least
// of several: what else the machine does only adds to it.
func BenchmarkThirtySlots(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(contests)) {
		c := contests[name]
		b.Run(name, func(b *testing.B) {
			problems, lists := make([]*Problem, 1000), make([]*read, 1000)
			for i := range problems {
				problems[i] = c.problem(uint64(i))
				lists[i] = listsOf(problems[i])
			}
			var s Solver
			var m Matching
			times := make([]time.Duration, len(problems))
			for b.Loop() {
				for i, p := range problems {
					times[i] = time.Hour
					for range 5 {
						start := time.Now()
						if len(p.Room) > 0 {
							s.Optimal(p, 0)
						} else {
							m.of(p, lists[i].content)
							m.Solve(lists[i])
						}
						times[i] = min(times[i], time.Since(start))
					}
				}
			}
			slices.Sort(times)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, "µs/median")
			b.ReportMetric(float64(times[len(times)-1].Nanoseconds())/1e3, "µs/worst")
		})
	}
}
