package decisioning_test

import (
	"context"
	"errors"
	"math"
	"sync/atomic"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// setup is what an application adds to the catalog: parts of its own, some of
// which do not work.
type setup struct {
	Seed       uint64                 `json:",omitempty"`
	Sequential bool                   `json:",omitempty"`
	JSON       bool                   `json:",omitempty"` // the catalog is compiled from its JSON form
	Filter     part                   `json:",omitempty"`
	FilterOnly decisioning.ActivityID `json:",omitempty"` // the filter is the strategy of one activity
	Where      bool                   `json:",omitempty"` // one that works judges offers one by one, too
	Second     bool                   `json:",omitempty"` // another filter, that sees all offers together, passes all
	Plain      bool                   `json:",omitempty"` // which ranks by priority
	Ranker     part                   `json:",omitempty"` // the strategy's; the catalog may name it too
	Model      bool                   `json:",omitempty"` // predicts acceptance
	Capper     bool                   `json:",omitempty"`
	Profiles   part                   `json:",omitempty"` // the source of profiles
	Events     part                   `json:",omitempty"` // the source of events
}

// part says whether a part is there, and whether it works.
type part string

const (
	works  part = "works"
	fails  part = "fails"
	panics part = "panics"
	lies   part = "lies" // a source: what it gives is refused
)

var errPart = errors.New("does not work")

// run is what a part does before its work.
func (p part) run() error {
	switch p {
	case fails:
		return errPart
	case panics:
		panic("does not work")
	default:
		return nil
	}
}

// passes reports whether the filter lets the offer pass: not the red ones.
func (p part) passes(o *offer.Offer) bool {
	return p == "" || p == works && o.Attributes["brand"] != "red"
}

// score is the score of the application's ranker.
func (p part) score(o *offer.Offer) (float64, error) {
	if p != works || o.Name == "" {
		return math.NaN(), errPart
	}
	return float64(len(o.Tags)) - 0.5*float64(o.Priority), nil
}

// modelled is the acceptance that the application's model predicts.
func modelled(o *offer.Offer) float64 {
	if o.Name == "" {
		return math.NaN()
	}
	return float64(o.Priority)*0.25 - 0.1
}

// What the sources know of everybody.
const (
	storedProfile = `{"age": 20, "tier": "gold", "owns": ["a", "b"], "since": "2026-05-30T12:00:00Z"}`
	storedEvents  = `[{"eventType": "buy", "timestamp": "2026-06-01T11:30:00Z", "amount": 11}, {"eventType": "view", "timestamp": "2006-10-29T00:00:00Z"}]`
)

// document is what a source gives.
func (p part) document(stored string) profile.Document {
	switch p {
	case works:
		return profile.JSON([]byte(stored))
	case lies:
		return profile.JSON([]byte(`{"age": 20, "age": 21}`))
	default:
		return profile.Document{}
	}
}

// appLimit is how many blue offers the application's capper allows a person.
const appLimit = 2

func appCaps(o *offer.Offer) bool { return o.Attributes["brand"] == "blue" }

func appKey(person profile.ID) capping.Key { return capping.Key{Policy: "app-blue", Profile: person} }

// filter is the filter that works for the activity.
func (s setup) filter(a decisioning.ActivityID) part {
	if s.FilterOnly == "" || s.FilterOnly == a {
		return s.Filter
	}
	return ""
}

// ranker reports whether the application's ranker stands where the catalog
// names none.
func (s setup) ranker(a decisioning.ActivityID) bool {
	return s.Ranker != "" && (!s.Plain || s.FilterOnly != a)
}

// scoring is the application's ranker, in whatever state it is.
func (s setup) scoring() part {
	if s.Ranker == "" {
		return works
	}
	return s.Ranker
}

// sourcesAsked notes which sources a decision asked.
type sourcesAsked struct{ profiles, events atomic.Bool }

// config is the setup as the engine knows it.
func (s setup) config(asked *sourcesAsked) decisioning.Config {
	custom := rank.Func(func(ctx context.Context, f *profile.Facts, c *offer.Candidates, scores []float64) error {
		if err := s.scoring().run(); err != nil {
			return err
		}
		return rank.Each(func(_ context.Context, _ *profile.Facts, o *offer.Offer) (float64, error) {
			return s.scoring().score(o)
		}).Rank(ctx, f, c, scores)
	})
	c := decisioning.Config{
		Seed: s.Seed, Rankers: map[string]rank.Ranker{"custom": custom},
		Activities: map[decisioning.ActivityID]decisioning.Strategy{},
	}
	if s.Sequential {
		c.Strategy.Arbitration = decisioning.Sequential
	}
	if s.Ranker != "" {
		c.Strategy.Ranker = custom
	}
	var filters []constraint.Filter
	switch {
	case s.Filter == works && s.Where:
		filters = append(filters, constraint.Where("brand", func(_ *profile.Facts, o *offer.Offer) bool { return works.passes(o) }))
	case s.Filter != "":
		filters = append(filters, constraint.Each("brand", func(_ context.Context, _ *profile.Facts, o *offer.Offer) (bool, error) {
			return s.Filter.passes(o), s.Filter.run()
		}))
	}
	if s.Second {
		filters = append(filters, constraint.FilterFunc(works.filterAll))
	}
	if s.Capper {
		c.Strategy.Capper = capping.CapperFunc(func(f *profile.Facts, o *offer.Offer, _ placement.ID, dst []capping.Limit) []capping.Limit {
			if appCaps(o) {
				dst = append(dst, capping.Limit{Key: appKey(f.ID()), Max: appLimit})
			}
			return dst
		})
	}
	if s.FilterOnly != "" {
		own := decisioning.Strategy{Filters: filters}
		if s.Plain {
			own.Ranker = rank.Priority()
		}
		c.Activities[s.FilterOnly] = own
	} else {
		c.Strategy.Filters = filters
	}
	if s.Model {
		c.Acceptance = modelFunc(modelled)
	}
	if s.Profiles != "" {
		c.Profiles = profile.SourceFunc(func(context.Context, profile.ID) (profile.Document, error) {
			asked.profiles.Store(true)
			return s.Profiles.document(storedProfile), s.Profiles.run()
		})
	}
	if s.Events != "" {
		c.Events = profile.EventSourceFunc(func(context.Context, profile.ID) (profile.Document, error) {
			asked.events.Store(true)
			return s.Events.document(storedEvents), s.Events.run()
		})
	}
	return c
}

// modelFunc is a function of one offer as a [rank.Model].
type modelFunc func(*offer.Offer) float64

func (fn modelFunc) Predict(_ context.Context, _ *profile.Facts, c *offer.Candidates, acceptance []float64) error {
	k := 0
	for _, o := range c.All() {
		acceptance[k] = fn(o)
		k++
	}
	return nil
}

// filterAll is a filter that sees all offers together, and lets all pass.
func (p part) filterAll(context.Context, *profile.Facts, *offer.Candidates) error { return p.run() }
