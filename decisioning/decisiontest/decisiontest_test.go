package decisiontest_test

import (
	"context"
	"testing"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning/decisiontest"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

var (
	facts  = profile.NewFacts(profile.Given{ID: "anna", Now: time.Unix(0, 0), Profile: map[string]any{"age": 30.0}})
	offers = []offer.Offer{{ID: "a", Priority: 1}, {ID: "b", Priority: 2}, {ID: "c", Priority: 3}}
)

func TestBuiltInPartsKeepTheRules(t *testing.T) {
	odd := func(_ context.Context, _ *profile.Facts, o *offer.Offer) (bool, error) { return o.Priority%2 == 1, nil }
	decisiontest.TestFilter(t, constraint.Each("odd", odd), facts, offers)
	decisiontest.TestRanker(t, rank.Priority(), facts, offers)
	decisiontest.TestModel(t, evenModel{}, facts, offers)
	decisiontest.TestCapper(t, capping.CapperFunc(
		func(f *profile.Facts, o *offer.Offer, _ placement.ID, dst []capping.Limit) []capping.Limit {
			return append(dst, capping.Limit{Key: capping.Key{Offer: o.ID, Profile: f.ID()}, Max: 2})
		}), facts, offers)
	var memory profile.Memory
	memory.SetProfile("anna", profile.JSON([]byte(`{}`)))
	memory.SetEvents("anna", profile.JSON([]byte(`[]`)))
	decisiontest.TestSource(t, &memory, "anna", "nobody")
	decisiontest.TestEventSource(t, &memory, "anna", "nobody")
}

// An evenModel gives every offer the same chance.
type evenModel struct{}

func (evenModel) Predict(_ context.Context, _ *profile.Facts, _ *offer.Candidates, acceptance []float64) error {
	for i := range acceptance {
		acceptance[i] = 0.5
	}
	return nil
}
