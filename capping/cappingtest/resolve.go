package cappingtest

import (
	"time"

	"github.com/proffer-go/proffer/capping"
)

var resolveCases = []trial{
	{"release", func(k *kit) {
		for _, hold := range []time.Duration{0, time.Minute} {
			const rule = "a release returns all units of the decision, once"
			k.take(rule, decision("1", hold, propose("home", "x", 9, on("x"), on("y")), propose("side", "x", 9, on("x"))))
			k.take(rule, decision("2", 0, propose("home", "x", 9, on("x"))))
			k.release(rule, "1", "", nil)
			k.release("a release may be repeated", "1", "", nil)
			k.used(rule, on("x"), 1)
			k.used(rule, on("y"), 0)
			k.release(rule, "2", "", nil)
		}
	}},
	{"release after confirmation", func(k *kit) {
		const rule = "a release returns confirmed units too"
		k.take(rule, decision("1", time.Minute, propose("home", "x", 9, on("x"))))
		k.confirm(rule, "1", "", nil)
		k.release(rule, "1", "", nil)
		k.used(rule, on("x"), 0)
	}},
	{"confirmation after release", func(k *kit) {
		const rule = "what was released cannot be confirmed"
		k.take(rule, decision("1", time.Minute, propose("home", "x", 9, on("x"))))
		k.release(rule, "1", "", nil)
		k.confirm(rule, "1", "", capping.ErrReleased)
		k.confirm(rule, "1", "home", capping.ErrReleased)
		k.used(rule, on("x"), 0)
		k.take("a decision that was released can be decided again", decision("1", time.Minute, propose("home", "x", 9, on("x"))))
		k.confirm("a decision that was decided again can be confirmed", "1", "home", nil)
	}},
	{"release after the lapse", func(k *kit) {
		const rule = "a release after the lapse returns nothing twice"
		k.take(rule, decision("1", time.Minute, propose("home", "x", 9, on("x"))))
		k.take(rule, decision("2", 0, propose("home", "x", 9, on("x"))))
		k.clock.advance(time.Minute)
		k.release(rule, "1", "", nil)
		k.used(rule, on("x"), 1)
		k.confirm(rule, "1", "", capping.ErrReleased)
	}},
	{"by activity", func(k *kit) {
		const rule = "an activity is resolved with all its offers and nothing else"
		k.take(rule, decision("1", time.Minute,
			propose("home", "x", 9, on("x")), propose("home", "y", 9, on("y")), propose("side", "z", 9, on("z"), on("x"))))
		k.release(rule, "1", "home", nil)
		k.used(rule, on("x"), 1)
		k.used(rule, on("y"), 0)
		k.used(rule, on("z"), 1)
		k.confirm(rule, "1", "home", capping.ErrReleased)
		k.confirm("what was not released can be confirmed as a whole", "1", "", nil)
		k.clock.advance(time.Minute)
		k.used(rule, on("x"), 1)
		k.used("a confirmation does not take again what was released", on("y"), 0)
		k.take(rule, decision("2", 0, propose("home", "y", 9, on("y"))))
		k.release("what was released is not given back twice", "1", "home", nil)
		k.used("what was released is not given back twice", on("y"), 1)
		k.release(rule, "1", "side", nil)
		k.used(rule, on("x"), 0)
		k.confirm("a decision whose activities were all released is released", "1", "", capping.ErrReleased)
	}},
	{"unknown decisions and activities", func(k *kit) {
		k.confirm("a decision without record is unknown", "1", "", capping.ErrUnknownDecision)
		k.release("a decision without record is unknown", "1", "", capping.ErrUnknownDecision)
		k.take("unknown", decision("1", time.Minute, propose("home", "x", 9, on("x"))))
		k.confirm("an activity without item is unknown", "1", "side", capping.ErrUnknownActivity)
		k.release("an activity without item is unknown", "1", "side", capping.ErrUnknownActivity)
		k.used("an unknown activity changes nothing", on("x"), 1)
		k.clock.advance(retention)
		k.confirm("a decision that was forgotten is unknown", "1", "", capping.ErrUnknownDecision)
	}},
}

// Releases by the decision's own record.
var recordCases = []trial{
	{"release by record", func(k *kit) {
		const rule = "a release by a record that is kept is a release"
		r := k.take(rule, decision("1", time.Minute, propose("home", "x", 9, on("x")), propose("side", "y", 9, on("y"))))
		k.releaseRecord(rule, r, "home")
		k.used(rule, on("x"), 0)
		k.used(rule, on("y"), 1)
		k.confirm(rule, "1", "home", capping.ErrReleased)
		k.releaseRecord(rule, r, "")
		k.used(rule, on("y"), 0)
	}},
	{"release by a record that is forgotten", func(k *kit) {
		const rule = "a release by the decision's own record returns its units at any age, once"
		x := propose("home", "x", 9, on("x"), recent("x"))
		r := k.take(rule, decision("1", 0, x, propose("side", "y", 9, on("y"))))
		k.take(rule, decision("2", 0, x, propose("side", "y", 9, on("y"))))
		k.clock.advance(retention)
		for range 2 {
			k.releaseRecord(rule, r, "home")
			k.used(rule, on("x"), 1)
			k.used(rule, recent("x"), 1)
			k.used(rule, on("y"), 2)
		}
		for range 2 {
			k.releaseRecord(rule, r, "")
			k.used(rule, on("x"), 1)
			k.used(rule, on("y"), 1)
		}
	}},
	{"release by a record that was released and forgotten", func(k *kit) {
		const rule = "what is back already does not go back again when the record is forgotten"
		released := k.take(rule, decision("1", 0, propose("home", "x", 9, on("x"))))
		lapsed := k.take(rule, decision("2", time.Minute, propose("home", "x", 9, on("x")), propose("side", "y", 9, on("y"))))
		k.take(rule, decision("3", 0, propose("home", "x", 9, on("x")), propose("side", "y", 9, on("y"))))
		k.release(rule, "1", "", nil)
		k.confirm(rule, "2", "side", nil)
		k.clock.advance(retention)
		k.releaseRecord(rule, released, "")
		k.releaseRecord(rule, lapsed, "")
		k.used(rule, on("x"), 1)
		k.used("what was confirmed goes back although the rest has lapsed", on("y"), 1)
	}},
	{"release by a record that was replaced", func(k *kit) {
		const rule = "a record that was replaced returns nothing, for its units are back"
		x := propose("home", "x", 9, on("x"))
		old := k.take(rule, decision("1", 0, x))
		latest := k.take(rule, decision("1", 0, x))
		k.releaseRecord(rule, old, "")
		k.used(rule, on("x"), 1)
		k.clock.advance(retention)
		k.releaseRecord(rule, old, "")
		k.used("a record that was replaced returns nothing, also when all is forgotten", on("x"), 1)
		k.releaseRecord(rule, latest, "")
		k.used(rule, on("x"), 0)
	}},
	{"release by a record of which units were kept", func(k *kit) {
		const rule = "a record that was replaced returns what was kept of it and not used since"
		old := k.take(rule, decision("1", 0, propose("home", "x", 9, on("x")), propose("side", "y", 9, on("y"))))
		k.confirm(rule, "1", "", nil)
		k.take(rule, decision("1", 0, propose("home", "x", 9, on("x"))))
		for range 2 {
			k.releaseRecord(rule, old, "")
			k.used("a unit that a later revision uses is not returned by a former record", on("x"), 1)
			k.used(rule, on("y"), 0)
		}
	}},
	{"release by a record of a former life", func(k *kit) {
		const rule = "a record from before its id was new returns its own units and no others"
		x := propose("home", "x", 9, on("x"))
		old := k.take(rule, decision("1", 0, x))
		k.clock.advance(retention)
		k.take(rule, decision("1", 0, x))
		for range 2 {
			k.releaseRecord(rule, old, "")
			k.used(rule, on("x"), 1)
		}
		k.release(rule, "1", "", nil)
		k.used(rule, on("x"), 0)
	}},
	{"release by a record that was never granted", func(k *kit) {
		const rule = "a record without revision was never granted, and returns nothing"
		k.take(rule, decision("1", 0, propose("home", "x", 9, on("x"))))
		r := decision("2", 0, propose("home", "x", 9, on("x")))
		k.releaseRecord(rule, &r, "")
		r.ID = "1"
		k.releaseRecord(rule, &r, "")
		k.used(rule, on("x"), 1)
	}},
}
