package capping_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

var noon = time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)

const step = 10 * time.Minute // of all times here, so that they often meet

// keysOf are the keys that a proposition of the offer draws on.
func keysOf(tenant string, o offer.ID, p profile.ID, at time.Time) []capping.Key {
	hour, err := capping.NewSchedule(offer.Window{Every: offer.Hour})
	if err != nil {
		panic(err)
	}
	rolling := offer.Window{Rolling: 3 * step}
	return []capping.Key{
		{Tenant: tenant, Offer: o, Profile: p},
		{Tenant: tenant, Offer: o, Window: rolling},
		{Tenant: tenant, Policy: "pressure", Profile: p, Window: rolling},
		hour.At(at, capping.Key{Tenant: tenant, Policy: "pressure"}),
		{Tenant: tenant, Offer: o, Profile: p, Counts: "display"},
		{Tenant: tenant, Offer: o, Counts: "display", Placement: "hero", Window: rolling},
		hour.At(at, capping.Key{Tenant: tenant, Policy: "pressure", Counts: "click"}),
	}
}

// A session is one run of operations against Memory and the model.
type session struct {
	memory  *capping.Memory
	model   *model
	granted []capping.Reservation // with the revisions of their grants
	behind  time.Duration         // the application's clock went back
	room    int64                 // under the limits, at least
	cloned  bool                  // equal texts are in memory of their own
}

// clocks begin within reach of nanoseconds since 1970, out of it, and a little before its ends.
func clocks() *rapid.Generator[time.Time] {
	const most = math.MaxInt64 / 1_000_000_000 // seconds
	return rapid.SampledFrom([]time.Time{
		noon, noon, time.Unix(-1, 0), time.Unix(most, 0).Add(-2 * step), time.Unix(-most, 0).Add(-2 * step),
		time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	})
}

func TestMemoryAgreesWithTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &session{model: &model{now: clocks().Draw(t, "clock")}}
		s.room = rapid.SampledFrom([]int64{2, 2, 600}).Draw(t, "room")
		s.cloned = rapid.Bool().Draw(t, "cloned")
		s.memory = capping.NewMemory(capping.MemoryConfig{Now: func() time.Time { return s.model.now.Add(-s.behind) }})
		t.Repeat(map[string]func(*rapid.T){
			"":        s.check,
			"reserve": s.reserve,
			"again":   s.reserve,
			"resolve": s.resolve,
			"settle":  s.resolve,
			"record":  s.record,
			"go back": func(t *rapid.T) {
				s.behind = rapid.SampledFrom([]time.Duration{1, step, 300 * 24 * time.Hour}).Draw(t, "behind")
			},
			"wait": func(t *rapid.T) {
				s.behind = 0
				s.model.advance(time.Duration(rapid.IntRange(0, 9).Draw(t, "steps")) * step)
			},
		})
	})
}

func (s *session) drawAttempt(t *rapid.T) capping.Attempt {
	a := capping.Attempt{
		Tenant: rapid.SampledFrom([]string{"t", "t", "t", "u"}).Draw(t, "tenant"),
		ID:     rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "id"),
		At:     noon.Add(time.Duration(rapid.IntRange(-5, 5).Draw(t, "at")) * step),
	}
	// Mostly one profile for an id.
	a.Profile = map[string]profile.ID{"1": "p", "2": "q", "3": ""}[a.ID]
	if rapid.IntRange(0, 9).Draw(t, "stranger") == 0 {
		a.Profile = "stranger"
	}
	return a
}

func (s *session) drawReservation(t *rapid.T) capping.Reservation {
	r := capping.Reservation{
		Attempt: s.drawAttempt(t),
		Hold:    time.Duration(rapid.SampledFrom([]int{0, 0, 1, 3, 8}).Draw(t, "hold")) * step,
	}
	for range rapid.IntRange(0, 3).Draw(t, "items") {
		item := capping.Item{
			Activity:  rapid.SampledFrom([]offer.ActivityID{"A", "B"}).Draw(t, "activity"),
			Placement: rapid.SampledFrom([]placement.ID{"hero", "hero", "side"}).Draw(t, "placement"),
			Offer:     rapid.SampledFrom([]offer.ID{"x", "y"}).Draw(t, "offer"),
		}
		if s.cloned {
			item.Activity, item.Placement = offer.ActivityID(strings.Clone(string(item.Activity))), placement.ID(strings.Clone(string(item.Placement)))
			item.Offer = offer.ID(strings.Clone(string(item.Offer)))
		}
		for i, k := range keysOf(r.Tenant, item.Offer, r.Profile, r.At) {
			if rapid.Bool().Draw(t, "capped") {
				l := capping.Limit{Key: k, Max: s.room + int64(i%3)}
				item.Limits = append(item.Limits, slices.Repeat([]capping.Limit{l}, s.drawUnits(t))...)
			}
		}
		r.Items = append(r.Items, item)
	}
	return r
}

// drawUnits draws how often an item is under the same limit: where there is room sometimes more than a mark
// counts to.
func (s *session) drawUnits(t *rapid.T) int {
	if s.room < 100 || rapid.IntRange(0, 3).Draw(t, "crowd") > 0 {
		return 1
	}
	return rapid.SampledFrom([]int{100, 254, 255}).Draw(t, "units")
}

func (s *session) reserve(t *rapid.T) {
	r := s.drawReservation(t)
	if d := s.model.record(r.Tenant, r.ID); d != nil && rapid.IntRange(0, 9).Draw(t, "late") > 0 {
		r.Revision = d.last
	}
	if rapid.Bool().Draw(t, "in a session") {
		s.reserveInSession(t, r)
		return
	}
	want, wantErr := s.model.reserve(r, time.Hour)
	got, err := s.memory.Reserve(t.Context(), r)
	s.granting(t, r, want, wantErr, got, err)
}

// reserveInSession does so after a look at all keys.
func (s *session) reserveInSession(t *rapid.T, r capping.Reservation) {
	in := s.memory.Begin(r.Attempt)
	defer in.End()
	for _, item := range r.Items {
		for _, l := range item.Limits {
			used, err := in.Used(&l.Key)
			require.NoError(t, err)
			require.Equal(t, s.model.used(l.Key, r.At, nil), used, "units on %+v", l.Key)
		}
	}
	known := s.model.record(r.Tenant, r.ID)
	got, err := in.Reserve(t.Context(), &r)
	switch {
	case known == nil:
		want, wantErr := s.model.reserve(r, time.Hour)
		s.granting(t, r, want, wantErr, got, err)
	case known.Profile != r.Profile:
		require.ErrorIs(t, err, capping.ErrOtherProfile)
	default:
		require.ErrorIs(t, err, capping.ErrNotNew)
	}
}

func (s *session) granting(t *rapid.T, r capping.Reservation, want capping.Grant, wantErr error, got capping.Grant, err error) {
	require.ErrorIs(t, err, wantErr)
	require.Equal(t, want.Full, got.Full)
	require.Equal(t, want.Revision, got.Revision)
	if err == nil && got.Granted() {
		r.Revision = got.Revision
		s.granted = append(s.granted, r)
	}
}

func (s *session) resolve(t *rapid.T) {
	r := capping.Resolution{
		Action:   rapid.SampledFrom([]capping.Action{capping.Confirm, capping.Confirm, capping.Release}).Draw(t, "action"),
		Activity: rapid.SampledFrom([]offer.ActivityID{"", "", "A", "B", "C"}).Draw(t, "activity"),
	}
	if len(s.granted) > 0 && rapid.Bool().Draw(t, "by record") {
		r.Action = capping.Release
		r.Record = &s.granted[rapid.IntRange(0, len(s.granted)-1).Draw(t, "record")]
		r.Tenant, r.ID = r.Record.Tenant, r.Record.ID
	} else {
		a := s.drawAttempt(t)
		r.Tenant, r.ID = a.Tenant, a.ID
	}
	want := s.model.resolve(r)
	require.ErrorIs(t, s.memory.Resolve(t.Context(), r), want)
}

func (s *session) record(t *rapid.T) {
	a := s.drawAttempt(t)
	e := capping.Event{
		Tenant:    a.Tenant,
		ID:        rapid.StringMatching(`[a-z]{1,2}`).Draw(t, "event"),
		Type:      rapid.SampledFrom([]string{"display", "display", "click"}).Draw(t, "type"),
		Offer:     rapid.SampledFrom([]offer.ID{"x", "y"}).Draw(t, "offer"),
		Policies:  rapid.SampledFrom([][]capping.PolicyID{nil, {"pressure"}, {"pressure", "pressure"}}).Draw(t, "policies"),
		Profile:   rapid.SampledFrom([]profile.ID{"", a.Profile}).Draw(t, "profile"),
		Placement: rapid.SampledFrom([]placement.ID{"", "hero", "side"}).Draw(t, "placement"),
		Decision:  rapid.SampledFrom([]string{"", a.ID, a.ID}).Draw(t, "decision"),
		Activity:  rapid.SampledFrom([]offer.ActivityID{"", "A", "B"}).Draw(t, "activity"),
		At:        a.At,
	}
	e.Display = e.Type == "display"
	want := s.model.happen(e)
	err := s.memory.Record(t.Context(), e)
	if errors.Is(want, errRefused) {
		require.Error(t, err)
		require.False(t, errors.Is(err, capping.ErrUnknownDecision) || errors.Is(err, capping.ErrContradiction), err)
		return
	}
	require.ErrorIs(t, err, want)
}

// check compares every counter around several instants, for a stranger and for each decision.
func (s *session) check(t *rapid.T) {
	for _, tenant := range []string{"t", "u"} {
		for i := -6; i <= 6; i += 2 {
			a := s.drawn(tenant, i)
			var keys []capping.Key
			for _, o := range []offer.ID{"x", "y"} {
				for _, p := range []profile.ID{"p", "q", ""} {
					keys = append(keys, keysOf(tenant, o, p, a.At)...)
				}
			}
			if i == -6 { // which finds what has lapsed since
				s.checkInSession(t, a, keys)
			}
			own := s.model.record(tenant, a.ID)
			got, err := s.memory.Usage(t.Context(), a, keys, nil)
			if own != nil && own.Profile != a.Profile {
				require.ErrorIs(t, err, capping.ErrOtherProfile)
				continue
			}
			require.NoError(t, err)
			for k := range keys {
				require.Equal(t, s.model.used(keys[k], a.At, own), got.Units[k], "units on %+v around %v", keys[k], a.At)
			}
			if own != nil {
				require.Equal(t, own.last, got.Revision)
			}
		}
	}
}

// checkInSession compares what all have together, whosever it is.
func (s *session) checkInSession(t *rapid.T, a capping.Attempt, keys []capping.Key) {
	in := s.memory.Begin(a)
	defer in.End()
	for k := range keys {
		used, err := in.Used(&keys[k])
		require.NoError(t, err)
		require.Equal(t, s.model.used(keys[k], a.At, nil), used, "units on %+v around %v", keys[k], a.At)
	}
}

func (s *session) drawn(tenant string, i int) capping.Attempt {
	id := []string{"1", "2", "3", "new"}[(i+6)/2%4]
	return capping.Attempt{Tenant: tenant, ID: id, Profile: map[string]profile.ID{"1": "p", "2": "q"}[id], At: noon.Add(time.Duration(i) * step)}
}
