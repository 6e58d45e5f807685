package decisiontest

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// activity is what the parts under test work for.
var activity = offer.ActivityRef{ID: "decisiontest", Placement: "decisiontest", Count: 1}

// TestFilter checks that the filter keeps the rules of [constraint.Filter] for
// the facts and the offers, and that what it does beyond them agrees: Bind,
// Keep and Explain.
func TestFilter(tb testing.TB, f constraint.Filter, facts *profile.Facts, offers []offer.Offer) {
	tb.Helper()
	set := offer.NewSet(slices.Clone(offers))
	if binder, ok := f.(constraint.Binder); ok {
		bound, err := binder.Bind(set)
		if err != nil {
			tb.Fatalf("Bind: %v", err)
		}
		f = bound
	}
	all := indexes(offer.NewCandidates(set, activity, true))
	passed := filter(tb, f, facts, set, all)
	if again := filter(tb, f, facts, set, all); !slices.Equal(again, passed) {
		tb.Errorf("passed %v, then %v: a filter decides from the facts and the offers alone", passed, again)
	}
	none := filter(tb, f, facts, set, nil)
	if len(none) > 0 {
		tb.Errorf("passed %v of no candidates: a filter only removes", none)
	}
	checkLazy(tb, f, facts, set, passed)
	checkConcurrent(tb, func() bool { return slices.Equal(filter(tb, f, facts, set, all), passed) })
}

func checkLazy(tb testing.TB, f constraint.Filter, facts *profile.Facts, set *offer.Set, passed []int) {
	tb.Helper()
	for i := range set.Len() {
		if lazy, ok := f.(constraint.Lazy); ok {
			if keep := lazy.Keep(facts, set.At(i)); keep != slices.Contains(passed, i) {
				tb.Errorf("Keep(%q) = %v, but Filter says otherwise: they agree", set.At(i).ID, keep)
			}
		}
		if explainer, ok := f.(constraint.Explainer); ok && !slices.Contains(passed, i) {
			if explainer.Explain(tb.Context(), facts, set.At(i)) == "" {
				tb.Errorf("Explain(%q) is empty for an offer that the filter rejects", set.At(i).ID)
			}
		}
	}
}

func filter(tb testing.TB, f constraint.Filter, facts *profile.Facts, set *offer.Set, in []int) []int {
	tb.Helper()
	c := offer.NewCandidates(set, activity, false)
	for _, i := range in {
		c.Add(i)
	}
	if err := f.Filter(tb.Context(), facts, c); err != nil {
		tb.Errorf("Filter: %v", err)
	}
	if c.Offers != set || c.For != activity {
		tb.Error("the candidates were made for another set or activity: a filter only removes")
	}
	out := indexes(c)
	for _, i := range out {
		if !slices.Contains(in, i) {
			tb.Errorf("offer %q was added: a filter only removes", set.At(i).ID)
		}
	}
	return out
}

func indexes(c *offer.Candidates) []int {
	var all []int
	for i := range c.All() {
		all = append(all, i)
	}
	return all
}

// checkConcurrent calls same from several goroutines.
func checkConcurrent(tb testing.TB, same func() bool) {
	tb.Helper()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if !same() {
				tb.Error("called concurrently it answers otherwise: it has to be safe for concurrent use")
			}
		})
	}
	wait.Wait()
}

// cancelled returns a context that is over.
func cancelled(tb testing.TB) context.Context {
	tb.Helper()
	ctx, cancel := context.WithCancel(tb.Context())
	cancel()
	return ctx
}
