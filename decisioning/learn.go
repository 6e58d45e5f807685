package decisioning

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/proffer-go/proffer/internal/jsonfacts"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// learn gets the facts: what the request gives, and from the sources what is
// missing and read by an offer that may still be proposed.
func (d *deciding) learn(ctx context.Context) error {
	given := profile.Given{ID: d.request.ProfileID, Now: d.now}
	limits := d.limits()
	var err error
	if given.Context, err = jsonfacts.Object(d.request.Context, limits); err != nil {
		return jsonfacts.In("request.context", err)
	}
	if given.Profile, err = jsonfacts.Object(d.request.Profile, limits); err != nil {
		return jsonfacts.In("request.profile", err)
	}
	if given.Events, err = jsonfacts.Events(d.request.Events, limits, d.now); err != nil {
		return jsonfacts.In("request.events", err)
	}
	d.date()
	d.know(given)
	lacks := d.lacks()
	missing := d.missing(lacks)
	d.unasked = lacks &^ missing
	if asked := d.ask(ctx, missing, &given); asked {
		d.know(given)
	}
	return cancelled(ctx)
}

func (d *deciding) limits() jsonfacts.Limits {
	return jsonfacts.Limits{Bytes: d.engine.config.MaxDocument, Depth: d.engine.config.MaxDepth}
}

func (d *deciding) know(given profile.Given) {
	d.facts = profile.NewFacts(given)
	d.input = rules.NewInput(d.facts)
}

// date finds the candidates of each activity by what needs no facts: status,
// placement, collection and calendar.
func (d *deciding) date() {
	s := d.binding.snapshot
	d.excluded = newMembers(s.offers.Len())
	for _, id := range d.request.Exclude {
		if i, ok := s.offers.Index(id); ok {
			d.excluded.add(int32(i))
		}
	}
	d.live = newMembers(s.offers.Len())
	for i := range s.options {
		if s.options[i].offer.Open(d.now) && !d.excluded.has(int32(i)) {
			d.live.add(int32(i))
		}
	}
	for i := range d.slots {
		if a := d.slots[i].boundActivity; a != nil {
			d.slots[i].date(d)
		}
	}
}

func (s *slot) date(d *deciding) {
	s.dated = offer.Open(s.def.Start, s.def.End, d.now)
	s.selections = make([]bool, len(s.boundActivity.selections))
	s.narrowed.Reset(d.binding.snapshot.offers, s.ref)
	if !s.dated {
		return
	}
	for _, o := range s.boundActivity.candidates {
		if d.live.has(o) {
			s.narrowed.Add(int(o))
		}
	}
}

// lacks returns what the sources could be asked for.
func (d *deciding) lacks() (lacks rules.Reads) {
	if d.request.ProfileID == "" {
		return 0
	}
	if !d.request.Profile.Given() && d.engine.config.Profiles != nil {
		lacks |= rules.ReadsProfile
	}
	if !d.request.Events.Given() && d.engine.config.Events != nil {
		lacks |= rules.ReadsEvents
	}
	return lacks
}

// missing returns what of it the sources have to be asked for. What can be told
// without them is: a closed activity asks for nothing.
func (d *deciding) missing(lacks rules.Reads) (reads rules.Reads) {
	if lacks == 0 {
		return 0
	}
	for i := range d.slots {
		if s := &d.slots[i]; s.boundActivity != nil && s.narrowed.Len() > 0 {
			reads |= s.reads(d, lacks)
		}
	}
	return reads & lacks
}

// reads returns what the open candidates of the slot read.
func (s *slot) reads(d *deciding, lacks rules.Reads) rules.Reads {
	reads := readsOf(s.conditions)
	if reads&lacks == 0 && !d.all(s.conditions) {
		return 0
	}
	open := make([]bool, len(s.selections))
	for t := range s.boundActivity.selections {
		conditions := s.boundActivity.selections[t].conditions
		r := readsOf(conditions)
		if open[t] = r&lacks != 0 || d.all(conditions); open[t] {
			reads |= r
		}
	}
	model := d.engine.config.Acceptance
	for i := range s.narrowed.All() {
		for t := range open {
			if open[t] && s.boundActivity.selections[t].takes(int32(i)) {
				o := &d.binding.snapshot.options[i]
				reads |= o.reads | s.rankings[t].reads(o, model) | s.strategy.reads
			}
		}
		if reads&lacks == lacks {
			break
		}
	}
	return reads
}

func readsOf(conditions []condition) rules.Reads {
	var reads rules.Reads
	for _, c := range conditions {
		reads |= c.expr.Reads()
	}
	return reads
}

// ask asks the sources for what is missing, at the same time, and reports
// whether it asked any.
func (d *deciding) ask(ctx context.Context, missing rules.Reads, given *profile.Given) bool {
	var wait sync.WaitGroup
	if missing&rules.ReadsProfile != 0 {
		wait.Go(func() { given.Profile, given.ProfileErr = d.askProfile(ctx) })
	}
	if missing&rules.ReadsEvents != 0 {
		wait.Go(func() { given.Events, given.EventsErr = d.askEvents(ctx) })
	}
	wait.Wait()
	if given.ProfileErr != nil {
		d.degrade(ProfileUnavailable, "", given.ProfileErr)
	}
	if given.EventsErr != nil {
		d.degrade(EventsUnavailable, "", given.EventsErr)
	}
	return missing != 0
}

func (d *deciding) askProfile(ctx context.Context) (object map[string]any, err error) {
	defer contain(&err)
	doc, err := d.engine.config.Profiles.Profile(ctx, d.request.ProfileID)
	if err != nil {
		return nil, fmt.Errorf("profile source: %w", err)
	}
	object, err = jsonfacts.Object(doc, d.limits())
	return object, jsonfacts.In("profile", err)
}

func (d *deciding) askEvents(ctx context.Context) (events []map[string]any, err error) {
	defer contain(&err)
	doc, err := d.engine.config.Events.Events(ctx, d.request.ProfileID)
	if err != nil {
		return nil, fmt.Errorf("event source: %w", err)
	}
	events, err = jsonfacts.Events(doc, d.limits(), d.now)
	return events, jsonfacts.In("events", err)
}

// cancelled returns why the context was cancelled. A deadline that passed is no
// cancellation: the decision is made with what there is.
func cancelled(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	switch {
	case !errors.Is(err, context.Canceled):
		return nil
	case errors.Is(cause, err):
		return cause
	default:
		return fmt.Errorf("%w: %w", err, cause)
	}
}

// errPanic is what a panic of an application's part becomes.
var errPanic = errors.New("panic")

// contain turns a panic into an error.
func contain(err *error) {
	if p := recover(); p != nil {
		if cause, ok := p.(error); ok {
			*err = fmt.Errorf("%w: %w", errPanic, cause)
			return
		}
		*err = fmt.Errorf("%w: %v", errPanic, p)
	}
}
