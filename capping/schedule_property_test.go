package capping_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
)

// oddZones change their offset by odd amounts, at odd times, or over a date.
var oddZones = []string{
	"UTC", "Europe/Berlin", "Europe/Dublin", "Europe/London", "America/New_York", "America/St_Johns", "America/Sao_Paulo",
	"America/Santiago", "America/Nuuk", "America/Juneau", "America/Caracas", "Africa/Cairo", "Africa/Casablanca", "Africa/Monrovia",
	"Asia/Beirut", "Asia/Gaza", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Manila", "Asia/Pyongyang", "Asia/Tehran",
	"Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kwajalein", "Pacific/Kiritimati",
}

func drawWindow(t *rapid.T) offer.Window {
	w := offer.Window{
		Every:    rapid.SampledFrom([]offer.Every{offer.Hour, offer.Day, offer.Week, offer.Month}).Draw(t, "every"),
		Timezone: rapid.SampledFrom(oddZones).Draw(t, "zone"),
	}
	if w.Every == offer.Week {
		w.WeekStart = rapid.SampledFrom([]string{"", "sunday", "monday", "friday"}).Draw(t, "weekStart")
	}
	return w
}

// drawInstant draws an instant of any year, half of the time close to a transition.
func drawInstant(t *rapid.T, zone string) time.Time {
	if rapid.Bool().Draw(t, "any year") {
		return time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "second"), 0)
	}
	at := time.Unix(rapid.Int64Range(-5e9, 5e9).Draw(t, "near"), 0)
	loc, err := time.LoadLocation(zone)
	require.NoError(t, err)
	if _, end := at.In(loc).ZoneBounds(); !end.IsZero() {
		at = end
	}
	return at.Add(time.Duration(rapid.Int64Range(-100_000, 100_000).Draw(t, "off by")) * time.Second)
}

func TestWindowsPartitionTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWindow(t)
		s, fresh := newSchedule(t, w), newSchedule(t, w)
		at := drawInstant(t, w.Timezone)
		got := s.At(at, capping.Key{})
		require.LessOrEqual(t, got.Start, at.Unix())
		require.Greater(t, got.End, at.Unix())

		within := time.Unix(rapid.Int64Range(got.Start, got.End-1).Draw(t, "within"), 999_999_999)
		require.Equal(t, got, fresh.At(within, capping.Key{}), "every instant of a window has that window")
		require.Equal(t, got.End, s.At(time.Unix(got.End, 0), capping.Key{}).Start, "the next window starts where it ends")
		require.Equal(t, got.Start, s.At(time.Unix(got.Start-1, 0), capping.Key{}).End, "the one before ends where it starts")
		require.Equal(t, got, s.At(at, capping.Key{}), "what was asked before makes no difference")
	})
}

func newSchedule(t *rapid.T, w offer.Window) *capping.Schedule {
	s, err := capping.NewSchedule(w)
	require.NoError(t, err)
	return s
}

// TestWindowStartsAtTheFirstSecondOfItsPeriod asks the clock on the wall second by second.
func TestWindowStartsAtTheFirstSecondOfItsPeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWindow(t)
		zone, err := time.LoadLocation(w.Timezone)
		require.NoError(t, err)
		at := drawInstant(t, w.Timezone)
		got := newSchedule(t, w).At(at, capping.Key{})
		if w.Every == offer.Hour {
			require.Equal(t, hourBegins(at.Unix(), zone), got.Start)
			return
		}
		y, m, d := time.Unix(got.Start, 0).In(zone).Date()
		first := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
		if period := periodStart(w, first); period.Before(first) {
			// The period's own first date was skipped.
			require.Equal(t, got.Start, firstSecond(period, zone))
			first = period
		}
		require.Equal(t, firstSecond(first, zone), got.Start)
	})
}

// hourBegins steps back from at while the full hour and the offset stay.
func hourBegins(at int64, zone *time.Location) int64 {
	hour := func(s int64) [2]int64 {
		_, offset := time.Unix(s, 0).In(zone).Zone()
		local := s + int64(offset)
		return [2]int64{(local - ((local%3600)+3600)%3600) / 3600, int64(offset)}
	}
	start := at
	for hour(start-1) == hour(at) {
		start--
	}
	return start
}

// firstSecond tries the seconds around the date's midnight.
func firstSecond(date time.Time, zone *time.Location) int64 {
	reached := func(s int64) bool {
		y, m, d := time.Unix(s, 0).In(zone).Date()
		return !time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Before(date)
	}
	s := date.Unix() - 16*3600
	for !reached(s) {
		s += 60 // no zone went forward and back within a minute
	}
	for reached(s - 1) {
		s--
	}
	return s
}

func periodStart(w offer.Window, date time.Time) time.Time {
	starts := map[string]time.Weekday{"": time.Monday, "monday": time.Monday, "sunday": time.Sunday, "friday": time.Friday}
	switch w.Every {
	case offer.Week:
		for date.Weekday() != starts[w.WeekStart] {
			date = date.AddDate(0, 0, -1)
		}
	case offer.Month:
		for date.Day() != 1 {
			date = date.AddDate(0, 0, -1)
		}
	default: // a day
	}
	return date
}

func TestScheduleIsCheapWithinAWindow(t *testing.T) {
	s := schedule(t, offer.Window{Every: offer.Day, Timezone: "Europe/Berlin"})
	at := instant(t, "2026-06-03T12:00:00Z")
	s.At(at, capping.Key{})
	if n := testing.AllocsPerRun(100, func() { s.At(at, capping.Key{}) }); n > 0 {
		t.Errorf("%v allocations for the window that was asked last, want none", n)
	}
}
