package cappingtest

import (
	"context"
	"slices"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
)

var reserveCases = []trial{
	{"a limit is never exceeded", func(k *kit) {
		const rule = "a limit of 2 grants 2"
		k.used("a key that was never counted is 0", on("x"), 0)
		k.take(rule, decision("1", 0, propose("home", "x", 2, on("x"))))
		k.take(rule, decision("2", 0, propose("home", "x", 2, on("x"))))
		k.refuse(rule, decision("3", 0, propose("home", "x", 2, on("x"))), capping.Full{Key: on("x"), Used: 2})
		k.used("what was refused takes nothing", on("x"), 2)
		k.take("a limit that was raised has room again", decision("3", 0, propose("home", "x", 3, on("x"))))
	}},
	{"all units or none", func(k *kit) {
		const rule = "Reserve must take all units in one step, or none"
		k.take(rule, decision("1", 0, propose("home", "x", 1, on("x"))))
		both := []capping.Item{propose("home", "y", 1, on("y")), propose("side", "x", 1, on("x"))}
		k.refuse(rule, decision("2", 0, both...), capping.Full{Key: on("x"), Used: 1})
		k.used(rule, on("y"), 0)
	}},
	{"a refusal names all that is full", func(k *kit) {
		const rule = "a refusal names all that is full and nothing else"
		k.take(rule, decision("1", 0, propose("home", "x", 2, on("x"), on("y"))))
		r := decision("2", 0, propose("home", "x", 1, on("x"), on("z")), propose("side", "y", 1, on("y")))
		k.refuse(rule, r, capping.Full{Key: on("x"), Used: 1}, capping.Full{Key: on("y"), Used: 1})
	}},
	{"items that share a key", func(k *kit) {
		const rule = "items that draw on one key take a unit each"
		two := []capping.Item{propose("home", "x", 3, on("pressure")), propose("side", "y", 3, on("pressure"))}
		k.take(rule, decision("1", 0, two...))
		k.used(rule, on("pressure"), 2)
		k.refuse(rule, decision("2", 0, two...), capping.Full{Key: on("pressure"), Used: 2})
		k.take(rule, decision("2", 0, two[0]))
	}},
	{"limits that differ on one key", func(k *kit) {
		const rule = "of limits on one key the smallest counts"
		items := []capping.Item{propose("home", "x", 9, on("x")), propose("side", "x", 1, on("x"))}
		k.refuse(rule, decision("1", 0, items...), capping.Full{Key: on("x"), Used: 0})
	}},
	{"nothing to take", func(k *kit) {
		k.take("a decision of fallbacks takes nothing", decision("1", 0, propose("home", "fallback", 0)))
		k.confirm("a decision of fallbacks can be confirmed", "1", "home", nil)
		k.take("a decision may propose nothing", decision("2", 0))
		k.confirm("an empty decision can be confirmed", "2", "", nil)
		k.release("an empty decision can be released", "2", "", nil)
		k.confirm("an empty decision that was released stays released", "2", "", capping.ErrReleased)
	}},
	{"keys apart", func(k *kit) {
		const rule = "different keys are different counters"
		for i, key := range apart() {
			k.used(rule, key, 0)
			k.take(rule, decision(string(rune('a'+i)), 0, propose("home", "x", 1, key)))
		}
		for _, key := range apart() {
			k.used(rule, key, 1)
		}
	}},
	{"calendar windows", func(k *kit) {
		const rule = "units of a calendar window are told apart by the key alone"
		day, err := capping.NewSchedule(offer.Window{Every: offer.Day})
		if err != nil {
			k.T.Fatalf("%v", err)
		}
		today, tomorrow := day.At(start, on("x")), day.At(start.Add(24*time.Hour), on("x"))
		k.take(rule, decision("1", 0, propose("home", "x", 1, today)))
		k.refuse(rule, decision("2", 0, propose("home", "x", 1, today)), capping.Full{Key: today, Used: 1})
		k.take(rule, at(start.Add(24*time.Hour), decision("2", 0, propose("home", "x", 1, tomorrow))))
		k.usedAt(rule, start.AddDate(1, 0, 0), today, 1)
	}},
	{"tenants apart", func(k *kit) {
		const rule = "nothing of one tenant is seen by another"
		theirs := on("x")
		theirs.Tenant = "rival"
		k.take(rule, decision("1", 0, propose("home", "x", 1, on("x"))))
		r := decision("1", 0, propose("home", "x", 1, theirs))
		r.Tenant, r.Profile = "rival", "someone else"
		k.take(rule, r)
		k.release(rule, "1", "", nil)
		k.used(rule, on("x"), 0)
		k.used(rule, theirs, 1)
	}},
	{"usage", func(k *kit) {
		own := decision("1", 0, propose("home", "x", 9, on("x"), on("y")), propose("side", "x", 9, on("x")))
		record := k.take("usage", own)
		k.take("usage", decision("2", 0, propose("home", "x", 9, on("x"))))
		keys := []capping.Key{on("z"), on("x"), on("y"), on("x")}
		stranger := capping.Attempt{Tenant: tenant, ID: "3", At: start}
		k.reads("Usage appends in the order of the keys", stranger, keys, capping.Usage{Units: []int64{-7, 0, 3, 1, 3}})
		k.reads("Usage leaves the decision's own units out, and tells its revision", own.Attempt, keys,
			capping.Usage{Units: []int64{-7, 0, 1, 0, 1}, Revision: record.Revision})
	}},
	{"slices stay the caller's", func(k *kit) {
		const rule = "what is passed in is not kept"
		r := decision("1", time.Minute, propose("home", "x", 1, on("x")))
		k.take(rule, r)
		r.Items[0].Activity, r.Items[0].Limits[0].Key = "side", on("y")
		k.release(rule, "1", "home", nil)
		k.used(rule, on("x"), 0)
	}},
	{"a context that is over", func(k *kit) {
		const rule = "a context that is over returns its error and does nothing"
		ctx, cancel := context.WithCancel(k.T.Context())
		cancel()
		_, err := k.counter.Reserve(ctx, decision("1", 0, propose("home", "x", 1, on("x"))))
		k.fails(rule, err, context.Canceled)
		k.used(rule, on("x"), 0)
		_, err = k.counter.Usage(ctx, capping.Attempt{Tenant: tenant, ID: "1", At: start}, nil, nil)
		k.fails(rule, err, context.Canceled)
		k.take(rule, decision("1", 0, propose("home", "x", 1, on("x"))))
		k.fails(rule, k.counter.Resolve(ctx, capping.Resolution{Tenant: tenant, ID: "1", Action: capping.Release}), context.Canceled)
		k.used(rule, on("x"), 1)
	}},
	{"an unknown action", func(k *kit) {
		k.take("an action that is none", decision("1", 0, propose("home", "x", 1, on("x"))))
		if k.counter.Resolve(k.T.Context(), capping.Resolution{Tenant: tenant, ID: "1"}) == nil {
			k.T.Errorf("a resolution that neither confirms nor releases is an error")
		}
	}},
}

// apart returns keys that differ in one field each, and such that run together if
// they are written down carelessly.
func apart() []capping.Key {
	full := capping.Key{Tenant: tenant, Offer: "x", Profile: "p", Placement: "hero"}
	keys := slices.Repeat([]capping.Key{full}, 9)
	keys[1].Offer, keys[1].Profile = "xp", ""
	keys[2].Offer, keys[2].Policy = "", "x"
	keys[3].Profile = ""
	keys[4].Placement = ""
	keys[5].Offer, keys[5].Profile = "x:p", "p"
	keys[6].Offer, keys[6].Profile = "x", "p:p"
	keys[7].Window = offer.Window{Rolling: time.Hour}
	keys[8].Window = offer.Window{Rolling: 2 * time.Hour}
	return keys
}

// reads requires what Usage appends to a slice that holds -7 already.
func (k *kit) reads(rule string, a capping.Attempt, keys []capping.Key, want capping.Usage) {
	k.T.Helper()
	got, err := k.counter.Usage(k.T.Context(), a, keys, []int64{-7})
	if err != nil || got.Revision != want.Revision || !slices.Equal(got.Units, want.Units) {
		k.T.Errorf("%s: Usage is %v, %v, want %v", rule, got, err, want)
	}
}
