package peer

import (
	"time"

	"github.com/proffer-go/proffer/offer"
)

// counters count units in plain maps, for one goroutine. It is less than any
// service needs, and so the cheapest that a peer can have.
type counters struct {
	units map[counter]int64
	dated map[counter][]int64 // of rolling windows: when
}

type counter struct {
	offer  int32
	person string // empty: over all
	window int64  // Unix seconds at which a calendar day begins, else 0
}

func newCounters() counters {
	return counters{units: make(map[counter]int64), dated: make(map[counter][]int64)}
}

func counterOf(o int32, c *offer.Cap, person string, at time.Time) counter {
	k := counter{offer: o}
	if c.Per == offer.PerProfile {
		k.person = person
	}
	if c.Window.Every == offer.Day {
		k.window = at.Unix() / 86400
	}
	return k
}

// room reports whether all caps of the offer have room.
func (c *counters) room(o int32, caps []offer.Cap, person string, at time.Time) bool {
	for i := range caps {
		k := counterOf(o, &caps[i], person, at)
		if length := caps[i].Window.Rolling; length > 0 {
			if near(c.dated[k], at.UnixNano(), int64(length)) >= caps[i].Limit {
				return false
			}
		} else if c.units[k] >= caps[i].Limit {
			return false
		}
	}
	return true
}

// near returns how many of the times lie less than the length from the instant.
func near(times []int64, at, length int64) (n int64) {
	for _, t := range times {
		if t > at-length && t < at+length {
			n++
		}
	}
	return n
}

// take takes a unit of all caps of the offer.
func (c *counters) take(o int32, caps []offer.Cap, person string, at time.Time) {
	for i := range caps {
		k := counterOf(o, &caps[i], person, at)
		if caps[i].Window.Rolling > 0 {
			c.dated[k] = append(c.dated[k], at.UnixNano())
		} else {
			c.units[k]++
		}
	}
}
