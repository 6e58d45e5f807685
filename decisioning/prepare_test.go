package decisioning_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// Two engines live through the same, one with prepared requests: the scenarios have
// every kind of rule, sources, filters and rankers, and catalogs that are published
// between.
func TestPreparedRequestsAreDecidedAsOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := scenarios().Filter(func(s scenario) bool { return !s.Faults.any() }).Draw(t, "scenario")
		var plain, prepared player
		for _, p := range []*player{&plain, &prepared} {
			p.fataler, p.s = t, s
			p.clock.Store(s.Steps[0].At.UnixNano())
			p.twins = []*twin{{}}
			p.open(p.twins[0], p.compile(s.Catalog))
		}
		for i, step := range s.Steps {
			if step.Ask == nil {
				continue
			}
			r := step.Ask.request(step.At)
			r.ID = fmt.Sprintf("%s/%d", r.ID, i)
			want, wantErr := plain.twins[0].engine.Decide(t.Context(), r)
			ready, err := prepared.twins[0].engine.Prepare(r)
			if err != nil && wantErr != nil && strings.Contains(wantErr.Error(), "request.activities") {
				continue // of two faults either may be told
			}
			if err != nil {
				require.EqualError(t, wantErr, strings.Replace(err.Error(), "prepare: ", "decide: ", 1))
				continue
			}
			if rapid.Bool().Draw(t, "publish") { // numbers other paths first
				c := s.Catalog
				c.Rules = append([]constraint.Rule{{ID: "x", Expr: "context.x && profile.y.z && profile.age > 1.0"}}, c.Rules...)
				c.Policies = append([]constraint.Policy{{ID: "x", When: "context.x", Suppress: c.Collections[0].ID}}, c.Policies...)
				snapshot, err := decisioning.Compile(c)
				require.NoError(t, err)
				require.NoError(t, prepared.twins[0].engine.Publish(snapshot))
				require.NoError(t, plain.twins[0].engine.Publish(snapshot))
				want, wantErr = plain.twins[0].engine.Decide(t.Context(), r)
			}
			for range 2 {
				got, err := prepared.twins[0].engine.Decide(t.Context(), ready)
				require.Equal(t, fmt.Sprint(wantErr), fmt.Sprint(err))
				if err == nil {
					got.Record, want.Record = nil, nil // whose revision grows
					require.JSONEq(t, asJSON(want), asJSON(got))
				}
			}
		}
	})
}

// library is a shop where reading takes all there is: slots, counted events, rules
// for CEL alone, and a filter that looks at whole documents.
func library(t *testing.T) *decisioning.Engine {
	t.Helper()
	c := shop(
		offer.Offer{ID: "slots", Priority: 9, Eligibility: "profile.age >= 18 && context.hot"},
		offer.Offer{ID: "events", Priority: 8, Eligibility: "events.ofType('buy').within(duration('1h')).size() > 0"},
		offer.Offer{ID: "cel", Priority: 7, Eligibility: "events.map(e, e.amount).exists(a, a > profile.age) && profile.name.size() == 4"},
		offer.Offer{ID: "filter", Priority: 6},
	)
	c.Activities[0].Count = 9
	return open(t, c, decisioning.Config{Strategy: decisioning.Strategy{Filters: []constraint.Filter{
		constraint.Each("all", func(_ context.Context, f *profile.Facts, o *offer.Offer) (bool, error) {
			p, _ := f.Profile()
			events, _ := f.Events()
			return o.ID != "filter" || p["name"] == "Anna" && len(events) == 1 && f.Context()["hot"] == true, nil
		}),
	}}})
}

const (
	annasProfile = `{"age": 31, "name": "Anna"}`
	annasEvents  = `[{"eventType": "buy", "timestamp": "2026-06-01T11:30:00Z", "amount": 50}, {"eventType": "buy", "timestamp": "2026-06-02T11:30:00Z", "amount": 50}]`
	hot          = `{"hot": true}`
)

func annas() decisioning.Request {
	r := asking("", "home")
	r.Profile, r.Events, r.Context = profile.JSON([]byte(annasProfile)), profile.JSON([]byte(annasEvents)), profile.JSON([]byte(hot))
	return r
}

func TestPreparedRequestServesManyGoroutines(t *testing.T) {
	e := library(t)
	r, err := e.Prepare(annas())
	require.NoError(t, err)
	var deciding sync.WaitGroup
	for i := range 8 {
		deciding.Go(func() {
			for k := range 100 {
				r, want := r, []string{"slots", "events", "cel", "filter"}
				if (i+k)%2 == 0 { // nothing that the filter and the rules look for has happened
					r.At, want = noon.Add(-time.Hour), []string{"slots"}
				}
				d, err := e.Decide(t.Context(), r)
				if assert.NoError(t, err) {
					assert.Equal(t, want, proposed(d))
				}
			}
		})
	}
	deciding.Wait()
}

// A counted is a value that counts how often it is read.
type counted struct{ reads *atomic.Int32 }

func (c counted) MarshalJSON() ([]byte, error) {
	c.reads.Add(1)
	return []byte("31"), nil
}

func TestPreparedDocumentsAreNotReadAgain(t *testing.T) {
	e := library(t)
	var reads atomic.Int32
	r := annas()
	r.Profile = values("age", counted{&reads}, "name", "Anna")
	r.Events = profile.Values([]map[string]any{{"eventType": "buy", "timestamp": "2026-06-01T11:30:00Z", "amount": 50, "x": counted{&reads}}})
	r.Context = values("hot", true, "x", counted{&reads})
	r, err := e.Prepare(r)
	require.NoError(t, err)
	before := reads.Load()
	for range 3 {
		assert.Equal(t, []string{"slots", "events", "cel", "filter"}, proposed(decide(t, e, r)))
	}
	assert.Equal(t, before, reads.Load())
}

func TestFactsThatReplacePreparedOnesStand(t *testing.T) {
	e := library(t)
	given := annas()
	ready, err := e.Prepare(given)
	require.NoError(t, err)

	t.Run("a new document", func(t *testing.T) {
		r := ready
		r.Profile = profile.JSON([]byte(`{"age": 11, "name": "Anna"}`))
		assert.Equal(t, []string{"events", "cel", "filter"}, proposed(decide(t, e, r)))
		r = ready
		r.Context = values("hot", false)
		assert.Equal(t, []string{"events", "cel"}, proposed(decide(t, e, r)))
		r = ready
		r.Events = profile.Values([]any{})
		assert.Equal(t, []string{"slots"}, proposed(decide(t, e, r)))
	})
	t.Run("no document", func(t *testing.T) {
		r := ready
		r.Profile = profile.Document{}
		assert.Equal(t, []string{"events"}, proposed(decide(t, e, r)))
	})
	t.Run("the same buffer", func(t *testing.T) {
		buffer := []byte(annasProfile)
		r := given
		r.Profile = profile.JSON(buffer)
		r, err := e.Prepare(r)
		require.NoError(t, err)
		copy(buffer, `{"age": 11`)
		assert.Equal(t, []string{"slots", "events", "cel", "filter"}, proposed(decide(t, e, r)), "Prepare copies")
		r.Profile = profile.JSON(buffer)
		assert.Equal(t, []string{"events", "cel", "filter"}, proposed(decide(t, e, r)))
	})
	t.Run("the same map", func(t *testing.T) {
		facts := map[string]any{"age": 31, "name": "Anna"}
		r := given
		r.Profile = profile.Values(facts)
		r, err := e.Prepare(r)
		require.NoError(t, err)
		facts["age"] = 11
		assert.Equal(t, []string{"slots", "events", "cel", "filter"}, proposed(decide(t, e, r)), "Prepare copies")
		r.Profile = profile.Values(facts)
		assert.Equal(t, []string{"events", "cel", "filter"}, proposed(decide(t, e, r)))
	})
	t.Run("another engine's limits", func(t *testing.T) {
		small := open(t, shop(), decisioning.Config{MaxDocument: 10})
		_, err := small.Decide(t.Context(), ready)
		assert.EqualError(t, err, "decide: request.context: larger than 10 bytes")
	})
}

func TestSourcesAreAskedForWhatPreparedRequestsLack(t *testing.T) {
	var known profile.Memory
	known.SetProfile("anna", profile.JSON([]byte(annasProfile)))
	c := shop(offer.Offer{ID: "both", Eligibility: "profile.age >= 18 && context.hot"})
	e := open(t, c, decisioning.Config{Profiles: &known, Events: &known})
	r := asking("", "home")
	r.Context = profile.JSON([]byte(hot))
	r, err := e.Prepare(r)
	require.NoError(t, err)
	assert.Equal(t, []string{"both"}, proposed(decide(t, e, r)))
	known.SetProfile("anna", profile.JSON([]byte(`{"age": 11}`)))
	assert.Equal(t, []string{"[hello]"}, proposed(decide(t, e, r)))
}

func TestPrepareRefusesWhatDecideRefuses(t *testing.T) {
	e := library(t)
	r := annas()
	r.Events = profile.JSON([]byte(`[{"a": 1, "a": 2}]`))
	_, err := e.Prepare(r)
	require.EqualError(t, err, "prepare: request.events[0].a: repeated key")
	_, err = e.Decide(t.Context(), r)
	require.EqualError(t, err, "decide: request.events[0].a: repeated key")

	unpublished, err := decisioning.New(decisioning.Config{Counter: capping.NewMemory(capping.MemoryConfig{})})
	require.NoError(t, err)
	_, err = unpublished.Prepare(annas())
	require.ErrorIs(t, err, decisioning.ErrNoSnapshot)
}
