package decisioning

import (
	"fmt"
	"math"
	"slices"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/rank"
)

// A site is a selection where offers find it: at the placement of its activity.
type site struct {
	number     int32 // of the selection, among all of the catalog
	collection int32
	always     []int32 // collections of earlier selections that are always open
	weight     float64
}

// activities compiles the activities.
func (l *lineage) activities(s *Snapshot) {
	fallbacks := make(map[offer.ID]*offer.Fallback, len(l.catalog.Fallbacks))
	for i := range l.catalog.Fallbacks {
		fallbacks[l.catalog.Fallbacks[i].ID] = &l.catalog.Fallbacks[i]
	}
	index := make(map[collection.ID]int32, len(l.catalog.Collections))
	for i := range l.catalog.Collections {
		index[l.catalog.Collections[i].ID] = int32(i)
	}
	s.activities = make(map[ActivityID]*activity, len(l.catalog.Activities))
	for i := range l.catalog.Activities {
		def := &l.catalog.Activities[i]
		a := &activity{
			def:    def,
			ref:    offer.ActivityRef{ID: def.ID, Placement: def.Placement, Count: max(def.Count, 1)},
			weight: def.Weight,
		}
		if a.weight == 0 {
			a.weight = 1
		}
		a.object = rules.ActivityObject(a.ref)
		a.conditions = l.conditions("activity: ", def.Rule, def.Eligibility)
		if !def.Optional {
			a.fallback = &ProposedFallback{ID: def.Fallback, Representation: fallbacks[def.Fallback].Representation(def.Placement)}
		}
		l.selections(s, a, index)
		s.activities[def.ID] = a
	}
}

// selections compiles the selections of the activity; a lone collection is one.
func (l *lineage) selections(s *Snapshot, a *activity, index map[collection.ID]int32) {
	defs := a.def.Selections
	if a.def.Collection != "" {
		defs = []Selection{{Collection: a.def.Collection}}
	}
	a.selections = make([]selection, len(defs))
	at := site{weight: a.weight}
	for i, def := range defs {
		sel := &a.selections[i]
		sel.number, sel.computed = int32(len(s.orders)), noFormula
		sel.conditions = l.conditions(fmt.Sprintf("selection %d: ", i), def.Rule, def.Eligibility)
		sel.collection = wholeInventory
		if def.Collection != "" {
			sel.collection = index[def.Collection]
		}
		sel.rank = def.Rank
		if sel.rank.IsZero() {
			sel.rank = a.def.Rank
		}
		s.orders = append(s.orders, &order{byIndex: sel.rank.Formula != "" || sel.rank.By == rank.ByUtility})
		if sel.rank.Formula != "" {
			sel.formula, sel.computed = l.score(sel.rank.Formula)
			l.formulas = true
		}
		at.number, at.collection = sel.number, sel.collection
		l.sites[a.ref.Placement] = append(l.sites[a.ref.Placement], at)
		for t := range a.selections[:i] {
			if len(a.selections[t].conditions) > 0 {
				sel.earlier = append(sel.earlier, int32(t))
			}
		}
		if len(sel.conditions) == 0 {
			at.always = append(slices.Clip(at.always), sel.collection)
		}
	}
}

// place calls to for each selection whose order the offer at the index, which is in the
// collections, belongs to, with its entry there.
func (l *lineage) place(o *option, index int32, within []int32, to func(selection int32, e entry)) {
	if o.offer.Status != offer.Approved {
		return
	}
	e := entryOf(o, index)
	for i := range o.offer.Representations {
		sites := l.sites[o.offer.Representations[i].Placement]
		e.shown = uint8(min(i, manyShown))
		for k := range sites {
			if sites[k].takes(within) {
				to(sites[k].number, e.weighted(sites[k].weight, o.offer.Priority))
			}
		}
	}
}

// takes reports whether the selection takes an offer of the collections that no
// earlier one always takes.
func (s *site) takes(within []int32) bool {
	for _, c := range s.always {
		if has(within, c) {
			return false
		}
	}
	return has(within, s.collection)
}

func has(within []int32, c int32) bool {
	if c == wholeInventory {
		return true
	}
	_, found := slices.BinarySearch(within, c)
	return found
}

// entryOf returns the entry of the offer, by priority.
func entryOf(o *option, i int32) entry {
	e := entry{score: float64(o.offer.Priority), hash: o.hash, offer: i, bundle: o.bundle, rule: o.rule, limited: o.limited}
	e.start, e.end = bounds(o.offer.Start, o.offer.End)
	return e
}

// weighted returns the entry as it stands in an activity with the weight.
func (e entry) weighted(weight float64, priority int64) entry {
	if e.unscored = math.IsNaN(valid(e.score, weight)); e.unscored {
		e.score = ordinal(priority)
	}
	return e
}
