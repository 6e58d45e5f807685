package decisioning_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/decisioning"
)

// The engine gives the answers of the naive implementation, over random
// catalogs and what happens to them: propositions, traces and errors, in
// sequences over one counter.
func TestEngineAgreesWithTheJudge(t *testing.T) {
	var seen coverage
	t.Run("catalogs", func(t *testing.T) {
		for batch := range judgeBatches {
			// The traced way and two of the others: each comes in every third batch.
			others := ways[1:]
			some := []way{ways[0], others[batch%len(others)], others[(batch+1+batch/len(others)%2)%len(others)]}
			t.Run("batch", func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(t *rapid.T) {
					s := scenarios().Draw(t, "scenario")
					saw, took := play(t, s, some...)
					seen.add(s, saw, took)
				})
			})
		}
	})
	seen.report(t)
}

// coverage counts the catalogs that had something worth a comparison.
type coverage struct {
	catalogs                                               atomic.Int64
	contested, tied, refused, erring, missing, quarantined atomic.Int64
	paths                                                  [decisioning.PathCount]atomic.Int64
}

func (c *coverage) add(s scenario, saw sights, took [decisioning.PathCount]bool) {
	c.catalogs.Add(1)
	for _, x := range []struct {
		saw bool
		n   *atomic.Int64
	}{
		{saw.contested, &c.contested},
		{saw.tied, &c.tied},
		{saw.refused, &c.refused},
		{saw.erred, &c.erring},
		{saw.missing, &c.missing},
		{s.Faults.any(), &c.quarantined},
	} {
		if x.saw {
			x.n.Add(1)
		}
	}
	for path, taken := range took {
		if taken {
			c.paths[path].Add(1)
		}
	}
}

// reportPaths tells how many catalogs took each path.
func (c *coverage) reportPaths(t *testing.T) {
	t.Helper()
	for path := range c.paths {
		t.Logf("%4.1f %% by %s", 100*c.share(decisioning.Path(path)), decisioning.Path(path))
	}
}

func (c *coverage) share(p decisioning.Path) float64 {
	return float64(c.paths[p].Load()) / float64(max(c.catalogs.Load(), 1))
}

// rare returns the paths that were taken too seldom to be judged.
func (c *coverage) rare() (all []string) {
	for path, least := range leastShares {
		if share := c.share(path); share < least {
			all = append(all, fmt.Sprintf("%s: %g", path, share))
		}
	}
	return all
}

// report fails the test where the random catalogs are too tame.
func (c *coverage) report(t *testing.T) {
	t.Helper()
	all := c.catalogs.Load()
	t.Logf("%d catalogs", all)
	for _, x := range []struct {
		name string
		n    int64
	}{
		{"contested optimum", c.contested.Load()},
		{"tied plans", c.tied.Load()},
		{"refused reserve", c.refused.Load()},
		{"erring rule", c.erring.Load()},
		{"missing attribute", c.missing.Load()},
		{"quarantined entity", c.quarantined.Load()},
	} {
		share := float64(x.n) / float64(max(all, 1))
		t.Logf("%4.1f %% with %s", 100*share, x.name)
		if all >= 1000 { // fewer, when rapid runs fewer, prove nothing
			assert.Greater(t, share, 0.2, "too few catalogs with %s", x.name)
		}
	}
}
