package workload

import (
	"fmt"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/rank"
)

// Contested is how many offers the activities of a contest share.
const Contested = 100

// NewContest makes a workload in which all activities want the same offers, none of
// which has a rule. With an even seed all rank them alike, by priority; with an odd
// one each by a formula of its own.
func NewContest(seed uint64) *Workload {
	w := &Workload{Options: Options{Offers: Contested, Seed: seed}, Attributes: Attributes()}
	rng := w.source(1)
	const hero placement.ID = "hero"
	w.Catalog.Placements = []placement.Placement{{ID: hero, ContentTypes: []string{"image/*"}}}
	w.Catalog.Fallbacks = []offer.Fallback{{ID: "fallback", Representations: []offer.Representation{content(hero, "fallback")}}}
	for i := range Contested {
		o := offer.Offer{
			ID: OfferID(i), Status: offer.Approved, Priority: int64(rng.IntN(101)), Attributes: make(map[string]any),
			Representations: []offer.Representation{content(hero, OfferID(i))},
		}
		for a := range activities {
			o.Attributes[fmt.Sprintf("fit%d", a)] = float64(rng.IntN(1000)) / 10
		}
		w.Catalog.Offers = append(w.Catalog.Offers, o)
	}
	for i := range activities {
		a := decisioning.Activity{
			ID: decisioning.ActivityID(fmt.Sprintf("activity-%d", i)), Placement: hero, Fallback: "fallback",
			Selections: []decisioning.Selection{{}},
		}
		if seed%2 == 1 {
			a.Rank = rank.Spec{Formula: fmt.Sprintf("offer.attributes.fit%d * profile.propensityCard + offer.priority", i)}
		}
		w.Catalog.Activities = append(w.Catalog.Activities, a)
		w.Activities = append(w.Activities, a.ID)
	}
	for i := range peopleMade {
		w.People = append(w.People, newPerson(rng, fmt.Sprintf("person-%d", i), w.Attributes, false, 0))
	}
	return w
}
