package capping

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/offer"
)

func TestUnitThatServesAgainKeepsItsInstantAmongNewOnes(t *testing.T) {
	now := time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)
	m := NewMemory(MemoryConfig{Now: func() time.Time { return now }})
	window := offer.Window{Rolling: time.Hour}
	kept, fresh := Key{Offer: "kept", Window: window}, Key{Offer: "fresh", Window: window}
	item := Item{Activity: "home", Offer: "x", Limits: []Limit{{Key: kept, Max: 1}}}
	r := Reservation{Attempt: Attempt{ID: "1", At: now}, Items: []Item{item}}
	grant, err := m.Reserve(t.Context(), r)
	require.NoError(t, err)
	require.NoError(t, m.Resolve(t.Context(), Resolution{ID: "1", Action: Confirm}))

	later := now.Add(30 * time.Minute)
	for _, limits := range [][]Limit{{{Key: kept, Max: 1}, {Key: fresh, Max: 1}}, {{Key: fresh, Max: 1}, {Key: kept, Max: 1}}} {
		r.At, r.Revision, r.Items[0].Limits = later, grant.Revision, limits
		grant, err = m.Reserve(t.Context(), r)
		require.NoError(t, err)
		require.True(t, grant.Granted())
	}
	require.NoError(t, m.Resolve(t.Context(), Resolution{ID: "1", Action: Release}))
	for _, at := range []time.Time{now, later} {
		usage, err := m.Usage(t.Context(), Attempt{At: at}, []Key{kept, fresh}, nil)
		require.NoError(t, err)
		assert.Equal(t, []int64{0, 0}, usage.Units, "each unit goes back to the instant that it has")
	}
}

func TestShapesLastAsLongAsTheirRecords(t *testing.T) {
	now := time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)
	m := NewMemory(MemoryConfig{Now: func() time.Time { return now }, EventRetention: time.Hour})
	decide := func(id string, hold time.Duration, offers ...offer.ID) *Reservation {
		usage, err := m.Usage(t.Context(), Attempt{ID: id}, nil, nil)
		require.NoError(t, err)
		r := &Reservation{Attempt: Attempt{ID: id, At: now}, Revision: usage.Revision, Hold: hold}
		for _, o := range offers {
			r.Items = append(r.Items, Item{Activity: "home", Offer: o, Limits: []Limit{{Key: Key{Offer: o}, Max: 99}}})
		}
		grant, err := m.Reserve(t.Context(), *r)
		require.NoError(t, err)
		require.True(t, grant.Granted())
		r.Revision = grant.Revision
		return r
	}
	decide("1", 0, "a", "b", "a")
	require.NoError(t, m.Resolve(t.Context(), Resolution{ID: "1", Action: Confirm}))
	decide("1", time.Minute, "a", "c")
	decide("2", time.Minute, "d")
	last := decide("2", 0, "e")
	assert.Len(t, m.shapes.byHash, 4, "a and c, b of which a unit was kept, and e")

	now = now.Add(time.Hour)
	require.NoError(t, m.Resolve(t.Context(), Resolution{ID: "2", Action: Release, Record: last}))
	now = now.Add(time.Hour)
	_, err := m.Usage(t.Context(), Attempt{ID: "3"}, nil, nil)
	require.NoError(t, err)
	assert.Empty(t, m.shapes.byHash)
	assert.Zero(t, m.records.entries.n)
	assert.Zero(t, m.past.entries.n)
	assert.Len(t, m.shapes.free, len(m.shapes.all))
}
