package decisioning_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/rank"
)

// A contender is an offer as the test sees it.
type contender struct {
	offer.Offer
	score   any // what the formula multiplies; none, or no number: it errs
	segment int // of those who may have it
}

// palettes are scores as they press the edges: few different ones, none at all, too large
// ones, zeros of both signs.
var palettes = [][]any{
	{1.0},
	{nil},
	{1e300},
	{1.0, 2.0, 3.0},
	{1.0, nil, "text"},
	{0.0, math.Copysign(0, -1), -1.0, nil, 1e9, 1.0000001e9, -1e9, -2e9, 1e308, math.MaxFloat64},
	nil, // all different
}

// additions to the product change no score, but who may compute it: all activities at once,
// each for itself, or CEL alone.
const product = "profile.k * offer.attributes.s"

var additions = []string{"", " + 0.0 * activity.count", " + 0.0 * double(offer.tags.size())"}

func contenders(rng *rand.Rand, n int) []contender {
	all := make([]contender, n)
	acceptance := additions[:1+rng.IntN(len(additions))]
	palette, segments := palettes[rng.IntN(len(palettes))], []int{1, 3, 200}[rng.IntN(3)]
	for i := range all {
		c := &all[i]
		c.ID, c.Priority, c.Value, c.Cost = offer.ID(fmt.Sprintf("o%d", i)), rng.Int64N(1+3*rng.Int64N(2)), float64(rng.IntN(3)), float64(rng.IntN(2))/4
		if palette == nil {
			c.score = rng.Float64() * float64(i)
		} else {
			c.score = palette[rng.IntN(len(palette))]
		}
		c.Attributes = map[string]any{}
		if c.score != nil {
			c.Attributes["s"] = c.score
		}
		if c.segment = rng.IntN(segments); segments > 1 {
			c.Eligibility = fmt.Sprintf("profile.segment == %d", c.segment)
		}
		if rng.IntN(4) > 0 {
			c.Acceptance = product + acceptance[rng.IntN(len(acceptance))]
		}
		switch rng.IntN(8) {
		case 0:
			c.End = noon.Add(-time.Duration(rng.IntN(2)) * time.Hour)
		case 1:
			c.Start = noon.Add(time.Nanosecond)
		}
		for tag, outOf10 := range map[offer.Tag]int{"few": 1, "half": 5} {
			if (int(c.Priority)+i*7)%10 < outOf10 {
				c.Tags = append(c.Tags, tag)
			}
		}
	}
	return all
}

// scoreOf returns the score by the ranking, NaN for none.
func (c *contender) scoreOf(r rank.Spec, k float64) float64 {
	s, ok := c.score.(float64)
	if !ok {
		s = math.NaN()
	}
	s *= k
	if r.By == rank.ByUtility {
		if c.Acceptance == "" {
			s = math.NaN()
		}
		s = rank.Utility(s, c.Value, c.Cost)
	}
	if math.Abs(s) <= 1e9 {
		return s
	}
	return math.NaN()
}

// bestOf returns who is to be proposed, in order.
func bestOf(all []contender, a *decisioning.Activity, k float64, excluded []offer.ID) []string {
	type ranked struct {
		*contender
		score float64
		hash  uint64
	}
	least := math.Inf(-1)
	if a.Rank.By == rank.ByUtility {
		least = 0
	}
	if a.Rank.MinScore != nil {
		least = *a.Rank.MinScore
	}
	var in []ranked
	for i := range all {
		c := &all[i]
		score := c.scoreOf(a.Rank, k)
		if c.segment == 0 && c.Open(noon) && !slices.Contains(excluded, c.ID) &&
			(a.Collection == "" || slices.Contains(c.Tags, offer.Tag(a.Collection))) && (score >= least || math.IsInf(least, -1)) {
			in = append(in, ranked{c, score, decisioning.TieHash(0, "anna", a.ID, c.ID)})
		}
	}
	slices.SortFunc(in, func(a, b ranked) int {
		if math.IsNaN(a.score) && math.IsNaN(b.score) {
			return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.hash, b.hash))
		}
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.hash, b.hash)) // NaN is less than all
	})
	var best []string
	for _, r := range in[:min(len(in), a.Count)] {
		best = append(best, fmt.Sprint(r.ID, " ", r.score+0))
	}
	return best
}

// TestBestAreTheBestOfAll compares what is proposed with what sorting all candidates
// gives, before and after offers come and go, on all ways of scoring.
func TestBestAreTheBestOfAll(t *testing.T) {
	seed := rand.Uint64()
	var took [decisioning.PathCount]int
	rounds := 150
	if testing.Short() || racing {
		rounds = 30
	}
	for n := range rounds {
		rng := rand.New(rand.NewPCG(seed, uint64(n)))
		all := contenders(rng, 1+rng.IntN([]int{40, 600, 3000}[rng.IntN(3)]))
		c := shop()
		c.Collections = []collection.Collection{tagged("few", "few"), tagged("half", "half")}
		c.Activities = c.Activities[:0]
		ranks := []rank.Spec{{By: rank.ByUtility}}
		for _, addition := range additions {
			ranks = append(ranks, rank.Spec{Formula: product + addition})
		}
		for i := range 6 {
			a := decisioning.Activity{ID: decisioning.ActivityID(fmt.Sprint("a", i)), Placement: "hero", Fallback: "hello", Count: []int{1, 5, 30}[rng.IntN(3)]}
			if a.Rank = ranks[rng.IntN(len(ranks))]; rng.IntN(3) == 0 {
				a.Rank.MinScore = new([]float64{-1, 0, 1, 2, 5}[rng.IntN(5)])
			}
			if a.Collection = []collection.ID{"", "few", "half"}[rng.IntN(3)]; a.Collection == "" {
				a.Selections = []decisioning.Selection{{}}
			}
			c.Activities = append(c.Activities, a)
		}
		c.Offers = shop(plain(all)...).Offers
		engine := open(t, c, decisioning.Config{})
		engine.SetVisitBudget([]int{decisioning.Never, 0, 1, 70}[rng.IntN(4)])
		for range 3 {
			for i, paths := range compareBest(t, engine, c.Activities, all, rng) {
				took[i] += paths
			}
			if t.Failed() {
				t.Fatalf("seed %d, %d", seed, n)
			}
			all = changed(t, engine, all, rng)
		}
	}
	for _, p := range []decisioning.Path{decisioning.Best, decisioning.NextBest, decisioning.Heaped} {
		assert.Greater(t, took[p], rounds/10, p)
	}
}

func plain(all []contender) (offers []offer.Offer) {
	for i := range all {
		offers = append(offers, all[i].Offer)
	}
	return offers
}

func compareBest(t *testing.T, engine *decisioning.Engine, activities []decisioning.Activity, all []contender, rng *rand.Rand) (took [decisioning.PathCount]int) {
	t.Helper()
	k := []float64{1, 1, -0.5, 10}[rng.IntN(4)]
	r := asking("")
	r.AllowDuplicates = true
	r.Profile = values("k", k, "segment", 0.0)
	for i := range activities {
		r.Activities = append(r.Activities, activities[i].ID)
	}
	for range rng.IntN(3) {
		r.Exclude = append(r.Exclude, all[rng.IntN(len(all))].ID)
	}
	var d decisioning.Decision
	paths, err := engine.DecideWatched(t.Context(), r, &d)
	require.NoError(t, err)
	for i := range activities {
		var got []string
		for _, o := range d.Propositions[i].Offers {
			score := math.NaN()
			if o.Score != nil {
				score = *o.Score
			}
			got = append(got, fmt.Sprint(o.ID, " ", score))
		}
		assert.Equal(t, bestOf(all, &activities[i], k, r.Exclude), got, "%+v", activities[i])
	}
	for p, was := range paths {
		if was {
			took[p]++
		}
	}
	return took
}

// changed changes the inventory a little.
func changed(t *testing.T, engine *decisioning.Engine, all []contender, rng *rand.Rand) []contender {
	t.Helper()
	var changes []decisioning.Change
	for range 1 + rng.IntN(20) {
		next := contenders(rng, 1)[0]
		next.ID = offer.ID(fmt.Sprintf("o%d", rng.IntN(len(all)+5)))
		at := slices.IndexFunc(all, func(c contender) bool { return c.ID == next.ID })
		if at >= 0 && len(all) > 1 && rng.IntN(2) == 0 {
			all = slices.Delete(all, at, at+1)
			changes = append(changes, decisioning.Change{Remove: next.ID})
			continue
		}
		o := shop(next.Offer).Offers[0]
		if changes = append(changes, decisioning.Change{Put: &o}); at >= 0 {
			all[at] = next
		} else {
			all = append(all, next)
		}
	}
	require.NoError(t, engine.Update(changes...))
	return all
}
