package cappingtest

import (
	"context"
	"errors"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
)

const display = "decisioning.propositionDisplay"

// displayed counts the displays of an offer.
func displayed(o offer.ID) capping.Key {
	k := on(o)
	k.Counts = display
	return k
}

// shown is the display of an offer to someone in the hero placement at the start.
func shown(id string, o offer.ID) capping.Event {
	return capping.Event{
		Tenant: tenant, ID: id, Type: display, Offer: o,
		Profile: someone, Placement: "hero", At: start, Display: true,
	}
}

// of leaves profile and placement of an event to a decision.
func of(decision string, a offer.ActivityID, e capping.Event) capping.Event {
	e.Decision, e.Activity, e.Profile, e.Placement = decision, a, "", ""
	return e
}

func (k *kit) record(rule string, e capping.Event, want error) {
	k.T.Helper()
	k.fails(rule, k.recorder().Record(k.T.Context(), e), want)
}

var eventCases = []trial{
	{"events fill caps that count them", func(k *kit) {
		const rule = "a limit with counts has room iff fewer than Max events count, and takes nothing"
		r := k.recorder()
		capped := propose("home", "x", 2, displayed("x"))
		k.take(rule, decision("1", 0, capped, capped, capped))
		k.used(rule, displayed("x"), 0)
		for _, id := range []string{"e1", "e2"} {
			k.take(rule, decision("1", 0, capped))
			k.fails(rule, r.Record(k.T.Context(), shown(id, "x")), nil)
		}
		k.refuse(rule, decision("1", 0, capped), capping.Full{Key: displayed("x"), Used: 2})
	}},
	{"events count on every key that they match", func(k *kit) {
		const rule = "an event counts on each key of its type, offer or policy, profile or all, placement or all, and no other"
		e := shown("e1", "x")
		e.Policies = []capping.PolicyID{"pressure", "pressure"}
		k.record(rule, e, nil)
		key := displayed("x")
		k.used(rule, key, 1)
		key.Profile = someone
		k.used(rule, key, 1)
		key.Placement = "hero"
		k.used(rule, key, 1)
		key.Offer, key.Policy = "", "pressure"
		k.used(rule, key, 1)
		for _, other := range otherKeys(key) {
			k.used(rule, other, 0)
		}
	}},
	{"events count in whatever window", func(k *kit) {
		const rule = "an event counts in the windows of its own instant, also of caps that came later"
		day, err := capping.NewSchedule(offer.Window{Every: offer.Day, Timezone: "Asia/Tokyo"})
		if err != nil {
			k.T.Fatalf("%v", err)
		}
		for id, minute := range map[string]int{"e1": 0, "e2": -40, "e3": 4 * 60, "e4": 3 * 60} {
			e := shown(id, "x")
			e.At = minutes(minute)
			k.record(rule, e, nil)
		}
		k.used(rule, displayed("x"), 4)
		k.used(rule, day.At(start, displayed("x")), 2)
		k.used("an event at the end of a calendar window is in the next", day.At(start.Add(3*time.Hour), displayed("x")), 2)
		rolling := displayed("x")
		rolling.Window.Rolling = time.Hour
		k.used(rule, rolling, 2)
		k.usedAt(rule, minutes(20), rolling, 1)
		k.usedAt(rule, minutes(210), rolling, 2)
	}},
	{"an event counts once", func(k *kit) {
		const rule = "an event counts once for its id"
		k.record(rule, shown("e1", "x"), nil)
		k.record("an event that is recorded again is no error", shown("e1", "x"), nil)
		k.clock.advance(7*24*time.Hour - time.Second)
		k.record("ids of events are remembered for the retention", shown("e1", "x"), nil)
		k.used(rule, displayed("x"), 1)
		e := shown("e1", "x")
		e.Tenant = "rival"
		k.record("nothing of one tenant is seen by another", e, nil)
		theirs := displayed("x")
		theirs.Tenant = "rival"
		k.used("nothing of one tenant is seen by another", theirs, 1)
	}},
	{"an event takes what it leaves out from its decision", func(k *kit) {
		const rule = "profile and placement are filled in from the decision's record"
		k.recorder()
		k.take(rule, decision("1", 0, in("side", propose("home", "x", 9)), propose("other", "y", 9)))
		k.record(rule, of("1", "", shown("e1", "x")), nil)
		key := displayed("x")
		key.Profile, key.Placement = someone, "side"
		k.used(rule, key, 1)
	}},
	{"an event that contradicts its decision", func(k *kit) {
		const rule = "an event that contradicts its decision's record is refused and not remembered"
		k.recorder()
		k.take(rule, decision("1", time.Minute, propose("home", "x", 9, on("x"))))
		for _, change := range []func(*capping.Event){
			func(e *capping.Event) { e.Profile = "someone else" },
			func(e *capping.Event) { e.Placement = "side" },
			func(e *capping.Event) { e.Offer = "y" },
			func(e *capping.Event) { e.Activity = "side" },
		} {
			e := of("1", "", shown("e1", "x"))
			change(&e)
			k.record(rule, e, capping.ErrContradiction)
		}
		k.used(rule, displayed("x"), 0)
		k.record(rule, of("1", "", shown("e1", "x")), nil)
		k.used(rule, displayed("x"), 1)
	}},
	{"an event of an unknown decision", func(k *kit) {
		const rule = "without a record the event needs profile and placement"
		k.record(rule, of("1", "", shown("e1", "x")), capping.ErrUnknownDecision)
		e := shown("e1", "x")
		e.Decision = "1"
		k.record(rule, e, nil)
		k.used(rule, displayed("x"), 1)
		if k.recorder().Record(k.T.Context(), of("", "", shown("e2", "x"))) == nil {
			k.T.Errorf("%s, also without a decision: no error", rule)
		}
		k.used(rule, displayed("x"), 1)
	}},
	{"an event that may be of several placements", func(k *kit) {
		const rule = "an event needs its activity where the decision proposes the offer in several placements"
		k.recorder()
		k.take(rule, decision("1", 0, propose("home", "x", 9), in("side", propose("menu", "x", 9))))
		err := k.recorder().Record(k.T.Context(), of("1", "", shown("e1", "x")))
		if err == nil || errors.Is(err, capping.ErrContradiction) || errors.Is(err, capping.ErrUnknownDecision) {
			k.T.Errorf("%s: error %v, want one that asks for it", rule, err)
		}
		k.record(rule, of("1", "menu", shown("e1", "x")), nil)
		key := displayed("x")
		key.Placement = "side"
		k.used(rule, key, 1)
	}},
	{"a display confirms", func(k *kit) {
		const rule = "a recorded display confirms what its decision holds for the offer, and nothing else"
		k.recorder()
		k.take(rule, decision("1", time.Minute, propose("home", "x", 9, on("x")), propose("home", "y", 9, on("y"))))
		k.record(rule, of("1", "home", shown("e1", "x")), nil)
		click := of("1", "", shown("e2", "y"))
		click.Type, click.Display = "click", false
		k.record(rule, click, nil)
		k.clock.advance(time.Minute)
		k.used(rule, on("x"), 1)
		k.used(rule, on("y"), 0)
		k.take("what was displayed is kept", decision("1", 0))
		k.used("what was displayed goes back only by a release", on("x"), 1)
	}},
	{"a display after the lapse", func(k *kit) {
		const rule = "a display after the lapse takes the units again if there is room, and counts in any case"
		k.recorder()
		for _, id := range []string{"1", "2"} {
			k.take(rule, decision(id, time.Minute, propose("home", "x", 1, on("x"))))
			k.clock.advance(time.Minute)
		}
		k.record(rule, of("2", "", shown("e1", "x")), nil)
		k.used(rule, on("x"), 1)
		k.record(rule, of("1", "", shown("e2", "x")), nil)
		k.used("a cap is not exceeded by a display", on("x"), 1)
		k.used(rule, displayed("x"), 2)
	}},
	{"an event with a context that is over", func(k *kit) {
		const rule = "a context that is over returns its error and does nothing"
		ctx, cancel := context.WithCancel(k.T.Context())
		cancel()
		k.fails(rule, k.recorder().Record(ctx, shown("e1", "x")), context.Canceled)
		k.used(rule, displayed("x"), 0)
	}},
}

// otherKeys returns keys that differ from k in one field each.
func otherKeys(k capping.Key) []capping.Key {
	var all []capping.Key
	for _, change := range []func(*capping.Key){
		func(k *capping.Key) { k.Tenant = "rival" },
		func(k *capping.Key) { k.Offer, k.Policy = "y", "" },
		func(k *capping.Key) { k.Policy = "other" },
		func(k *capping.Key) { k.Profile = "someone else" },
		func(k *capping.Key) { k.Placement = "side" },
		func(k *capping.Key) { k.Counts = "click" },
		func(k *capping.Key) { k.Counts = "" },
	} {
		other := k
		change(&other)
		all = append(all, other)
	}
	return all
}
