package capping

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// MemoryConfig configures a [Memory]. Its zero value is ready to use.
type MemoryConfig struct {
	// Now is the clock that holds, records and event ids go by. It is safe for
	// concurrent use; where it goes back, time stands still. Nil is time.Now.
	Now func() time.Time
	// Retention is how long the record of a decision is kept from its latest
	// Reserve, never less than its hold. 0 is an hour.
	Retention time.Duration
	// EventRetention is how long the ids of events are remembered, so that each
	// counts once. 0 is 7 days. As long, or as Retention if that is longer, it is
	// remembered of a forgotten decision which of its units are back already, so
	// that a release by its own record returns none of them twice.
	EventRetention time.Duration
	// Lateness is how far back from now units are kept: those of calendar windows
	// that ended longer ago and those that no rolling window reaches any more are
	// dropped, and what would read them is an error. Events are always kept.
	// 0 keeps all units for ever.
	Lateness time.Duration
}

// Memory is the [Counter] and [Recorder] for one process. It is exact under any
// concurrency, and forgets everything when the process ends.
//
// What it keeps is in tables and pages without pointers, so that millions of
// counters and records cost the garbage collector nothing. It is dealt out by hash to
// parts with a lock each:
//
//	            16 books: records                  64 stripes: counters
//	(tenant, ──► index ─► log, in the order   Key ──► for ever,        hash 15, number 1
//	 decision)   8 bytes  of forgetting               calendar window
//	             id 16, profile 16, revision,         rolling window,  hash 16, instant 8, or
//	             when it is forgotten, items          events           where many are 8 each
//	             (numbers of names)
//
// A call takes the lock of its decision's book, and then those of all stripes that its
// keys and the record's units are in, in order; it does its work, and lets all go. So each
// call happens at one point in time. All counters of one profile are in one stripe.
//
// A counter for ever or of a calendar window takes 16 bytes in a table that is 75 to 85 % full, and 24 more
// with 255 units or more; one of a rolling window 24 in one that is fuller, and about 9 more for each unit if
// there are several. A record takes about 60 bytes until it is
// forgotten, and 2 or 3 for each item. What many items share is kept once, under a number that all books know:
// activity and placement, and offer with its limits. A unit takes 16 more only on a counter that
// its limit and the decision's profile do not tell: of another profile, or of a key that is hardly
// ever used. An event takes
// 8 to 28 bytes in each of the streams that
// a cap may count it in (offer and policies, by profile and over all, by placement
// and over all), and its id about 60. A calendar window's counter is kept after the
// window has ended, for what is decided or released late, until
// [MemoryConfig.Lateness] drops it. The memory of what is forgotten, or dropped, is
// used again.
//
// Keys and ids are told apart by hashes of 128 bits, keyed by seeds that are drawn at
// random for each Memory: with ten billion of them the probability that any two are
// the same is about 10⁻¹⁹. Two counters would then share their units, two
// decisions one record.
//
// It is safe for concurrent use. A call costs a lookup for each text that its keys and items name, or
// hashes it, and one or two table accesses for each key, which together with its record are under locks. Texts
// that come again from the same memory, as those of a catalog do, are held for some thousand calls.
type Memory struct {
	config MemoryConfig
	seeds  seeds
	desks  sync.Pool // of demands

	places  *names[place]
	choices *names[choice]
	doors   doors

	_        [64]byte // what all calls write is on other cache lines than what they read
	clock    clock
	revision atomic.Uint64 // the latest that was given
	_        [64]byte
	soon     soons

	journals [1 << bookBits]journal // locked first, one a call
	books    [1 << bookBits]book    // then one of these
	stripes  stripes                // then these, in order
}

var _ Recorder = (*Memory)(nil)

// errGone means that Lateness has dropped what the call would read.
var errGone = errors.New("the units of that time are not kept any more")

// NewMemory returns an empty Memory. Durations below 0 count as 0.
func NewMemory(c MemoryConfig) *Memory {
	if c.Now == nil {
		c.Now = time.Now //nolint:forbidigo // the one place that may default to the clock
	}
	if c.Retention <= 0 {
		c.Retention = time.Hour
	}
	if c.EventRetention <= 0 {
		c.EventRetention = 7 * 24 * time.Hour
	}
	c.Lateness = max(c.Lateness, 0)
	m := &Memory{config: c, seeds: newSeeds(), places: newNames[place](), choices: newNames[choice]()}
	m.desks.New = func() any { return new(demand) }
	m.clock.nanos.Store(unread)
	for i := range m.books {
		b := &m.books[i]
		b.retention, b.remember = c.Retention, max(c.EventRetention, c.Retention)
		b.number, b.soons = i, &m.soon
		b.places, b.choices = m.places, m.choices
		b.idle = earliest
		m.soon.of[i].second.Store(never)
	}
	return m
}

// read reads the application's clock, outside all locks: it is not ours. A context that is
// over is an error.
func (m *Memory) read(ctx context.Context) (instant, error) {
	if err := ctx.Err(); err != nil {
		return instant{}, err
	}
	return instantOf(m.config.Now()), nil
}

// open locks the book of the decision, at an instant not before the one that was read and
// with all holds over that have lapsed until then.
func (m *Memory) open(id hash, read instant) *book {
	b := &m.books[id.part(bookBits)]
	for {
		b.mu.Lock()
		b.now = m.clock.advance(read)
		if !m.soon.reached(b.now) {
			b.clean()
			return b
		}
		now := b.now
		b.mu.Unlock()
		m.lapse(now)
	}
}

// lapse ends the holds of all books that are over.
func (m *Memory) lapse(now instant) {
	for i := range m.books {
		if b := &m.books[i]; m.soon.of[i].reached(now) {
			b.mu.Lock()
			b.now = m.clock.advance(now)
			b.lapse(&m.stripes)
			b.mu.Unlock()
		}
	}
}

// oldestRecord returns since when records are kept, in Unix seconds.
func (m *Memory) oldestRecord() int64 { return m.oldest(func(*book) int64 { return never }) }

// oldestPast returns since when records or forgotten ones are kept, in Unix seconds.
func (m *Memory) oldestPast() int64 {
	return m.oldest(func(b *book) int64 { return b.past.oldest(b.now.second) })
}

// oldest locks one book after the other, and sets each to the present: what is put in later has it.
func (m *Memory) oldest(past func(*book) int64) int64 {
	oldest := int64(never)
	for i := range m.books {
		b := &m.books[i]
		b.mu.Lock()
		b.now = m.clock.now()
		oldest = min(oldest, b.records.oldest(b.now.second), past(b))
		b.mu.Unlock()
	}
	return oldest
}

// seize locks the stripes, too. It reports false and lets all go if a hold lapsed before
// they could be had: the call must begin again.
func (m *Memory) seize(b *book, set stripeSet) bool {
	m.stripes.lock(set)
	if m.soon.reached(b.now) {
		m.leave(b, set)
		return false
	}
	return true
}

func (m *Memory) leave(b *book, set stripeSet) {
	m.stripes.unlock(set)
	b.mu.Unlock()
}

func (m *Memory) desk() *demand { return m.desks.Get().(*demand) } //nolint:forcetypeassert // there is nothing else in it

func (m *Memory) putBack(d *demand) {
	d.end()
	m.desks.Put(d)
}

// Usage implements [Counter]. It does not allocate if dst has room.
func (m *Memory) Usage(ctx context.Context, a Attempt, keys []Key, dst []int64) (Usage, error) {
	d := m.desk()
	defer m.putBack(d)
	d.read(m, &a, keys)
	read, err := m.read(ctx)
	if err != nil {
		return Usage{}, err
	}
	for {
		b := m.open(d.id, read)
		own, err := b.recordOf(d)
		if err != nil {
			b.mu.Unlock()
			return Usage{}, err
		}
		if set := d.stripes; m.seize(b, set) {
			u := Usage{Revision: own.latest()}
			u.Units, err = m.count(d, own, instantOf(a.At), b.now, dst)
			m.leave(b, set)
			if err != nil {
				return Usage{}, err
			}
			return u, nil
		}
	}
}

// count appends what others than the decision have on what d asks for.
func (m *Memory) count(d *demand, own *record, at, now instant, dst []int64) ([]int64, error) {
	d.touched = m.stripes.touch(d.asks)
	for i := range d.asks {
		s := &d.asks[i].source
		if m.gone(s, at, now) {
			return nil, errGone
		}
		dst = append(dst, m.othersOn(s, at, own))
	}
	return dst, nil
}

// othersOn returns how many units, or events, count on s at the instant without
// the decision's own.
func (m *Memory) othersOn(s *source, at instant, own *record) int64 {
	return max(0, m.stripes.used(s, at)-own.counted(s, at))
}

// gone reports whether the units on s around the instant may have been dropped.
func (m *Memory) gone(s *source, at, now instant) bool {
	return !s.events && m.dropped(s.term, at, now)
}

func (m *Memory) dropped(t term, at, now instant) bool {
	return m.config.Lateness > 0 && t.gone(at, now.add(-m.config.Lateness))
}
