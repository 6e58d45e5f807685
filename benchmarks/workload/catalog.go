package workload

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// makeOffers makes the inventory. Some tags are on many offers and most on few,
// as tags are.
func (w *Workload) makeOffers(rng *rand.Rand) {
	if w.Options.Rules > 0 {
		for i, r := range w.Rules {
			w.Catalog.Rules = append(w.Catalog.Rules, constraint.Rule{ID: ruleID(i), Expr: r.CEL(Proffer)})
		}
	}
	byTag := zipf(tags, 0.8)
	w.Catalog.Offers = make([]offer.Offer, w.Offers)
	for i := range w.Catalog.Offers {
		o := offer.Offer{
			ID: OfferID(i), Name: "Offer " + strconv.Itoa(i), Status: offer.Approved,
			Tags:     distinct(1+rng.IntN(4), func() offer.Tag { return tag(pickBy(rng, byTag)) }),
			Priority: int64(rng.IntN(101)), Value: float64(rng.IntN(5000)) / 100, Cost: float64(rng.IntN(200)) / 100,
			Attributes: map[string]any{"margin": float64(rng.IntN(1000)) / 1000},
		}
		for _, p := range distinct(1+rng.IntN(5), func() placement.ID { return placementID[placement.ID](rng.IntN(placements)) }) {
			o.Representations = append(o.Representations, content(p, o.ID))
		}
		if w.Wide {
			o.Representations = append(o.Representations, content(Everywhere, o.ID))
		}
		if !w.Open {
			w.calendar(rng, &o)
			w.caps(rng, &o)
		}
		switch r := w.RuleOf[i]; {
		case r < 0:
		case w.Options.Rules > 0:
			o.Rule = ruleID(r)
		default:
			o.Eligibility = w.Rules[r].CEL(Proffer)
		}
		w.Catalog.Offers[i] = o
	}
}

func ruleID(i int) offer.RuleID { return offer.RuleID("rule-" + strconv.Itoa(i)) }

func tag(i int) offer.Tag { return offer.Tag("tag-" + strconv.Itoa(i)) }

func content(p placement.ID, o offer.ID) offer.Representation {
	return offer.Representation{Placement: p, Components: []offer.Component{{
		Type: "image/png", URL: "https://cdn.example.com/" + string(p) + "/" + string(o) + ".png",
	}}}
}

// distinct draws n different values, or fewer where the draws meet.
func distinct[T comparable](n int, draw func() T) []T {
	seen := make(map[T]bool, n)
	var all []T
	for range n {
		if v := draw(); !seen[v] {
			seen[v] = true
			all = append(all, v)
		}
	}
	return all
}

// calendar opens four of five offers; the others are over or still to come.
func (w *Workload) calendar(rng *rand.Rand, o *offer.Offer) {
	o.Start = Epoch.AddDate(0, 0, -1-rng.IntN(100))
	o.End = Epoch.AddDate(0, 0, 1+rng.IntN(100))
	switch rng.IntN(10) {
	case 0:
		o.Start = Epoch.AddDate(0, 0, 1)
		o.End = o.Start.AddDate(0, 1, 0)
	case 1:
		o.End = Epoch.AddDate(0, 0, -1)
		o.Start = o.End.AddDate(0, -1, 0)
	}
}

// caps puts a fifth of the offers under a cap of one of four forms.
func (w *Workload) caps(rng *rand.Rand, o *offer.Offer) {
	if rng.IntN(5) > 0 {
		return
	}
	forms := []offer.Cap{
		{Limit: 1 + rng.Int64N(5), Per: offer.PerProfile},
		{Limit: 1 + rng.Int64N(3), Per: offer.PerProfile, Window: offer.Window{Every: offer.Day}},
		{Limit: 2 + rng.Int64N(5), Per: offer.PerProfile, Window: offer.Window{Rolling: 7 * day}},
		{Limit: 1000 + rng.Int64N(100_000), Per: offer.PerAll, Window: offer.Window{Every: offer.Day}},
	}
	o.Caps = []offer.Cap{forms[rng.IntN(len(forms))]}
}

// makeActivities makes a third of the activities over offers with any of some
// tags, a third over those with two tags, and a third over all.
func (w *Workload) makeActivities(rng *rand.Rand) {
	fallback := offer.Fallback{ID: "fallback"}
	for i := range placements {
		id := placementID[placement.ID](i)
		w.Catalog.Placements = append(w.Catalog.Placements, placement.Placement{ID: id, Channel: "web", ContentTypes: []string{"image/*"}})
		fallback.Representations = append(fallback.Representations, content(id, "fallback"))
	}
	if w.Wide {
		w.Catalog.Placements = append(w.Catalog.Placements, placement.Placement{ID: Everywhere, Channel: "web", ContentTypes: []string{"image/*"}})
		fallback.Representations = append(fallback.Representations, content(Everywhere, "fallback"))
	}
	w.Catalog.Fallbacks = []offer.Fallback{fallback}
	at := rng.Perm(placements)
	for i := range activities {
		id := decisioning.ActivityID(fmt.Sprintf("activity-%d", i))
		a := decisioning.Activity{ID: id, Placement: placementID[placement.ID](at[i]), Fallback: "fallback"}
		c := collection.Collection{ID: collection.ID("collection-" + strconv.Itoa(i))}
		switch i % 3 {
		case 0:
			c.AnyTags = distinct(5+rng.IntN(40), func() offer.Tag { return tag(rng.IntN(tags)) })
		case 1:
			// Of the most frequent ones: two rare tags meet on no offer.
			c.AllTags = distinct(2, func() offer.Tag { return tag(rng.IntN(8)) })
		default:
			a.Selections = []decisioning.Selection{{}}
		}
		if a.Selections == nil {
			w.Catalog.Collections = append(w.Catalog.Collections, c)
			a.Collection = c.ID
		}
		w.Catalog.Activities = append(w.Catalog.Activities, a)
		w.Activities = append(w.Activities, id)
	}
	if w.Wide {
		w.Catalog.Activities = append(w.Catalog.Activities, decisioning.Activity{
			ID: Everywhere, Placement: Everywhere, Fallback: "fallback", Selections: []decisioning.Selection{{}},
		})
	}
}
