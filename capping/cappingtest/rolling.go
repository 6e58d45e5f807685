package cappingtest

import (
	"strconv"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
)

// recent is the key of an offer in a rolling hour.
func recent(o offer.ID) capping.Key {
	k := on(o)
	k.Window = offer.Window{Rolling: time.Hour}
	return k
}

// minutes is an instant so many minutes after the start.
func minutes(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }

var rollingCases = []trial{
	{"rolling window in order", func(k *kit) {
		const rule = "a rolling window of length w has no room less than w after a full set of units"
		x := func(id string, minute int) capping.Reservation {
			return at(minutes(minute), decision(id, 0, propose("home", "x", 2, recent("x"))))
		}
		k.take(rule, x("1", 0))
		k.take(rule, x("2", 20))
		k.refuse(rule, x("3", 59), capping.Full{Key: recent("x"), Used: 2})
		k.take("a unit is out of the window exactly w later", x("3", 60))
		k.refuse(rule, x("4", 79), capping.Full{Key: recent("x"), Used: 2})
		k.take(rule, x("4", 80))
	}},
	{"rolling window out of order", func(k *kit) {
		const rule = "a rolling window has room iff fewer than the limit lie less than w before or after, both together"
		x := func(id string, minute int) capping.Reservation {
			return at(minutes(minute), decision(id, 0, propose("home", "x", 2, recent("x"))))
		}
		k.take(rule, x("1", 50))
		k.take(rule, x("2", -50))
		k.refuse(rule, x("3", 0), capping.Full{Key: recent("x"), Used: 2})
		k.take("a unit is out of the window exactly w before", x("3", -10))
		k.refuse(rule, x("4", -9), capping.Full{Key: recent("x"), Used: 3})
		k.take(rule, x("4", 110))
	}},
	{"rolling usage", func(k *kit) {
		const rule = "Usage counts a rolling window around the instant of the attempt"
		for i, minute := range []int{0, 30, 30, 90} {
			k.take(rule, at(minutes(minute), decision(strconv.Itoa(i), 0, propose("home", "x", 9, recent("x")))))
		}
		for minute, want := range map[int]int64{-60: 0, -59: 1, -30: 1, -29: 3, 30: 3, 31: 4, 59: 4, 60: 3, 89: 3, 90: 1, 149: 1, 150: 0} {
			k.usedAt(rule, minutes(minute), recent("x"), want)
		}
	}},
	{"rolling release", func(k *kit) {
		const rule = "a release returns the unit to the instant that it came from"
		k.take(rule, at(minutes(0), decision("1", 0, propose("home", "x", 1, recent("x")))))
		k.take(rule, at(minutes(90), decision("2", 0, propose("home", "x", 1, recent("x")))))
		k.clock.advance(30 * time.Minute)
		k.release(rule, "2", "", nil)
		k.usedAt(rule, minutes(0), recent("x"), 1)
		k.usedAt(rule, minutes(90), recent("x"), 0)
	}},
	{"rolling windows go by the decision's instant", func(k *kit) {
		const rule = "a unit is dated by its decision, not by the backend's clock"
		k.take(rule, decision("1", 0, propose("home", "x", 1, recent("x"))))
		k.clock.advance(1000 * time.Hour)
		k.refuse(rule, at(minutes(1), decision("2", 0, propose("home", "x", 1, recent("x")))), capping.Full{Key: recent("x"), Used: 1})
	}},
	{"rolling windows in remote years", func(k *kit) {
		const rule = "instants between the years 1 and 9999 work"
		for i, year := range []int{1, 1600, 2262, 2300, 9999} {
			when := time.Date(year, time.July, 1, 0, 0, 0, 0, time.UTC)
			k.take(rule, at(when, decision(strconv.Itoa(i), 0, propose("home", "x", 1, recent("x")))))
			k.refuse(rule, at(when.Add(time.Minute), decision("more", 0, propose("home", "x", 1, recent("x")))), capping.Full{Key: recent("x"), Used: 1})
		}
	}},
}
