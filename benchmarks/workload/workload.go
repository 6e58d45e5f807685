package workload

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
)

// Options say what to make. Zero shares are the usual ones.
type Options struct {
	Offers int
	Rules  int     // shared by all offers; 0: each offer has one of its own
	Truth  float64 // share of the rules that are true for a person; 0: a tenth
	Ruled  bool    // every offer has a rule, else 30 % have none
	Skew   bool    // of values and of what rules ask for
	Gaps   bool    // a fifth of the people lack a fifth of their attributes
	Open   bool    // all offers are open, without caps
	Wide   bool    // one more activity, Everywhere, has all offers as candidates
	Seed   uint64
}

// A Workload is an inventory, what it is asked for, and by whom.
type Workload struct {
	Options
	Attributes []*Attribute
	Rules      []Rule
	RuleOf     []int // by offer: its rule, or -1
	Catalog    decisioning.Catalog
	Activities []decisioning.ActivityID // in the order in which they are asked for
	People     []*Person
}

// Everywhere is the activity and the placement of a wide workload.
const Everywhere = "everywhere"

const (
	placements = 40
	activities = 30
	tags       = 200
	peopleMade = 256
)

// New makes the workload.
func New(o Options) *Workload {
	if o.Truth == 0 {
		o.Truth = 0.1
	}
	w := &Workload{Options: o, Attributes: Attributes()}
	// Each part draws from a sequence of its own: more offers are the same people.
	w.assignRules(w.source(5))
	w.writeRules(newAuthor(w.source(1), w.Attributes, o.Skew, o.Truth))
	w.makeOffers(w.source(2))
	w.makeActivities(w.source(3))
	people := w.source(4)
	for i := range peopleMade {
		lacking := 0.0
		if o.Gaps && people.IntN(5) == 0 {
			lacking = 0.2
		}
		w.People = append(w.People, newPerson(people, "person-"+strconv.Itoa(i), w.Attributes, o.Skew, lacking))
	}
	return w
}

func (w *Workload) source(part uint64) *rand.Rand { return rand.New(rand.NewPCG(w.Seed, part)) }

// assignRules decides which offer has which rule, and how many there are.
func (w *Workload) assignRules(rng *rand.Rand) {
	w.RuleOf = make([]int, w.Offers)
	ruled := 0
	for i := range w.RuleOf {
		switch {
		case !w.Ruled && i%10 < 3: // nothing else about an offer depends on i
			w.RuleOf[i] = -1
		case w.Options.Rules > 0:
			w.RuleOf[i] = rng.IntN(w.Options.Rules)
		default:
			w.RuleOf[i] = ruled
			ruled++
		}
	}
	w.Rules = make([]Rule, max(w.Options.Rules, ruled))
}

// writeRules writes the rules. Those of a smaller workload are the first of a
// larger one.
func (w *Workload) writeRules(a *author) {
	for i := range w.Rules {
		w.Rules[i] = a.rule(w.Truth)
	}
}

// OfferID names the offer by its index.
func OfferID(i int) offer.ID { return offer.ID("offer-" + strconv.Itoa(i)) }

// placementID names the placement by its index.
func placementID[T ~string](i int) T { return T(fmt.Sprintf("placement-%d", i)) }

const day = 24 * time.Hour
