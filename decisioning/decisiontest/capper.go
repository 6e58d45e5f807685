package decisiontest

import (
	"slices"
	"testing"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// TestCapper checks that the capper keeps the rules of [capping.Capper] for the
// facts and the offers.
func TestCapper(tb testing.TB, c capping.Capper, facts *profile.Facts, offers []offer.Offer) {
	tb.Helper()
	set := offer.NewSet(slices.Clone(offers))
	limits := func(i int) []capping.Limit {
		kept := capping.Limit{Max: 1, Key: capping.Key{Policy: "decisiontest"}}
		got := c.Limits(facts, set.At(i), activity.Placement, []capping.Limit{kept})
		if len(got) == 0 || got[0] != kept {
			tb.Errorf("offer %q: what dst held is gone: limits are appended to it", set.At(i).ID)
			return nil
		}
		return got[1:]
	}
	shared := make(map[capping.Key]int64)
	for i := range set.Len() {
		got := limits(i)
		if again := limits(i); !slices.Equal(got, again) {
			tb.Errorf("offer %q: %v, then %v: the same facts and offer give the same limits", set.At(i).ID, got, again)
		}
		if err := capping.CheckLimits(got); err != nil {
			tb.Errorf("offer %q: %v", set.At(i).ID, err)
		}
		for _, l := range got {
			if most, ok := shared[l.Key]; ok && most != l.Max {
				tb.Errorf("offer %q: limits of %d and %d on one key: they have the same Max", set.At(i).ID, most, l.Max)
			}
			shared[l.Key] = l.Max
		}
	}
	checkConcurrent(tb, func() bool {
		for i := range set.Len() {
			if !slices.Equal(c.Limits(facts, set.At(i), activity.Placement, nil), limits(i)) {
				return false
			}
		}
		return true
	})
}
