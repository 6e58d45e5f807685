package decisioning_test

import (
	"context"
	"fmt"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// newEngine is the engine of the examples: a tent and a coat for one banner, the
// tent only twice.
func newEngine(config decisioning.Config) *decisioning.Engine {
	banner := func(content string) []offer.Representation {
		return []offer.Representation{{Placement: "banner", Components: []offer.Component{{Type: "text/plain", Content: content}}}}
	}
	snapshot, err := decisioning.Compile(decisioning.Catalog{
		Placements: []placement.Placement{{ID: "banner", Channel: "web", ContentTypes: []string{"text/plain"}}},
		Offers: []offer.Offer{
			{
				ID: "tent", Status: offer.Approved, Representations: banner("A tent for two"), Priority: 9,
				Eligibility: "profile.age >= 18", Caps: []offer.Cap{{Limit: 2, Per: offer.PerAll}},
			},
			{ID: "coat", Status: offer.Approved, Representations: banner("A coat"), Priority: 5, Cost: 3},
		},
		Fallbacks:  []offer.Fallback{{ID: "hello", Representations: banner("Hello")}},
		Activities: []decisioning.Activity{{ID: "home", Placement: "banner", Selections: []decisioning.Selection{{}}, Fallback: "hello"}},
	})
	if err != nil {
		panic(err)
	}
	config.Now = func() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }
	engine, err := decisioning.New(config)
	if err != nil {
		panic(err)
	}
	if err := engine.Publish(snapshot); err != nil {
		panic(err)
	}
	return engine
}

func show(d *decisioning.Decision, err error) {
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range d.Propositions {
		switch p.Kind {
		case decisioning.ProposesOffer:
			for _, o := range p.Offers {
				fmt.Printf("%s: %s, %s\n", p.Activity, o.ID, o.Representation.Components[0].Content)
			}
		case decisioning.ProposesFallback:
			fmt.Printf("%s: fallback %s\n", p.Activity, p.Fallback.ID)
		default:
			fmt.Printf("%s: nothing\n", p.Activity)
		}
	}
}

func ExampleEngine_Decide() {
	engine := newEngine(decisioning.Config{})
	show(engine.Decide(context.Background(), decisioning.Request{
		ProfileID:  "anna",
		Profile:    profile.JSON([]byte(`{"age": 31}`)),
		Activities: []decisioning.ActivityID{"home"},
	}))
	show(engine.Decide(context.Background(), decisioning.Request{
		ProfileID:  "ben",
		Profile:    profile.Values(map[string]any{"age": 11}),
		Activities: []decisioning.ActivityID{"home"},
	}))
	// Output:
	// home: tent, A tent for two
	// home: coat, A coat
}

func ExampleEngine_Decide_trace() {
	engine := newEngine(decisioning.Config{})
	d, err := engine.Decide(context.Background(), decisioning.Request{
		Activities: []decisioning.ActivityID{"home"},
		Trace:      decisioning.TraceReasons,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Trace["home"].Excluded["tent"])
	fmt.Println("eligible:", d.Trace["home"].Funnel.Eligible)
	// Output:
	// {ineligible eligibility: 1:8: no such attribute}
	// eligible: 1
}

func ExampleEngine_Confirm() {
	ctx := context.Background()
	engine := newEngine(decisioning.Config{})
	hold := decisioning.Request{
		ID: "checkout-7", ProfileID: "anna", Profile: profile.JSON([]byte(`{"age": 31}`)),
		Activities: []decisioning.ActivityID{"home"}, Hold: 10 * time.Minute,
	}
	show(engine.Decide(ctx, hold)) // one of two tents is held
	fmt.Println(engine.Confirm(ctx, "checkout-7"))
	fmt.Println(engine.Release(ctx, "checkout-7")) // she sent it back
	fmt.Println(engine.Confirm(ctx, "checkout-8"))
	// Output:
	// home: tent, A tent for two
	// <nil>
	// <nil>
	// confirm: unknown decision
}

func ExampleEngine_Record() {
	engine := newEngine(decisioning.Config{})
	displayed := decisioning.Outcome{
		ID: "event-1", Type: decisioning.Display, Offer: "tent", ProfileID: "anna", Placement: "banner",
	}
	fmt.Println(engine.Record(context.Background(), displayed))
	fmt.Println(engine.Record(context.Background(), displayed)) // it counts once
	// Output:
	// <nil>
	// <nil>
}

// Strategies are Go: a filter that asks the stock, a ranker of one's own, and a
// cap that the catalog does not know.
func ExampleStrategy() {
	stock := map[offer.ID]int{"tent": 0, "coat": 12}
	engine := newEngine(decisioning.Config{Strategy: decisioning.Strategy{
		Filters: []constraint.Filter{
			constraint.Each("in stock", func(_ context.Context, _ *profile.Facts, o *offer.Offer) (bool, error) {
				return stock[o.ID] > 0, nil
			}),
		},
		Ranker: rank.Each(func(_ context.Context, _ *profile.Facts, o *offer.Offer) (float64, error) {
			return float64(o.Priority) - o.Cost, nil
		}),
		Capper: capping.CapperFunc(func(f *profile.Facts, _ *offer.Offer, _ placement.ID, dst []capping.Limit) []capping.Limit {
			return append(dst, capping.Limit{Key: capping.Key{Policy: "one each", Profile: f.ID()}, Max: 1})
		}),
	}})
	ask := decisioning.Request{
		ProfileID: "anna", Profile: profile.JSON([]byte(`{"age": 31}`)), Activities: []decisioning.ActivityID{"home"},
	}
	show(engine.Decide(context.Background(), ask))
	show(engine.Decide(context.Background(), ask))
	// Output:
	// home: coat, A coat
	// home: fallback hello
}
