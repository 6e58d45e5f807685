package capping

import (
	"math"
	"slices"
	"time"
)

// An instant is a point in time of any year, in 16 bytes without a pointer. It
// is comparable.
type instant struct {
	second int64 // Unix
	nano   int32 // 0 to 999,999,999
}

// The ends of time.
var (
	earliest = instant{second: math.MinInt64}
	latest   = instant{second: math.MaxInt64}
)

func instantOf(t time.Time) instant { return instant{t.Unix(), int32(t.Nanosecond())} }

// add returns the instant d later.
func (i instant) add(d time.Duration) instant {
	i.second += int64(d / time.Second)
	i.nano += int32(d % time.Second)
	switch {
	case i.nano < 0:
		i.second, i.nano = i.second-1, i.nano+1e9
	case i.nano >= 1e9:
		i.second, i.nano = i.second+1, i.nano-1e9
	}
	return i
}

func (i instant) before(j instant) bool {
	return i.second < j.second || i.second == j.second && i.nano < j.nano
}

// near reports whether the two lie less than w apart.
func (i instant) near(j instant, w time.Duration) bool {
	return i.before(j.add(w)) && j.before(i.add(w))
}

// An era is 2³⁴ seconds, about 544 years, of which the nanoseconds fit in 64 bits.
// Era 0 is from 1697 until 2242.
type era int64

const (
	eraBits  = 34
	eraStart = 1 << (eraBits - 1) // of era 0, in seconds before 1970
	eraNanos = 1e9 << eraBits     // less than 2⁶⁴
)

// inEra returns the era of i and its nanoseconds in it.
func (i instant) inEra() (era, uint64) {
	second := i.second + eraStart
	if second < i.second {
		second = math.MaxInt64
	}
	return era(second >> eraBits), uint64(second&(1<<eraBits-1))*1e9 + uint64(i.nano) //nolint:gosec // not negative
}

// A timeline is a list of nanoseconds of one era in order, equal ones side by side.
type timeline []uint64

// before returns how many lie before x: all or none of most.
func (l timeline) before(x uint64) int {
	if k := len(l); k == 0 || l[k-1] < x {
		return k
	}
	if l[0] >= x {
		return 0
	}
	n, _ := slices.BinarySearch(l, x)
	return n
}

// with returns the timeline with x: at the end, where most belong, at no cost.
func (l timeline) with(x uint64) timeline {
	if n := len(l); n == 0 || x >= l[n-1] {
		return append(l, x)
	}
	return slices.Insert(l, l.before(x), x)
}
