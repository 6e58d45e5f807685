package decisioning

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/proffer-go/proffer/internal/assign"
	"github.com/proffer-go/proffer/internal/jsonfacts"
	"github.com/proffer-go/proffer/internal/predicate"
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
// Decide calls the sources at most once each. It reads the counter once, and again
// only where so much of what it read is full that further candidates are needed, each
// time for twice as many. It reserves once, but for refusals, each of which adds a
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
	return d.into(ctx, e, &r, into)
}

func (d *deciding) into(ctx context.Context, e *Engine, r *Request, into *Decision) error {
	defer d.end()
	d.request = *r
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
	request Request
	now     time.Time
	seconds int64 // now, in Unix seconds
	alarm   alarm
	result  *Decision
	wanted  int // offers, by all slots together

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
	swept    bool    // all rules were
	excluded []int32 // offers, ascending

	suppression []suppression // by the policies, by index
	suppressing bool          // one of them suppresses something

	slots    []slot   // the activities of the request, in order
	seats    []uint32 // by activity: the round in which it got its last slot
	round    uint32
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

// A slot is an activity of the request.
type slot struct {
	*boundActivity // nil: it is quarantined

	id      ActivityID
	dated   bool    // open by its calendar
	open    bool    // by its calendar and its rules
	closed  []int32 // of its selections: those that are not open
	tieBase uint64

	walks   []walk // of the open selections; their memory stays
	walking int    // the walk that serves now
	dry     bool   // all have served all
	allowed offer.Candidates
	sifted  bool     // by filters: only the allowed ones pass
	barred  bool     // a filter failed: none passes
	pool    []ranked // the candidates so far, in rank order
	chosen  []int32  // positions in pool

	list       []int32 // positions in pool of what arbitration may choose from
	learnt     uint32  // what the list reckons with
	considered int     // candidates of the pool, for the list
	loose      int     // how many of these no counter holds back
	need       int     // how many of these there should be
	extra      int     // how many more to draw where there are too few
	batched    bool    // the application scores some of the pool, all at once

	rejections map[int32]string // by filters; nil unless traced
}

// begin checks the request and lays out the decision.
func (d *deciding) begin(ctx context.Context, e *Engine, into *Decision) error {
	if err := cancelled(ctx); err != nil {
		return err
	}
	b := e.current.Load()
	if b == nil {
		return ErrNoSnapshot
	}
	d.engine, d.binding, d.now, d.result = e, b, d.request.At, into
	d.alarm = alarm{done: ctx.Done()}
	if d.now.IsZero() {
		d.now = e.config.Now()
	}
	d.now = d.now.Round(0).UTC()
	d.seconds = d.now.Unix()
	d.unasked, d.errs, d.bound, d.visited, d.warned = 0, factErrors{}, false, 0, d.warned[:0]
	d.unfit = resize(d.unfit, len(b.snapshot.programs))
	clear(d.unfit)
	d.truths = nil
	if d.tracing() {
		d.truths = make(map[*rules.Expr]truth)
	}
	if err := d.check(); err != nil {
		return err
	}
	into.reset()
	into.ID, into.ProfileID, into.At, into.Version = d.request.ID, d.request.ProfileID, d.now, b.snapshot.version
	if into.ID == "" {
		into.ID = d.ids.next()
	}
	return nil
}

// end lets go of what the request and the application own.
func (d *deciding) end() {
	if d.binding == nil {
		return
	}
	if d.prepared == nil {
		d.reader.Reset(d.binding.snapshot.index.Schema(), d.engine.limits())
	}
	d.prepared = nil
	for i := range d.slots {
		s := &d.slots[i]
		for k := range s.walks {
			if s.walks[k].expired > expiredAtOnce {
				d.prune(&s.walks[k])
			}
		}
		s.boundActivity, s.rejections, s.walks = nil, nil, s.walks[:0]
	}
	d.request, d.result, d.binding, d.errs = Request{}, nil, nil, factErrors{}
	d.alarm.done = nil
}

func (d *deciding) check() error {
	r := &d.request
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
	return d.seat()
}

// seat gives each activity of the request its slot.
func (d *deciding) seat() error {
	activities := d.request.Activities
	d.wanted = 0
	d.seats = resize(d.seats, len(d.binding.activities))
	if d.round++; d.round == 0 {
		clear(d.seats[:cap(d.seats)])
		d.round = 1
	}
	d.slots = resize(d.slots, len(activities))
	for i, id := range activities {
		a := d.binding.activities[id]
		if a == nil {
			if _, quarantined := d.binding.quarantined[id]; !quarantined {
				return fmt.Errorf("request.activities[%d]: %w %q", i, ErrUnknownActivity, id)
			}
		}
		if d.seated(a, i) {
			return fmt.Errorf("request.activities[%d]: %q is named twice", i, id)
		}
		d.slots[i].begin(a, id)
		if a != nil {
			d.wanted += a.ref.Count
		}
	}
	return nil
}

// seated reports whether the i-th activity of the request has a slot already.
func (d *deciding) seated(a *boundActivity, i int) bool {
	if a == nil { // a quarantined one has no number
		return slices.Contains(d.request.Activities[:i], d.request.Activities[i])
	}
	if d.seats[a.number] == d.round {
		return true
	}
	d.seats[a.number] = d.round
	return false
}

// begin makes s the slot of the activity.
func (s *slot) begin(a *boundActivity, id ActivityID) {
	*s = slot{
		boundActivity: a, id: id,
		closed: s.closed[:0], walks: s.walks[:0], allowed: s.allowed, pool: s.pool[:0], chosen: s.chosen[:0], list: s.list[:0],
	}
}

// resize returns s with n elements, which hold what they held before.
func resize[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return append(s[:cap(s)], make([]T, n-cap(s))...)
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
