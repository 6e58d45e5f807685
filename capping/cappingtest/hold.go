package cappingtest

import (
	"time"

	"github.com/proffer-go/proffer/capping"
)

var holdCases = []trial{
	{"held units count until the hold lapses", func(k *kit) {
		const rule = "held units count until the hold lapses"
		k.take(rule, decision("1", time.Minute, propose("home", "x", 1, on("x"))))
		k.clock.advance(time.Minute - time.Second)
		k.refuse(rule, decision("2", 0, propose("home", "x", 1, on("x"))), capping.Full{Key: on("x"), Used: 1})
		k.clock.advance(time.Second)
		k.used("taken at t and held for h units are back at t + h", on("x"), 0)
		k.take("taken at t and held for h units are back at t + h", decision("2", 0, propose("home", "x", 1, on("x"))))
	}},
	{"without hold nothing lapses", func(k *kit) {
		k.take("no hold", decision("1", 0, propose("home", "x", 1, on("x"))))
		k.clock.advance(1000 * time.Hour)
		k.used("units without hold are confirmed at once and never lapse", on("x"), 1)
	}},
	{"confirmed units do not lapse", func(k *kit) {
		const rule = "a confirmation makes held units count for good"
		k.take(rule, decision("1", time.Minute, propose("home", "x", 1, on("x"))))
		k.confirm(rule, "1", "", nil)
		k.clock.advance(1000 * time.Hour)
		k.used(rule, on("x"), 1)
	}},
	{"a part that was confirmed does not lapse", func(k *kit) {
		const rule = "only what is still held lapses"
		k.take(rule, decision("1", time.Minute, propose("home", "x", 1, on("x")), propose("side", "y", 1, on("y"))))
		k.confirm(rule, "1", "home", nil)
		k.clock.advance(time.Minute)
		k.used(rule, on("x"), 1)
		k.used(rule, on("y"), 0)
	}},
	{"confirming after the lapse", func(k *kit) {
		const rule = "after the lapse a confirmation takes the units again, dated as they were"
		k.take(rule, decision("1", time.Minute, propose("home", "x", 1, recent("x"))))
		k.clock.advance(40 * time.Minute)
		k.usedAt(rule, start, recent("x"), 0)
		k.confirm(rule, "1", "", nil)
		k.usedAt(rule, minutes(-59), recent("x"), 1)
		k.usedAt(rule, minutes(60), recent("x"), 0)
		k.confirm("a confirmation may be repeated", "1", "", nil)
		k.usedAt("a confirmation may be repeated", start, recent("x"), 1)
	}},
	{"confirming after the lapse without room", func(k *kit) {
		const rule = "after the lapse a confirmation takes all units again or none"
		k.take(rule, decision("1", time.Minute, propose("home", "x", 1, on("x")), propose("side", "y", 1, on("y"))))
		k.clock.advance(time.Minute)
		k.take(rule, decision("2", 0, propose("home", "y", 1, on("y"))))
		k.confirm(rule, "1", "", capping.ErrLapsed)
		k.used(rule, on("x"), 0)
		k.used("a cap is not exceeded by a late confirmation", on("y"), 1)
		k.confirm("what has lapsed can be confirmed by activity", "1", "home", nil)
		k.used(rule, on("x"), 1)
		k.release(rule, "2", "", nil)
		k.confirm("room that is free again can be taken", "1", "", nil)
		k.used(rule, on("y"), 1)
	}},
	{"one key twice after the lapse", func(k *kit) {
		const rule = "after the lapse each unit of a key needs room"
		k.take(rule, decision("1", time.Minute, propose("home", "x", 2, on("x")), propose("side", "x", 2, on("x"))))
		k.clock.advance(time.Minute)
		k.take(rule, decision("2", 0, propose("home", "x", 2, on("x"))))
		k.confirm(rule, "1", "", capping.ErrLapsed)
		k.used(rule, on("x"), 1)
		k.confirm(rule, "1", "side", nil)
		k.used(rule, on("x"), 2)
	}},
	{"deciding again after the lapse", func(k *kit) {
		const rule = "what has lapsed is not free to its decision any more"
		k.take(rule, decision("1", time.Minute, propose("home", "x", 1, on("x"))))
		k.clock.advance(time.Minute)
		k.take(rule, decision("2", 0, propose("home", "x", 1, on("x"))))
		k.refuse(rule, decision("1", 0, propose("home", "x", 1, on("x"))), capping.Full{Key: on("x"), Used: 1})
	}},
	{"deciding again begins a new hold", func(k *kit) {
		const rule = "a hold begins with the latest deciding"
		r := decision("1", time.Minute, propose("home", "x", 1, on("x")))
		k.take(rule, r)
		k.clock.advance(30 * time.Second)
		k.take(rule, r)
		k.clock.advance(30 * time.Second)
		k.used(rule, on("x"), 1)
		r.Hold = 10 * time.Second
		k.take(rule, r)
		k.clock.advance(10 * time.Second)
		k.used(rule, on("x"), 0)
	}},
	{"a hold beyond the retention", func(k *kit) {
		const rule = "a record is never forgotten before its hold is over"
		k.take(rule, decision("1", 3*retention, propose("home", "x", 1, on("x"))))
		k.clock.advance(3*retention - time.Second)
		k.used(rule, on("x"), 1)
		k.confirm(rule, "1", "", nil)
		k.clock.advance(time.Second)
		k.used(rule, on("x"), 1)
		k.confirm("a record is forgotten when retention and hold are over", "1", "", capping.ErrUnknownDecision)
	}},
}
