package decisioning

import (
	"context"

	"github.com/proffer-go/proffer/capping"
)

// beginSession has a counter in memory answer for each line as soon as there is one: so nothing is planned with
// that turns out full. The lines are then not of one point in time, nor without what the id has taken before: the
// reservation notices, which a dry run does not make.
func (d *deciding) beginSession(ctx context.Context) {
	l := &d.ledger
	if m := d.engine.counter.memory(); m != nil && !d.request.DryRun && ctx.Err() == nil {
		l.session, l.direct, l.asked = m.Begin(d.attempt()), true, true
	}
}

// endSession ends it: from here on lines are read as from any other counter.
func (l *ledger) endSession() {
	if l.direct {
		l.session.End()
		l.direct = false
	}
}

// look reads the new line. If that fails all are read again, and the error noted.
func (d *deciding) look(on *line) {
	l := &d.ledger
	if on.counted {
		used, err := l.used(on)
		if err != nil {
			d.forgetUsage()
			return
		}
		on.used = used
		l.read++
	}
	l.fresh++
}

func (l *ledger) used(on *line) (n int64, err error) {
	defer contain(&err)
	return l.session.Used(on.key)
}

func (l *ledger) reserve(ctx context.Context, r *capping.Reservation) (grant capping.Grant, err error) {
	defer contain(&err)
	return l.session.Reserve(ctx, r)
}

// forgetUsage ends the session and makes the decision read all lines again, as its id may have been decided before:
// what that took is free to it.
func (d *deciding) forgetUsage() {
	l := &d.ledger
	l.endSession()
	l.asked, l.read, l.fresh = false, 0, 0
	for i := range l.lines {
		if l.lines[i].counted {
			l.lines[i].used = 0
		}
	}
	d.learnt++
}
