package decisioning

import (
	"hash/maphash"
	"time"
)

// A turn is a request on its way through a batch.
type turn struct {
	request  Request
	decision *Decision
	err      error
	decided  bool // without an error
	replaces bool // the id had a record
}

// patience is how many turns may wait for each helper that is up, and will look
// for work by itself, before another is waked, which takes longer than to decide some.
const patience = 8

// add makes the request turn n, the next.
func (b *batch) add(n uint64, r *Request) {
	t := b.turns[n&b.mask]
	if t == nil {
		t = new(turn)
		b.turns[n&b.mask] = t
	}
	t.request = *r
	t.decided = false
	b.read.Store(n + 1)
	// A helper that goes to sleep is no longer awake before it looks at read once
	// more: either that one sees the turn, or this one is seen to be needed.
	if awake := b.awake.Load(); int(awake) < len(b.helpers) && n+1-b.claimed.Load() > patience*uint64(awake) {
		b.mu.Lock()
		b.wake()
		b.mu.Unlock()
	}
}

// wake has one more helper look for work, if there is one more. It needs the lock.
func (b *batch) wake() {
	switch awake := int(b.awake.Load()); {
	case awake < b.started:
		b.work.Signal()
	case awake < len(b.helpers):
		w := b.helpers[b.started]
		b.started++
		b.running.Go(w.work)
	default:
		return
	}
	b.awake.Add(1)
}

// stop has the helpers end.
func (b *batch) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped.Store(true)
	b.work.Broadcast()
	b.head.Signal()
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

// forget lets go of the ids of the turns.
func (t *idTable) forget(from, to uint64) {
	mask := uint64(len(t.entries) - 1)
	for n := from; n < to && n <= from+mask; n++ {
		t.entries[n&mask].id = ""
	}
}

// soon returns after how many turns, of which so many took that long, a good part of what is left will be over.
func soon(left, took time.Duration, turns uint64) uint64 {
	return 1 + min(uint64(left)*turns/(4*uint64(took)+1), 7)
}
