package decisiontest_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning/decisiontest"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// A recorder collects failures instead of failing.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	failures []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Error(args ...any) { r.Errorf("%s", fmt.Sprint(args...)) }

func TestKitNamesTheRuleThatIsBroken(t *testing.T) {
	filter := func(fn constraint.FilterFunc) func(*recorder) {
		return func(r *recorder) { decisiontest.TestFilter(r, fn, facts, offers) }
	}
	ranker := func(fn rank.Func) func(*recorder) {
		return func(r *recorder) { decisiontest.TestRanker(r, fn, facts, offers) }
	}
	capper := func(limits ...capping.Limit) func(*recorder) {
		return func(r *recorder) {
			decisiontest.TestCapper(r, capping.CapperFunc(
				func(_ *profile.Facts, _ *offer.Offer, _ placement.ID, dst []capping.Limit) []capping.Limit {
					return append(dst, limits...)
				}), facts, offers)
		}
	}
	var mu sync.Mutex
	calls := 0
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		calls++
		return calls
	}
	for _, tt := range []struct {
		name string
		run  func(*recorder)
		want string
	}{
		{"a filter that adds", filter(func(_ context.Context, _ *profile.Facts, c *offer.Candidates) error {
			c.Add(0)
			return nil
		}), "was added: a filter only removes"},
		{"a filter of moods", filter(func(_ context.Context, _ *profile.Facts, c *offer.Candidates) error {
			if count()%2 == 0 {
				c.Remove(0)
			}
			return nil
		}), "decides from the facts and the offers alone"},
		{"a filter that replaces the set", filter(func(_ context.Context, _ *profile.Facts, c *offer.Candidates) error {
			c.Reset(offer.NewSet(nil), c.For)
			return nil
		}), "made for another set"},
		{"a lazy filter that disagrees", func(r *recorder) { decisiontest.TestFilter(r, twoFaced{}, facts, offers) }, "they agree"},
		{"a static ranker that looks at the person", func(r *recorder) { decisiontest.TestRanker(r, nosy{}, facts, offers) }, "they agree, whoever is asked for"},
		{"a ranker that forgets one", ranker(func(_ context.Context, _ *profile.Facts, _ *offer.Candidates, scores []float64) error {
			for i := range scores[:max(len(scores)-1, 0)] {
				scores[i] = 1
			}
			return nil
		}), "it writes one for each"},
		{"a ranker by position", ranker(func(_ context.Context, _ *profile.Facts, _ *offer.Candidates, scores []float64) error {
			for i := range scores {
				scores[i] = float64(i)
			}
			return nil
		}), "scores are written in candidate order"},
		{"a ranker that narrows", ranker(func(_ context.Context, _ *profile.Facts, c *offer.Candidates, scores []float64) error {
			for i := range scores {
				scores[i] = math.NaN()
			}
			c.Remove(0)
			return nil
		}), "it leaves them as they are"},
		{"a capper without a name", capper(capping.Limit{Max: 1}), "neither of Offer and Policy"},
		{"a capper that forbids", capper(capping.Limit{Key: capping.Key{Policy: "p"}}), "at least 1"},
		{
			"a capper of two minds",
			capper(capping.Limit{Key: capping.Key{Policy: "p"}, Max: 1}, capping.Limit{Key: capping.Key{Policy: "p"}, Max: 2}),
			"they have the same Max",
		},
		{
			"a capper without bounds",
			capper(capping.Limit{Key: capping.Key{Policy: "p", Window: offer.Window{Every: offer.Day, Timezone: "UTC"}}, Max: 1}),
			"Schedule.At",
		},
		{"a source that fails for strangers", func(r *recorder) {
			decisiontest.TestSource(r, profile.SourceFunc(func(_ context.Context, id profile.ID) (profile.Document, error) {
				if id == "stranger" {
					return profile.Document{}, context.DeadlineExceeded
				}
				return profile.JSON([]byte(`{}`)), nil
			}), "anna", "stranger")
		}, "an unknown person is an answer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &recorder{TB: t}
			tt.run(r)
			if !strings.Contains(strings.Join(r.failures, "\n"), tt.want) {
				t.Errorf("the kit says %q, want %q", r.failures, tt.want)
			}
		})
	}
}

// A nosy ranker says that it is static, and is not.
type nosy struct{}

func (nosy) Score(*offer.Offer, offer.ActivityRef) float64 { return 1 }

func (nosy) Rank(_ context.Context, f *profile.Facts, _ *offer.Candidates, scores []float64) error {
	for i := range scores {
		scores[i] = float64(len(f.ID()))
	}
	return nil
}

// A twoFaced filter says one thing of a set and another of its offers.
type twoFaced struct{}

func (twoFaced) Filter(context.Context, *profile.Facts, *offer.Candidates) error { return nil }

func (twoFaced) Keep(*profile.Facts, *offer.Offer) bool { return false }
