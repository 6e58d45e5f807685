package decisioning

import (
	"fmt"
	"hash/maphash"
	"runtime"
	"runtime/debug"
)

const (
	// maxClaim is how many turns a worker claims at most: enough for a lock to cost
	// little, few enough to be decided soon.
	maxClaim = 32
	// patience is how many turns may wait for each worker that is up, and will look
	// for work by itself, before another is waked, which takes longer than to decide some.
	patience = 8
)

// add makes the request the next turn.
func (b *batch) add(r *Request) {
	t := b.turn(b.read)
	if t == nil {
		t = new(turn)
		b.turns[b.read&b.mask] = t
	}
	t.request, t.decided = *r, false
	b.mu.Lock()
	t.done = false
	b.read++
	if b.read-b.claimed > patience*uint64(b.workers-b.idle) {
		b.wake()
	}
	b.mu.Unlock()
}

// wake has one more worker look for work, if there is one more. It needs the lock.
func (b *batch) wake() {
	switch {
	case b.idle > 0:
		b.idle--
		b.work.Signal()
	case b.workers < b.cores:
		b.workers++
		b.running.Go(b.decideTurns)
	}
}

// await returns up to which turn all are decided, and waits until that is more than are
// yielded, if not all before until are yielded.
func (b *batch) await(until uint64) uint64 {
	done := b.done.Load()
	if done > b.yielded || b.yielded >= until {
		return done
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.claimed < b.read {
		b.wake()
	}
	for b.done.Load() == b.yielded && !b.stopped.Load() {
		b.head.Wait()
	}
	return b.done.Load()
}

// stop has the workers end.
func (b *batch) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped.Store(true)
	b.idle = 0
	b.work.Broadcast()
	b.head.Signal()
}

// decideTurns is a worker.
func (b *batch) decideTurns() {
	d := b.engine.scratch.Get().(*deciding)
	sound := false
	defer func() {
		if !sound {
			b.fail(recover())
		}
	}()
	var from, to uint64
	for b.claim(&from, &to) {
		for n := from; n < to && !b.stopped.Load(); n++ {
			t := b.turn(n)
			t.err = d.into(b.ctx, b.engine, &t.request, &t.decision)
			t.decided, t.replaces = t.err == nil, d.revision != 0
		}
	}
	sound = true
	b.engine.scratch.Put(d)
}

// claim hands in the turns that were claimed last and claims others, of which there are
// more the more wait. It reports false if it is over.
func (b *batch) claim(from, to *uint64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped.Load() {
		return false
	}
	b.handIn(*from, *to)
	for b.claimed == b.read {
		b.idle++
		b.work.Wait()
		if b.stopped.Load() {
			return false
		}
	}
	n := min(maxClaim, 1+(b.read-b.claimed)/uint64(2*b.cores))
	*from, *to = b.claimed, b.claimed+n
	if b.claimed = *to; b.claimed < b.read {
		b.wake()
	}
	return true
}

func (b *batch) handIn(from, to uint64) {
	for n := from; n < to; n++ {
		b.turn(n).done = true
	}
	done := b.done.Load()
	if from != done || from == to {
		return // others have to be handed in before
	}
	for done < b.claimed && b.turn(done).done {
		done++
	}
	b.done.Store(done)
	b.head.Signal()
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

// An idTable finds the latest turn with an id. As turns come and go in order, its
// entries do too: those of turns that are yielded are only passed over.
type idTable struct {
	seed    maphash.Seed
	heads   []uint64 // by hash: the latest turn, plus 1
	entries []idEntry
}

// An idEntry is that of a turn.
type idEntry struct {
	id     string
	before uint64 // the latest older turn of the same head, plus 1
}

// newIDTable returns a table for n turns at a time, a power of 2.
func newIDTable(n int) idTable {
	return idTable{seed: maphash.MakeSeed(), heads: make([]uint64, 2*n), entries: make([]idEntry, n)}
}

// enter enters turn n, and returns the latest turn with the same id, plus 1, if that is
// not yielded, else 0.
func (t *idTable) enter(n uint64, id string, yielded uint64) (twin uint64) {
	if id == "" {
		return 0
	}
	head := &t.heads[maphash.String(t.seed, id)&uint64(len(t.heads)-1)]
	mask := uint64(len(t.entries) - 1)
	for at := *head; at > yielded; at = t.entries[(at-1)&mask].before {
		if t.entries[(at-1)&mask].id == id {
			twin = at
			break
		}
	}
	t.entries[n&mask] = idEntry{id, *head}
	*head = n + 1
	return twin
}
