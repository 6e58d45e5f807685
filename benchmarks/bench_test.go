package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/benchmarks/peer"
	"github.com/proffer-go/proffer/benchmarks/workload"
)

// TestProfferDecidesAsItsPeersDo repeats the requests, so that caps fill.
func TestProfferDecidesAsItsPeersDo(t *testing.T) {
	for name, o := range map[string]workload.Options{
		"shared rules":            {Offers: 600, Rules: 60},
		"own rules":               {Offers: 300},
		"no offer without a rule": {Offers: 600, Rules: 60, Ruled: true},
		"rare matches":            {Offers: 600, Rules: 60, Ruled: true, Truth: 0.0012},
		"skewed values":           {Offers: 600, Rules: 60, Skew: true},
		"attributes missing":      {Offers: 600, Rules: 60, Gaps: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(o)
			s.peers()
			alike(s, pool, peer.NewLoop(s.inventory, s.programs, true), peer.NewExpert(s.inventory, s.programs, true))
		})
	}
}

func TestProfferFindsTheRulesThatItsPeersFind(t *testing.T) {
	s := newScene(workload.Options{Offers: 300, Ruled: true, Open: true, Wide: true})
	s.peers()
	seen := &witness{}
	matchAlike(s, s.openTo(seen), seen, 100, (&bench{}).matchers(s))
	assert.NotEmpty(t, seen.matched)
}

func TestBaselineTellsWhatFellBehind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "baseline.json")
	before := []Row{
		{Name: nameExpert, N: 1, Ratio: 30},
		{Name: "30 activities from JSON, sequential", N: 1, CPU: 20},
		{Name: nameLoop, N: 1, Ratio: 1000},
	}
	require.NoError(t, record(path, before))
	for _, tt := range []struct {
		name string
		rows []Row
		want string
	}{
		{"as before", before, ""},
		{"slower alone", []Row{{Name: nameExpert, N: 1, Ratio: 21}, {Name: before[1].Name, N: 1, CPU: 40}}, ""},
		{"a third behind", []Row{{Name: nameExpert, N: 1, Ratio: 19}, before[1]}, nameExpert + "|1|0: the ratio fell from 30 to 19"},
		{"allocating", []Row{before[0], {Name: before[1].Name, N: 1, Allocs: 1}}, before[1].Name + "|1|0: allocations grew from 0 to 1"},
		{"not measured", before[1:], nameExpert + "|1|0: not measured any more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := check(path, tt.rows)
			if tt.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.EqualError(t, err, tt.want)
		})
	}
}

func TestBaselineForgivesARatioThatFellOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "baseline.json")
	name := "30 activities from JSON, sequential"
	require.NoError(t, record(path, []Row{{Name: nameExpert, Ratio: 30}, {Name: name}}))
	sound := []Row{{Name: nameExpert, Ratio: 30}, {Name: name}}
	slow, lavish := []Row{{Name: nameExpert, Ratio: 19}, {Name: name}}, []Row{{Name: nameExpert, Ratio: 30}, {Name: name, Allocs: 1}}
	assert.NoError(t, check(path, slow, sound))
	assert.EqualError(t, check(path, slow, slow), nameExpert+"|0|0: the ratio fell from 30 to 19")
	assert.EqualError(t, check(path, lavish, sound), name+"|0|0: allocations grew from 0 to 1")
	assert.EqualError(t, check(path, slow, lavish), name+"|0|0: allocations grew from 0 to 1")
	assert.EqualError(t, check(path, sound[:1], sound), name+"|0|0: not measured any more")
}

func TestGoalsAreJudged(t *testing.T) {
	quick := Row{CPU: 20_000}.within(goalDecide, 20*time.Microsecond)
	assert.True(t, quick.Met)
	assert.Equal(t, "≤ 20 µs", quick.clause)
	assert.False(t, Row{CPU: 20_001}.within(goalDecide, 20*time.Microsecond).Met)
	assert.False(t, Row{CPU: 1, Allocs: 1}.within(goalDecide, 20*time.Microsecond).without().Met)
	assert.True(t, Row{Ratio: 1000}.atLeast(goalRatios, 1000).Met)
	assert.False(t, Row{Ratio: 0.2}.atMost(goalGrowth, 0.15).Met)
}

func TestSlopeIsTheExponent(t *testing.T) {
	assert.InDelta(t, 0.5, slope([]float64{1, 100, 10_000}, []float64{3, 30, 300}), 1e-9)
}

func TestFiguresHaveThreeDigits(t *testing.T) {
	for want, v := range map[string]float64{"0": 0, "0.144": 0.1437, "0.02": 0.02, "1.5": 1.5, "120": 120, "14,342": 14341.6, "1,351,870": 1351870} {
		assert.Equal(t, want, figure(v))
	}
	for want, d := range map[string]time.Duration{"1.5 µs": 1500, "14 ns": 14, "20.2 ms": 20_170_000, "1.34 s": 1_340_000_000} {
		assert.Equal(t, want, span(d))
	}
}
