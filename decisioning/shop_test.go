package decisioning_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// noon is the instant of the tests' requests.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// shop is a small catalog to change for a test: two activities in one
// placement over the whole inventory, and offers that everybody may have.
func shop(offers ...offer.Offer) decisioning.Catalog {
	c := decisioning.Catalog{
		Placements: []placement.Placement{{ID: "hero", Channel: "web", ContentTypes: []string{"text/plain"}}},
		Fallbacks:  []offer.Fallback{{ID: "hello", Representations: says("hello")}},
	}
	for _, id := range []decisioning.ActivityID{"home", "side"} {
		c.Activities = append(c.Activities, decisioning.Activity{
			ID: id, Placement: "hero", Selections: []decisioning.Selection{{}}, Fallback: "hello",
		})
	}
	for _, o := range offers {
		o.Status = offer.Approved
		o.Representations = says(string(o.ID))
		c.Offers = append(c.Offers, o)
	}
	return c
}

func says(content string) []offer.Representation {
	return []offer.Representation{{Placement: "hero", Components: []offer.Component{{Type: "text/plain", Content: content}}}}
}

// open returns an engine that decides the catalog.
func open(tb testing.TB, c decisioning.Catalog, config decisioning.Config) *decisioning.Engine {
	tb.Helper()
	snapshot, err := decisioning.Compile(c)
	require.NoError(tb, err)
	if config.Now == nil {
		config.Now = func() time.Time { return noon }
	}
	e, err := decisioning.New(config)
	require.NoError(tb, err)
	require.NoError(tb, e.Publish(snapshot))
	return e
}

// asking is a request of a customer for activities at noon.
func asking(id string, activities ...decisioning.ActivityID) decisioning.Request {
	return decisioning.Request{ID: id, ProfileID: "anna", At: noon, Activities: activities}
}

func decide(tb testing.TB, e *decisioning.Engine, r decisioning.Request) *decisioning.Decision {
	tb.Helper()
	d, err := e.Decide(tb.Context(), r)
	require.NoError(tb, err)
	return d
}

// proposed writes down what each activity proposes: offers, a fallback in
// brackets, or a dash.
func proposed(d *decisioning.Decision) []string {
	var all []string
	for _, p := range d.Propositions {
		switch p.Kind {
		case decisioning.ProposesOffer:
			for _, o := range p.Offers {
				all = append(all, string(o.ID))
			}
		case decisioning.ProposesFallback:
			all = append(all, fmt.Sprintf("[%s]", p.Fallback.ID))
		default:
			all = append(all, "-")
		}
	}
	return all
}

// degraded lists what degraded the decision.
func degraded(d *decisioning.Decision) []decisioning.DegradedBy {
	var all []decisioning.DegradedBy
	for _, g := range d.Degraded {
		all = append(all, g.Reason)
	}
	return all
}

var errBroken = errors.New("broken by the test")

// A faultyCounter is a Counter that fails on demand.
type faultyCounter struct {
	capping.Recorder
	mu      sync.Mutex
	usage   func() error
	reserve func(capping.Reservation) (bool, capping.Grant, error) // true: instead of the real one
	calls   []string
}

func (f *faultyCounter) Usage(ctx context.Context, a capping.Attempt, keys []capping.Key, dst []int64) (capping.Usage, error) {
	f.call("usage")
	if f.usage != nil {
		if err := f.usage(); err != nil {
			return capping.Usage{}, err
		}
	}
	return f.Recorder.Usage(ctx, a, keys, dst)
}

func (f *faultyCounter) Reserve(ctx context.Context, r capping.Reservation) (capping.Grant, error) {
	f.call("reserve")
	if f.reserve != nil {
		if instead, grant, err := f.reserve(r); instead {
			return grant, err
		}
	}
	return f.Recorder.Reserve(ctx, r)
}

func (f *faultyCounter) call(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, name)
}

// memory returns a counter whose clock stands at noon.
func memory() *capping.Memory {
	return capping.NewMemory(capping.MemoryConfig{Now: func() time.Time { return noon }})
}

func capped(limit int64, per offer.Per) []offer.Cap { return []offer.Cap{{Limit: limit, Per: per}} }

func tagged(id collection.ID, tag offer.Tag) collection.Collection {
	return collection.Collection{ID: id, AnyTags: []offer.Tag{tag}}
}

func values(pairs ...any) profile.Document {
	m := make(map[string]any)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return profile.Values(m)
}
