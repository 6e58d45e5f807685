package capping

import (
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func newClock() *clock {
	var c clock
	c.nanos.Store(unread)
	return &c
}

// TestClockTellsTheLatestInstant reads instants near each other, some of which are out of the reach of
// nanoseconds since 1970.
func TestClockTellsTheLatestInstant(t *testing.T) {
	const most = math.MaxInt64 / 1_000_000_000
	rapid.Check(t, func(t *rapid.T) {
		c, want := newClock(), earliest
		for range rapid.IntRange(1, 20).Draw(t, "reads") {
			read := instant{
				rapid.SampledFrom([]int64{0, 1_780_000_000, -most, most, math.MinInt64, math.MaxInt64}).Draw(t, "near"),
				rapid.SampledFrom([]int32{0, 1, 999_999_999}).Draw(t, "nano"),
			}
			if by := rapid.Int64Range(-2, 2).Draw(t, "by"); (read.second+by < read.second) == (by < 0) {
				read.second += by
			}
			if want.before(read) {
				want = read
			}
			require.Equal(t, want, c.advance(read))
			require.Equal(t, want, c.now())
		}
	})
}

func TestClockNeverGoesBack(t *testing.T) {
	c := newClock()
	var working sync.WaitGroup
	for worker := range int64(4) {
		working.Go(func() {
			last := earliest
			for i := range int64(10_000) {
				read := instant{second: 1_780_000_000 + i/4, nano: int32(i % 4 * worker)} //nolint:gosec // small
				if i == 5000+worker {
					read.second = math.MaxInt64 / 1_000_000_000
				}
				now := c.advance(read)
				if now.before(last) || now.before(read) {
					t.Errorf("%v after %v and %v", now, last, read)
				}
				last = now
			}
		})
	}
	working.Wait()
}
