package workload_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/benchmarks/workload"
	"github.com/proffer-go/proffer/decisioning"
)

func TestFactsHaveTheirSize(t *testing.T) {
	w := workload.New(workload.Options{Offers: 10, Rules: 10})
	profile := 0
	for _, a := range w.Attributes {
		if a.Root == "profile" {
			profile++
		}
	}
	assert.Equal(t, 57, profile)
	var profiles, events int
	for _, p := range w.People {
		for _, root := range []string{"profile", "context"} {
			require.True(t, json.Valid(p.JSON(w.Attributes, root)))
		}
		require.True(t, json.Valid(p.EventsJSON()))
		require.Len(t, p.Events, 50)
		profiles += len(p.JSON(w.Attributes, "profile"))
		events += len(p.EventsJSON())
	}
	assert.InDelta(t, 2300, profiles/len(w.People), 100)
	assert.InDelta(t, 3300, events/len(w.People), 100)
}

func TestRulesAreTrueAsOftenAsTheyShould(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options workload.Options
		want    float64
	}{
		{"usual", workload.Options{Offers: 4000, Rules: 500}, 0.1},
		{"own rules", workload.Options{Offers: 2000}, 0.1},
		{"skewed", workload.Options{Offers: 4000, Rules: 500, Skew: true}, 0.1},
		{"rare", workload.Options{Offers: 4000, Rules: 500, Truth: 0.0012}, 0.0012},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := workload.New(tt.options)
			n := 0
			for _, r := range w.Rules {
				for _, p := range w.People {
					if r.Holds(p) {
						n++
					}
				}
			}
			assert.InDelta(t, tt.want, float64(n)/float64(len(w.Rules)*len(w.People)), tt.want/4)
		})
	}
}

func TestRulesHaveTheirShapes(t *testing.T) {
	w := workload.New(workload.Options{Offers: 10_000})
	var or, opaque, counted int
	terms := make(map[int]int)
	for _, r := range w.Rules {
		text := r.CEL(workload.Proffer)
		terms[len(r.Terms)]++
		if strings.Contains(text, "||") {
			or++
		}
		if strings.Contains(text, "endsWith") || strings.Contains(text, "startsWith") || strings.Contains(text, " + ") {
			opaque++
		}
		if strings.Contains(text, "within") {
			counted++
		}
	}
	n := float64(len(w.Rules))
	assert.Len(t, w.Rules, 7000)
	assert.InDelta(t, 0.15, float64(or)/n, 0.02)
	assert.InDelta(t, 0.05, float64(opaque)/n, 0.01)
	assert.Greater(t, float64(counted)/n, 0.1)
	for k := 1; k <= 5; k++ {
		assert.InDelta(t, 0.2, float64(terms[k])/n, 0.03, "rules of %d terms", k)
	}
}

func TestOffersHaveTheirShapes(t *testing.T) {
	w := workload.New(workload.Options{Offers: 10_000, Rules: 500})
	var open, capped, ruled, tags, places int
	for i := range w.Catalog.Offers {
		o := &w.Catalog.Offers[i]
		if o.Open(workload.Epoch) {
			open++
		}
		if len(o.Caps) > 0 {
			capped++
		}
		if o.Rule != "" {
			ruled++
		}
		tags += len(o.Tags)
		places += len(o.Representations)
	}
	assert.InDelta(t, 8000, open, 150)
	assert.InDelta(t, 2000, capped, 150)
	assert.Equal(t, 7000, ruled)
	assert.InDelta(t, 25_000, tags, 1500)
	assert.InDelta(t, 30_000, places, 1500)
	assert.Len(t, w.Activities, 30)
}

func TestGapsAreInAFifthOfThePeople(t *testing.T) {
	usual, gaps := workload.New(workload.Options{Offers: 10, Rules: 10}), workload.New(workload.Options{Offers: 10, Rules: 10, Gaps: true})
	missing := func(p *workload.Person) (n int) {
		for _, v := range p.Values {
			if v == nil {
				n++
			}
		}
		return n
	}
	n := 0
	for i := range gaps.People {
		require.LessOrEqual(t, missing(usual.People[i]), 3) // what people lack by nature
		if missing(gaps.People[i]) > 3 {
			n++
		}
	}
	assert.InDelta(t, 0.2, float64(n)/float64(len(gaps.People)), 0.07)
}

func TestTheSameOptionsAreTheSameWorkload(t *testing.T) {
	o := workload.Options{Offers: 200, Rules: 20, Seed: 7}
	a, b := workload.New(o), workload.New(o)
	one, err := decisioning.Compile(a.Catalog)
	require.NoError(t, err)
	two, err := decisioning.Compile(b.Catalog)
	require.NoError(t, err)
	assert.Equal(t, one.Version(), two.Version())
	assert.Equal(t, a.Requests(300), b.Requests(300))
	o.Seed++
	assert.NotEqual(t, a.Rules, workload.New(o).Rules)
}
