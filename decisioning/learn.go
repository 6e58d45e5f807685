package decisioning

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/proffer-go/proffer/internal/jsonfacts"
	"github.com/proffer-go/proffer/internal/rules"
	slots "github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/profile"
)

// learn gets the facts: what the request gives, and from the sources what is
// missing and read by an offer that may still be proposed.
func (d *deciding) learn(ctx context.Context) error {
	if err := d.read(); err != nil {
		return err
	}
	d.know()
	d.exclude()
	if lacks := d.lacks(); lacks != 0 {
		missing := d.missing(lacks)
		d.unasked = lacks &^ missing
		if missing != 0 {
			if err := d.unprepare(); err != nil {
				return err
			}
			d.ask(ctx, missing)
			d.know()
		}
	}
	return cancelled(ctx)
}

// read reads the documents of the request, unless that was done before.
func (d *deciding) read() error {
	d.prepared = nil
	schema, limits := d.binding.snapshot.index.Schema(), d.engine.limits()
	if p := d.request.prepared; p.fits(schema, limits, d.request) {
		d.prepared = p
		return nil
	}
	return readFacts(&d.reader, schema, limits, d.request)
}

// unprepare reads the documents of a request that was prepared: what the sources
// give is read into the same row.
func (d *deciding) unprepare() error {
	if d.prepared == nil {
		return nil
	}
	d.prepared = nil
	return readFacts(&d.reader, d.binding.snapshot.index.Schema(), d.engine.limits(), d.request)
}

// readFacts makes what the documents of the request have at the slots of the schema
// the row of the reader.
func readFacts(to *jsonfacts.Reader, schema *slots.Schema, limits jsonfacts.Limits, r *Request) error {
	to.Reset(schema, limits)
	if err := to.Object(slots.Context, r.Context); err != nil {
		return jsonfacts.In("request.context", err)
	}
	if err := to.Object(slots.Profile, r.Profile); err != nil {
		return jsonfacts.In("request.profile", err)
	}
	if err := to.Events(r.Events); err != nil {
		return jsonfacts.In("request.events", err)
	}
	return nil
}

func (e *Engine) limits() jsonfacts.Limits {
	return jsonfacts.Limits{Bytes: e.config.MaxDocument, Depth: e.config.MaxDepth}
}

// row returns what is known of the person, by slots. It is only read.
func (d *deciding) row() *slots.Row {
	if d.prepared != nil {
		return d.prepared.row
	}
	return &d.reader.Row
}

// know makes what was read the facts of the decision.
func (d *deciding) know() {
	row := d.row()
	d.match.Reset(d.binding.snapshot.index, row, row, d.now)
	if d.prepared != nil {
		d.match.Know(d.prepared.codes)
	}
	d.facts = profile.Load(d.request.ProfileID, d.now, (*loader)(d))
	d.bound, d.swept, d.visited = false, false, 0
	if d.budget = d.engine.visitBudget; d.budget == 0 {
		d.budget = visitBudget(d.binding.snapshot.index.Rules())
	}
	if d.due = min(between, d.budget); d.alarm.ringing {
		d.due = 0
	}
}

// visitBudget is how many rules are looked up one by one before all are looked up at once.
// All at once cost as much as a hundred, and a tenth of that each, so that a decision takes at
// most about twice what it would if it knew how many it is going to need (Karlin et al.,
// Competitive snoopy caching, 1988).
func visitBudget(rules int) int { return 96 + rules/16 }

// cel returns the facts as CEL programs read them.
func (d *deciding) cel() *rules.Input {
	if !d.bound {
		d.bound = true
		d.input.Reset(&d.facts)
	}
	return &d.input
}

// factErrors are why facts could not be had.
type factErrors struct{ profile, events error }

// A loader decodes whole documents for those who need them: the parts of the
// application, and rules that the index cannot tell.
type loader deciding

func (l *loader) Profile() (map[string]any, error) {
	l.loading.Lock()
	defer l.loading.Unlock()
	if l.errs.profile != nil {
		return nil, l.errs.profile
	}
	if p := l.prepared; p != nil {
		return p.object(&p.profile), nil
	}
	return l.reader.Maps(slots.Profile), nil
}

func (l *loader) Context() map[string]any {
	l.loading.Lock()
	defer l.loading.Unlock()
	if p := l.prepared; p != nil {
		return p.object(&p.context)
	}
	return l.reader.Maps(slots.Context)
}

func (l *loader) Events() ([]map[string]any, error) {
	l.loading.Lock()
	defer l.loading.Unlock()
	if l.errs.events != nil {
		return nil, l.errs.events
	}
	if p := l.prepared; p != nil {
		return p.eventsAt(l.now), nil
	}
	return l.reader.EventMaps(l.now), nil
}

// exclude looks up what the request excludes.
func (d *deciding) exclude() {
	d.excluded = d.excluded[:0]
	for _, id := range d.request.Exclude {
		if i, ok := d.binding.snapshot.offers.Index(id); ok {
			d.excluded = append(d.excluded, int32(i))
		}
	}
	slices.Sort(d.excluded)
}

// excludes reports whether the request excludes the offer.
func (d *deciding) excludes(o int32) bool {
	_, found := slices.BinarySearch(d.excluded, o)
	return found
}

// cancelled returns why the context was cancelled. A deadline that passed is no
// cancellation: the decision is made with what there is.
func cancelled(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		return nil
	}
	cause := context.Cause(ctx)
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
