package cappingtest

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/proffer-go/proffer/capping"
)

// callers is how many goroutines call at once.
const callers = 16

// together runs n calls of f at the same time.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	ready := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-ready
			f(i)
		})
	}
	close(ready)
	all.Wait()
}

// win reserves and reports whether that was granted. It may be called by any goroutine.
func (k *kit) win(rule string, r capping.Reservation) bool {
	grant, err := k.counter.Reserve(k.T.Context(), r)
	if err != nil {
		k.T.Errorf("%s: Reserve(%q) failed: %v", rule, r.ID, err)
		return false
	}
	return grant.Granted()
}

var concurrentCases = []trial{
	{"concurrent reservations of one key", func(k *kit) {
		const rule, most = "Reserve must take all units in one step", 10
		var granted atomic.Int64
		together(callers, func(i int) {
			for n := range 4 {
				if k.win(rule, decision(fmt.Sprint(i, n), 0, propose("home", "x", most, on("x")))) {
					granted.Add(1)
				}
			}
		})
		if n := granted.Load(); n > most {
			k.T.Errorf("granted beyond limit: %s: %d were granted of %d", rule, n, most)
		} else if n < most {
			k.T.Errorf("refused although there is room: %s: %d were granted of %d", rule, n, most)
		}
		k.used("each grant counts once", on("x"), granted.Load())
	}},
	{"concurrent reservations of crossing keys", func(k *kit) {
		const rule, most = "Reserve must take all units in one step, or none", 7
		var granted [2]atomic.Int64
		together(callers, func(i int) {
			keys := []capping.Key{on("x"), on("y")}
			if i%2 == 1 {
				keys[0], keys[1] = keys[1], keys[0]
			}
			shared := propose("home", "x", most, keys...)
			alone := propose("side", "z", 3, on([]capping.Key{on("u"), on("v")}[i%2].Offer))
			if k.win(rule, decision(strconv.Itoa(i), 0, shared, alone)) {
				granted[i%2].Add(1)
			}
		})
		even, odd := granted[0].Load(), granted[1].Load()
		k.used(rule, on("x"), even+odd)
		k.used(rule, on("y"), even+odd)
		k.used(rule, on("u"), even)
		k.used(rule, on("v"), odd)
		if even+odd > most || even > 3 || odd > 3 {
			k.T.Errorf("granted beyond limit: %s: %d and %d were granted", rule, even, odd)
		}
	}},
	{"concurrent attempts of one decision", func(k *kit) {
		const rule = "of attempts that began together one stands and all others are stale"
		var granted, other atomic.Int64
		together(callers, func(int) {
			grant, err := k.counter.Reserve(k.T.Context(), decision("1", 0, propose("home", "x", callers, on("x"))))
			switch {
			case err == nil && grant.Granted():
				granted.Add(1)
			case !errors.Is(err, capping.ErrStale):
				other.Add(1)
			}
		})
		if granted.Load() != 1 || other.Load() != 0 {
			k.T.Errorf("%s: %d stand, %d are neither", rule, granted.Load(), other.Load())
		}
		k.used("a decision counts once", on("x"), 1)
	}},
	{"concurrent confirmations and releases", func(k *kit) {
		const rule = "a resolution happens at one point in time, whole or not at all"
		for i := range callers {
			k.take(rule, decision(strconv.Itoa(i), time.Minute, propose("home", "x", callers, on("x")), propose("side", "y", callers, on("y"))))
		}
		together(3*callers, func(i int) {
			r := capping.Resolution{Tenant: tenant, ID: strconv.Itoa(i % callers), Action: capping.Confirm}
			if i%2 == 0 {
				r.Action = capping.Release
			}
			if err := k.counter.Resolve(k.T.Context(), r); err != nil && !errors.Is(err, capping.ErrReleased) {
				k.T.Errorf("%s: %v", rule, err)
			}
		})
		k.used(rule, on("x"), callers/2)
		k.used(rule, on("y"), callers/2)
	}},
	{"concurrent confirmations after the lapse", func(k *kit) {
		const rule, most = "a late confirmation must take all units in one step", 5
		for i := range callers {
			if i%most == 0 {
				k.clock.advance(time.Minute)
			}
			k.take(rule, decision(strconv.Itoa(i), time.Minute, propose("home", "x", most, on("x"))))
		}
		k.clock.advance(time.Minute)
		var confirmed atomic.Int64
		together(callers, func(i int) {
			err := k.counter.Resolve(k.T.Context(), capping.Resolution{Tenant: tenant, ID: strconv.Itoa(i), Action: capping.Confirm})
			if err == nil {
				confirmed.Add(1)
			} else if !errors.Is(err, capping.ErrLapsed) {
				k.T.Errorf("%s: %v", rule, err)
			}
		})
		if n := confirmed.Load(); n != most {
			k.T.Errorf("a cap is not exceeded by late confirmations: %s: %d were confirmed of %d", rule, n, most)
		}
		k.used(rule, on("x"), most)
	}},
	{"concurrent records of one event", func(k *kit) {
		const rule = "an event counts once for its id"
		r := k.recorder()
		together(callers, func(i int) {
			if err := r.Record(k.T.Context(), shown("e"+strconv.Itoa(i%3), "x")); err != nil {
				k.T.Errorf("%s: %v", rule, err)
			}
		})
		k.used(rule, displayed("x"), 3)
	}},
}
