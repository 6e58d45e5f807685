package capping

import (
	"context"
	"errors"
	"math"
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
// What it keeps: a number for each counter in use, for rolling windows 16 bytes
// a unit instead, and 16 bytes an event for each of the streams that a cap may
// count it in (offer and policies, by profile and over all, by placement and
// over all). A calendar window's counter is kept after the window has ended, for
// what is decided or released late, until [MemoryConfig.Lateness] drops it.
//
// It is safe for concurrent use. A call costs a few map accesses for each key.
type Memory struct {
	config MemoryConfig

	mu       sync.Mutex
	clock    instant // the latest that was read
	revision uint64  // the latest that was given
	ledger   ledger
	records  map[recordID]*record
	agenda   agenda                 // of the records
	past     map[recordID][]*record // forgotten ones that a release may still name, in order
	buried   queue[*record]
	seen     map[eventID]struct{}
	recorded queue[eventID]
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
		clock:   instant{second: math.MinInt64},
		ledger:  newLedger(),
		records: make(map[recordID]*record),
		past:    make(map[recordID][]*record),
		seen:    make(map[eventID]struct{}),
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
	}
	m.expire()
	return nil
}

// Usage implements [Counter]. It does not allocate if dst has room.
func (m *Memory) Usage(ctx context.Context, a Attempt, keys []Key, dst []int64) (Usage, error) {
	if err := m.enter(ctx); err != nil {
		return Usage{}, err
	}
	defer m.mu.Unlock()
	own, err := m.recordOf(&a)
	if err != nil {
		return Usage{}, err
	}
	at := instantOf(a.At)
	for i := range keys {
		if m.gone(&keys[i], at) {
			return Usage{}, errGone
		}
		dst = append(dst, m.othersOn(&keys[i], at, own))
	}
	return Usage{Units: dst, Revision: own.latest()}, nil
}

// othersOn returns how many units, or events, count on k at the instant without
// the decision's own.
func (m *Memory) othersOn(k *Key, at instant, own *record) int64 {
	return max(0, m.ledger.used(k, at)-own.counted(k, at))
}

// recordOf returns the record of the attempt's decision, nil if none is kept.
func (m *Memory) recordOf(a *Attempt) (*record, error) {
	r := m.records[recordID{a.Tenant, a.ID}]
	if r != nil && r.profile != a.Profile {
		return nil, ErrOtherProfile
	}
	return r, nil
}

// gone reports whether the units on k around the instant may have been dropped.
func (m *Memory) gone(k *Key, at instant) bool {
	return m.config.Lateness > 0 && gone(k, at, m.clock.add(-m.config.Lateness))
}
