package capping

import (
	"context"
	"errors"
	"sync"
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
// What it keeps is in tables and blocks without pointers, so that millions of
// counters and records cost the garbage collector nothing:
//
//	Key ──hash──► for ever        ┌───────────┬───────────────┐ 24 bytes a counter
//	              calendar window │ hash (16) │ number (4)    │ (tables are 85 % full)
//	                              ├───────────┼───────────────┤
//	              rolling window, │ hash (16) │ an instant, or│ 28 bytes a counter, and
//	              events          │           │ where many are│ 8 to 10 for each of many units
//	                              └───────────┴───────────────┘
//	(tenant,  ──► record          ┌───────────┬───────────────┐ 64 bytes until it is
//	 decision)                    │ hash (16) │ forgotten when│ forgotten, and
//	                              └───────────┴──────┬────────┘
//	                profile (16), revision, items ◄──┘          about 30 a decision, some
//	                (numbers of shapes), units (17 each)        for each item, 17 a unit
//
// A shape is what many items share: activity, placement, offer, windows and
// limits. Each is kept once. An event is 8 to 28 bytes in each of the streams that
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
// It is safe for concurrent use. A call costs two hashes and one table access for
// each key, and only the latter under the lock.
type Memory struct {
	config MemoryConfig
	seeds  seeds
	desks  desks

	mu       sync.Mutex
	clock    instant // the latest that was read
	revision uint64  // the latest that was given
	ledger   ledger
	shapes   shapes

	records archive
	queue   queue[hash] // of the records that are forgotten in order
	agenda  agenda      // of the others
	past    archive     // lists of forgotten ones that a release may still name, in order
	buried  queue[due]

	seen     map[hash]struct{} // events
	recorded queue[due]

	own, next record // to work with
	buffer    []byte
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
	return &Memory{
		config:  c,
		seeds:   newSeeds(),
		clock:   earliest,
		ledger:  newLedger(),
		shapes:  shapes{byHash: make(map[hash]uint32)},
		records: newArchive(),
		past:    newArchive(),
		seen:    make(map[hash]struct{}),
	}
}

// enter begins a method: it takes the lock and does what has fallen due. The
// caller unlocks m.mu unless there is an error.
func (m *Memory) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := instantOf(m.config.Now()) // outside the lock: it is not ours
	m.mu.Lock()
	if m.clock.before(now) {
		m.clock = now
		m.expire()
	}
	return nil
}

// Usage implements [Counter]. It does not allocate if dst has room.
func (m *Memory) Usage(ctx context.Context, a Attempt, keys []Key, dst []int64) (Usage, error) {
	d := m.desks.take()
	defer m.desks.putBack(d)
	d.read(&m.seeds, &a, keys)
	if err := m.enter(ctx); err != nil {
		return Usage{}, err
	}
	defer m.mu.Unlock()
	own, err := m.recordOf(d)
	if err != nil {
		return Usage{}, err
	}
	at := instantOf(a.At)
	for i := range d.asks {
		s := &d.asks[i].source
		if m.gone(s, at) {
			return Usage{}, errGone
		}
		dst = append(dst, m.othersOn(s, at, own))
	}
	return Usage{Units: dst, Revision: own.latest()}, nil
}

// othersOn returns how many units, or events, count on s at the instant without
// the decision's own.
func (m *Memory) othersOn(s *source, at instant, own *record) int64 {
	return max(0, m.ledger.used(s, at)-own.counted(s, at))
}

// recordOf returns the record of the attempt's decision, nil if none is kept.
func (m *Memory) recordOf(d *demand) (*record, error) {
	r := m.load(d.id)
	if r != nil && r.profile != d.profile {
		return nil, ErrOtherProfile
	}
	return r, nil
}

// gone reports whether the units on s around the instant may have been dropped.
func (m *Memory) gone(s *source, at instant) bool { return !s.events && m.dropped(s.term, at) }

func (m *Memory) dropped(t term, at instant) bool {
	return m.config.Lateness > 0 && t.gone(at, m.clock.add(-m.config.Lateness))
}

// load returns the record that is kept of the decision, nil if there is none. It is
// good until the next load.
func (m *Memory) load(id hash) *record {
	e := m.records.entries.get(id)
	if e == nil {
		return nil
	}
	b := m.records.bytes(e)
	m.own.read(&b, &m.shapes)
	return &m.own
}

// save keeps the record of the decision.
func (m *Memory) save(id hash, r *record) *entry {
	m.buffer = r.appendTo(m.buffer[:0], &m.shapes)
	return m.records.put(id, m.buffer)
}
