package decisioning

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/proffer-go/proffer/internal/assign"
	"github.com/proffer-go/proffer/internal/jsonfacts"
	"github.com/proffer-go/proffer/internal/predicate"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// ErrUnknownActivity is wrapped by the error for a request that names an
// activity which the snapshot does not have, and by that of [Engine.Confirm] and
// [Engine.Release] for one which the decision does not have.
var ErrUnknownActivity = errors.New("unknown activity")

// Decide answers the request: one proposition for each of its activities.
//
// There is always an answer. What fails on the way, a source, a filter, a ranker,
// the counter, a deadline, degrades the decision, which says so in Degraded; in
// the worst case every activity proposes its fallback. Errors are a malformed
// request, an unknown activity ([ErrUnknownActivity]), a cancelled context,
// no published snapshot ([ErrNoSnapshot]), and an id that belongs to another
// profile ([capping.ErrOtherProfile]); then nothing is reserved.
//
// Decide calls the sources at most once each. It reads the counter once, and again
// only where so much of what it read is full, or taken for an activity whose ranker is the
// application's, that further candidates are needed, each time for twice as many; a [capping.Memory]
// it asks for each key when it comes by an offer that draws on it. It reserves once, but for refusals, each of which adds a
// reservation. If its id is decided again meanwhile, the later attempt stands: this
// one takes nothing, and says so ([Superseded]).
//
// It takes time in proportion to the facts, and to the candidates that it has to
// look at until enough qualify: not to the inventory. It is safe for concurrent use.
func (e *Engine) Decide(ctx context.Context, r Request) (*Decision, error) {
	d := new(Decision)
	if err := e.DecideInto(ctx, r, d); err != nil {
		return nil, err
	}
	return d, nil
}

// DecideInto is [Engine.Decide] into a Decision whose memory it uses again: in
// steady state it allocates nothing, as far as the parts of the application do not,
// every rule fits the index, the request has an id and no trace. What the
// Decision held before is overwritten; after an error its content is undefined.
func (e *Engine) DecideInto(ctx context.Context, r Request, into *Decision) error {
	d := e.scratch.Get().(*deciding)
	defer e.scratch.Put(d)
	d.copied = r // else each call would allocate what d points to
	return d.into(ctx, e, &d.copied, into)
}

func (d *deciding) into(ctx context.Context, e *Engine, r *Request, into *Decision) error {
	defer d.end()
	d.request = r
	if err := d.decide(ctx, e, into); err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	return nil
}

func (d *deciding) decide(ctx context.Context, e *Engine, into *Decision) error {
	if err := d.begin(ctx, e, into); err != nil {
		return err
	}
	if err := d.learn(ctx); err != nil { // facts: what is known of the person
		return err
	}
	d.narrow(ctx) // which candidates there are, and in what order
	if err := cancelled(ctx); err != nil {
		return err
	}
	if err := d.settle(ctx); err != nil { // what is proposed, and its units
		return err
	}
	d.answer()
	return nil
}

// A deciding is one decision in the making. Each room of the path leaves what
// it found for the next. Engines keep it for the next decision: what is not said to
// stay is set anew by each.
type deciding struct {
	engine  *Engine
	binding *binding
	request *Request
	copied  Request // of the caller's
	now     time.Time
	seconds int64 // now, in Unix seconds
	present int64 // see clock; 0: it was not asked for
	alarm   alarm
	result  *Decision

	prepared *prepared // holds the facts instead of the reader, unless nil
	reader   jsonfacts.Reader
	unasked  rules.Reads // what no open candidate reads, and the sources would know
	errs     factErrors
	facts    profile.Facts
	loading  sync.Mutex  // of facts, for application code
	input    rules.Input // for CEL
	bound    bool        // input has the facts
	match    predicate.Match
	visited  int     // candidates whose rule was looked up
	budget   int     // of these, before all rules are looked up at once
	due      int     // of these, before it is time to look at the clock, or at all rules
	swept    bool    // all rules were
	excluded []int32 // offers, ascending

	shown offer.Candidates // to a filter, in the memory of copy
	copy  offer.Candidates

	suppression []suppression // by the policies, by index
	suppressing bool          // one of them suppresses something
	plain       bool          // neither they nor the request keep an offer out, and nobody wants to know of all
	pruning     bool          // a walk came by many offers that have expired

	seating  seating
	slots    []slot // the activities of the request, in order
	ledger   ledger // of the counters that this decision draws on
	learnt   uint32 // counts what was learnt of counters and is against candidates
	revision uint64 // of the record of its id
	contest  contest
	scoring  scoring
	solver   assign.Solver
	unfit    []verdict             // of the conditions that take a CEL program
	truths   map[*rules.Expr]truth // of conditions, for a trace; else nil
	warned   []*rules.Expr         // formulas that erred
	ids      ids
}

// A slot is an activity of the request. It begins where a cache line does, and what most decisions touch of it is
// the first three.
type slot struct {
	*boundActivity // nil: it is quarantined
	progress

	count   int32 // of the activity
	tieBase uint64
	tieHash uint64 // of its id

	id        ActivityID
	placement placement.ID

	pool   []ranked // the candidates so far, in rank order
	chosen []int32  // positions in pool
	list   []int32  // positions in pool of what arbitration may choose from
	walks  []walk   // of the open selections; their memory stays

	// Most decisions touch nothing of the rest.
	layout layout  // of its walks, for later decisions
	closed []int32 // of its selections: those that are not open
	held   []held  // those of the list that are not loose
	lines  []int32 // that these draw on

	allowed    offer.Candidates // by filters
	rejections map[int32]string // by filters; nil unless traced
}

// Progress is how far a slot is.
type progress struct {
	open    bool // by its calendar and its rules
	sifted  bool // by filters: only the allowed ones pass
	barred  bool // a filter failed: none passes
	batched bool // the application scores some of the pool, all at once
	draws   bool // some of the pool draw on counters
	holds   bool // held and lines are those of the list
	wanting bool // what it wanted was not to be had
	robbed  bool // a slot before it took what it has chosen
	dry     bool // all walks have served all

	learnt uint32 // what the list reckons with

	walking    int32 // the walk that serves now
	considered int32 // candidates of the pool, for the list
	loose      int32 // how many of these no counter holds back
	need       int32 // how many of these there should be
	extra      int32 // how many more to draw where there are too few
}

// resize returns s with n elements, which hold what they held before.
func resize[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return append(s[:cap(s)], make([]T, n-cap(s))...)
}

// option returns the offer at the index.
func (d *deciding) option(o int32) *option { return d.binding.snapshot.options.At(int(o)) }

// person is what ties are broken by: the profile, or else the request.
func (d *deciding) person() string {
	if id := d.request.ProfileID; id != "" {
		return string(id)
	}
	return d.request.ID
}

// degrade notes what could not be done as it should, once.
func (d *deciding) degrade(reason DegradedBy, a ActivityID, err error) {
	for _, g := range d.result.Degraded {
		if g.Reason == reason && g.Activity == a {
			return
		}
	}
	g := Degradation{Reason: reason, Activity: a, Err: err}
	if d.engine.config.ErrorText && err != nil {
		g.Detail = err.Error()
	}
	d.result.Degraded = append(d.result.Degraded, g)
}
