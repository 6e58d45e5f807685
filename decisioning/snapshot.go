package decisioning

import (
	"slices"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/internal/paged"
	"github.com/proffer-go/proffer/internal/predicate"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/rank"
)

// A Snapshot is a compiled catalog. It is immutable and may be shared by any
// number of goroutines and engines. One that is made from another by changes
// ([Snapshot.With]) shares with it what they do not touch.
type Snapshot struct {
	*lineage

	version     string
	content     digest
	catalog     Catalog // without offers, if it was made by changes
	faults      Faults
	rankers     []rankerUse
	quarantine  bool
	quarantined map[ActivityID]placement.ID // activities that are out

	offers     *offer.Set
	options    paged.List[option] // by the index of the offer
	activities map[ActivityID]*activity
	orders     []*order // the candidates of the selections, by number
	policies   []policy
	bundles    []bundle
	programs   []*rules.Expr // the conditions of the rules that the index cannot tell alone
	unfits     []unfitRule
	formulas   []*column.Bound // by number; nil: it is not in use here
	columns    *column.Table
	counters   int  // how many counters limits draw on, for one person
	events     bool // limits count recorded events, or did
	index      *predicate.View
}

// A ruleRef is the conjunction of some conditions: a rule of the index if that can
// tell alone, noRule if there are none, and below that an unfitRule, counted down.
type ruleRef int32

const noRule ruleRef = -1

// An unfitRule is a rule of which the index can tell but a part.
type unfitRule struct {
	rule     predicate.Rule
	programs []int32
}

// Version is a hash of the content in hexadecimal: equal for equal content, in
// whatever order its entities stand.
func (s *Snapshot) Version() string { return s.version }

// Faults returns what quarantine mode found and left out; nil in strict mode.
// It is not to be changed.
func (s *Snapshot) Faults() Faults { return slices.Clone(s.faults) }

// Catalog returns what the snapshot decides by, without the entities that
// quarantine mode left out. It shares memory with the snapshot and is not to be
// changed.
func (s *Snapshot) Catalog() Catalog {
	c := s.catalog
	if len(c.Offers) != s.offers.Len() {
		c.Offers = make([]offer.Offer, s.offers.Len())
		for i := range c.Offers {
			c.Offers[i] = *s.offers.At(i)
		}
	}
	return c
}

// An option is an offer, compiled.
type option struct {
	offer      *offer.Offer
	hash       uint64        // of its id, for ties
	object     *rules.Object // as formulas see it; nil where there is none
	acceptance *rules.Expr
	accepts    int32   // the acceptance over columns, or noFormula
	limits     []limit // its caps
	rule       ruleRef // all conditions of the offer and its collections together; or noRule
	bundle     int32
	reads      rules.Reads
	limited    bool // by its caps or by contact policies
}

// countEvents reports whether any of the limits counts recorded events.
func countEvents(all []limit) bool {
	return slices.ContainsFunc(all, func(l limit) bool { return l.cap.Counts != "" })
}

// countsEvents reports whether a limit counts recorded events. That some did may be said
// of a snapshot from which the last of them was taken.
func (s *Snapshot) countsEvents() bool {
	for i := 0; s.events && i < s.options.Len(); i++ {
		if o := s.options.At(i); countEvents(o.limits) || countEvents(s.bundles[o.bundle].limits) {
			return true
		}
	}
	return false
}

// A bundle is what the collections of an offer bring; offers in the same
// collections share it.
type bundle struct {
	binding  []int32 // the collections that bind it by rules of their own
	policies []int32 // that may suppress it, in catalog order
	limits   []limit // the contact policies over it
	reads    rules.Reads
}

// A condition is a rule where it stands.
type condition struct {
	expr  *rules.Expr
	rule  ruleRef
	where string // rule adult, collection promos: eligibility, …
}

// A policy is a constraint.Policy, compiled.
type policy struct {
	def   *constraint.Policy
	when  condition
	until *rules.Expr
}

// A limit is a cap or a contact policy as it bears on one offer.
type limit struct {
	id       int32            // of the counter: limits with the same id share it
	policy   capping.PolicyID // empty: it is the offer's own
	cap      *offer.Cap
	schedule *capping.Schedule // nil: per decision
}

// An activity is an Activity, compiled.
type activity struct {
	def        *Activity
	ref        offer.ActivityRef
	object     *rules.Object
	weight     float64
	conditions []condition
	selections []selection
	fallback   *ProposedFallback
}

// A selection is a Selection, compiled.
type selection struct {
	number     int32 // of its order
	conditions []condition
	collection int32 // its index, or wholeInventory
	rank       rank.Spec
	formula    *rules.Expr
	computed   int32   // the formula over columns, or noFormula
	earlier    []int32 // the selections before it that may be closed
}

// wholeInventory is the collection of a selection without one.
const wholeInventory = -1

// indexed returns the rule of the index that tells of r, or of a part of it.
func (s *Snapshot) indexed(r ruleRef) predicate.Rule {
	if r < noRule {
		return s.unfits[noRule-1-r].rule
	}
	return predicate.Rule(r)
}
