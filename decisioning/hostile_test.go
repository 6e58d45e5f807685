package decisioning_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// A part of the application that does what it may not.

func TestRankerThatChangesItsCandidatesFails(t *testing.T) {
	c := shop(inventory...)
	c.Offers[0].Status = offer.Draft
	for name, change := range map[string]func(*offer.Candidates){
		"adds":     func(c *offer.Candidates) { c.Add(0) },
		"swaps":    func(c *offer.Candidates) { c.Remove(1); c.Add(0) },
		"empties":  func(c *offer.Candidates) { *c = offer.Candidates{Offers: c.Offers, For: c.For} },
		"replaces": func(c *offer.Candidates) { c.Reset(offer.NewSet(nil), c.For) },
	} {
		t.Run(name, func(t *testing.T) {
			ranker := rank.Func(func(_ context.Context, _ *profile.Facts, c *offer.Candidates, scores []float64) error {
				scores[0] = 1
				change(c)
				return nil
			})
			d := decide(t, open(t, c, decisioning.Config{Strategy: decisioning.Strategy{Ranker: ranker}}), asking("r", "home"))
			assert.Equal(t, []string{"b"}, proposed(d), "by priority, without a score")
			assert.Equal(t, []decisioning.DegradedBy{decisioning.RankerFailed}, degraded(d))
		})
	}
}

func TestFilterMayEmptyItsCandidatesInAnyWay(t *testing.T) {
	empty := constraint.FilterFunc(func(_ context.Context, _ *profile.Facts, c *offer.Candidates) error {
		*c = offer.Candidates{Offers: c.Offers, For: c.For}
		return nil
	})
	d := decide(t, open(t, shop(inventory...), decisioning.Config{Strategy: decisioning.Strategy{Filters: []constraint.Filter{empty}}}), asking("r", "home"))
	assert.Equal(t, []string{"[hello]"}, proposed(d))
}

// A panicky counter panics wherever it is called.
type panickyCounter struct{ capping.Counter }

func (panickyCounter) Usage(context.Context, capping.Attempt, []capping.Key, []int64) (capping.Usage, error) {
	panic("usage")
}
func (panickyCounter) Resolve(context.Context, capping.Resolution) error { panic("resolve") }
func (panickyCounter) Record(context.Context, capping.Event) error       { panic("record") }

func TestPanicsOfTheCounterAreContained(t *testing.T) {
	e := open(t, scarce(1), decisioning.Config{Counter: panickyCounter{}})
	assert.Equal(t, []string{"plain"}, proposed(decide(t, e, asking("r", "home"))))
	require.Error(t, e.Confirm(t.Context(), "r"))
	require.Error(t, e.Record(t.Context(), decisioning.Outcome{ID: "e", Type: "t", Offer: "o"}))

	counter := &faultyCounter{Recorder: memory()}
	counter.reserve = func(capping.Reservation) (bool, capping.Grant, error) { panic("reserve") }
	d := decide(t, open(t, scarce(1), decisioning.Config{Counter: counter}), asking("r", "home"))
	assert.Equal(t, []string{"plain"}, proposed(d))
	assert.True(t, d.Unsettled)
}

func TestCounterThatKeepsRefusingIsDown(t *testing.T) {
	for name, full := range map[string][]capping.Full{
		"for no reason":     {{Key: capping.Key{Policy: "nobody knows it"}}},
		"what it was asked": nil,
	} {
		t.Run(name, func(t *testing.T) {
			counter := &faultyCounter{Recorder: memory()}
			counter.reserve = func(r capping.Reservation) (bool, capping.Grant, error) {
				refused := full
				for _, i := range r.Items {
					for _, l := range i.Limits {
						refused = append(refused, capping.Full{Key: l.Key})
					}
				}
				return true, capping.Grant{Full: append(refused, capping.Full{Key: capping.Key{Policy: "x"}})}, nil
			}
			d := decide(t, open(t, scarce(1000), decisioning.Config{Counter: counter}), asking("r", "home"))
			assert.Equal(t, []string{"plain"}, proposed(d))
			assert.LessOrEqual(t, len(counter.calls), 2+2*8)
		})
	}
}

// Attempts of one id.

func TestOlderAttemptThatArrivesLateTakesNothing(t *testing.T) {
	counter := &faultyCounter{Recorder: memory()}
	c := shop(
		offer.Offer{ID: "a", Priority: 9, Caps: capped(1, offer.PerAll)},
		offer.Offer{ID: "b", Priority: 8, Caps: capped(1, offer.PerAll)},
		offer.Offer{ID: "plain"},
	)
	e := open(t, c, decisioning.Config{Counter: counter})
	late := asking("r", "home")
	late.Exclude = []offer.ID{"a"}
	counter.reserve = func(capping.Reservation) (bool, capping.Grant, error) {
		counter.reserve = nil // while it stalls, the client has tried again
		assert.Equal(t, []string{"a"}, proposed(decide(t, e, asking("r", "home"))))
		return false, capping.Grant{}, nil
	}
	d := decide(t, e, late)
	assert.Equal(t, []string{"plain"}, proposed(d))
	assert.Equal(t, []decisioning.DegradedBy{decisioning.Superseded}, degraded(d))
	assert.Equal(t, []string{"b"}, proposed(decide(t, e, asking("other", "home"))), "a stays taken, b was not")
}

func TestCancelledAttemptReleasesOnlyItsOwn(t *testing.T) {
	counter := &faultyCounter{Recorder: memory()}
	e := open(t, scarce(1), decisioning.Config{Counter: counter})
	ctx, cancel := context.WithCancel(t.Context())
	counter.reserve = func(capping.Reservation) (bool, capping.Grant, error) {
		counter.reserve = nil
		cancel() // the client gives up, and tries again
		assert.Equal(t, []string{"best"}, proposed(decide(t, e, asking("r", "home"))))
		return false, capping.Grant{}, nil
	}
	_, err := e.Decide(ctx, asking("r", "home"))
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, []string{"plain"}, proposed(decide(t, e, asking("other", "home"))), "the retry's unit stays taken")
}

func TestCancellationAfterTheGrantGivesItBack(t *testing.T) {
	for _, before := range []bool{false, true} {
		t.Run(fmt.Sprint("decided before: ", before), func(t *testing.T) {
			counter := &faultyCounter{Recorder: memory()}
			e := open(t, scarce(1), decisioning.Config{Counter: counter})
			if before {
				decide(t, e, asking("r", "home"))
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			counter.reserve = func(capping.Reservation) (bool, capping.Grant, error) {
				cancel(errors.New("the user left"))
				return false, capping.Grant{}, nil
			}
			_, err := e.Decide(ctx, asking("r", "home"))
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorContains(t, err, "the user left")
			counter.reserve = nil
			assert.Equal(t, []string{"best"}, proposed(decide(t, e, asking("other", "home"))))
		})
	}
}

func TestUnsettledDecisionCannotBeReleasedByItsRecord(t *testing.T) {
	counter := &faultyCounter{Recorder: memory()}
	counter.reserve = func(capping.Reservation) (bool, capping.Grant, error) { return true, capping.Grant{}, errBroken }
	e := open(t, scarce(1), decisioning.Config{Counter: counter})
	d := decide(t, e, asking("r", "home"))
	require.ErrorIs(t, e.ReleaseRecord(t.Context(), d), decisioning.ErrUnsettled)
	require.Error(t, e.ReleaseRecord(t.Context(), nil))

	d = decide(t, open(t, shop(inventory...), decisioning.Config{Counter: counter}), asking("r", "home"))
	assert.False(t, d.Unsettled, "without caps there is nothing to settle")
	assert.Empty(t, d.Degraded)
}

func TestDecisionIsReleasedFromItsJSON(t *testing.T) {
	e := open(t, scarce(1), decisioning.Config{})
	text, err := json.Marshal(decide(t, e, asking("r", "home")))
	require.NoError(t, err)
	var kept decisioning.Decision
	require.NoError(t, json.Unmarshal(text, &kept))
	assert.Equal(t, e.Snapshot().Version(), kept.Version)
	require.NoError(t, e.ReleaseRecord(t.Context(), &kept))
	assert.Equal(t, []string{"best"}, proposed(decide(t, e, asking("other", "home"))))
}

// Time that is up.

func TestDeadlineEndsTheEvaluationOfRules(t *testing.T) {
	var offers []offer.Offer
	for i := range 500 {
		offers = append(offers, offer.Offer{ID: offer.ID(fmt.Sprint(i)), Eligibility: fmt.Sprintf("%d < 1000", i)})
	}
	e := open(t, shop(offers...), decisioning.Config{})
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	r := asking("", "home")
	r.Trace, r.DryRun = decisioning.TraceReasons, true
	d, err := e.Decide(ctx, r)
	require.NoError(t, err)
	assert.Contains(t, degraded(d), decisioning.DeadlinePassed)
	assert.Less(t, d.Trace["home"].Funnel.Eligible, 100)
	assert.Positive(t, d.Trace["home"].Funnel.Eligible)
}

// TestTraceThatFailsLeavesNoTrace: the decision after it begins with the walks of the one before.
func TestTraceThatFailsLeavesNoTrace(t *testing.T) {
	e := open(t, shop(offer.Offer{ID: "o", Priority: 1}), decisioning.Config{})
	r := asking("", "home")
	r.DryRun = true
	for range 50 {
		assert.Equal(t, []string{"o"}, proposed(decide(t, e, r)))
		traced := r
		traced.Trace, traced.Profile = decisioning.TraceReasons, profile.JSON([]byte(`{"age": `))
		_, err := e.Decide(t.Context(), traced)
		require.Error(t, err)
	}
}

// TestDeadlineThatScoresFindEndsRules: whether or not they are bands.
func TestDeadlineThatScoresFindEndsRules(t *testing.T) {
	var offers []offer.Offer
	for i := range 300 {
		o := offer.Offer{ID: offer.ID(fmt.Sprint(i)), Priority: int64(500 - i), Tags: []offer.Tag{"f"}, Value: float64(i)}
		if i >= 200 {
			o.Tags, o.Eligibility = []offer.Tag{"s"}, fmt.Sprintf("profile.age > %d", i%20)
		}
		offers = append(offers, o)
	}
	c := shop(offers...)
	c.Collections = []collection.Collection{tagged("f", "f"), tagged("s", "s")}
	c.Activities[0].Selections = []decisioning.Selection{{Collection: "f", Rank: rank.Spec{
		Formula: "offer.value + (profile.owns.exists(x, x == offer.id) ? 1.0 : 0.0)",
	}}}
	c.Activities[1].Selections = []decisioning.Selection{{Collection: "s"}}
	e := open(t, c, decisioning.Config{})
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	r := asking("", "home", "side")
	r.Profile, r.DryRun = profile.JSON([]byte(`{"age": 30, "owns": ["x"]}`)), true
	ready, err := e.Prepare(r)
	require.NoError(t, err)
	for _, r := range []decisioning.Request{r, ready} {
		d, err := e.Decide(late, r)
		require.NoError(t, err)
		assert.Equal(t, "[hello]", proposed(d)[1])
	}
}

// TestNoRuleIsLookedUpAfterTheDeadline: nor where rules are bands, of which the clock is looked at once in some.
func TestNoRuleIsLookedUpAfterTheDeadline(t *testing.T) {
	var offers []offer.Offer
	for i := range 500 {
		rule := fmt.Sprintf("profile.age < %d", -i)
		if i == 100 {
			rule = "profile.age > 0"
		}
		offers = append(offers, offer.Offer{ID: offer.ID(fmt.Sprint(i)), Priority: int64(500 - i), Eligibility: rule})
	}
	e := open(t, shop(offers...), decisioning.Config{})
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for ctx, want := range map[context.Context]string{t.Context(): "100", late: "[hello]"} {
		r := asking("", "home")
		r.Profile, r.DryRun = profile.JSON([]byte(`{"age": 30}`)), true
		d, err := e.Decide(ctx, r)
		require.NoError(t, err)
		assert.Equal(t, []string{want}, proposed(d))
	}
}

func TestCancelledDryRunIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	filter := constraint.FilterFunc(func(context.Context, *profile.Facts, *offer.Candidates) error {
		cancel()
		return nil
	})
	e := open(t, shop(inventory...), decisioning.Config{Strategy: decisioning.Strategy{Filters: []constraint.Filter{filter}}})
	r := asking("r", "home")
	r.DryRun = true
	_, err := e.Decide(ctx, r)
	require.ErrorIs(t, err, context.Canceled)
}

// What is told.

func TestErrorsOfFormulasAreWarningsOfATrace(t *testing.T) {
	c := shop(offer.Offer{ID: "a", Acceptance: "profile.typo"}, offer.Offer{ID: "b"})
	c.Activities[0].Rank = rank.Spec{Formula: "profile.typo * 2.0"}
	c.Activities[1].Rank = rank.Spec{By: rank.ByUtility}
	engine := open(t, c, decisioning.Config{})
	warnings := func(level decisioning.TraceLevel) (entities []string) {
		r := asking("r", "home", "side")
		r.Trace = level
		d := decide(t, engine, r)
		for _, w := range d.Warnings {
			entities = append(entities, w.Entity)
		}
		assert.Nil(t, d.Propositions[0].Offers[0].Score)
		return entities
	}
	assert.Equal(t, []string{"activities[home] rank formula of tier 0", "offers[a].acceptance", "activities"}, warnings(decisioning.TraceReasons))
	// Which formulas are evaluated depends on the path, and must not show.
	assert.Equal(t, []string{"activities"}, warnings(decisioning.NoTrace))
}

func TestCapperIsHeldToItsRules(t *testing.T) {
	for name, l := range map[string]capping.Limit{
		"no room ever":      {Key: capping.Key{Policy: "mine"}},
		"no name":           {Max: 1},
		"two names":         {Key: capping.Key{Policy: "mine", Offer: "a"}, Max: 1},
		"events of its own": {Key: capping.Key{Policy: "mine", Counts: "click"}, Max: 1},
		"a window by hand":  {Key: capping.Key{Policy: "mine", Window: offer.Window{Every: offer.Day}}, Max: 1},
	} {
		t.Run(name, func(t *testing.T) {
			capper := capping.CapperFunc(func(_ *profile.Facts, _ *offer.Offer, _ placement.ID, dst []capping.Limit) []capping.Limit {
				return append(dst, l)
			})
			d := decide(t, open(t, shop(inventory...), decisioning.Config{Strategy: decisioning.Strategy{Capper: capper}}), asking("r", "home"))
			assert.Equal(t, []string{"[hello]"}, proposed(d))
			assert.Equal(t, []decisioning.DegradedBy{decisioning.CapperFailed}, degraded(d))
		})
	}
}

func TestCapperMayLimitOneDecision(t *testing.T) {
	capper := capping.CapperFunc(func(_ *profile.Facts, _ *offer.Offer, _ placement.ID, dst []capping.Limit) []capping.Limit {
		return append(dst, capping.Limit{Key: capping.Key{Policy: "one at a time"}, Max: 1, PerDecision: true})
	})
	e := open(t, shop(inventory...), decisioning.Config{Strategy: decisioning.Strategy{Capper: capper}})
	for _, id := range []string{"r1", "r2"} {
		assert.Equal(t, []string{"a", "[hello]"}, proposed(decide(t, e, asking(id, "home", "side"))))
	}
}

func TestSharedStrategyIsNeverSwitchedOff(t *testing.T) {
	e := open(t, shop(inventory...), decisioning.Config{
		Strategy:   decisioning.Strategy{Filters: []constraint.Filter{not("c")}},
		Activities: map[decisioning.ActivityID]decisioning.Strategy{"side": {Filters: []constraint.Filter{not("a")}, Ranker: byCost()}},
	})
	assert.Equal(t, []string{"a", "b"}, proposed(decide(t, e, asking("r", "home", "side"))))
	_, err := decisioning.New(decisioning.Config{
		Activities: map[decisioning.ActivityID]decisioning.Strategy{"side": {Arbitration: decisioning.Sequential}},
	})
	require.ErrorContains(t, err, "config.Activities[side].Arbitration")
}

// A deafCounter does not record events.
type deafCounter struct{ capping.Counter }

func TestCapsThatCountEventsNeedARecorder(t *testing.T) {
	s, err := decisioning.Compile(shop(offer.Offer{ID: "a", Caps: []offer.Cap{{Limit: 1, Per: offer.PerAll, Counts: "click"}}}))
	require.NoError(t, err)
	e, err := decisioning.New(decisioning.Config{Counter: deafCounter{memory()}})
	require.NoError(t, err)
	require.ErrorContains(t, e.Publish(s), "count events")
	require.Error(t, e.Record(t.Context(), decisioning.Outcome{ID: "e", Type: "click", Offer: "a"}))
}

func TestIDsFromOutsideAreBounded(t *testing.T) {
	e := open(t, shop(inventory...), decisioning.Config{})
	r := asking(string(make([]byte, 2000)), "home")
	_, err := e.Decide(t.Context(), r)
	require.ErrorContains(t, err, "request.id")
	require.ErrorContains(t, e.Record(t.Context(), decisioning.Outcome{ID: "e", Type: "t", Offer: "\xff"}), "outcome.offer")
	require.ErrorContains(t, e.Record(t.Context(), decisioning.Outcome{
		ID: "e", Type: "t", Offer: "a", At: time.Date(9999, 12, 31, 23, 30, 0, 0, time.FixedZone("", -3600)),
	}), "outcome.at")
}

func TestCapperMayTightenACapOfTheCatalog(t *testing.T) {
	tight := capping.CapperFunc(func(_ *profile.Facts, o *offer.Offer, _ placement.ID, dst []capping.Limit) []capping.Limit {
		return append(dst, capping.Limit{Key: capping.Key{Offer: o.ID}, Max: 1})
	})
	c := shop(offer.Offer{ID: "a", Caps: capped(5, offer.PerAll)})
	counter := memory()
	e := open(t, c, decisioning.Config{Counter: counter, Strategy: decisioning.Strategy{Capper: tight}})
	assert.Equal(t, []string{"a"}, proposed(decide(t, e, asking("r1", "home"))))
	assert.Equal(t, []string{"[hello]"}, proposed(decide(t, e, asking("r2", "home"))), "one key, the smallest limit")
	u, err := counter.Usage(t.Context(), capping.Attempt{ID: "x", At: noon}, []capping.Key{{Offer: "a"}}, nil)
	require.NoError(t, err)
	assert.Equal(t, []int64{1}, u.Units, "and one unit")
}
