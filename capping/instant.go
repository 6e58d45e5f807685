package capping

import (
	"cmp"
	"slices"
	"time"
)

// An instant is a point in time of any year, in 16 bytes without a pointer. It
// is comparable.
type instant struct {
	second int64 // Unix
	nano   int32 // 0 to 999,999,999
}

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

func (i instant) compare(j instant) int {
	return cmp.Or(cmp.Compare(i.second, j.second), cmp.Compare(i.nano, j.nano))
}

func (i instant) before(j instant) bool { return i.compare(j) < 0 }

// near reports whether the two lie less than w apart.
func (i instant) near(j instant, w time.Duration) bool {
	return i.before(j.add(w)) && j.before(i.add(w))
}

// A timeline is a list of instants in order, equal ones side by side.
type timeline []instant

// before returns how many lie before i.
func (l timeline) before(i instant) int {
	n, _ := slices.BinarySearchFunc(l, i, instant.compare)
	return n
}

// near returns how many lie less than w before or after i.
func (l timeline) near(i instant, w time.Duration) int64 {
	return int64(l.before(i.add(w)) - l.before(i.add(1-w)))
}

// within returns how many lie in the calendar window from start until end, in Unix seconds.
func (l timeline) within(start, end int64) int64 {
	return int64(l.before(instant{second: end}) - l.before(instant{second: start}))
}

// with returns the timeline with i: at the end, where most belong, at no cost.
func (l timeline) with(i instant) timeline {
	if n := len(l); n == 0 || !i.before(l[n-1]) {
		return append(l, i)
	}
	return slices.Insert(l, l.before(i), i)
}

// without returns the timeline without one i, if there is one.
func (l timeline) without(i instant) timeline {
	if n := l.before(i); n < len(l) && l[n] == i {
		return slices.Delete(l, n, n+1)
	}
	return l
}
