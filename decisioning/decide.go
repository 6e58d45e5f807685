package decisioning

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/proffer-go/proffer/internal/assign"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
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
// Decide calls the sources at most once each, reads the counter at most once and
// reserves once, but for refusals, each of which adds a reservation. If its id is
// decided again meanwhile, the later attempt stands: this one takes nothing, and
// says so ([Superseded]). It takes time and memory in proportion to the offers of its activities. It
// is safe for concurrent use.
func (e *Engine) Decide(ctx context.Context, r Request) (*Decision, error) {
	d, err := e.begin(ctx, &r)
	if err != nil {
		return nil, fmt.Errorf("decide: %w", err)
	}
	if err := d.learn(ctx); err != nil { // facts: what is known of the person
		return nil, fmt.Errorf("decide: %w", err)
	}
	d.narrow(ctx) // what may be proposed
	if err := cancelled(ctx); err != nil {
		return nil, fmt.Errorf("decide: %w", err)
	}
	if err := d.settle(ctx); err != nil { // what is proposed, and its units
		return nil, fmt.Errorf("decide: %w", err)
	}
	return d.answer(), nil
}

// A deciding is one decision in the making. Each room of the path leaves what
// it found for the next.
type deciding struct {
	engine  *Engine
	binding *binding
	request *Request
	now     time.Time
	alarm   alarm
	result  *Decision

	unasked     rules.Reads // what no open candidate reads, and the sources would know
	facts       *profile.Facts
	input       *rules.Input
	memo        []truth              // of the conditions, by id
	verdicts    []verdict            // of the offers, by index
	warned      map[*rules.Expr]bool // formulas that erred
	suppression []suppression        // by the policies, by index
	live        *members             // offers whose calendar is open and that are not excluded
	excluded    *members             // by the request; nil: none
	wanted      int                  // offers, by all slots together
	slots       []slot               // the activities of the request, in order
	solver      assign.Solver
	ledger      ledger // of the counters that this decision draws on
}

// A slot is an activity of the request.
type slot struct {
	*boundActivity // nil: it is quarantined

	id         ActivityID
	open       bool   // by its calendar and its rules
	dated      bool   // by its calendar
	selections []bool // which are open
	narrowed   offer.Candidates
	candidates offer.Candidates
	drawn      []int32 // of the ledger
	ranked     []ranked
	chosen     []int32     // positions in ranked
	why        []Exclusion // by offer; nil unless traced
}

// begin checks the request and lays out the decision.
func (e *Engine) begin(ctx context.Context, r *Request) (*deciding, error) {
	if err := cancelled(ctx); err != nil {
		return nil, err
	}
	b := e.current.Load()
	if b == nil {
		return nil, ErrNoSnapshot
	}
	d := &deciding{engine: e, binding: b, request: r, now: r.At, alarm: alarm{done: ctx.Done()}}
	if d.now.IsZero() {
		d.now = e.config.Now()
	}
	d.now = d.now.Round(0).UTC()
	if err := d.check(); err != nil {
		return nil, err
	}
	d.result = &Decision{ID: r.ID, ProfileID: r.ProfileID, At: d.now, Version: b.snapshot.version}
	if r.ID == "" {
		d.result.ID = rand.Text()
	}
	d.memo = make([]truth, b.snapshot.conditions)
	d.verdicts = make([]verdict, len(b.snapshot.options))
	return d, nil
}

func (d *deciding) check() error {
	r := d.request
	switch {
	case len(r.Activities) == 0:
		return errors.New("request.activities: empty; name at least one activity")
	case len(r.Activities) > d.engine.config.MaxActivities:
		return fmt.Errorf("request.activities: %d, more than the limit of %d; ask in several requests, or raise Config.MaxActivities",
			len(r.Activities), d.engine.config.MaxActivities)
	case d.now.Year() < 1 || d.now.Year() > 9999:
		return errors.New("request.at: not within the years 1 and 9999")
	case r.Hold < 0:
		return errors.New("request.hold: negative; 0 confirms at once")
	}
	if err := errors.Join(checkID("request.id", r.ID), checkID("request.profileId", string(r.ProfileID))); err != nil {
		return err
	}
	named := make(map[ActivityID]bool, len(r.Activities))
	d.slots = make([]slot, len(r.Activities))
	for i, id := range r.Activities {
		a := d.binding.activities[id]
		_, quarantined := d.binding.quarantined[id]
		if a == nil && !quarantined {
			return fmt.Errorf("request.activities[%d]: %w %q", i, ErrUnknownActivity, id)
		}
		if named[id] {
			return fmt.Errorf("request.activities[%d]: %q is named twice", i, id)
		}
		named[id] = true
		d.slots[i] = slot{boundActivity: a, id: id}
		if a != nil {
			d.wanted += a.ref.Count
		}
	}
	return nil
}

// maxID is how many bytes an id from outside may have.
const maxID = 1024

// checkID returns an error if the text cannot be an id. Empty it may be.
func checkID(field, id string) error {
	switch {
	case !utf8.ValidString(id):
		return fmt.Errorf("%s: not valid UTF-8", field)
	case len(id) > maxID:
		return fmt.Errorf("%s: %d bytes, at most %d", field, len(id), maxID)
	default:
		return nil
	}
}

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
