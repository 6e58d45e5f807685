package cappingtest

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

const (
	tenant    = "shop"
	someone   = "someone"
	retention = time.Hour
)

// start is what the clock says when a case begins.
var start = time.Date(2026, time.June, 3, 12, 0, 0, 0, time.UTC)

// A clock stands still until it is told to go on.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// A kit is what a case works with.
type kit struct {
	T       reporter
	clock   *clock
	counter capping.Counter
}

// on is the key for ever of an offer.
func on(o offer.ID) capping.Key { return capping.Key{Tenant: tenant, Offer: o} }

// propose is an item of the activity and offer with a limit of most on each key.
func propose(a offer.ActivityID, o offer.ID, most int64, keys ...capping.Key) capping.Item {
	item := capping.Item{Activity: a, Placement: "hero", Offer: o}
	for _, k := range keys {
		item.Limits = append(item.Limits, capping.Limit{Key: k, Max: most})
	}
	return item
}

// in moves an item to another placement.
func in(p placement.ID, i capping.Item) capping.Item {
	i.Placement = p
	return i
}

// decision is a reservation by someone at the start, held for a time if that is not 0.
func decision(id string, hold time.Duration, items ...capping.Item) capping.Reservation {
	return capping.Reservation{
		Attempt: capping.Attempt{Tenant: tenant, ID: id, Profile: someone, At: start},
		Hold:    hold, Items: items,
	}
}

// at dates a reservation otherwise.
func at(when time.Time, r capping.Reservation) capping.Reservation {
	r.At = when
	return r
}

// try reserves as an attempt that has just read the revision.
func (k *kit) try(r capping.Reservation) (capping.Grant, error) {
	k.T.Helper()
	usage, err := k.counter.Usage(k.T.Context(), r.Attempt, nil, nil)
	if err != nil {
		return capping.Grant{}, err
	}
	r.Revision = usage.Revision
	return k.counter.Reserve(k.T.Context(), r)
}

// take reserves what there must be room for, and returns the decision's own record.
func (k *kit) take(rule string, r capping.Reservation) *capping.Reservation {
	k.T.Helper()
	grant, err := k.try(r)
	switch {
	case err != nil:
		k.T.Fatalf("%s: Reserve(%q) failed: %v", rule, r.ID, err)
	case !grant.Granted():
		k.T.Fatalf("refused although there is room: %s: Reserve(%q) says that %v is full", rule, r.ID, grant.Full)
	case grant.Revision == 0:
		k.T.Fatalf("a grant has a revision above 0: %s: Reserve(%q) gave none", rule, r.ID)
	}
	r.Revision = grant.Revision
	return &r
}

// refuse reserves what there must be no room for on these keys, with what others use of each.
func (k *kit) refuse(rule string, r capping.Reservation, want ...capping.Full) {
	k.T.Helper()
	grant, err := k.try(r)
	switch {
	case err != nil:
		k.T.Fatalf("what is full is an answer, not an error: %s: Reserve(%q) failed: %v", rule, r.ID, err)
	case grant.Granted():
		k.T.Fatalf("granted beyond limit: %s: Reserve(%q) was granted", rule, r.ID)
	case !sameFull(grant.Full, want):
		k.T.Errorf("a refusal names each full key and what others use of it: %s: Reserve(%q) says %v, want %v", rule, r.ID, grant.Full, want)
	}
}

func sameFull(a, b []capping.Full) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(f capping.Full) bool { return !slices.Contains(b, f) })
}

// used requires how many units a stranger reads on the key around the start.
func (k *kit) used(rule string, key capping.Key, want int64) {
	k.T.Helper()
	k.usedAt(rule, start, key, want)
}

func (k *kit) usedAt(rule string, when time.Time, key capping.Key, want int64) {
	k.T.Helper()
	stranger := capping.Attempt{Tenant: key.Tenant, ID: "nobody's", At: when}
	got, err := k.counter.Usage(k.T.Context(), stranger, []capping.Key{key}, nil)
	switch {
	case err != nil:
		k.T.Fatalf("%s: Usage failed: %v", rule, err)
	case len(got.Units) != 1:
		k.T.Fatalf("Usage answers for every key: %s: %d answers for 1 key", rule, len(got.Units))
	case got.Units[0] != want:
		k.T.Errorf("%s: %d units are used, want %d", rule, got.Units[0], want)
	}
}

// confirm and release resolve the decision, or one activity, and require the error.
func (k *kit) confirm(rule, id string, a offer.ActivityID, want error) {
	k.T.Helper()
	k.resolve(rule, capping.Resolution{Tenant: tenant, ID: id, Action: capping.Confirm, Activity: a}, want)
}

func (k *kit) release(rule, id string, a offer.ActivityID, want error) {
	k.T.Helper()
	k.resolve(rule, capping.Resolution{Tenant: tenant, ID: id, Action: capping.Release, Activity: a}, want)
}

func (k *kit) releaseRecord(rule string, r *capping.Reservation, a offer.ActivityID) {
	k.T.Helper()
	k.resolve(rule, capping.Resolution{Tenant: r.Tenant, ID: r.ID, Action: capping.Release, Activity: a, Record: r}, nil)
}

func (k *kit) resolve(rule string, r capping.Resolution, want error) {
	k.T.Helper()
	k.fails(rule, k.counter.Resolve(k.T.Context(), r), want)
}

// fails requires the error, or none if want is nil.
func (k *kit) fails(rule string, got, want error) {
	k.T.Helper()
	if !errors.Is(got, want) {
		k.T.Errorf("%s: error %v, want %v", rule, got, want)
	}
}

// recorder returns the counter as a recorder, or skips the case.
func (k *kit) recorder() capping.Recorder {
	r, ok := k.counter.(capping.Recorder)
	if !ok {
		k.T.Skip("the counter is no capping.Recorder")
	}
	return r
}
