package capping

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

func TestLatenessBoundsWhatIsKept(t *testing.T) {
	now := time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)
	m := NewMemory(MemoryConfig{Now: func() time.Time { return now }, Retention: time.Minute, Lateness: time.Minute})
	hourly, err := NewSchedule(offer.Window{Every: offer.Hour})
	require.NoError(t, err)
	for i := range 20_000 {
		now = now.Add(time.Second)
		item := Item{Activity: "home", Offer: "x", Limits: []Limit{
			{Key: Key{Offer: offer.ID(strconv.Itoa(i)), Window: offer.Window{Rolling: time.Minute}}, Max: 9},
			{Key: Key{Offer: "x", Window: offer.Window{Rolling: time.Minute}}, Max: 1 << 40},
			{Key: hourly.At(now, Key{Offer: offer.ID(strconv.Itoa(i))}), Max: 9},
		}}
		r := Reservation{Attempt: Attempt{ID: strconv.Itoa(i), At: now}, Items: []Item{item}}
		grant, err := m.Reserve(t.Context(), r)
		require.NoError(t, err)
		require.True(t, grant.Granted())
		if i%1000 == 999 {
			usage, err := m.Usage(t.Context(), Attempt{At: now}, []Key{item.Limits[0].Key, item.Limits[1].Key, item.Limits[2].Key}, nil)
			require.NoError(t, err)
			require.Equal(t, []int64{1, 60, 1}, usage.Units)
		}
	}
	rolling, records := 0, 0
	for i := range m.stripes {
		l := &m.stripes[i].ledger
		assert.LessOrEqual(t, len(l.periods), 2)
		if d := l.rolling[time.Minute]; d != nil {
			rolling += d.eras[0].cells.n
		}
	}
	for i := range m.books {
		records += m.books[i].records.index.n
	}
	assert.LessOrEqual(t, len(m.choices.byHash), 200)
	assert.LessOrEqual(t, rolling, 6000)
	assert.LessOrEqual(t, records, 100)
}

func TestKeysApartHaveHashesApart(t *testing.T) {
	s := newSeeds()
	var h hasher
	h.start(&s, "")
	seen := map[hash]Key{}
	for _, tenant := range []string{"", "a", "ab"} {
		for _, o := range []offer.ID{"", "a", "b", "ba", "\x00"} {
			for _, p := range []PolicyID{"", "a", "b"} {
				for _, counts := range []string{"", "a", "\x01a"} {
					for _, start := range []int64{0, 1} {
						for _, w := range []offer.Window{{}, {Every: "a"}, {Timezone: "a"}, {Rolling: 1}} {
							k := Key{Tenant: tenant, Offer: o, Policy: p, Counts: counts, Start: start, End: 1 - start, Window: w}
							for _, k.Placement = range []placement.ID{"", "a", "b"} {
								for _, k.Profile = range []profile.ID{"", "a", "b"} {
									var of source
									h.source(&of, &k)
									id := of.id
									other, known := seen[id]
									require.False(t, known, "%v and %v", k, other)
									seen[id] = k
								}
							}
						}
					}
				}
			}
		}
	}
}
