package capping

import (
	"math/bits"
	"sync"
)

// stripeBits is how many bits of a hash tell its stripe.
const stripeBits = 6

// A stripe is a part of all counters with a lock of its own.
type stripe struct {
	mu sync.Mutex
	ledger
	_ [64]byte // the next one's lock is on another cache line
}

// stripes are all counters. A call locks all that it touches, in order, and lets none
// go before it is done: so it happens at one point in time, and calls do not wait for each
// other in a circle (two-phase locking).
type stripes [1 << stripeBits]stripe

// A stripeSet is a set of stripes.
type stripeSet uint64

func (s *stripes) lock(set stripeSet) {
	for rest := uint64(set); rest != 0; rest &= rest - 1 {
		s[bits.TrailingZeros64(rest)].mu.Lock()
	}
}

func (s *stripes) unlock(set stripeSet) {
	for rest := uint64(set); rest != 0; rest &= rest - 1 {
		s[bits.TrailingZeros64(rest)].mu.Unlock()
	}
}

// of returns the ledger of the counter.
func (s *stripes) of(c *counter) *ledger { return &s[c.id.part(stripeBits)].ledger }

// touch has all counters at hand that are asked for.
func (s *stripes) touch(asks []ask) (nothing uint64) {
	for i := range asks {
		if a := &asks[i]; !a.events {
			nothing ^= s.of(&a.counter).touch(&a.counter)
		}
	}
	return nothing
}

// take counts the units that are asked for: first those of counters that were found, for
// new ones move them.
func (s *stripes) take(asks []ask, at instant) {
	for i := range asks {
		if a := &asks[i]; a.number.add(a.units) {
			a.units, a.number = 0, number{}
		}
	}
	for i := range asks {
		if a := &asks[i]; !a.events && a.units > 0 {
			l := s.of(&a.counter)
			for range a.units {
				l.take(&a.counter, at)
			}
		}
	}
}

// used returns how many units, or events, count on the source at the instant.
func (s *stripes) used(on *source, at instant) int64 { return s[on.stripe()].used(on, at) }

// purge drops from the stripes what no instant from horizon on can see.
func (s *stripes) purge(set stripeSet, horizon instant) {
	for rest := uint64(set); rest != 0; rest &= rest - 1 {
		s[bits.TrailingZeros64(rest)].purge(horizon)
	}
}
