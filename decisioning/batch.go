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
	"time"

	"github.com/proffer-go/proffer/capping"
)

// DecideAll decides the requests on all cores, unless they are soon done, and yields the
// decisions in the order of the requests. A request that cannot be decided yields nil and
// the error of [Engine.Decide], and the next one goes on. It takes the same memory for ten
// requests as for ten million: a decision is valid until the loop's next round, which uses
// its memory again.
//
// Up to 128 requests for each of GOMAXPROCS are read ahead of the loop. Their
// documents must not change until their decision is yielded: a sequence that reads lines
// into one buffer has to copy them. The sequence runs in the goroutine of the loop, by
// turns with its body, so that they may share variables. So nothing is yielded while
// the sequence waits for something: what is ready by then comes before its next
// request but one, and it must not wait for the decisions of what it gave. Nor must it
// hold anything that the parts of the application wait for: some requests are decided
// in the goroutine of the loop, too.
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
		b := e.batch(ctx, yield)
		if err := b.run(requests); err != nil { //nolint:contextcheck // b has it
			yield(nil, fmt.Errorf("decide: %w", err))
		}
		b.crash.raise()
		b.forget()
		e.batches.Put(b)
	}
}

// A batch is the state of one loop over DecideAll: a ring of turns, which the loop's
// own goroutine fills and empties in order, and workers that claim some at a time.
// They are claimed by the counters alone, so that a turn costs no
// synchronisation of its own but that of being read. Where the loop would only wait,
// it is a worker too. Before it spreads, each turn is decided and yielded before the next
// is read, all in the same place, and only those that are yielded are counted.
//
// Engines keep it for the next loop, which numbers its turns on from behind those of
// the last.
type batch struct {
	ctx    context.Context //nolint:containedctx // that of the loop
	engine *Engine
	yield  func(*Decision, error) bool
	only   turn    // while the loop is alone
	turns  []*turn // a ring, by number modulo a power of 2; nil until first used
	mask   uint64
	ahead  uint64 // turns at a time
	cores  int

	_       apart
	ids     idTable // of the loop's own, like what follows
	first   uint64  // turn of this loop, or of those in the ring once it spreads
	yielded uint64  // turns
	self    worker
	spread  bool          // helpers take part, from now to the end
	read    atomic.Uint64 // turns
	settled atomic.Uint64 // turns whose decisions the body of the loop is done with

	_       apart
	done    atomic.Uint64 // all turns before are decided
	claimed atomic.Uint64 // turns; written under mu, but while there are no helpers
	awake   atomic.Int32  // helpers that are up, or waked; written under mu
	stopped atomic.Bool   // no further turn is to be decided; written under mu

	mu      sync.Mutex
	work    sync.Cond // for helpers: there are turns to claim, or it is over
	head    sync.Cond // for the loop: the oldest turn is decided
	held    bool      // the loop cannot go on before that
	helpers []*worker
	started int      // of them
	under   []uint64 // by worker: the first turn that it has claimed and not handed in, or none
	crash   *crash
	running sync.WaitGroup
}

// apart keeps what different cores write off each other's cache lines.
type apart [64]byte

const (
	// aheadPerCore is how many requests are read ahead.
	aheadPerCore = 128
	// alone is how long the loop decides each request before it asks for the next one.
	// To wake helpers and to end them costs a good tenth of that in CPU time.
	alone = 500 * time.Microsecond
)

// batch returns the state of a new loop.
func (e *Engine) batch(ctx context.Context, yield func(*Decision, error) bool) *batch {
	b, _ := e.batches.Get().(*batch)
	if cores := runtime.GOMAXPROCS(0); b == nil || b.cores != cores {
		b = newBatch(e, cores)
	}
	b.ctx, b.yield = ctx, yield
	return b
}

func newBatch(e *Engine, cores int) *batch {
	b := &batch{engine: e, cores: cores, ahead: uint64(aheadPerCore * cores)}
	size := 1 << bits.Len64(b.ahead-1)
	b.turns, b.mask, b.ids = make([]*turn, size), uint64(size-1), newIDTable(size)
	b.work.L, b.head.L = &b.mu, &b.mu
	b.self = worker{batch: b}
	b.number(1)
	b.under = append(b.under, none)
	for i := range max(1, cores-1) { // the loop is one more, but must not keep turns waiting
		b.helpers = append(b.helpers, &worker{batch: b, number: i + 1})
		b.under = append(b.under, none)
	}
	return b
}

// forget makes b ready for the next loop, without anything of the last. The decision
// that was yielded last stays the caller's.
func (b *batch) forget() {
	last, read := b.yielded, b.read.Load()
	b.only = turn{}
	if b.spread {
		for n := b.first; n < read && n <= b.first+b.mask; n++ {
			*b.turn(n) = turn{}
		}
		b.ids.forget(b.first, read+1) // that of the next may have been entered
	}
	b.self.forget(last)
	for _, w := range b.helpers[:b.started] {
		w.forget(last)
	}
	b.ctx, b.yield, b.crash = nil, nil, nil
	b.number(max(read, last) + 1)
	b.awake.Store(0)
	b.stopped.Store(false)
	b.started, b.held, b.spread = 0, false, false
	for i := range b.under {
		b.under[i] = none
	}
}

// number has the turns of the next loop begin with n.
func (b *batch) number(n uint64) {
	b.first, b.yielded = n, n
	b.read.Store(n)
	b.claimed.Store(n)
	b.done.Store(n)
	b.settled.Store(n)
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
	n := b.first        // the next turn
	look := n           // the turn before which it is time to look at the time
	start := time.Now() //nolint:forbidigo // it bears on no decision
	for r := range requests {
		if !b.spread && n >= look {
			took := time.Since(start)
			if took > b.engine.alone {
				b.spreadFrom(n)
			} else {
				look = n + soon(b.engine.alone-took, took, n-b.first)
			}
		}
		var more bool
		if !b.spread {
			more, err = b.serve(n, &r)
		} else if more, err = b.deliver(b.before(n, r.ID)); more {
			b.add(n, &r)
			more, err = b.deliver(0)
		}
		if !more {
			return err
		}
		n++
	}
	_, err = b.deliver(n)
	return err
}

// before returns the turns, by the first that is none, that have to be yielded before a
// request with the id can be turn n: its twin, and as many as leave room for it.
func (b *batch) before(n uint64, id string) uint64 {
	until := b.ids.enter(n, id, b.yielded)
	if n-b.yielded == b.ahead {
		until = max(until, b.yielded+1)
	}
	return until
}

// serve makes the request turn n, decides and yields it, while the loop is alone. Nobody else looks at the
// turns then, so that it takes no lock, and counts none of them but those that are yielded.
func (b *batch) serve(n uint64, r *Request) (more bool, err error) {
	t, w := &b.only, &b.self
	t.request = *r
	w.collect(n - 1) // the decision that was yielded last is still the caller's
	d := b.engine.scratch.Get().(*deciding)
	w.decideTurn(d, t, n)
	b.engine.scratch.Put(d)
	if more, err = b.hand(t); err != nil {
		b.claimed.Store(n + 1) // it is to be given back
	}
	return more, err
}

// spreadFrom has helpers take part from turn n on.
func (b *batch) spreadFrom(n uint64) {
	b.spread, b.first = true, n
	b.read.Store(n)
	b.claimed.Store(n)
	b.done.Store(n)
}

// hand yields the oldest turn. It reports whether to go on.
func (b *batch) hand(t *turn) (more bool, err error) {
	if err := cancelled(b.ctx); err != nil {
		return false, err
	}
	d := t.decision
	if t.err != nil {
		d = nil
	}
	b.yielded++ // before the body can panic
	return b.yield(d, t.err), nil
}

// deliver yields what is decided, and waits for the turns before until. It reports
// whether to go on.
func (b *batch) deliver(until uint64) (more bool, err error) {
	for {
		done := b.done.Load()
		if b.yielded < done {
			b.settled.Store(b.yielded) // this round lets go of the last
		}
		for b.yielded < done {
			if more, err := b.hand(b.turn(b.yielded)); !more {
				return false, err
			}
		}
		switch {
		case b.yielded >= until:
			return true, nil
		case b.stopped.Load(): // by a crash
			return false, nil
		}
		b.self.help()
	}
}

func (b *batch) turn(n uint64) *turn {
	if !b.spread {
		return &b.only
	}
	return b.turns[n&b.mask]
}

// close waits for the helpers and gives back what was decided and is not going to be
// yielded.
func (b *batch) close() error {
	b.stop()
	b.running.Wait()
	claimed := b.claimed.Load()
	if claimed <= b.yielded { // less where the loop was alone
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.ctx), grace)
	defer cancel()
	var helpers sync.WaitGroup
	var next atomic.Uint64
	next.Store(b.yielded)
	failed := make([]error, min(uint64(b.cores), claimed-b.yielded))
	for i := range failed {
		helpers.Go(func() {
			for n := next.Add(1) - 1; n < claimed; n = next.Add(1) - 1 {
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
	d := t.decision
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
