package decisioning

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/proffer-go/proffer/capping"
)

// A worker decides turns: a helper, which is a goroutine of its own, or the loop. What it
// decides into is its own, and comes back to it when the loop is done with it: the memory
// stays with the core that writes it, and is as little as wait to be yielded.
type worker struct {
	batch    *batch
	number   int
	from, to uint64      // the turns that it has claimed
	free     []*Decision // the last one goes first, which is still in the cache
	clean    int         // of the free ones: the first so many have not been used by this loop
	lent     []loan      // to the loop, in its order

	_ apart
}

// A loan is the decision of a turn.
type loan struct {
	turn     uint64
	decision *Decision
}

// maxClaim is how many turns a worker claims at most: enough for a lock to cost
// little, few enough to be decided soon.
const maxClaim = 16

// none is later than any turn.
const none = ^uint64(0)

// work is a helper.
func (w *worker) work() {
	sound := false
	defer func() {
		if !sound {
			w.batch.fail(recover())
		}
	}()
	for w.claim() {
		w.decide()
	}
	sound = true
}

// claim hands in the turns that were claimed last and claims others, for which it waits.
// It reports false if it is over.
func (w *worker) claim() bool {
	b := w.batch
	b.mu.Lock()
	defer b.mu.Unlock()
	w.handIn()
	for !b.stopped.Load() {
		if w.take() {
			return true
		}
		b.awake.Add(-1)
		if b.read.Load() != b.claimed.Load() {
			b.awake.Add(1)
			continue
		}
		b.work.Wait()
	}
	return false
}

// help decides some turns where the loop would only wait for the oldest, or waits.
func (w *worker) help() {
	if w.claimHeld() {
		w.decide()
		w.batch.mu.Lock()
		w.handIn()
		w.batch.held = false
		w.batch.mu.Unlock()
	}
}

// claimHeld claims turns for the loop, which cannot go on, or waits for the oldest where
// there are none. It reports whether it did claim some.
func (w *worker) claimHeld() bool {
	b := w.batch
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held = true
	if w.take() {
		return true
	}
	for b.done.Load() == b.yielded && !b.stopped.Load() {
		b.head.Wait()
	}
	b.held = false
	return false
}

// take claims turns, of which there are more the more wait. It reports whether there
// were any, and needs the lock.
func (w *worker) take() bool {
	b := w.batch
	claimed := b.claimed.Load()
	waiting := b.read.Load() - claimed
	if waiting == 0 || b.stopped.Load() {
		return false
	}
	n := min(maxClaim, 1+waiting/uint64(4*b.cores))
	w.from, w.to = claimed, claimed+n
	b.under[w.number] = w.from
	b.claimed.Store(w.to)
	if waiting -= n; b.held && waiting > 0 || waiting > patience*uint64(b.awake.Load()) {
		b.wake()
	}
	return true
}

// handIn makes what was claimed done, as far as all before is. It needs the lock.
func (w *worker) handIn() {
	b := w.batch
	if b.stopped.Load() {
		return // it need not be decided
	}
	b.under[w.number] = none
	if done := min(slices.Min(b.under), b.claimed.Load()); done != b.done.Load() {
		b.done.Store(done)
		b.head.Signal()
	}
}

// decide decides what was claimed.
func (w *worker) decide() {
	b := w.batch
	w.collect(b.settled.Load())
	d := b.engine.scratch.Get().(*deciding)
	for n := w.from; n < w.to && !b.stopped.Load(); n++ {
		w.decideTurn(d, b.turn(n), n)
	}
	b.engine.scratch.Put(d)
}

func (w *worker) decideTurn(d *deciding, t *turn, n uint64) {
	t.decision = w.lend(n)
	t.err = d.into(w.batch.ctx, w.batch.engine, &t.request, t.decision)
	t.decided, t.replaces = t.err == nil, d.revision != 0
}

// lend returns a decision for the turn.
func (w *worker) lend(n uint64) *Decision {
	var d *Decision
	if last := len(w.free) - 1; last >= 0 {
		d, w.free = w.free[last], w.free[:last]
		w.clean = min(w.clean, last)
	} else {
		d = new(Decision)
	}
	w.lent = append(w.lent, loan{n, d})
	return d
}

// collect takes back the decisions of the turns before.
func (w *worker) collect(before uint64) {
	back := 0
	for ; back < len(w.lent) && w.lent[back].turn < before; back++ {
		w.free = append(w.free, w.lent[back].decision)
	}
	w.lent = slices.Delete(w.lent, 0, back)
}

// forget lets go of what the last loop was about. The decision of the last turn before
// stays the caller's.
func (w *worker) forget(before uint64) {
	for _, l := range w.lent {
		if l.turn+1 != before {
			w.free = append(w.free, l.decision)
		}
	}
	clear(w.lent)
	w.lent = w.lent[:0]
	for _, d := range w.free[w.clean:] {
		d.forget()
	}
	w.clean = len(w.free)
}

// A crash is how a worker ended that did not come to its end: as in Decide, that is the
// caller's to see.
type crash struct {
	panicked any // nil: it called runtime.Goexit
	stack    []byte
}

func (b *batch) fail(panicked any) {
	b.mu.Lock()
	b.crash = &crash{panicked, debug.Stack()}
	b.mu.Unlock()
	b.stop()
}

// raise goes on with the crash in the goroutine that calls it.
func (c *crash) raise() {
	switch {
	case c == nil:
	case c.panicked == nil:
		runtime.Goexit()
	default:
		panic(fmt.Sprintf("%v\n\nin a worker:\n%s", c.panicked, c.stack))
	}
}

// forget empties d, and keeps its memory.
func (d *Decision) forget() {
	m := &d.memory
	*d = Decision{
		Propositions: emptied(d.Propositions), Degraded: emptied(d.Degraded), Warnings: emptied(d.Warnings),
		memory: memory{
			offers: emptied(m.offers), scores: m.scores[:0],
			record: capping.Reservation{Items: emptied(m.record.Items)}, limits: emptied(m.limits),
		},
	}
}

// emptied returns the memory of s, with nothing in it.
func emptied[T any](s []T) []T {
	clear(s[:cap(s)])
	return s[:0]
}
