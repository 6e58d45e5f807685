package decisioning

import (
	"slices"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/rank"
)

// A Snapshot is a compiled catalog. It is immutable and may be shared by any
// number of goroutines and engines.
type Snapshot struct {
	version     string
	catalog     Catalog
	faults      Faults
	rankers     []rankerUse
	quarantine  bool
	quarantined map[ActivityID]placement.ID // activities that are out

	offers     *offer.Set
	options    []option // by the index of the offer
	activities map[ActivityID]*activity
	policies   []policy
	conditions int // how many distinct conditions there are
	counters   int // how many distinct counters limits draw on, for one person
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
func (s *Snapshot) Catalog() Catalog { return s.catalog }

// An option is an offer, compiled.
type option struct {
	offer      *offer.Offer
	hash       uint64 // of its id, for ties
	object     *rules.Object
	acceptance *rules.Expr
	// The conditions of the offer and of the collections that it is in.
	eligible, applicable, suitable []condition
	policies                       []int32 // that may suppress it, in catalog order
	limits                         []limit // its caps and the contact policies over it
	reads                          rules.Reads
}

// A condition is a rule where it stands.
type condition struct {
	expr  *rules.Expr
	id    int32  // of the expression, for the memo of a decision
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
	id       int32 // of the counter: limits with the same id share it
	max      int64
	per      offer.Per
	key      capping.Key       // without tenant, profile and the bounds of the window
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
	candidates []int32 // approved, with a representation, in some selection
}

// A selection is a Selection, compiled.
type selection struct {
	conditions []condition
	members    *members // nil: the whole inventory
	rank       rank.Spec
	formula    *rules.Expr
}

func (s *selection) takes(i int32) bool { return s.members == nil || s.members.has(i) }

// members is a set of offers by index.
type members struct{ words []uint64 }

func newMembers(n int) *members     { return &members{make([]uint64, (n+63)/64)} }
func (m *members) add(i int32)      { m.words[i>>6] |= 1 << (i & 63) }
func (m *members) has(i int32) bool { return m.words[i>>6]&(1<<(i&63)) != 0 }
