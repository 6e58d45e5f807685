package decisioning

import (
	"slices"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// An intake is what is found out about the offers of a catalog in one pass: an offer
// lies all over the memory, so that to read it takes longer than most that is done
// with it.
type intake struct {
	ids     map[offer.ID]int // where each is first
	badIDs  bool             // some are faulty
	refused []int            // offers that a copier does not take
	faulty  []int            // offers with faults but for those of ids
	content digest           // of all offers
}

// A taker is one of the workers that take in the offers.
type taker struct {
	*checker // a scout
	copier   copier
	refused  []int
	digester digester
}

// takeOffers copies the given offers to own, unless they are the same, checks them and
// adds up their hashes. One worker finds all ids, which takes about as long as a third
// of the checks, while the others go ahead.
func (k *checker) takeOffers(own, given []offer.Offer) *intake {
	taken := &intake{}
	newTaker := func() *taker {
		return &taker{checker: k.scout(), copier: copier{flat: make(map[string]map[string]any)}}
	}
	for _, t := range spread(k.options.workers, len(given), newTaker, func(t *taker, from, to int) {
		if from == 0 {
			before := t.found
			taken.ids = index(t.checker, "offers", given, idOfOffer)
			taken.badIDs, t.found = t.found > before, before
		}
		t.take(own[from:to], given[from:to], from)
	}) {
		k.join(t.checker)
		taken.refused = append(taken.refused, t.refused...)
		taken.faulty = append(taken.faulty, t.faulty...)
		taken.content.add(t.digester.sum)
	}
	slices.Sort(taken.refused)
	slices.Sort(taken.faulty)
	return taken
}

// take takes in a piece of the offers, which begins at an index of the catalog.
func (t *taker) take(own, given []offer.Offer, from int) {
	foreign := &own[0] != &given[0]
	if foreign {
		t.copier.grow(given)
	}
	at := place{name: "offers"}
	for i := range own {
		o := &own[i]
		at.i = from + i
		if foreign {
			if *o = given[i]; !t.copier.offer(o) {
				t.refused = append(t.refused, at.i)
				continue
			}
		}
		before := t.found
		if t.offer(&at, o); t.found > before {
			t.faulty = append(t.faulty, at.i)
		}
		t.digester.offer(o)
	}
}

func idOfOffer(o *offer.Offer) offer.ID { return o.ID }

// foresee finds the placements and rules that offers refer to, without a word of what
// is wrong with these.
func (k *checker) foresee() {
	s := k.scout()
	k.placements = index(s, "placements", k.catalog.Placements, func(p *placement.Placement) placement.ID { return p.ID })
	k.rules = index(s, "rules", k.catalog.Rules, func(r *constraint.Rule) offer.RuleID { return r.ID })
}
