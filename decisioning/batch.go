package decisioning

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/proffer-go/proffer/capping"
)

// DecideAll decides the requests on all cores and yields the decisions in the order of
// the requests. A request that cannot be decided yields nil and the error of
// [Engine.Decide], and the next one goes on. It takes the same memory for ten requests as
// for ten million: a decision is valid until the loop's next round, which uses its memory
// again.
//
// Up to 128 requests for each of GOMAXPROCS are read ahead of the loop. Their
// documents must not change until their decision is yielded: a sequence that reads lines
// into one buffer has to copy them. The sequence runs in the goroutine of the loop, by
// turns with its body, so that they may share variables. So nothing is yielded while
// the sequence waits for something: what is ready by then comes before its next
// request but one, and it must not wait for the decisions of what it gave.
//
// Requests of one batch compete for counters as if they came at the same time: caps
// are exact, as ever, but who gets the last unit is not for sure. Only an id
// that is there twice is decided strictly in order, so that the later request stands: it
// is not looked at before the decision of the earlier one is yielded.
//
// When the context is cancelled the batch ends, and yields the error once. As with
// Decide, a deadline that passes is no cancellation: what remains is decided with what there is.
//
// However the loop ends early, by break, cancellation or panic, it waits for the decisions
// under way, so that no goroutine outlives it, and what was decided and not yielded
// is given back, as if it had not been asked. But where an id had a record before
// the batch, what its new decision took in the place of that stays taken, until the id
// is decided again or released; and so does what the counter fails to give back.
func (e *Engine) DecideAll(ctx context.Context, requests iter.Seq[Request]) iter.Seq2[*Decision, error] {
	return func(yield func(*Decision, error) bool) {
		b := newBatch(ctx, e, yield)
		if err := b.run(requests); err != nil { //nolint:contextcheck // b has it
			yield(nil, fmt.Errorf("decide: %w", err))
		}
		b.crash.raise()
	}
}

// A batch is the state of one loop over DecideAll: a ring of turns, which the loop's
// own goroutine fills and empties in order, and workers that claim some at a time.
// They are claimed by the counters alone, so that a turn costs no
// synchronisation of its own but that of being read.
type batch struct {
	ctx    context.Context //nolint:containedctx // that of the loop, which b lives as long as
	engine *Engine
	yield  func(*Decision, error) bool

	turns   []*turn // a ring, by number modulo a power of 2; nil until first used
	mask    uint64
	ahead   uint64 // turns at a time
	cores   int
	ids     idTable
	yielded uint64 // turns

	done    atomic.Uint64 // all turns before are decided
	stopped atomic.Bool   // no further one is to be

	mu      sync.Mutex
	work    sync.Cond // for workers: there are turns to claim, or it is over
	head    sync.Cond // for the loop: the oldest turn is decided
	read    uint64    // turns
	claimed uint64
	workers int // that were started
	idle    int // that wait, and nobody has waked
	crash   *crash
	running sync.WaitGroup
}

// A turn is a request on its way through a batch.
type turn struct {
	request  Request
	decision Decision
	err      error
	decided  bool // without an error
	replaces bool // the id had a record
	done     bool // guarded by batch.mu
}

// aheadPerCore is how many requests are read ahead.
const aheadPerCore = 128

func newBatch(ctx context.Context, e *Engine, yield func(*Decision, error) bool) *batch {
	b := &batch{ctx: ctx, engine: e, yield: yield, cores: runtime.GOMAXPROCS(0)}
	b.ahead = uint64(aheadPerCore * b.cores)
	size := 1 << bits.Len64(b.ahead-1)
	b.turns, b.mask, b.ids = make([]*turn, size), uint64(size-1), newIDTable(size)
	b.work.L, b.head.L = &b.mu, &b.mu
	return b
}

// run decides and yields until the requests or the loop are over, or returns why it
// ended before.
func (b *batch) run(requests iter.Seq[Request]) (err error) {
	defer func() {
		if left := b.close(); err != nil && left != nil {
			err = fmt.Errorf("%w, and some of what was reserved ahead is still taken: %w", err, left)
		}
	}()
	if err := cancelled(b.ctx); err != nil {
		return err
	}
	for r := range requests {
		until := b.ids.enter(b.read, r.ID, b.yielded)
		if b.read-b.yielded == b.ahead {
			until = max(until, b.yielded+1)
		}
		if more, err := b.deliver(until); !more {
			return err
		}
		b.add(&r)
		if more, err := b.deliver(0); !more {
			return err
		}
	}
	_, err = b.deliver(b.read)
	return err
}

// deliver yields what is decided, and waits for the turns before until. It reports
// whether to go on.
func (b *batch) deliver(until uint64) (more bool, err error) {
	for {
		done := b.await(until)
		for b.yielded < done {
			if err := cancelled(b.ctx); err != nil {
				return false, err
			}
			t := b.turn(b.yielded)
			d := &t.decision
			if t.err != nil {
				d = nil
			}
			b.yielded++ // before the body can panic
			if !b.yield(d, t.err) {
				return false, nil
			}
		}
		switch {
		case b.yielded >= until:
			return true, nil
		case b.stopped.Load(): // by a crash
			return false, nil
		}
	}
}

func (b *batch) turn(n uint64) *turn { return b.turns[n&b.mask] }

// close waits for the workers and gives back what was decided and is not going to be
// yielded.
func (b *batch) close() error {
	b.stop()
	b.running.Wait()
	if b.claimed == b.yielded {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.ctx), grace)
	defer cancel()
	var helpers sync.WaitGroup
	var next atomic.Uint64
	next.Store(b.yielded)
	failed := make([]error, min(uint64(b.cores), b.claimed-b.yielded))
	for i := range failed {
		helpers.Go(func() {
			for n := next.Add(1) - 1; n < b.claimed; n = next.Add(1) - 1 {
				failed[i] = errors.Join(failed[i], b.giveBack(ctx, b.turn(n)))
			}
		})
	}
	helpers.Wait()
	return errors.Join(failed...)
}

// giveBack releases what the turn took, unless that replaced what an earlier decision
// of its id took: that one is not to lose its units.
func (b *batch) giveBack(ctx context.Context, t *turn) error {
	d := &t.decision
	if !t.decided || t.replaces || d.Record == nil && !d.Unsettled {
		return nil
	}
	err := b.engine.counter.Resolve(ctx, capping.Resolution{
		Tenant: b.engine.config.Tenant, ID: d.ID, Action: capping.Release, Record: d.Record,
	})
	if d.Unsettled && errors.Is(err, capping.ErrUnknownDecision) {
		return nil // nothing was taken
	}
	return err
}
