package capping

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// A clock tells the latest instant that any call has read: where the application's
// clock goes back, time stands still. It is one number that all calls share, without a lock, until
// an instant comes that nanoseconds since 1970 do not reach.
type clock struct {
	nanos  atomic.Int64
	mu     sync.Mutex
	latest instant // once nanos is wide
}

const (
	unread = math.MinInt64 // nanos of a clock that was never read
	wide   = math.MaxInt64
)

// advance takes note of what a call has read, and returns the time that it is.
func (c *clock) advance(read instant) instant {
	const most = math.MaxInt64 / 1_000_000_000 // seconds
	if read.second <= -most || read.second >= most {
		return c.advanceWide(read)
	}
	for {
		switch was := c.nanos.Load(); {
		case was == wide:
			return c.advanceWide(read)
		case was >= read.nanos():
			return instantAt(was)
		case c.nanos.CompareAndSwap(was, read.nanos()):
			return read
		}
	}
}

func (c *clock) advanceWide(read instant) instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	if was := c.nanos.Swap(wide); was != wide {
		c.latest = instantAt(was)
	}
	if c.latest.before(read) {
		c.latest = read
	}
	return c.latest
}

// now returns the time that it is.
func (c *clock) now() instant {
	if was := c.nanos.Load(); was != wide {
		return instantAt(was)
	}
	return c.advanceWide(earliest)
}

// instantAt returns the instant of a clock's nanos.
func instantAt(nanos int64) instant {
	if nanos == unread {
		return earliest
	}
	return instant{second: nanos / 1e9}.add(time.Duration(nanos % 1e9))
}

// nanos returns nanoseconds since 1970, modulo 2⁶⁴: the difference of two tells which is
// earlier as long as less than 292 years lie between them.
func (i instant) nanos() int64 { return i.second*1e9 + int64(i.nano) }

// soon tells when the first hold of a book lapses, to all calls, without the lock of the book.
type soon struct {
	nanos  atomic.Int64 // decides; no hold is longer than they can tell
	second atomic.Int64 // never, if there is none
}

// reached reports whether the hold may be over, which still counts.
func (s *soon) reached(now instant) bool {
	const jump = 1 << 32 // seconds, 136 years: the clock was set
	second := s.second.Load()
	return second != never && (now.nanos()-s.nanos.Load() >= 0 || now.second-second > jump)
}

// soons are those of all books.
type soons struct {
	of    [1 << bookBits]soon
	holds atomic.Int32 // books with holds
}

// set takes note of when the first hold of a book lapses.
func (s *soons) set(book int, at instant) {
	b := &s.of[book]
	b.nanos.Store(at.nanos())
	if b.second.Swap(at.second) == never {
		s.holds.Add(1)
	}
}

// unset takes note that a book has no hold any more.
func (s *soons) unset(book int) {
	if s.of[book].second.Swap(never) != never {
		s.holds.Add(-1)
	}
}

func (s *soons) reached(now instant) bool {
	if s.holds.Load() == 0 {
		return false
	}
	for i := range s.of {
		if s.of[i].reached(now) {
			return true
		}
	}
	return false
}
