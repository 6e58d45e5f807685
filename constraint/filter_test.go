package constraint_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

var (
	nobody  = profile.NewFacts(profile.Given{})
	errDown = errors.New("stock service is down")
)

func candidates(offers ...offer.Offer) *offer.Candidates {
	return offer.NewCandidates(offer.NewSet(offers), offer.ActivityRef{ID: "home"}, true)
}

func ids(c *offer.Candidates) []offer.ID {
	var all []offer.ID
	for _, o := range c.All() {
		all = append(all, o.ID)
	}
	return all
}

func TestEachRemovesWhatItDoesNotKeep(t *testing.T) {
	cheap := constraint.Each("cheap", func(_ context.Context, _ *profile.Facts, o *offer.Offer) (bool, error) {
		return o.Cost < 2, nil
	})
	c := candidates(offer.Offer{ID: "a", Cost: 1}, offer.Offer{ID: "b", Cost: 2}, offer.Offer{ID: "c", Cost: 3}, offer.Offer{ID: "d"})
	require.NoError(t, cheap.Filter(t.Context(), nobody, c))
	assert.Equal(t, []offer.ID{"a", "d"}, ids(c))
}

func TestWhereIsLazyAndAgreesWithItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int64Range(0, 10).Draw(t, "limit")
		where := constraint.Where("limit", func(_ *profile.Facts, o *offer.Offer) bool { return o.Priority < limit })
		offers := make([]offer.Offer, rapid.IntRange(0, 100).Draw(t, "offers"))
		for i := range offers {
			offers[i].Priority = rapid.Int64Range(0, 10).Draw(t, "priority")
		}
		c := candidates(offers...)
		require.NoError(t, where.Filter(context.Background(), nobody, c))
		for i := range offers {
			assert.Equal(t, where.Keep(nobody, &offers[i]), c.Has(i))
		}
	})
}

func TestEachStopsAtAnError(t *testing.T) {
	judged := 0
	each := constraint.Each("in stock", func(_ context.Context, _ *profile.Facts, o *offer.Offer) (bool, error) {
		judged++
		return true, errDown
	})
	err := each.Filter(t.Context(), nobody, candidates(offer.Offer{ID: "a"}, offer.Offer{ID: "b"}))
	require.ErrorIs(t, err, errDown)
	require.EqualError(t, err, "in stock: stock service is down")
	assert.Equal(t, 1, judged)
	assert.NotImplements(t, (*constraint.Lazy)(nil), each, "which offers are judged would show")
}

func TestEachExplainsItselfByName(t *testing.T) {
	each := constraint.Each("in stock", nil)
	assert.Equal(t, "in stock", each.(constraint.Explainer).Explain(t.Context(), nobody, &offer.Offer{}))
}

func TestEachGivesContextAndFactsOn(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "value")
	each := constraint.Each("ctx", func(ctx context.Context, f *profile.Facts, _ *offer.Offer) (bool, error) {
		return ctx.Value(key{}) == "value" && f == nobody, nil
	})
	c := candidates(offer.Offer{ID: "a"})
	require.NoError(t, each.Filter(ctx, nobody, c))
	assert.Equal(t, 1, c.Len())
}

func TestFiltersThatJudgeOneOfferCommute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		divides := func(k int64) constraint.Filter {
			return constraint.Each("divides", func(_ context.Context, _ *profile.Facts, o *offer.Offer) (bool, error) {
				return o.Priority%k != 0, nil
			})
		}
		a, b := divides(rapid.Int64Range(1, 5).Draw(t, "a")), divides(rapid.Int64Range(1, 5).Draw(t, "b"))
		offers := make([]offer.Offer, 20)
		for i := range offers {
			offers[i] = offer.Offer{ID: offer.ID(rune('a' + i)), Priority: rapid.Int64Range(0, 100).Draw(t, "priority")}
		}
		first, second := candidates(offers...), candidates(offers...)
		require.NoError(t, errors.Join(a.Filter(context.Background(), nobody, first), b.Filter(context.Background(), nobody, first)))
		require.NoError(t, errors.Join(b.Filter(context.Background(), nobody, second), a.Filter(context.Background(), nobody, second)))
		assert.Equal(t, ids(first), ids(second))
	})
}

func TestFilteringDoesNotAllocate(t *testing.T) {
	c := candidates(make([]offer.Offer, 1000)...)
	each := constraint.Each("any", func(context.Context, *profile.Facts, *offer.Offer) (bool, error) { return true, nil })
	ctx := t.Context()
	assert.Zero(t, testing.AllocsPerRun(10, func() { _ = each.Filter(ctx, nobody, c) }))
}

func TestFilterFuncIsAFilter(t *testing.T) {
	c := candidates(offer.Offer{ID: "a"}, offer.Offer{ID: "b"})
	first := constraint.FilterFunc(func(_ context.Context, _ *profile.Facts, c *offer.Candidates) error {
		c.Remove(0)
		return nil
	})
	require.NoError(t, first.Filter(t.Context(), nobody, c))
	assert.Equal(t, []offer.ID{"b"}, ids(c))
}
