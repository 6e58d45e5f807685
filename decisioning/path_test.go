package decisioning_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/decisioning"
)

// Whichever path a decision takes, over whatever catalog, it is the one that the
// judge makes: propositions, traces, what is reported, what is taken.
func TestAllPathsAgreeWithTheJudge(t *testing.T) {
	var seen coverage
	n := broadCatalogs()
	for round := 1; ; round++ { // where chance has left a path out more catalogs tell
		first := rand.Uint64()
		t.Run("catalogs", func(t *testing.T) {
			for batch := range uint64(4) {
				t.Run("batch", func(t *testing.T) {
					t.Parallel()
					for i := range uint64(n / 4) {
						seed := first + i*4 + batch
						s := broadScenario(seed, broadSizes[i%uint64(len(broadSizes))])
						saw, took, why := verdict(s)
						if why != "" {
							t.Logf("seed %d: %.1000s", seed, why)
							t.Fatalf("made smaller: %s", smallest(s, why))
						}
						seen.add(s, saw, took)
					}
				})
			}
		})
		if t.Failed() || n < manyCatalogs || round == 4 || len(seen.rare()) == 0 {
			break
		}
	}
	seen.reportPaths(t)
	if n >= manyCatalogs {
		assert.Empty(t, seen.rare(), "paths that too few catalogs have taken")
	}
}

// broadSizes are how many offers catalogs may have.
var broadSizes = []int{60, 100, 400, 60, 800, 30, 300}

// manyCatalogs is how many tell whether paths are taken often enough.
const manyCatalogs = 200

// broadCatalogs is how many are compared.
func broadCatalogs() int64 {
	if testing.Short() || racing {
		return 40
	}
	return manyCatalogs
}

// leastShares are how many catalogs should at least take the paths.
var leastShares = map[decisioning.Path]float64{
	decisioning.SetWise: 0.3, decisioning.OneByOne: 0.3, decisioning.Programs: 0.3, decisioning.Bands: 0.04, decisioning.Blocks: 0.03,
	decisioning.Heaped: 0.2, decisioning.Best: 0.1, decisioning.Batched: 0.1, decisioning.Sifted: 0.05, decisioning.Kept: 0.02, decisioning.Contested: 0.1,
	decisioning.Partly: 0.04, decisioning.Grown: 0.1, decisioning.Tiers: 0.02, decisioning.Ready: 0.3, decisioning.Direct: 0.3, decisioning.Again: 0.005,
}

// verdict plays the scenario and returns why it fails, empty if it does not.
func verdict(s scenario) (saw sights, took [decisioning.PathCount]bool, why string) {
	var f failure
	done := make(chan struct{})
	go func() { // which the failure ends
		defer close(done)
		saw, took = play(&f, s, ways...)
	}()
	<-done
	return saw, took, string(f)
}
