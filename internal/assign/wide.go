package assign

import (
	"math"
	"math/bits"
)

// wide is a 128-bit integer in two's complement: all parts of a cost in one
// number, so that adding and comparing need no loop and lose nothing.
type wide struct {
	hi int64
	lo uint64
}

func wideOf(v int64) wide { return wide{v >> 63, uint64(v)} }

// wideOfFloat rounds a number from 0 to 2^100.
func wideOfFloat(f float64) wide {
	f = math.Round(f)
	high := math.Floor(math.Ldexp(f, -50))
	return wideOf(int64(high)).times(1 << 50).add(wideOf(int64(f - math.Ldexp(high, 50))))
}

func (a wide) add(b wide) wide {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	return wide{a.hi + b.hi + int64(carry), lo}
}

func (a wide) sub(b wide) wide {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	return wide{a.hi - b.hi - int64(borrow), lo}
}

func (a wide) less(b wide) bool {
	return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo
}

func (a wide) positive() bool { return a.hi > 0 || a.hi == 0 && a.lo > 0 }

// times multiplies; the product must fit.
func (a wide) times(v int64) wide {
	hi, lo := bits.Mul64(a.lo, uint64(v))
	hi += uint64(a.hi)*uint64(v) + a.lo*uint64(v>>63)
	return wide{int64(hi), lo}
}

// ceilShift divides by 1<<shift, below 1<<32, and rounds up. What does not fit
// becomes the nearest that does.
func (a wide) ceilShift(shift uint) int64 {
	a = a.add(wideOf(1<<shift - 1))
	hi, lo := a.hi>>shift, int64(a.lo>>shift|uint64(a.hi)<<(64-shift))
	switch {
	case hi == lo>>63:
		return lo
	case hi < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

// mostPositive is above every cost that occurs, with bits to spare for sums.
var mostPositive = wide{1 << 61, 0}
