package cappingtest

import "time"

// Units that were confirmed explicitly are kept until a release.
var keptCases = []trial{
	{"confirmed units are kept", func(k *kit) {
		const rule = "units that were confirmed go back only by a release, not by deciding again"
		k.take(rule, decision("1", time.Minute, propose("home", "x", 9, on("x")), propose("side", "y", 9, on("y"))))
		k.confirm(rule, "1", "home", nil)
		k.take(rule, decision("1", 0, propose("home", "z", 9, on("z"))))
		k.used(rule, on("x"), 1)
		k.used("units that were only held go back when the decision no longer uses them", on("y"), 0)
		k.release(rule, "1", "", nil)
		k.used(rule, on("x"), 0)
		k.used(rule, on("z"), 0)
	}},
	{"confirmed units of a decision without hold are kept", func(k *kit) {
		const rule = "what was confirmed by Resolve is kept, what was confirmed by Reserve is not"
		k.take(rule, decision("1", 0, propose("home", "x", 9, on("x")), propose("side", "y", 9, on("y"))))
		k.confirm(rule, "1", "side", nil)
		k.take(rule, decision("1", 0))
		k.used(rule, on("x"), 0)
		k.used(rule, on("y"), 1)
	}},
	{"kept units serve the next reservation", func(k *kit) {
		const rule = "units that were kept serve the same key again, and are not taken twice"
		k.take(rule, decision("1", time.Minute, propose("home", "x", 1, on("x"))))
		k.confirm(rule, "1", "", nil)
		k.take(rule, decision("1", time.Minute, propose("side", "x", 1, on("x"))))
		k.used(rule, on("x"), 1)
		k.clock.advance(time.Minute)
		k.used("a unit that was kept does not lapse with the next hold", on("x"), 1)
		k.release("a unit that serves an activity goes back with it", "1", "side", nil)
		k.used(rule, on("x"), 0)
	}},
	{"kept units serve one place each", func(k *kit) {
		const rule = "a unit that was kept serves once"
		k.take(rule, decision("1", 0, propose("home", "x", 9, on("x"))))
		k.confirm(rule, "1", "", nil)
		k.take(rule, decision("1", 0, propose("side", "x", 9, on("x")), propose("home", "x", 9, on("x"))))
		k.used(rule, on("x"), 2)
		k.take(rule, decision("1", 0))
		k.used(rule, on("x"), 1)
	}},
	{"kept units serve their own activity first", func(k *kit) {
		const rule = "a unit that was kept serves its own activity before others"
		k.take(rule, decision("1", 0, propose("home", "x", 9, on("x"))))
		k.confirm(rule, "1", "", nil)
		k.take(rule, decision("1", 0, propose("side", "x", 9, on("x")), propose("home", "x", 9, on("x"))))
		k.release(rule, "1", "home", nil)
		k.take(rule, decision("1", 0))
		k.used(rule, on("x"), 0)
	}},
	{"kept units in a rolling window", func(k *kit) {
		const rule = "a unit that was kept has the instant that it had"
		x := propose("home", "x", 1, recent("x"))
		k.take(rule, decision("1", 0, x))
		k.confirm(rule, "1", "", nil)
		k.take(rule, at(minutes(30), decision("1", 0, x)))
		k.usedAt(rule, minutes(-59), recent("x"), 1)
		k.usedAt(rule, minutes(60), recent("x"), 0)
		k.take("a unit that was kept serves less than a window away", at(minutes(60), decision("1", 0, x)))
		k.usedAt(rule, minutes(0), recent("x"), 1)
		k.usedAt(rule, minutes(60), recent("x"), 1)
	}},
	{"kept units of an activity go back with it", func(k *kit) {
		const rule = "units that were kept of an activity are released with it, also when it is not decided any more"
		k.take(rule, decision("1", 0, propose("home", "x", 9, on("x"))))
		k.confirm(rule, "1", "", nil)
		k.take(rule, decision("1", 0, propose("side", "y", 9, on("y"))))
		k.release(rule, "1", "home", nil)
		k.used(rule, on("x"), 0)
		k.used(rule, on("y"), 1)
	}},
}
