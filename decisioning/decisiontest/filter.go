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
func TestFilter(t testing.TB, f constraint.Filter, facts *profile.Facts, offers []offer.Offer) {
	t.Helper()
	set := offer.NewSet(slices.Clone(offers))
	if binder, ok := f.(constraint.Binder); ok {
		bound, err := binder.Bind(set)
		if err != nil {
			t.Fatalf("Bind: %v", err)
		}
		f = bound
	}
	all := indexes(offer.NewCandidates(set, activity, true))
	passed := filter(t, f, facts, set, all)
	if again := filter(t, f, facts, set, all); !slices.Equal(again, passed) {
		t.Errorf("passed %v, then %v: a filter decides from the facts and the offers alone", passed, again)
	}
	none := filter(t, f, facts, set, nil)
	if len(none) > 0 {
		t.Errorf("passed %v of no candidates: a filter only removes", none)
	}
	for _, i := range all {
		got := filter(t, f, facts, set, []int{i})
		if slices.Contains(got, i) != slices.Contains(passed, i) {
			t.Errorf("offer %q alone is judged unlike among others: if that is meant, the filter must not be shared by activities", set.At(i).ID)
		}
	}
	checkLazy(t, f, facts, set, passed)
	checkConcurrent(t, func() bool { return slices.Equal(filter(t, f, facts, set, all), passed) })
}

func checkLazy(t testing.TB, f constraint.Filter, facts *profile.Facts, set *offer.Set, passed []int) {
	t.Helper()
	for i := range set.Len() {
		if lazy, ok := f.(constraint.Lazy); ok {
			keep, err := lazy.Keep(t.Context(), facts, set.At(i))
			if err != nil {
				t.Errorf("Keep(%q): %v", set.At(i).ID, err)
			} else if keep != slices.Contains(passed, i) {
				t.Errorf("Keep(%q) = %v, but Filter says otherwise: they agree", set.At(i).ID, keep)
			}
		}
		if explainer, ok := f.(constraint.Explainer); ok && !slices.Contains(passed, i) {
			if explainer.Explain(t.Context(), facts, set.At(i)) == "" {
				t.Errorf("Explain(%q) is empty for an offer that the filter rejects", set.At(i).ID)
			}
		}
	}
}

func filter(t testing.TB, f constraint.Filter, facts *profile.Facts, set *offer.Set, in []int) []int {
	t.Helper()
	c := offer.NewCandidates(set, activity, false)
	for _, i := range in {
		c.Add(i)
	}
	if err := f.Filter(t.Context(), facts, c); err != nil {
		t.Errorf("Filter: %v", err)
	}
	if c.Offers != set || c.For != activity {
		t.Error("the candidates were made for another set or activity: a filter only removes")
	}
	out := indexes(c)
	for _, i := range out {
		if !slices.Contains(in, i) {
			t.Errorf("offer %q was added: a filter only removes", set.At(i).ID)
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
func checkConcurrent(t testing.TB, same func() bool) {
	t.Helper()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if !same() {
				t.Error("called concurrently it answers otherwise: it has to be safe for concurrent use")
			}
		})
	}
	wait.Wait()
}

// cancelled returns a context that is over.
func cancelled(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
