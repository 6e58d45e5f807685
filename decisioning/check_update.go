package decisioning

import (
	"maps"
	"reflect"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/internal/strictjson"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// offerChecks check offers that are to be put into a compiled catalog, new ones or
// in the place of others with their ids. What takes time is compiling an expression
// that the catalog does not have. They are not safe for concurrent use.
type offerChecks struct{ known checker }

// newOfferChecks returns the checks for a catalog without faults.
func newOfferChecks(c *Catalog, compiler *rules.Compiler, schedules map[offer.Window]*capping.Schedule) *offerChecks {
	k := &checker{
		catalog: &Catalog{Placements: c.Placements}, compiler: compiler, schedules: maps.Clone(schedules), accepted: make([][]string, len(c.Placements)),
		reading: &strictjson.Reading{},
	}
	k.placements = index(k, "placements", c.Placements, func(p *placement.Placement) placement.ID { return p.ID })
	k.rules = index(k, "rules", c.Rules, func(r *constraint.Rule) offer.RuleID { return r.ID })
	k.fallbacks = index(k, "fallbacks", c.Fallbacks, func(f *offer.Fallback) offer.ID { return f.ID })
	return &offerChecks{known: *k}
}

// offer returns a copy of the offer, as if it had been read from JSON, and all that
// is wrong with it: what [Compile] would say of the catalog with this offer. A path
// begins with the section and the id, such as offers(card-upgrade).eligibility, for
// the offer has no place in a list.
func (c *offerChecks) offer(o *offer.Offer) (own offer.Offer, faults Faults) {
	k := c.known
	k.path = func(key string) string {
		return strictjson.WithID("offers", string(o.ID)) + key[len("offers"):]
	}
	own = k.ownOffer(o)
	at := place{name: "offers", i: whole}
	if problem := badID(string(own.ID)); problem != "" {
		k.fault(&at, "id", "%s", problem)
	}
	if i, ok := k.fallbacks[own.ID]; ok {
		fallback := place{name: "fallbacks", i: i}
		k.fault(&at, "id", "is the id of %s too: ids are unique", fallback.key())
	}
	k.offer(&at, &own)
	if len(k.faults) > 0 {
		faults = newFaults(k.faults)
	}
	return own, faults
}

// ownOffer returns a copy of one offer that stands in no list.
func (k *checker) ownOffer(o *offer.Offer) offer.Offer {
	own := [1]offer.Offer{*o}
	var c copier
	if c.grow(own[:]); c.offer(&own[0]) {
		return own[0]
	}
	return k.ownUnusualOffer(*o)
}

// ownUnusualOffer is ownOffer for one that a copier does not take.
func (k *checker) ownUnusualOffer(own offer.Offer) offer.Offer {
	k.reading = &strictjson.Reading{Zeros: make(map[string]bool)}
	o := &owner{checker: k, names: make(map[reflect.Type][]string)}
	o.within("offers", func() { o.value(reflect.ValueOf(&own).Elem()) })
	k.unread = len(k.reading.Zeros) > 0
	return own
}
