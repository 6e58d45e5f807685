package capping

import (
	"strconv"
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

func TestNamesLastAsLongAsTheirRecords(t *testing.T) {
	now := time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)
	m := NewMemory(MemoryConfig{Now: func() time.Time { return now }, Retention: time.Minute, EventRetention: time.Hour})
	for i := range 60_000 {
		now = now.Add(10 * time.Millisecond)
		o := offer.ID(strconv.Itoa(i))
		r := Reservation{
			Attempt: Attempt{ID: strconv.Itoa(i % 45_000), At: now},
			Items:   []Item{{Activity: "home", Offer: o, Limits: []Limit{{Key: Key{Offer: "x"}, Max: 1 << 40}}}, {Activity: "side", Offer: o}},
		}
		if i%300 == 0 {
			r.Hold = 3 * time.Minute
		}
		usage, err := m.Usage(t.Context(), r.Attempt, nil, nil)
		require.NoError(t, err)
		r.Revision = usage.Revision
		grant, err := m.Reserve(t.Context(), r)
		require.NoError(t, err)
		require.True(t, grant.Granted())
	}
	records := 0
	for i := range m.books {
		records += m.books[i].records.index.n
	}
	assert.LessOrEqual(t, len(m.places.byHash), 2)
	assert.LessOrEqual(t, records, 6000+1000, "those of a minute, and what is held")
	assert.LessOrEqual(t, len(m.choices.byHash), 8*records)
}
