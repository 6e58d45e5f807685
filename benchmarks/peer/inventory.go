package peer

import (
	"cmp"
	"slices"

	"github.com/proffer-go/proffer/benchmarks/workload"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// An Inventory is a workload as a decider would load it at start. For who wants it,
// each activity has the offers that its placement and collection leave, best priority
// first.
type Inventory struct {
	offers     []candidate
	activities []activity
	rules      []workload.Rule
	attributes []*workload.Attribute
}

type candidate struct {
	def        *offer.Offer
	hash       uint64
	priority   int64
	start, end int64 // Unix nanoseconds
	rule       int32 // -1: none
	caps       []offer.Cap
}

type activity struct {
	hash       uint64
	placement  placement.ID
	collection *collection.Collection // nil: all offers
	candidates []int32
}

// takes reports whether the activity's placement and collection take the offer.
func (a *activity) takes(o *offer.Offer) bool {
	return o.Representation(a.placement) != nil && (a.collection == nil || a.collection.Selects(o))
}

// None is the choice of an activity that nothing qualifies for.
const None = -1

// NewInventory loads the workload.
func NewInventory(w *workload.Workload) *Inventory {
	inv := &Inventory{offers: make([]candidate, w.Offers), rules: w.Rules, attributes: w.Attributes}
	for i := range w.Catalog.Offers {
		o := &w.Catalog.Offers[i]
		inv.offers[i] = candidate{
			def: o, hash: hashText(string(o.ID)), priority: o.Priority,
			start: o.Start.UnixNano(), end: o.End.UnixNano(), rule: int32(w.RuleOf[i]), caps: o.Caps,
		}
	}
	byID := make(map[collection.ID]*collection.Collection)
	for i := range w.Catalog.Collections {
		byID[w.Catalog.Collections[i].ID] = &w.Catalog.Collections[i]
	}
	for i := range w.Catalog.Activities {
		def := &w.Catalog.Activities[i]
		a := activity{hash: hashText(string(def.ID)), placement: def.Placement, collection: byID[def.Collection]}
		for o := range inv.offers {
			if a.takes(inv.offers[o].def) {
				a.candidates = append(a.candidates, int32(o))
			}
		}
		slices.SortStableFunc(a.candidates, func(x, y int32) int {
			return cmp.Compare(inv.offers[y].priority, inv.offers[x].priority)
		})
		inv.activities = append(inv.activities, a)
	}
	return inv
}
