package cappingtest

import (
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/profile"
)

var replaceCases = []trial{
	{"deciding again is free", func(k *kit) {
		for _, hold := range []time.Duration{0, time.Minute} {
			const rule = "units that a decision holds are free to it"
			r := decision("1", hold, propose("home", "x", 1, on("x")))
			first := k.take(rule, r)
			if again := k.take(rule, r); again.Revision <= first.Revision {
				k.T.Errorf("revisions of an id grow: %d after %d", again.Revision, first.Revision)
			}
			k.used("a decision that is decided again counts once", on("x"), 1)
		}
	}},
	{"deciding again returns what is unused", func(k *kit) {
		const rule = "units that a decision no longer uses go back to the windows that they came from"
		r := decision("1", 0, propose("home", "x", 1, on("x")), propose("side", "x", 9, recent("x")))
		k.take(rule, r)
		k.take(rule, at(minutes(90), decision("1", 0, propose("home", "y", 1, on("y"), recent("x")))))
		k.used(rule, on("x"), 0)
		k.used(rule, on("y"), 1)
		k.usedAt(rule, minutes(0), recent("x"), 0)
		k.usedAt("units that were taken again get the new instant", minutes(90), recent("x"), 1)
	}},
	{"a refusal leaves what was held", func(k *kit) {
		const rule = "a refused Reserve changes nothing"
		k.take(rule, decision("other", 0, propose("home", "y", 1, on("y"))))
		k.take(rule, decision("1", time.Minute, propose("home", "x", 1, on("x"))))
		k.refuse(rule, decision("1", 0, propose("home", "y", 1, on("y"))), capping.Full{Key: on("y"), Used: 1})
		k.used(rule, on("x"), 1)
		k.confirm(rule, "1", "home", nil)
	}},
	{"an attempt that is late", func(k *kit) {
		const rule = "an attempt is refused as stale if its decision was decided again meanwhile"
		r := decision("1", 0, propose("home", "x", 9, on("x")))
		first := k.take(rule, r)
		second := k.take(rule, r)
		for _, revision := range []uint64{0, first.Revision, second.Revision + 1} {
			r.Revision = revision
			_, err := k.counter.Reserve(k.T.Context(), r)
			k.fails(rule, err, capping.ErrStale)
		}
		k.used(rule, on("x"), 1)
		k.clock.advance(retention)
		r.Revision = second.Revision
		_, err := k.counter.Reserve(k.T.Context(), r)
		k.fails("an attempt whose record was forgotten is stale", err, capping.ErrStale)
	}},
	{"resolving does not make an attempt late", func(k *kit) {
		r := decision("1", time.Minute, propose("home", "x", 9, on("x")))
		r.Revision = k.take("confirmed meanwhile", r).Revision
		k.confirm("confirmed meanwhile", "1", "", nil)
		if _, err := k.counter.Reserve(k.T.Context(), r); err != nil {
			k.T.Errorf("only deciding again makes an attempt stale, confirming does not: %v", err)
		}
	}},
	{"the id of another profile", func(k *kit) {
		const rule = "an id belongs to one profile, and none is another than any"
		k.take(rule, decision("1", 0, propose("home", "x", 9, on("x"))))
		for _, p := range []profile.ID{"", "someone else"} {
			r := decision("1", 0, propose("home", "x", 9, on("x")))
			r.Profile = p
			_, err := k.counter.Usage(k.T.Context(), r.Attempt, nil, nil)
			k.fails(rule, err, capping.ErrOtherProfile)
			_, err = k.counter.Reserve(k.T.Context(), r)
			k.fails(rule, err, capping.ErrOtherProfile)
		}
		k.used(rule, on("x"), 1)
	}},
	{"an id after its record was forgotten", func(k *kit) {
		const rule = "an id whose record was forgotten is new, and what was confirmed still counts"
		first := k.take(rule, decision("1", 0, propose("home", "x", 9, on("x"))))
		k.clock.advance(retention)
		r := decision("1", 0, propose("home", "x", 9, on("x")))
		r.Profile = "someone else"
		if second := k.take(rule, r); second.Revision <= first.Revision {
			k.T.Errorf("revisions of an id grow, also after it was forgotten: %d after %d", second.Revision, first.Revision)
		}
		k.used(rule, on("x"), 2)
	}},
	{"retention begins with the latest deciding", func(k *kit) {
		const rule = "a record is kept from its latest Reserve"
		k.take(rule, decision("1", 0, propose("home", "x", 9, on("x"))))
		k.clock.advance(retention - time.Second)
		k.take(rule, decision("1", 0, propose("home", "x", 9, on("x"))))
		k.clock.advance(retention - time.Second)
		k.release(rule, "1", "", nil)
		k.clock.advance(time.Second)
		k.release("a record decided at t is forgotten at t + retention", "1", "", capping.ErrUnknownDecision)
	}},
}
