package decisioning_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A sourceProbe counts how often it is asked.
type sourceProbe struct {
	profiles, events atomic.Int32
	profile, history profile.Document
	err              error
	panics           bool
}

func (s *sourceProbe) Profile(context.Context, profile.ID) (profile.Document, error) {
	s.profiles.Add(1)
	if s.panics {
		panic("the source is broken")
	}
	return s.profile, s.err
}

func (s *sourceProbe) Events(context.Context, profile.ID) (profile.Document, error) {
	s.events.Add(1)
	return s.history, s.err
}

func TestSourcesAreAskedOnceAndOnlyIfRead(t *testing.T) {
	adult := offer.Offer{ID: "adult", Eligibility: "profile.age >= 18"}
	active := offer.Offer{ID: "active", Eligibility: "events.size() > 0"}
	sunny := offer.Offer{ID: "sunny", Eligibility: "context.weather == 'sunny'"}
	over := offer.Offer{ID: "over", Eligibility: "profile.age >= 18", End: noon}
	for _, tt := range []struct {
		name             string
		offers           []offer.Offer
		change           func(*decisioning.Catalog)
		request          func(*decisioning.Request)
		profiles, events int32
	}{
		{name: "nothing reads them", offers: []offer.Offer{sunny}},
		{name: "a rule reads the profile", offers: []offer.Offer{adult, sunny}, profiles: 1},
		{name: "a rule reads the events", offers: []offer.Offer{active}, events: 1},
		{name: "both, for two activities", offers: []offer.Offer{adult, active}, profiles: 1, events: 1},
		{name: "only an offer that is over", offers: []offer.Offer{over}},
		{name: "the request gives them", offers: []offer.Offer{adult, active}, request: func(r *decisioning.Request) {
			r.Profile, r.Events = values("age", 20), profile.JSON([]byte("[]"))
		}},
		{name: "an excluded offer", offers: []offer.Offer{adult}, request: func(r *decisioning.Request) { r.Exclude = []offer.ID{"adult"} }},
		{name: "a policy over an open candidate", offers: []offer.Offer{sunny}, events: 1, change: func(c *decisioning.Catalog) {
			c.Offers[0].Tags = []offer.Tag{"promo"}
			c.Collections = append(c.Collections, tagged("promos", "promo"))
			c.Policies = append(c.Policies, constraint.Policy{ID: "p", When: "events.size() > 3", Suppress: "promos"})
		}},
		{name: "a policy over nothing", offers: []offer.Offer{sunny}, change: func(c *decisioning.Catalog) {
			c.Collections = append(c.Collections, tagged("promos", "promo"))
			c.Policies = append(c.Policies, constraint.Policy{ID: "p", When: "events.size() > 3", Suppress: "promos"})
		}},
		{name: "a formula", offers: []offer.Offer{sunny}, profiles: 1, change: func(c *decisioning.Catalog) {
			c.Activities[0].Rank.Formula = "offer.priority + profile.age"
		}},
		{name: "closed activities", offers: []offer.Offer{adult}, change: func(c *decisioning.Catalog) {
			c.Activities[0].Eligibility, c.Activities[1].Eligibility = "context.open == true", "false"
		}},
		{name: "an unknown person", offers: []offer.Offer{adult}, request: func(r *decisioning.Request) { r.ProfileID = "" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := shop(tt.offers...)
			if tt.change != nil {
				tt.change(&c)
			}
			probe := &sourceProbe{profile: values("age", 20)}
			e := open(t, c, decisioning.Config{Profiles: probe, Events: probe})
			r := asking("r", "home", "side")
			if tt.request != nil {
				tt.request(&r)
			}
			decide(t, e, r)
			assert.Equal(t, tt.profiles, probe.profiles.Load(), "times that the profile source was asked")
			assert.Equal(t, tt.events, probe.events.Load(), "times that the event source was asked")
		})
	}
}

func TestRequestWinsOverSources(t *testing.T) {
	probe := &sourceProbe{profile: values("age", 10)}
	e := open(t, shop(offer.Offer{ID: "adult", Eligibility: "profile.age >= 18"}), decisioning.Config{Profiles: probe})
	r := asking("r", "home")
	assert.Equal(t, []string{"[hello]"}, proposed(decide(t, e, r)))
	r.Profile = values("age", 30)
	assert.Equal(t, []string{"adult"}, proposed(decide(t, e, r)))
}

func TestSourceFailureMakesOnlyWhatReadsItErr(t *testing.T) {
	c := shop(
		offer.Offer{ID: "adult", Priority: 9, Eligibility: "profile.age >= 18"},
		offer.Offer{ID: "absorbed", Priority: 8, Eligibility: "profile.age >= 18 || true"},
		offer.Offer{ID: "plain", Priority: 7},
	)
	for _, tt := range []struct {
		name  string
		probe *sourceProbe
	}{
		{"an error", &sourceProbe{err: errBroken}},
		{"a panic", &sourceProbe{panics: true}},
		{"refused data", &sourceProbe{profile: profile.JSON([]byte(`{"age": 20, "age": 30}`))}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := open(t, c, decisioning.Config{Profiles: tt.probe})
			d := decide(t, e, asking("r", "home", "side"))
			assert.Equal(t, []string{"absorbed", "plain"}, proposed(d))
			assert.Equal(t, []decisioning.DegradedBy{decisioning.ProfileUnavailable}, degraded(d))
		})
	}
}

func TestPolicySuppressesWhenItsDataCannotBeHad(t *testing.T) {
	c := shop(offer.Offer{ID: "promo", Tags: []offer.Tag{"promo"}})
	c.Collections = append(c.Collections, tagged("promos", "promo"))
	c.Policies = []constraint.Policy{{ID: "complaint", When: "profile.complaints > 0", Suppress: "promos"}}
	reason := func(e *decisioning.Engine) (decisioning.Reason, *decisioning.Decision) {
		r := asking("r", "home")
		r.Trace = decisioning.TraceReasons
		d := decide(t, e, r)
		return d.Trace["home"].Excluded["promo"].Reason, d
	}

	failing, _ := reason(open(t, c, decisioning.Config{Profiles: &sourceProbe{err: errBroken}}))
	assert.Equal(t, decisioning.SuppressionUnknown, failing)

	c.Policies[0].When = "context.gone && profile.complaints > 0"
	both, _ := reason(open(t, c, decisioning.Config{Profiles: &sourceProbe{err: errBroken}}))
	assert.Equal(t, decisioning.SuppressionUnknown, both, "had the source answered, it might be false")

	definite := c
	definite.Policies = append([]constraint.Policy{}, c.Policies[0], constraint.Policy{ID: "always", When: "true", Suppress: "promos"})
	known, _ := reason(open(t, definite, decisioning.Config{Profiles: &sourceProbe{err: errBroken}}))
	assert.Equal(t, decisioning.Suppressed, known, "another policy suppresses for certain")

	missing, d := reason(open(t, c, decisioning.Config{}))
	assert.Empty(t, missing, "a missing attribute suppresses nothing")
	require.Len(t, d.Warnings, 1)
	assert.Equal(t, "policies[complaint].when", d.Warnings[0].Entity)

	c.Policies[0].OnError = constraint.SuppressOnError
	missing, _ = reason(open(t, c, decisioning.Config{}))
	assert.Equal(t, decisioning.Suppressed, missing)
}

func TestPolicyEndsAtUntil(t *testing.T) {
	c := shop(offer.Offer{ID: "promo", Tags: []offer.Tag{"promo"}})
	c.Collections = append(c.Collections, tagged("promos", "promo"))
	c.Policies = []constraint.Policy{{ID: "p", When: "true", Suppress: "promos", Until: "timestamp(profile.until)"}}
	e := open(t, c, decisioning.Config{})
	for _, tt := range []struct {
		name, until, want string
	}{
		{"not reached", "2026-06-01T12:00:00.000000001Z", "[hello]"},
		{"reached", "2026-06-01T12:00:00Z", "promo"},
		{"an end that errs counts as absent", "soon", "[hello]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := asking("r", "home")
			r.Profile = values("until", tt.until)
			assert.Equal(t, []string{tt.want}, proposed(decide(t, e, r)))
		})
	}
}

func TestMalformedFactsOfTheRequestAreAnError(t *testing.T) {
	e := open(t, shop(offer.Offer{ID: "a"}), decisioning.Config{})
	for _, tt := range []struct {
		name   string
		change func(*decisioning.Request)
		want   string
	}{
		{"profile", func(r *decisioning.Request) { r.Profile = profile.JSON([]byte("null")) }, "request.profile"},
		{"context", func(r *decisioning.Request) { r.Context = profile.JSON([]byte(`{"a":1e999}`)) }, "request.context"},
		{"events", func(r *decisioning.Request) { r.Events = profile.JSON([]byte(`[1]`)) }, "request.events"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := asking("r", "home")
			tt.change(&r)
			_, err := e.Decide(t.Context(), r)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestEventsLaterThanNowDoNotExist(t *testing.T) {
	e := open(t, shop(offer.Offer{ID: "a", Eligibility: "events.size() == 1"}), decisioning.Config{})
	r := asking("r", "home")
	r.Events = profile.Values([]any{
		map[string]any{"eventType": "x", "timestamp": noon.Format(time.RFC3339)},
		map[string]any{"eventType": "x", "timestamp": noon.Add(time.Second).Format(time.RFC3339)},
	})
	assert.Equal(t, []string{"a"}, proposed(decide(t, e, r)))
}
