package decisioning

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/proffer-go/proffer/internal/rules"
)

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
	if d.binding != nil { // else it did not come to more than its request
		d.release()
	}
	d.request, d.result, d.binding, d.errs = Request{}, nil, nil, factErrors{}
	d.alarm.done = nil
}

func (d *deciding) release() {
	if d.prepared == nil {
		d.reader.Reset(d.binding.snapshot.index.Schema(), d.engine.limits())
	}
	if d.bound {
		d.input, d.bound = rules.Input{}, false
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
