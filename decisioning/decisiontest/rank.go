package decisiontest

import (
	"math"
	"slices"
	"testing"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// TestRanker checks that the ranker keeps the rules of [rank.Ranker] for the
// facts and the offers.
func TestRanker(tb testing.TB, r rank.Ranker, facts *profile.Facts, offers []offer.Offer) {
	tb.Helper()
	set := offer.NewSet(slices.Clone(offers))
	if binder, ok := r.(rank.Binder); ok {
		bound, err := binder.Bind(set)
		if err != nil {
			tb.Fatalf("Bind: %v", err)
		}
		r = bound
	}
	checkScores(tb, set, "Rank", func(c *offer.Candidates, scores []float64) error {
		return r.Rank(tb.Context(), facts, c, scores)
	})
	if static, ok := r.(rank.Static); ok {
		checkStatic(tb, static, facts, set)
	}
}

func checkStatic(tb testing.TB, r rank.Static, facts *profile.Facts, set *offer.Set) {
	tb.Helper()
	for _, f := range []*profile.Facts{facts, profile.NewFacts(profile.Given{})} {
		c := offer.NewCandidates(set, activity, true)
		scores := make([]float64, c.Len())
		if err := r.Rank(tb.Context(), f, c, scores); err != nil {
			tb.Errorf("Rank: %v", err)
		}
		for i, s := range scores {
			if got := r.Score(set.At(i), activity); !same(got, s) {
				tb.Errorf("Score(%q) = %v, but Rank says %v: they agree, whoever is asked for", set.At(i).ID, got, s)
			}
		}
	}
}

// TestModel checks that the model keeps the rules of [rank.Model] for the facts
// and the offers.
func TestModel(tb testing.TB, m rank.Model, facts *profile.Facts, offers []offer.Offer) {
	tb.Helper()
	set := offer.NewSet(slices.Clone(offers))
	checkScores(tb, set, "Predict", func(c *offer.Candidates, acceptance []float64) error {
		return m.Predict(tb.Context(), facts, c, acceptance)
	})
}

// unwritten is a score that no implementation gives.
var unwritten = math.Float64frombits(0x7ff8_0000_dead_beef)

func checkScores(tb testing.TB, set *offer.Set, method string, call func(*offer.Candidates, []float64) error) {
	tb.Helper()
	score := func(in []int) []float64 {
		c := offer.NewCandidates(set, activity, false)
		for _, i := range in {
			c.Add(i)
		}
		scores := make([]float64, c.Len())
		for k := range scores {
			scores[k] = unwritten
		}
		if err := call(c, scores); err != nil {
			tb.Errorf("%s: %v", method, err)
		}
		if !slices.Equal(indexes(c), in) {
			tb.Errorf("%s changed the candidates: it leaves them as they are", method)
		}
		for k, s := range scores {
			if math.Float64bits(s) == math.Float64bits(unwritten) {
				tb.Errorf("%s wrote nothing for candidate %d of %d: it writes one for each, NaN for none", method, k, len(scores))
			}
		}
		return scores
	}
	all := indexes(offer.NewCandidates(set, activity, true))
	scores := score(all)
	score(nil)
	if again := score(all); !slices.EqualFunc(again, scores, same) {
		tb.Errorf("%s gave %v, then %v: the same facts and offers give the same scores", method, scores, again)
	}
	for k, i := range all {
		if alone := score([]int{i}); len(alone) == 1 && !same(alone[0], scores[k]) {
			tb.Errorf("%s gave offer %q %v among all, %v alone: scores are written in candidate order", method, set.At(i).ID, scores[k], alone[0])
		}
	}
	checkConcurrent(tb, func() bool { return slices.EqualFunc(score(all), scores, same) })
}

// same reports whether two scores are equal, or both are none.
func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
