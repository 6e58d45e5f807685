package decisioning

import (
	"context"
	"errors"
	"fmt"
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
	d.present = 0
	if d.now.IsZero() {
		d.now = e.config.Now()
		d.present = d.now.Unix()
	}
	d.now = d.now.Round(0).UTC()
	d.seconds = d.now.Unix()
	d.unasked, d.errs, d.bound, d.visited, d.warned = 0, factErrors{}, false, 0, d.warned[:0]
	d.unfit = resize(d.unfit, len(b.snapshot.programs))
	clear(d.unfit)
	if d.tracing() {
		d.truths = make(map[*rules.Expr]truth)
	}
	if err := d.check(); err != nil {
		return err
	}
	if err := d.seat(); err != nil {
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
	if d.request == &d.copied {
		d.copied = Request{}
	}
	d.request, d.result, d.binding, d.errs = nil, nil, nil, factErrors{}
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
	d.match.Forget()
	if d.pruning || d.tracing() {
		for i := range d.slots {
			d.slots[i].release(d)
		}
	}
	d.pruning, d.truths = false, nil
}

func (s *slot) release(d *deciding) {
	for i := range s.walks {
		if w := &s.walks[i]; w.expired > expiredAtOnce {
			d.prune(w)
			s.layout.forget(d)
		}
	}
	s.rejections = nil
}

func (d *deciding) check() error {
	r := d.request
	switch {
	case len(r.Activities) == 0:
		return errors.New("request.activities: empty; name at least one activity")
	case len(r.Activities) > d.engine.config.MaxActivities:
		return fmt.Errorf("request.activities: %d, more than the limit of %d; ask in several requests, or raise Config.MaxActivities",
			len(r.Activities), d.engine.config.MaxActivities)
	case d.seconds < firstSecond || d.seconds > lastSecond:
		return errors.New("request.at: not within the years 1 and 9999")
	case r.Hold < 0:
		return errors.New("request.hold: negative; 0 confirms at once")
	}
	if err := checkID("request.id", r.ID); err != nil {
		return errors.Join(err, checkID("request.profileId", string(r.ProfileID)))
	}
	return checkID("request.profileId", string(r.ProfileID))
}

// The years 1 to 9999, in Unix seconds.
const (
	firstSecond = -62_135_596_800
	lastSecond  = 253_402_300_799
)

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
