package decisioning

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/proffer-go/proffer/capping"
)

// maxRefusals is how often a decision is arbitrated again with what a refusal
// told, before what was refused is out. As often again, nothing that counts is
// proposed any more.
const maxRefusals = 8

// grace is how long a reservation that is under way may still answer after the
// call was cancelled, so that what it took is known and can go back.
const grace = time.Second

// errRefused means that the counter refuses what asks for nothing it named full.
var errRefused = errors.New("the counter refuses a reservation without a reason")

// reserve takes the units of the plan. It reports whether to arbitrate again,
// with what a refusal told.
func (d *deciding) reserve(ctx context.Context, revision uint64, refusals int) (again bool, err error) {
	r := d.reservation(revision)
	grant, err := d.take(ctx, r)
	switch {
	case d.ledger.direct && errors.Is(err, capping.ErrNotNew):
		return false, err
	case err == nil && grant.Granted():
		r.Revision = grant.Revision
		d.result.Record = r
		return false, d.revoke(ctx)
	case err == nil && refusals <= 2*maxRefusals && d.learnRefusal(grant.Full, refusals):
		return true, nil
	case err == nil:
		err = errRefused
	}
	return false, d.unreserved(ctx, err, r)
}

// take reserves. A cancellation does not cut it short at once: a reply that
// nobody hears may have taken the units.
func (d *deciding) take(ctx context.Context, r *capping.Reservation) (capping.Grant, error) {
	if d.ledger.direct {
		if ctx.Err() != nil && cancelled(ctx) == nil { // the deadline has passed: the plan is made, and this takes no time
			ctx = context.WithoutCancel(ctx)
		}
		return d.ledger.reserve(ctx, r)
	}
	if ctx.Done() == nil || d.engine.counter.isLocal() && ctx.Err() == nil {
		return d.engine.counter.Reserve(ctx, *r)
	}
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	timer := time.AfterFunc(time.Hour, cancel)
	defer timer.Stop()
	defer context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.Canceled) {
			timer.Reset(grace)
		} else {
			cancel()
		}
	})()
	return d.engine.counter.Reserve(own, *r)
}

// learnRefusal notes which counters are full, and reports whether any is one that
// the decision draws on. After too many refusals their offers are out altogether.
func (d *deciding) learnRefusal(full []capping.Full, refusals int) (learnt bool) {
	for _, f := range full {
		l := d.ledger.find(f.Key)
		if l == nil {
			continue
		}
		learnt = true
		d.learnt++
		// What is full has less room than was asked for, whatever it says.
		l.used = max(f.Used, l.used+1)
		l.contended = l.contended || refusals >= maxRefusals-1
	}
	if refusals >= 2*maxRefusals {
		d.giveUp()
	}
	return learnt
}

// giveUp proposes nothing any more that counts, also of what is drawn from now on: the
// units cannot be had in fair time.
func (d *deciding) giveUp() {
	d.learnt++
	d.ledger.closed = true
}

// unreserved answers without the units: the counter failed, or its reply was
// lost, so that they may be taken or not.
func (d *deciding) unreserved(ctx context.Context, err error, r *capping.Reservation) error {
	if errors.Is(err, capping.ErrOtherProfile) {
		return fmt.Errorf("request.id: %w", err)
	}
	if cause := cancelled(ctx); cause != nil {
		return cause
	}
	if !slices.ContainsFunc(r.Items, func(i capping.Item) bool { return len(i.Limits) > 0 }) {
		return nil // nothing had to be counted: only the record is not kept
	}
	if stale := errors.Is(err, capping.ErrStale); stale || errors.Is(err, errRefused) { // nothing was taken
		if stale {
			d.degrade(Superseded, "", err)
		} else {
			d.degrade(CappingDown, "", err)
		}
		d.giveUp()
		return d.arbitrate(ctx)
	}
	d.degrade(CappingDown, "", err)
	d.ledger.untaken = true
	if d.ledger.direct { // which failed before it took anything, or knew whether the id is new
		d.forgetUsage()
		return d.arbitrate(ctx)
	}
	d.result.Unsettled = true
	d.learnt++
	if d.engine.config.FailOpen {
		return nil
	}
	return d.arbitrate(ctx)
}

// revoke gives back what was taken for a call that was cancelled meanwhile.
// Whatever replaced it since stays.
func (d *deciding) revoke(ctx context.Context) error {
	cause := cancelled(ctx)
	if cause == nil {
		return nil
	}
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := d.engine.counter.Resolve(own, capping.Resolution{
		Tenant: d.engine.config.Tenant, ID: d.result.ID, Action: capping.Release, Record: d.result.Record,
	})
	if err != nil {
		return fmt.Errorf("%w, and what it reserved is still taken: %w", cause, err)
	}
	return cause
}
