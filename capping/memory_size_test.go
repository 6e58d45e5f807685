package capping_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
)

func TestDecisionOfManyItemsIsKeptWhole(t *testing.T) {
	const items = 100
	d := newDesk(capping.MemoryConfig{})
	r := proposal("1", time.Minute, 0)
	r.Items = nil
	var keys []capping.Key
	for i := range items {
		own := forEver(offer.ID(fmt.Sprint(i)))
		keys = append(keys, own)
		r.Items = append(r.Items, capping.Item{
			Activity: offer.ActivityID(fmt.Sprint(i % 2)), Offer: own.Offer,
			Limits: []capping.Limit{{Key: own, Max: 2}, {Key: own, Max: 2}, {Key: forEver("all"), Max: items + int64(i)}},
		})
	}
	keys = append(keys, forEver("all"))
	read := func(id string) []int64 {
		usage, err := d.Usage(t.Context(), capping.Attempt{ID: id, Profile: "p", At: noon}, keys, nil)
		require.NoError(t, err)
		return usage.Units
	}
	r = d.take(t, r)
	for i, n := range read("other") {
		want := int64(2)
		if i == items {
			want = items
		}
		require.Equal(t, want, n)
	}
	for _, n := range read("1") {
		require.Zero(t, n, "a decision's own units are free to it")
	}

	again := r
	again.ID, again.Revision = "2", 0
	grant, err := d.Reserve(t.Context(), again)
	require.NoError(t, err)
	require.Len(t, grant.Full, len(keys), "all that is full is named")
	for i, k := range []int{0, items} {
		assert.Contains(t, grant.Full, capping.Full{Key: keys[k], Used: []int64{2, items}[i]})
	}

	confirm := capping.Resolution{ID: "1", Action: capping.Confirm, Activity: "1"}
	require.NoError(t, d.Resolve(t.Context(), confirm))
	d.now = noon.Add(time.Minute)
	units := read("other")
	assert.EqualValues(t, []int64{0, 2, items / 2}, []int64{units[0], units[1], units[items]}, "what was not confirmed has lapsed")
	require.NoError(t, d.Resolve(t.Context(), capping.Resolution{ID: "1", Action: capping.Confirm}))
	assert.EqualValues(t, items, d.units(t, forEver("all")))
	r.Items = nil
	d.take(t, r)
	assert.EqualValues(t, items, d.units(t, forEver("all")), "kept until a release")
	require.NoError(t, d.Resolve(t.Context(), capping.Resolution{ID: "1", Action: capping.Release}))
	assert.EqualValues(t, 0, d.units(t, forEver("all")))
}

// TestRetentionIsExactHoweverOftenDecidedAgain lets records that stay, that are decided
// again later and that are held longer fall due in an order that is not theirs.
func TestRetentionIsExactHoweverOftenDecidedAgain(t *testing.T) {
	d := newDesk(capping.MemoryConfig{Retention: 10 * time.Minute})
	forgotten := map[string]time.Time{}
	revisions := map[string]uint64{}
	for minute := range 200 {
		d.now = noon.Add(time.Duration(minute) * time.Minute)
		for id, when := range forgotten {
			usage, err := d.Usage(t.Context(), capping.Attempt{ID: id, Profile: "p", At: noon}, nil, nil)
			require.NoError(t, err)
			require.Equal(t, d.now.Before(when), usage.Revision != 0, "%s at minute %d", id, minute)
			revisions[id] = usage.Revision
		}
		for i := range 7 {
			id := fmt.Sprint((minute*i + i) % 31)
			hold := time.Duration((minute*7+i*5)%19%4*6) * time.Minute
			r := proposal(id, hold, 1<<40, forEver("x"))
			r.Revision = revisions[id]
			revisions[id] = d.take(t, r).Revision
			forgotten[id] = d.now.Add(max(hold, 10*time.Minute))
		}
	}
}

func TestFormerDecisionsOfAnIDAreForgottenInOrder(t *testing.T) {
	d := newDesk(capping.MemoryConfig{Retention: time.Minute, EventRetention: time.Hour})
	d.take(t, proposal("2", 0, 9, forEver("x")))
	var lapsed capping.Reservation
	for _, minute := range []int{0, 30} {
		d.now = noon.Add(time.Duration(minute) * time.Minute)
		lapsed = d.take(t, proposal("1", time.Second, 9, forEver("x")))
		d.now = d.now.Add(time.Minute)
		assert.EqualValues(t, 1, d.units(t, forEver("x")))
	}
	d.now = noon.Add(62 * time.Minute) // of the first nothing is known any more
	release := capping.Resolution{ID: "1", Action: capping.Release, Record: &lapsed}
	require.NoError(t, d.Resolve(t.Context(), release))
	assert.EqualValues(t, 1, d.units(t, forEver("x")), "what has lapsed is back already")
}
