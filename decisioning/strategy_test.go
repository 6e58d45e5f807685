package decisioning_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

func not(id offer.ID) constraint.Filter {
	return constraint.Each("not "+string(id), func(_ context.Context, _ *profile.Facts, o *offer.Offer) (bool, error) {
		return o.ID != id, nil
	})
}

func byCost() rank.Ranker {
	return rank.Each(func(_ context.Context, _ *profile.Facts, o *offer.Offer) (float64, error) { return -o.Cost, nil })
}

var inventory = []offer.Offer{{ID: "a", Priority: 3, Cost: 3}, {ID: "b", Priority: 2, Cost: 2}, {ID: "c", Priority: 1, Cost: 1}}

func TestFiltersComeOnTopAndInOrder(t *testing.T) {
	e := open(t, shop(inventory...), decisioning.Config{Strategy: decisioning.Strategy{Filters: []constraint.Filter{not("a"), not("b")}}})
	r := asking("r", "home")
	r.Trace = decisioning.TraceReasons
	d := decide(t, e, r)
	assert.Equal(t, []string{"c"}, proposed(d))
	assert.Equal(t, decisioning.Exclusion{Reason: decisioning.Filtered, Detail: "not b"}, d.Trace["home"].Excluded["b"])
	assert.Equal(t, 1, d.Trace["home"].Funnel.Filtered)
}

func TestFilterCannotAdd(t *testing.T) {
	c := shop(inventory...)
	c.Offers[0].Status = offer.Draft
	all := constraint.FilterFunc(func(_ context.Context, _ *profile.Facts, c *offer.Candidates) error {
		for i := range c.Offers.Len() {
			c.Add(i)
		}
		return nil
	})
	e := open(t, c, decisioning.Config{Strategy: decisioning.Strategy{Filters: []constraint.Filter{all}}})
	assert.Equal(t, []string{"b"}, proposed(decide(t, e, asking("r", "home"))))
}

func TestFilterThatFailsLetsNothingPass(t *testing.T) {
	for name, f := range map[string]constraint.FilterFunc{
		"an error": func(context.Context, *profile.Facts, *offer.Candidates) error { return errBroken },
		"a panic":  func(context.Context, *profile.Facts, *offer.Candidates) error { panic("broken") },
		"another set": func(_ context.Context, _ *profile.Facts, c *offer.Candidates) error {
			c.Reset(offer.NewSet(nil), c.For)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := open(t, shop(inventory...), decisioning.Config{Strategy: decisioning.Strategy{Filters: []constraint.Filter{f}}})
			d := decide(t, e, asking("r", "home"))
			assert.Equal(t, []string{"[hello]"}, proposed(d))
			assert.Equal(t, []decisioning.DegradedBy{decisioning.FilterFailed}, degraded(d))
		})
	}
}

// A boundFilter is a filter that is made for one inventory.
type boundFilter struct{ err error }

func (f boundFilter) Filter(context.Context, *profile.Facts, *offer.Candidates) error {
	panic("not bound")
}
func (f boundFilter) Bind(*offer.Set) (constraint.Filter, error) { return not("a"), f.err }

func TestFilterIsBoundAtPublish(t *testing.T) {
	e := open(t, shop(inventory...), decisioning.Config{Strategy: decisioning.Strategy{Filters: []constraint.Filter{boundFilter{}}}})
	assert.Equal(t, []string{"b"}, proposed(decide(t, e, asking("r", "home"))))

	s, err := decisioning.Compile(shop(inventory...))
	require.NoError(t, err)
	e, err = decisioning.New(decisioning.Config{Strategy: decisioning.Strategy{Filters: []constraint.Filter{boundFilter{errBroken}}}})
	require.NoError(t, err)
	require.ErrorIs(t, e.Publish(s), errBroken)
}

func TestRankerOfTheStrategyStandsWhereTheCatalogNamesNone(t *testing.T) {
	c := shop(inventory...)
	c.Activities[1].Rank = rank.Spec{By: rank.ByPriority}
	e := open(t, c, decisioning.Config{Strategy: decisioning.Strategy{Ranker: byCost()}})
	assert.Equal(t, []string{"c"}, proposed(decide(t, e, asking("r", "home"))))
	assert.Equal(t, []string{"a"}, proposed(decide(t, e, asking("r", "side"))))
}

func TestNearestRankingStands(t *testing.T) {
	c := shop(inventory...)
	c.Activities[0].Rank = rank.Spec{By: "cost"}
	c.Activities[1].Rank = rank.Spec{By: "cost"}
	c.Activities[1].Selections[0].Rank = rank.Spec{Formula: "offer.id == 'b' ? 1.0 : 0.0"}
	e := open(t, c, decisioning.Config{Rankers: map[string]rank.Ranker{"cost": byCost()}})
	assert.Equal(t, []string{"c"}, proposed(decide(t, e, asking("r", "home"))))
	assert.Equal(t, []string{"b"}, proposed(decide(t, e, asking("r", "side"))))
}

func TestUnknownRankerIsAFaultAtPublish(t *testing.T) {
	c := shop(inventory...)
	c.Activities[1].Rank = rank.Spec{By: "mystery"}
	s, err := decisioning.Compile(c)
	require.NoError(t, err)
	e, err := decisioning.New(decisioning.Config{})
	require.NoError(t, err)
	err = e.Publish(s)
	require.ErrorContains(t, err, "activities[1](side).rank.by")
	_, err = e.Decide(t.Context(), asking("r", "home"))
	require.ErrorIs(t, err, decisioning.ErrNoSnapshot, "the snapshot that was refused must not decide")

	s, err = decisioning.Compile(c, decisioning.Quarantine())
	require.NoError(t, err)
	require.NoError(t, e.Publish(s))
	d := decide(t, e, asking("r", "home", "side"))
	assert.Equal(t, []string{"a", "-"}, proposed(d))
	assert.Equal(t, decisioning.Quarantined, d.Propositions[1].Reason)
	require.Len(t, e.Faults(), 1)
	assert.Equal(t, "activities[1](side).rank.by", e.Faults()[0].Path)
}

func TestRankerThatFailsLeavesNoScores(t *testing.T) {
	for name, r := range map[string]rank.Func{
		"an error": func(_ context.Context, _ *profile.Facts, _ *offer.Candidates, scores []float64) error {
			scores[0] = 9
			return errBroken
		},
		"a panic": func(context.Context, *profile.Facts, *offer.Candidates, []float64) error { panic("broken") },
	} {
		t.Run(name, func(t *testing.T) {
			e := open(t, shop(inventory...), decisioning.Config{Strategy: decisioning.Strategy{Ranker: r}})
			d := decide(t, e, asking("r", "home"))
			assert.Equal(t, []string{"a"}, proposed(d), "by priority")
			assert.Nil(t, d.Propositions[0].Offers[0].Score)
			assert.Equal(t, []decisioning.DegradedBy{decisioning.RankerFailed}, degraded(d))
		})
	}
}

func TestScoresOutOfRangeAreNone(t *testing.T) {
	for _, score := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e9 + 1, -1e9 - 1} {
		r := rank.Each(func(_ context.Context, _ *profile.Facts, o *offer.Offer) (float64, error) {
			if o.ID == "a" {
				return score, nil
			}
			return -float64(o.ID[0]), nil
		})
		e := open(t, shop(inventory...), decisioning.Config{Strategy: decisioning.Strategy{Ranker: r}})
		d := decide(t, e, asking("r", "home"))
		assert.Equal(t, []string{"b"}, proposed(d), "score %v", score)
	}
}

func TestWeightedScoreOutOfRangeIsNone(t *testing.T) {
	c := shop(offer.Offer{ID: "a", Priority: 2_000_000}, offer.Offer{ID: "b", Priority: 1})
	c.Activities[0].Weight = 1000
	d := decide(t, open(t, c, decisioning.Config{}), asking("r", "home"))
	assert.Equal(t, []string{"b"}, proposed(d))
}

// A model that knows one offer.
type model map[offer.ID]float64

func (m model) Predict(_ context.Context, _ *profile.Facts, c *offer.Candidates, acceptance []float64) error {
	k := 0
	for _, o := range c.All() {
		p, ok := m[o.ID]
		if !ok {
			p = math.NaN()
		}
		acceptance[k] = p
		k++
	}
	return nil
}

func TestUtilityTakesAcceptanceFromTheOfferOrTheModel(t *testing.T) {
	c := shop(
		offer.Offer{ID: "own", Value: 10, Cost: 1, Acceptance: "0.5"},
		offer.Offer{ID: "modelled", Value: 10, Cost: 1},
		offer.Offer{ID: "clamped", Value: 5, Acceptance: "7.0"},
		offer.Offer{ID: "lossy", Value: 1, Cost: 2, Acceptance: "1.0"},
		offer.Offer{ID: "without", Value: 100},
	)
	for i := range c.Activities {
		c.Activities[i].Rank = rank.Spec{By: rank.ByUtility}
		c.Activities[i].Count = 5
	}
	e := open(t, c, decisioning.Config{Acceptance: model{"modelled": 0.9, "own": 0.99}})
	r := asking("r", "home")
	r.Trace = decisioning.TraceReasons
	d := decide(t, e, r)
	var scores []float64
	for _, o := range d.Propositions[0].Offers {
		scores = append(scores, *o.Score)
	}
	assert.Equal(t, []string{"modelled", "clamped", "own"}, proposed(d))
	assert.Equal(t, []float64{8, 5, 4}, scores)
	assert.Equal(t, decisioning.BelowMinScore, d.Trace["home"].Excluded["lossy"].Reason)
	assert.Equal(t, decisioning.BelowMinScore, d.Trace["home"].Excluded["without"].Reason)
}

func TestStrategyPerActivity(t *testing.T) {
	e := open(t, shop(inventory...), decisioning.Config{
		Strategy:   decisioning.Strategy{Filters: []constraint.Filter{not("a")}},
		Activities: map[decisioning.ActivityID]decisioning.Strategy{"side": {Ranker: byCost()}},
	})
	assert.Equal(t, []string{"b", "c"}, proposed(decide(t, e, asking("r", "home", "side"))))
}

func TestCapperOfTheApplicationAddsLimits(t *testing.T) {
	budget := capping.CapperFunc(func(f *profile.Facts, o *offer.Offer, _ placement.ID, dst []capping.Limit) []capping.Limit {
		if o.ID == "a" || o.ID == "b" {
			dst = append(dst, capping.Limit{Key: capping.Key{Policy: "budget"}, Max: 1})
		}
		return dst
	})
	e := open(t, shop(inventory...), decisioning.Config{Strategy: decisioning.Strategy{Capper: budget}})
	assert.Equal(t, []string{"a", "c"}, proposed(decide(t, e, asking("r1", "home", "side"))), "one unit for both")
	assert.Equal(t, []string{"c", "[hello]"}, proposed(decide(t, e, asking("r2", "home", "side"))), "it was used up")

	broken := capping.CapperFunc(func(*profile.Facts, *offer.Offer, placement.ID, []capping.Limit) []capping.Limit { panic("broken") })
	d := decide(t, open(t, shop(inventory...), decisioning.Config{Strategy: decisioning.Strategy{Capper: broken}}), asking("r", "home"))
	assert.Equal(t, []string{"[hello]"}, proposed(d))
	assert.Equal(t, []decisioning.DegradedBy{decisioning.CapperFailed}, degraded(d))
}

func TestMixedRankersWithoutWeightsAreAWarning(t *testing.T) {
	c := shop(inventory...)
	c.Activities[1].Rank = rank.Spec{Formula: "1.0"}
	d := decide(t, open(t, c, decisioning.Config{}), asking("r", "home", "side"))
	require.Len(t, d.Warnings, 1)
	c.Activities[1].Weight = 2
	assert.Empty(t, decide(t, open(t, c, decisioning.Config{}), asking("r", "home", "side")).Warnings)
}

// A ranker that no request changes ranks as the same ranker does offer by offer.
func TestStaticRankerRanksAsItsRankDoes(t *testing.T) {
	score := func(o *offer.Offer, a offer.ActivityRef) float64 {
		switch o.Priority {
		case 0:
			return math.NaN()
		case 1:
			return math.Inf(1)
		default:
			return float64(len(a.ID)) - float64(o.Priority/2)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var offers []offer.Offer
		for i := range rapid.IntRange(0, 60).Draw(t, "offers") {
			offers = append(offers, offer.Offer{
				ID: offer.ID(fmt.Sprint("o", i)), Priority: rapid.Int64Range(0, 9).Draw(t, "priority"),
				Eligibility: rapid.SampledFrom([]string{"", "profile.age > 18"}).Draw(t, "rule"),
			})
		}
		c := shop(offers...)
		c.Activities[0].Count = 7
		if rapid.Bool().Draw(t, "least") {
			least := -1.0
			c.Activities[0].Rank.By, c.Activities[0].Rank.MinScore = "own", &least
		}
		var answers []*decisioning.Decision
		for _, r := range []rank.Ranker{rank.Fixed(score), rank.Func(rank.Fixed(score).Rank)} {
			engine, err := decisioning.New(decisioning.Config{
				Strategy: decisioning.Strategy{Ranker: r}, Rankers: map[string]rank.Ranker{"own": r},
			})
			require.NoError(t, err)
			s, err := decisioning.Compile(c)
			require.NoError(t, err)
			require.NoError(t, engine.Publish(s))
			request := asking("r", "home", "side")
			request.Trace = decisioning.TraceLevel(rapid.IntRange(0, 1).Draw(t, "trace"))
			request.Profile = profile.JSON([]byte(`{"age": 20}`))
			d, err := engine.Decide(t.Context(), request)
			require.NoError(t, err)
			answers = append(answers, d)
		}
		require.Equal(t, answers[0].Propositions, answers[1].Propositions)
	})
}
