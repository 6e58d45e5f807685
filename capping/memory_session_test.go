package capping_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
)

// TestSessionIsOfOneAttempt: it replaces nothing. A record that was there before makes its readings doubtful; one that came since
// is that of a later attempt, which stands.
func TestSessionIsOfOneAttempt(t *testing.T) {
	d := newDesk(capping.MemoryConfig{})
	r := proposal("1", 0, 5, forEver("x"))
	reserve := func(s *capping.Session) (capping.Grant, error) {
		grant, err := s.Reserve(t.Context(), &r)
		s.End()
		return grant, err
	}
	early, first := d.Begin(r.Attempt), d.Begin(r.Attempt)
	grant, err := reserve(&first)
	require.NoError(t, err)
	require.True(t, grant.Granted())
	_, err = reserve(&early)
	require.ErrorIs(t, err, capping.ErrStale)
	again := d.Begin(r.Attempt)
	_, err = reserve(&again)
	require.ErrorIs(t, err, capping.ErrNotNew)
	assert.EqualValues(t, 1, d.units(t, forEver("x")))

	for _, change := range []func(*capping.Reservation){
		func(r *capping.Reservation) { r.ID = "2" },
		func(r *capping.Reservation) { r.Profile = "another" },
		func(r *capping.Reservation) { r.Tenant = "another" },
		func(r *capping.Reservation) { r.At = noon.Add(1) },
		func(r *capping.Reservation) { r.Hold = -1 },
		func(r *capping.Reservation) { r.ID = "" },
	} {
		changed := r
		change(&changed)
		s := d.Begin(r.Attempt)
		_, err := s.Reserve(t.Context(), &changed)
		s.End()
		require.Error(t, err)
		require.NotErrorIs(t, err, capping.ErrNotNew)
	}

	r.Profile = "another"
	other := d.Begin(r.Attempt)
	_, err = reserve(&other)
	require.ErrorIs(t, err, capping.ErrOtherProfile)
	assert.EqualValues(t, 1, d.units(t, forEver("x")))
}

// TestSessionReadsWhatHasLapsed: time goes on in a quiet counter, too.
func TestSessionReadsWhatHasLapsed(t *testing.T) {
	d := newDesk(capping.MemoryConfig{})
	d.take(t, proposal("1", time.Second, 1, forEver("x")))
	k := forEver("x")
	for _, tt := range []struct {
		after time.Duration
		want  int64
	}{{time.Second - 1, 1}, {time.Second, 0}} {
		d.now = noon.Add(tt.after)
		s := d.Begin(capping.Attempt{ID: "2", Profile: "p", At: noon})
		used, err := s.Used(&k)
		s.End()
		require.NoError(t, err)
		assert.Equal(t, tt.want, used, tt.after)
	}
}

// TestSessionKnowsWhatIsDropped: what Lateness may have dropped is an error, as in Usage.
func TestSessionKnowsWhatIsDropped(t *testing.T) {
	d := newDesk(capping.MemoryConfig{Lateness: time.Hour})
	k := capping.Key{Offer: "x", Window: offer.Window{Rolling: time.Minute}}
	for _, at := range []time.Time{noon, noon.Add(-2 * time.Hour)} {
		a := capping.Attempt{ID: "1", Profile: "p", At: at}
		_, want := d.Usage(t.Context(), a, []capping.Key{k}, nil)
		s := d.Begin(a)
		_, err := s.Used(&k)
		s.End()
		assert.Equal(t, want, err, at)
		assert.Equal(t, at != noon, err != nil)
	}
}
