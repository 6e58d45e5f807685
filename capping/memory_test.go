package capping_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// A desk is a Memory with a clock that is set by hand.
type desk struct {
	*capping.Memory
	now time.Time
}

func newDesk(c capping.MemoryConfig) *desk {
	d := &desk{now: noon}
	c.Now = func() time.Time { return d.now }
	d.Memory = capping.NewMemory(c)
	return d
}

func forEver(o offer.ID) capping.Key { return capping.Key{Offer: o} }

func proposal(id string, hold time.Duration, most int64, keys ...capping.Key) capping.Reservation {
	item := capping.Item{Activity: "home", Placement: "hero", Offer: "x"}
	for _, k := range keys {
		item.Limits = append(item.Limits, capping.Limit{Key: k, Max: most})
	}
	return capping.Reservation{
		Attempt: capping.Attempt{ID: id, Profile: "p", At: noon}, Hold: hold, Items: []capping.Item{item},
	}
}

func (d *desk) take(t *testing.T, r capping.Reservation) capping.Reservation {
	t.Helper()
	grant, err := d.Reserve(t.Context(), r)
	require.NoError(t, err)
	require.True(t, grant.Granted(), "full: %v", grant.Full)
	r.Revision = grant.Revision
	return r
}

func (d *desk) units(t *testing.T, k capping.Key) int64 {
	t.Helper()
	usage, err := d.Usage(t.Context(), capping.Attempt{At: noon}, []capping.Key{k}, nil)
	require.NoError(t, err)
	return usage.Units[0]
}

func TestHoldAndRetentionEndToTheNanosecond(t *testing.T) {
	d := newDesk(capping.MemoryConfig{Retention: time.Minute})
	d.take(t, proposal("1", time.Second, 1, forEver("x")))
	d.now = noon.Add(time.Second - 1)
	assert.EqualValues(t, 1, d.units(t, forEver("x")))
	d.now = noon.Add(time.Second)
	assert.EqualValues(t, 0, d.units(t, forEver("x")))

	release := capping.Resolution{ID: "1", Action: capping.Release}
	d.now = noon.Add(time.Minute - 1)
	require.NoError(t, d.Resolve(t.Context(), release))
	d.now = noon.Add(time.Minute)
	require.ErrorIs(t, d.Resolve(t.Context(), release), capping.ErrUnknownDecision)
}

func TestRollingWindowIsOpenToTheNanosecond(t *testing.T) {
	d := newDesk(capping.MemoryConfig{})
	k := capping.Key{Offer: "x", Window: offer.Window{Rolling: time.Second + 1}}
	d.take(t, proposal("1", 0, 1, k))
	for _, tt := range []struct {
		apart time.Duration
		want  int64
	}{{-time.Second - 1, 0}, {-time.Second, 1}, {time.Second, 1}, {time.Second + 1, 0}} {
		usage, err := d.Usage(t.Context(), capping.Attempt{At: noon.Add(tt.apart)}, []capping.Key{k}, nil)
		require.NoError(t, err)
		assert.Equal(t, tt.want, usage.Units[0], "%v apart", tt.apart)
	}
}

func TestTimeStandsStillWhereTheClockGoesBack(t *testing.T) {
	d := newDesk(capping.MemoryConfig{})
	d.take(t, proposal("1", time.Minute, 1, forEver("x")))
	d.now = noon.Add(time.Minute)
	assert.EqualValues(t, 0, d.units(t, forEver("x")))
	d.now = noon
	d.take(t, proposal("2", time.Minute, 1, forEver("x")))
	d.now = noon.Add(time.Minute)
	assert.EqualValues(t, 1, d.units(t, forEver("x")), "the hold began when the clock was furthest")
}

func TestMisuseIsRefused(t *testing.T) {
	d := newDesk(capping.MemoryConfig{})
	_, err := d.Reserve(t.Context(), proposal("", 0, 1))
	require.ErrorContains(t, err, "id")
	_, err = d.Reserve(t.Context(), proposal("1", -1, 1))
	require.ErrorContains(t, err, "negative hold")
	require.Error(t, d.Record(t.Context(), capping.Event{ID: "e", Type: "display", Profile: "p", Placement: "hero"}))

	other := d.take(t, proposal("1", 0, 1, forEver("x")))
	release := capping.Resolution{ID: "2", Action: capping.Release, Record: &other}
	require.ErrorContains(t, d.Resolve(t.Context(), release), "another decision")
	assert.EqualValues(t, 1, d.units(t, forEver("x")))
}

func TestForgedRecordsTakeNothingBelowZero(t *testing.T) {
	d := newDesk(capping.MemoryConfig{})
	rolling := capping.Key{Offer: "x", Window: offer.Window{Rolling: time.Hour}}
	d.take(t, proposal("1", 0, 9, forEver("x"), rolling))
	for _, revision := range []uint64{1, 2, 1 << 60} {
		forged := proposal("2", 0, 9, forEver("y"), rolling)
		forged.Revision = revision
		forged.At = noon.Add(time.Minute)
		require.NoError(t, d.Resolve(t.Context(), capping.Resolution{ID: "2", Action: capping.Release, Record: &forged}))
	}
	forged := proposal("1", 0, 9, forEver("x"))
	forged.Revision = 7
	require.NoError(t, d.Resolve(t.Context(), capping.Resolution{ID: "1", Action: capping.Release, Record: &forged}))
	assert.EqualValues(t, 0, d.units(t, forEver("y")))
	assert.EqualValues(t, 1, d.units(t, forEver("x")))
	assert.EqualValues(t, 1, d.units(t, rolling))
}

func TestEventIDIsNewAfterItsRetention(t *testing.T) {
	d := newDesk(capping.MemoryConfig{EventRetention: time.Minute})
	e := capping.Event{ID: "e", Type: "display", Offer: "x", Profile: "p", Placement: "hero", At: noon}
	shown := capping.Key{Offer: "x", Counts: "display"}
	for _, tt := range []struct {
		after time.Duration
		want  int64
	}{{0, 1}, {time.Minute - 1, 1}, {time.Minute, 2}, {time.Minute + 1, 2}} {
		d.now = noon.Add(tt.after)
		require.NoError(t, d.Record(t.Context(), e))
		assert.Equal(t, tt.want, d.units(t, shown), "after %v", tt.after)
	}
}

func TestLatenessNeverReadsWhatItHasDropped(t *testing.T) {
	d := newDesk(capping.MemoryConfig{Lateness: time.Hour})
	rolling := capping.Key{Offer: "x", Window: offer.Window{Rolling: 30 * time.Minute}}
	today := schedule(t, offer.Window{Every: offer.Day}).At(noon, forEver("x"))
	lapsing := d.take(t, proposal("1", time.Minute, 9, today))
	d.take(t, proposal("2", 0, 9, forEver("x"), rolling, today))

	read := func(at time.Time, k capping.Key) (int64, error) {
		usage, err := d.Usage(t.Context(), capping.Attempt{At: at}, []capping.Key{k}, nil)
		if err != nil {
			return 0, err
		}
		return usage.Units[0], nil
	}
	d.now = noon.Add(time.Hour)
	for i := range 200 { // each grant drops some of what is dead
		d.take(t, proposal(fmt.Sprint("a", i), 0, 1000, capping.Key{Offer: "x", Profile: profile.ID(fmt.Sprint(i))}))
	}
	n, err := read(noon, rolling)
	require.NoError(t, err)
	assert.EqualValues(t, 1, n, "the instant is as late as it may be")

	d.now = d.now.Add(1)
	_, err = read(noon, rolling)
	require.ErrorContains(t, err, "not kept")
	n, err = read(noon.Add(29*time.Minute), rolling)
	require.NoError(t, err)
	assert.EqualValues(t, 1, n, "what a window in time still reaches is kept")

	d.now = time.Unix(today.End, 0).Add(time.Hour - 1)
	n, err = read(noon, today)
	require.NoError(t, err)
	assert.EqualValues(t, 1, n)
	d.now = d.now.Add(1)
	_, err = read(noon, today)
	require.ErrorContains(t, err, "not kept")
	_, err = d.Reserve(t.Context(), proposal("3", 0, 9, today))
	require.ErrorContains(t, err, "not kept")
	assert.EqualValues(t, 1, d.units(t, forEver("x")), "for ever is for ever")
	require.NoError(t, d.Resolve(t.Context(), capping.Resolution{ID: "1", Action: capping.Release, Record: &lapsing}))
}

func TestConfirmationTooLateForItsWindowHasLapsed(t *testing.T) {
	d := newDesk(capping.MemoryConfig{Lateness: time.Minute, Retention: 48 * time.Hour})
	today := schedule(t, offer.Window{Every: offer.Day}).At(noon, forEver("x"))
	d.take(t, proposal("1", time.Minute, 9, today))
	d.now = noon.Add(24 * time.Hour)
	require.ErrorIs(t, d.Resolve(t.Context(), capping.Resolution{ID: "1", Action: capping.Confirm}), capping.ErrLapsed)
}

func TestAnonymousEventCountsOverAllOnly(t *testing.T) {
	d := newDesk(capping.MemoryConfig{})
	r := proposal("1", 0, 1)
	r.Profile = ""
	d.take(t, r)
	require.NoError(t, d.Record(t.Context(), capping.Event{ID: "e", Type: "display", Offer: "x", At: noon, Decision: "1"}))
	for _, place := range []placement.ID{"", "hero"} {
		assert.EqualValues(t, 1, d.units(t, capping.Key{Offer: "x", Counts: "display", Placement: place}))
	}
}

func TestUsageDoesNotAllocate(t *testing.T) {
	d := newDesk(capping.MemoryConfig{})
	keys := keysOf("", "x", "p", noon)
	d.take(t, proposal("1", 0, 9, keys...))
	dst := make([]int64, 0, len(keys))
	a := capping.Attempt{ID: "1", Profile: "p", At: noon}
	ctx := context.Background()
	if n := testing.AllocsPerRun(100, func() { _, _ = d.Usage(ctx, a, keys, dst) }); n > 0 && !raced {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkMemory(b *testing.B) {
	clock := noon
	m := capping.NewMemory(capping.MemoryConfig{Now: func() time.Time { return clock }})
	ctx := b.Context()
	keys := keysOf("", "x", "p", noon)[:4]
	b.Run("Usage", func(b *testing.B) {
		b.ReportAllocs()
		dst := make([]int64, 0, len(keys))
		for b.Loop() {
			_, _ = m.Usage(ctx, capping.Attempt{ID: "1", Profile: "p", At: noon}, keys, dst)
		}
	})
	b.Run("Reserve", func(b *testing.B) {
		b.ReportAllocs()
		r := proposal("1", 0, 1<<40, keys...)
		for b.Loop() {
			clock = clock.Add(time.Millisecond)
			grant, err := m.Reserve(ctx, r)
			if err != nil {
				b.Fatal(err)
			}
			r.Revision = grant.Revision
		}
	})
}
