package capping

import (
	"bytes"
	"errors"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// TestFirstRecordIsWrittenAsAnyOther reads each record that a first reservation wrote without its units
// being put together, and writes it again.
func TestFirstRecordIsWrittenAsAnyOther(t *testing.T) {
	at := time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		m := NewMemory(MemoryConfig{Now: func() time.Time { return at }})
		small := rapid.IntRange(0, 2)
		for i := range rapid.IntRange(1, 6).Draw(t, "decisions") {
			r := Reservation{Attempt: Attempt{ID: strconv.Itoa(i), Profile: profile.ID(rapid.SampledFrom([]string{"", "p"}).Draw(t, "profile")), At: at}}
			r.Hold = rapid.SampledFrom([]time.Duration{0, time.Minute, 3 * time.Hour}).Draw(t, "hold")
			for range rapid.IntRange(0, 4).Draw(t, "items") {
				item := Item{
					Activity: offer.ActivityID(strconv.Itoa(small.Draw(t, "activity"))), Placement: placement.ID(strconv.Itoa(small.Draw(t, "placement"))),
					Offer: offer.ID(strconv.Itoa(small.Draw(t, "offer"))),
				}
				for range small.Draw(t, "limits") {
					k := Key{Offer: item.Offer, Profile: profile.ID(rapid.SampledFrom([]string{"", "p", "q"}).Draw(t, "whose"))}
					k.Window.Rolling = time.Duration(small.Draw(t, "rolling"))
					k.Counts = rapid.SampledFrom([]string{"", "", "display"}).Draw(t, "counts")
					item.Limits = append(item.Limits, Limit{Key: k, Max: 100 + int64(small.Draw(t, "max"))})
				}
				r.Items = append(r.Items, item)
			}
			grant, err := m.Reserve(t.Context(), r)
			require.NoError(t, err)
			require.True(t, grant.Granted())
			d := m.desk()
			d.begin(m, &r.Attempt)
			b := &m.books[d.id.part(bookBits)]
			value := b.records.get(d.id)
			var known record
			known.read(value, b.places, b.choices)
			require.True(t, bytes.Equal(value, known.appendTo(nil, b.choices)))
			m.putBack(d)
		}
	})
}

// TestNamesAreNeverTakenFromThoseWhoUseThem lets each decision choose what none has chosen before, so
// that names are taken away all the time, also those of texts that come again much later, and then asks
// for all that was promised.
func TestNamesAreNeverTakenFromThoseWhoUseThem(t *testing.T) {
	const workers, decisions = 4, 3000
	start := time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)
	var tick atomic.Int64
	m := NewMemory(MemoryConfig{
		Now:       func() time.Time { return start.Add(time.Duration(tick.Add(1)) * 10 * time.Millisecond) },
		Retention: 5 * time.Second, EventRetention: 5 * time.Second,
	})
	all := Key{Offer: "all"}
	var again [60]string
	for i := range again {
		again[i] = "again-" + strconv.Itoa(i)
	}
	var working sync.WaitGroup
	for w := range workers {
		working.Go(func() {
			for i := range decisions {
				own := Key{Policy: PolicyID(strconv.Itoa(i / 3)), Profile: "p"}
				text := again[i/10%len(again)]
				known := Key{Policy: PolicyID(text), Profile: "p"}
				r := Reservation{Attempt: Attempt{ID: strconv.Itoa(w) + "-" + strconv.Itoa(i), Profile: "p", At: start}}
				r.Items = []Item{
					{Activity: offer.ActivityID("turn-" + strconv.Itoa(i%7)), Offer: offer.ID(strconv.Itoa(i)), Limits: []Limit{{Key: own, Max: 1 << 40}}},
					{Activity: offer.ActivityID(strconv.Itoa(i)), Offer: "x", Limits: []Limit{{Key: all, Max: 1 << 40}}},
					{Activity: offer.ActivityID(text), Offer: offer.ID(text)},
					{Activity: "known", Offer: offer.ID(text[1:]), Limits: []Limit{{Key: known, Max: 1 << 40}}},
				}
				grant, err := m.Reserve(t.Context(), r)
				if err != nil || !grant.Granted() {
					t.Error(grant, err)
					return
				}
				err = m.Resolve(t.Context(), Resolution{ID: r.ID, Action: Release, Activity: r.Items[0].Activity})
				if err != nil && !errors.Is(err, ErrUnknownDecision) { // others may turn the clock meanwhile
					t.Error(err)
				}
				r.Revision = grant.Revision
				runtime.Gosched()
				usage, err := m.Usage(t.Context(), Attempt{ID: "reader", At: start}, []Key{all, known}, nil)
				if err != nil || usage.Units[0] < 1 || usage.Units[1] < 1 {
					t.Error("a unit is gone:", usage, err)
				}
				if err := m.Resolve(t.Context(), Resolution{ID: r.ID, Action: Release, Record: &r}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	working.Wait()
	keys := []Key{all}
	for i := range decisions / 3 {
		keys = append(keys, Key{Policy: PolicyID(strconv.Itoa(i)), Profile: "p"})
	}
	for _, text := range again {
		keys = append(keys, Key{Policy: PolicyID(text), Profile: "p"})
	}
	usage, err := m.Usage(t.Context(), Attempt{At: start}, keys, nil)
	require.NoError(t, err)
	for i, n := range usage.Units {
		assert.Zero(t, n, "%v", keys[i])
	}
	assert.Less(t, len(m.choices.byHash), decisions)
}

// TestNamesThatWereTakenAwayAreNotUsed decides with names that are known by heart, and were taken away: first
// since the application's clock went back to when they were in use, then between what is summed up before any
// lock is taken and what is put in.
func TestNamesThatWereTakenAwayAreNotUsed(t *testing.T) {
	now := time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)
	m := NewMemory(MemoryConfig{Now: func() time.Time { return now }, Retention: time.Second, EventRetention: time.Second})
	reserve := func(id, text string) error {
		k := Key{Offer: offer.ID(text), Profile: "p"}
		r := Reservation{Attempt: Attempt{ID: id, Profile: "p", At: now}, Items: []Item{
			{Activity: offer.ActivityID(text), Offer: k.Offer, Limits: []Limit{{Key: k, Max: 1 << 40}}},
			{Activity: offer.ActivityID(text), Offer: "fallback" + k.Offer},
		}}
		_, err := m.Reserve(t.Context(), r)
		return err
	}
	known := Reservation{Attempt: Attempt{ID: "summed up", At: now}, Items: []Item{{Activity: "known", Offer: "known"}}}
	for round := range 3 {
		for i := range 4 { // names are claimed and learnt by heart
			require.NoError(t, reserve(strconv.Itoa(round)+"-"+strconv.Itoa(i), "known"))
		}
		then := now
		d := m.desk()
		d.sum(m, &known, then.Unix())
		taken := d.items[0]
		now = now.Add(time.Hour)
		for i := range 400 {
			now = now.Add(time.Second)
			require.NoError(t, reserve(strconv.Itoa(i), strconv.Itoa(i)))
		}
		require.EqualValues(t, gone, taken.choice.used.Load())
		require.EqualValues(t, gone, taken.place.used.Load())
		require.False(t, d.claim(now.Unix()))
		d.sum(m, &known, now.Unix())
		require.True(t, d.claim(now.Unix()))
		require.Equal(t, taken.choice.hash, d.items[0].choice.hash)
		m.putBack(d)

		later := now
		now = then
		require.NoError(t, reserve("again", "known"))
		require.NoError(t, m.Resolve(t.Context(), Resolution{ID: "again", Action: Release, Activity: "known"}))
		now = later.Add(time.Minute)
	}
	usage, err := m.Usage(t.Context(), Attempt{At: now}, []Key{{Offer: "known", Profile: "p"}}, nil)
	require.NoError(t, err)
	assert.Equal(t, []int64{12}, usage.Units)
}

// TestCounterOfAnotherProfileIsToldByTheRecord reserves on a counter that no choice can tell.
func TestCounterOfAnotherProfileIsToldByTheRecord(t *testing.T) {
	at := time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)
	m := NewMemory(MemoryConfig{Now: func() time.Time { return at }})
	household := Key{Policy: "calls", Profile: "household"}
	r := Reservation{Attempt: Attempt{Profile: "p", At: at}, Items: []Item{{Activity: "home", Offer: "x", Limits: []Limit{{Key: household, Max: 9}}}}}
	for i := range 3 {
		r.ID = strconv.Itoa(i)
		grant, err := m.Reserve(t.Context(), r)
		require.NoError(t, err)
		require.True(t, grant.Granted())
	}
	require.NoError(t, m.Resolve(t.Context(), Resolution{ID: "1", Action: Release}))
	usage, err := m.Usage(t.Context(), Attempt{ID: "2", Profile: "p", At: at}, []Key{household}, nil)
	require.NoError(t, err)
	assert.Equal(t, []int64{1}, usage.Units)
}

func TestDigestTellsTextsApart(t *testing.T) {
	s := newSeeds()
	seen := map[hash]string{}
	var parts [2]map[uint64]bool
	for i := range parts {
		parts[i] = map[uint64]bool{}
	}
	tell := func(text string) {
		h := digest(&s, text)
		require.Equal(t, h, digest(&s, []byte(text)))
		other, known := seen[h]
		require.False(t, known, "%q and %q", text, other)
		require.NotZero(t, h.lo)
		seen[h], parts[0][h.hi], parts[1][h.lo] = text, true, true
	}
	for n := range 70 {
		text := bytes.Repeat([]byte{0}, n)
		tell(string(text))
		for i := range text {
			for _, b := range []byte{1, 2, 128, 255} {
				text[i] = b
				tell(string(text))
				text[i] = 0
			}
		}
	}
	for i := range 100_000 {
		tell("offer-" + strconv.Itoa(i))
	}
	assert.Len(t, parts[0], len(seen))
	assert.Len(t, parts[1], len(seen))
	other := newSeeds()
	assert.NotEqual(t, digest(&s, "x"), digest(&other, "x"))
}
