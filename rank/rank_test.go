package rank_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

var (
	nobody = profile.NewFacts(profile.Given{})
	nan    = math.NaN()
)

func scoresOf(t *testing.T, r rank.Ranker, c *offer.Candidates) []float64 {
	t.Helper()
	scores := make([]float64, c.Len())
	require.NoError(t, r.Rank(t.Context(), nobody, c, scores))
	return scores
}

func TestScoresAreInCandidateOrder(t *testing.T) {
	set := offer.NewSet([]offer.Offer{{Priority: 3}, {Priority: 1}, {Priority: 2}, {Priority: 0}})
	c := offer.NewCandidates(set, offer.ActivityRef{}, true)
	c.Remove(1)
	assert.Equal(t, []float64{3, 2, 0}, scoresOf(t, rank.Priority(), c))
}

func TestEachErrorIsNoScoreForThatOfferAlone(t *testing.T) {
	set := offer.NewSet([]offer.Offer{{Value: 1}, {Value: -1}, {Value: 3}})
	c := offer.NewCandidates(set, offer.ActivityRef{}, true)
	r := rank.Each(func(_ context.Context, _ *profile.Facts, o *offer.Offer) (float64, error) {
		if o.Value < 0 {
			return o.Value, errors.New("no model for it")
		}
		return o.Value, nil
	})
	scores := scoresOf(t, r, c)
	assert.Equal(t, []float64{1, 3}, []float64{scores[0], scores[2]})
	assert.True(t, math.IsNaN(scores[1]))
	assert.Equal(t, 3, c.Len(), "a ranker leaves the candidates as they are")
}

func TestUtility(t *testing.T) {
	for _, tt := range []struct {
		name                    string
		acceptance, value, cost float64
		want                    float64
	}{
		{"acceptance times value less cost", 0.5, 25, 1.5, 11},
		{"no value, no cost", 0.5, 0, 0, 0},
		{"a loss", 0.1, 5, 1, -0.5},
		{"acceptance above 1 is 1", 7, 25, 1.5, 23.5},
		{"acceptance below 0 is 0", -7, 25, 1.5, -1.5},
		{"infinite acceptance is 1", math.Inf(1), 25, 1.5, 23.5},
		{"no acceptance, no score", nan, 25, 1.5, nan},
		{"not fused", 0.1, 10, 1, 0}, // a fused multiply-add gives 5.55e-17
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := rank.Utility(tt.acceptance, tt.value, tt.cost)
			assert.True(t, got == tt.want || math.IsNaN(got) && math.IsNaN(tt.want), "got %v, want %v", got, tt.want)
		})
	}
}

func TestUtilityRisesWithAcceptanceAndFallsWithCost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(-1, 2).Draw(t, "a"), rapid.Float64Range(-1, 2).Draw(t, "b")
		value, cost := rapid.Float64Range(0, 1e6).Draw(t, "value"), rapid.Float64Range(0, 1e6).Draw(t, "cost")
		assert.LessOrEqual(t, rank.Utility(min(a, b), value, cost), rank.Utility(max(a, b), value, cost))
		assert.LessOrEqual(t, rank.Utility(a, value, cost), rank.Utility(a, value, cost/2))
	})
}

func TestRankingDoesNotAllocate(t *testing.T) {
	c := offer.NewCandidates(offer.NewSet(make([]offer.Offer, 1000)), offer.ActivityRef{}, true)
	scores := make([]float64, c.Len())
	r, ctx := rank.Priority(), t.Context()
	assert.Zero(t, testing.AllocsPerRun(10, func() { _ = r.Rank(ctx, nobody, c, scores) }))
}

func TestSpecIsZeroOnlyIfNothingIsGiven(t *testing.T) {
	zero := 0.0
	assert.True(t, rank.Spec{}.IsZero())
	for _, s := range []rank.Spec{{By: rank.ByUtility}, {Formula: "1.0"}, {MinScore: &zero}} {
		assert.False(t, s.IsZero(), "%+v", s)
	}
}

func TestMinScoreOfZeroIsWritten(t *testing.T) {
	zero := 0.0
	text, err := json.Marshal(rank.Spec{By: rank.ByUtility, MinScore: &zero})
	require.NoError(t, err)
	assert.JSONEq(t, `{"by": "utility", "minScore": 0}`, string(text))
}

func TestFuncIsARankerOfTheWholeBatch(t *testing.T) {
	c := offer.NewCandidates(offer.NewSet(make([]offer.Offer, 3)), offer.ActivityRef{}, true)
	place := rank.Func(func(_ context.Context, _ *profile.Facts, c *offer.Candidates, scores []float64) error {
		for i := range scores {
			scores[i] = float64(c.Len() - i)
		}
		return nil
	})
	assert.Equal(t, []float64{3, 2, 1}, scoresOf(t, place, c))
}
