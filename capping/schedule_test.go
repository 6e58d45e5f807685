package capping_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
)

func schedule(t *testing.T, w offer.Window) *capping.Schedule {
	t.Helper()
	s, err := capping.NewSchedule(w)
	require.NoError(t, err)
	return s
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}

func text(second int64) string { return time.Unix(second, 0).UTC().Format(time.RFC3339) }

func TestFaultyWindowIsRefusedWithAllItsFaults(t *testing.T) {
	for _, tt := range []struct {
		name   string
		window offer.Window
		want   []string
	}{
		{"unknown period", offer.Window{Every: "year"}, []string{`every: unknown period "year"`}},
		{"both", offer.Window{Every: offer.Day, Rolling: time.Hour}, []string{"both every and rolling"}},
		{"negative", offer.Window{Rolling: -1}, []string{"not above 0"}},
		{"unknown zone", offer.Window{Every: offer.Day, Timezone: "Mars/Olympus"}, []string{"timezone:", "Mars/Olympus"}},
		{"local", offer.Window{Every: offer.Day, Timezone: "Local"}, []string{"Local differs by machine"}},
		{"week start of a day", offer.Window{Every: offer.Day, WeekStart: "monday"}, []string{"weekStart: without"}},
		{"no weekday", offer.Window{Every: offer.Week, WeekStart: "Monday"}, []string{`weekStart: "Monday" is no`}},
		{
			"all at once",
			offer.Window{Every: "year", Rolling: -1, WeekStart: "x"},
			[]string{"every:", "rolling:", "both", "weekStart:"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := capping.NewSchedule(tt.window)
			for _, want := range tt.want {
				assert.ErrorContains(t, err, want)
			}
		})
	}
}

func TestWindowsAreInNormalForm(t *testing.T) {
	at := instant(t, "2026-06-03T12:34:56Z")
	key := capping.Key{Tenant: "t", Offer: "o", Start: 7, End: 8}
	for _, tt := range []struct {
		name   string
		window offer.Window
		want   capping.Key
	}{
		{"for ever", offer.Window{}, capping.Key{Tenant: "t", Offer: "o"}},
		{
			"rolling",
			offer.Window{Rolling: time.Hour},
			capping.Key{Tenant: "t", Offer: "o", Window: offer.Window{Rolling: time.Hour}},
		},
		{"week", offer.Window{Every: offer.Week}, capping.Key{
			Tenant: "t", Offer: "o", Window: offer.Window{Every: offer.Week, Timezone: "UTC", WeekStart: "monday"},
			Start: instant(t, "2026-06-01T00:00:00Z").Unix(), End: instant(t, "2026-06-08T00:00:00Z").Unix(),
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, schedule(t, tt.window).At(at, key))
		})
	}
}

// An hour, day, week or month in the zone, by one instant in it and the next window's start.
func TestCalendarWindowBounds(t *testing.T) {
	for _, tt := range []struct {
		name           string
		window         offer.Window
		at, start, end string
	}{
		{"day in UTC", offer.Window{Every: offer.Day}, "2026-06-03T23:59:59Z", "2026-06-03T00:00:00Z", "2026-06-04T00:00:00Z"},
		{"day of the year 1", offer.Window{Every: offer.Day}, "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z"},
		{
			"month at the end of the year 9999",
			offer.Window{Every: offer.Month, Timezone: "America/New_York"},
			"9999-12-31T23:59:59Z", "9999-12-01T05:00:00Z", "+10000",
		},
		{"week from sunday", offer.Window{Every: offer.Week, WeekStart: "sunday"}, "2026-06-06T12:00:00Z", "2026-05-31T00:00:00Z", "2026-06-07T00:00:00Z"},
		{"week from its own first day", offer.Window{Every: offer.Week, WeekStart: "saturday"}, "2026-06-06T00:00:00Z", "2026-06-06T00:00:00Z", "2026-06-13T00:00:00Z"},
		{"month of a leap year", offer.Window{Every: offer.Month, Timezone: "Europe/Berlin"}, "2028-02-29T12:00:00Z", "2028-01-31T23:00:00Z", "2028-02-29T23:00:00Z"},
		{"last day of a leap year", offer.Window{Every: offer.Day, Timezone: "Europe/Berlin"}, "2040-12-31T12:00:00Z", "2040-12-30T23:00:00Z", "2040-12-31T23:00:00Z"},
		{"hour on the last day of a leap year", offer.Window{Every: offer.Hour, Timezone: "Asia/Tehran"}, "2024-12-31T12:00:00Z", "2024-12-31T11:30:00Z", "2024-12-31T12:30:00Z"},
		{"day of 23 hours", offer.Window{Every: offer.Day, Timezone: "Europe/Berlin"}, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
		{"hour before the gap", offer.Window{Every: offer.Hour, Timezone: "Europe/Berlin"}, "2026-03-29T00:59:59Z", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"},
		{"first of the repeated hours", offer.Window{Every: offer.Hour, Timezone: "Europe/Berlin"}, "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"},
		{"second of the repeated hours", offer.Window{Every: offer.Hour, Timezone: "Europe/Berlin"}, "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"},
		{"hour in a zone of half an hour", offer.Window{Every: offer.Hour, Timezone: "Asia/Kolkata"}, "2026-06-01T00:00:00Z", "2026-05-31T23:30:00Z", "2026-06-01T00:30:00Z"},
		{"hour over a new year that keeps the offset", offer.Window{Every: offer.Hour, Timezone: "Australia/Adelaide"}, "2050-01-01T00:00:00Z", "2049-12-31T23:30:00Z", "2050-01-01T00:30:00Z"},
		{"hour over a new name that keeps the offset", offer.Window{Every: offer.Hour, Timezone: "America/St_Johns"}, "1945-08-14T23:15:00Z", "1945-08-14T22:30:00Z", "1945-08-14T23:30:00Z"},

		{"day before the date that Samoa skipped", offer.Window{Every: offer.Day, Timezone: "Pacific/Apia"}, "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"day after the date that Samoa skipped", offer.Window{Every: offer.Day, Timezone: "Pacific/Apia"}, "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"},
		{"week that starts on the date that Samoa skipped", offer.Window{Every: offer.Week, WeekStart: "friday", Timezone: "Pacific/Apia"}, "2011-12-31T00:00:00Z", "2011-12-30T10:00:00Z", "2012-01-05T10:00:00Z"},
		{"month that ended a day early in Samoa", offer.Window{Every: offer.Month, Timezone: "Pacific/Apia"}, "2011-12-31T00:00:00Z", "2011-12-01T10:00:00Z", "2011-12-31T10:00:00Z"},
		{"day before the date that Kwajalein skipped", offer.Window{Every: offer.Day, Timezone: "Pacific/Kwajalein"}, "1993-08-21T11:59:59Z", "1993-08-20T12:00:00Z", "1993-08-21T12:00:00Z"},
		{"date that Kwajalein had twice", offer.Window{Every: offer.Day, Timezone: "Pacific/Kwajalein"}, "1969-09-30T12:59:59Z", "1969-09-29T13:00:00Z", "1969-10-01T12:00:00Z"},
		{"hour cut by half an hour forward on Lord Howe", offer.Window{Every: offer.Hour, Timezone: "Australia/Lord_Howe"}, "2025-10-04T15:45:00Z", "2025-10-04T15:30:00Z", "2025-10-04T16:00:00Z"},
		{"hour before the clocks of Lord Howe go back", offer.Window{Every: offer.Hour, Timezone: "Australia/Lord_Howe"}, "2026-04-04T14:30:00Z", "2026-04-04T14:00:00Z", "2026-04-04T15:00:00Z"},
		{"half an hour repeated on Lord Howe", offer.Window{Every: offer.Hour, Timezone: "Australia/Lord_Howe"}, "2026-04-04T15:15:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z"},
		{"day in which the clocks of St Johns went back over midnight", offer.Window{Every: offer.Day, Timezone: "America/St_Johns"}, "2010-11-07T02:31:30Z", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z"},
		{"hour after the clocks of St Johns went back", offer.Window{Every: offer.Hour, Timezone: "America/St_Johns"}, "2010-11-07T02:45:00Z", "2010-11-07T02:31:00Z", "2010-11-07T03:30:00Z"},
		{"minute before the clocks of St Johns went back", offer.Window{Every: offer.Hour, Timezone: "America/St_Johns"}, "2010-11-07T02:30:30Z", "2010-11-07T02:30:00Z", "2010-11-07T02:31:00Z"},
		{"clocks of St Johns go forward at a minute past", offer.Window{Every: offer.Day, Timezone: "America/St_Johns"}, "2010-03-14T12:00:00Z", "2010-03-14T03:30:00Z", "2010-03-15T02:30:00Z"},
		{"no midnight in Cairo", offer.Window{Every: offer.Day, Timezone: "Africa/Cairo"}, "2024-04-26T12:00:00Z", "2024-04-25T22:00:00Z", "2024-04-26T21:00:00Z"},
		{"no midnight in Santiago", offer.Window{Every: offer.Day, Timezone: "America/Santiago"}, "2024-09-08T12:00:00Z", "2024-09-08T04:00:00Z", "2024-09-09T03:00:00Z"},
		{"no midnight in Sao Paulo", offer.Window{Every: offer.Day, Timezone: "America/Sao_Paulo"}, "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
		{"no midnight in Beirut", offer.Window{Every: offer.Day, Timezone: "Asia/Beirut"}, "2024-03-31T12:00:00Z", "2024-03-30T22:00:00Z", "2024-03-31T21:00:00Z"},
		{"hour before midnight twice in Sao Paulo", offer.Window{Every: offer.Day, Timezone: "America/Sao_Paulo"}, "2018-02-18T02:30:00Z", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := schedule(t, tt.window).At(instant(t, tt.at), capping.Key{})
			assert.Equal(t, tt.start, text(got.Start), "start")
			if tt.end == "+10000" {
				assert.Equal(t, time.Date(10000, 1, 1, 5, 0, 0, 0, time.UTC).Unix(), got.End, "end")
				return
			}
			assert.Equal(t, tt.end, text(got.End), "end")
		})
	}
}

// TestDayStartsAtItsFirstInstant reads the transitions of the last and the next
// years in zones of all kinds, with what other software says of them.
func TestDayStartsAtItsFirstInstant(t *testing.T) {
	dir := os.Getenv("PROFFER_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "time", "dst_transitions.json"))
	if err != nil {
		t.Skipf("no reference data, set PROFFER_DATA to its folder: %v", err)
	}
	var transitions []struct {
		Zone  string
		Day   string    `json:"local_day"`
		Start time.Time `json:"local_day_start_utc"`
		End   time.Time `json:"local_day_end_utc"`
		At    time.Time `json:"transition_utc"`
	}
	require.NoError(t, json.Unmarshal(raw, &transitions))
	require.NotEmpty(t, transitions)
	for _, tt := range transitions {
		s := schedule(t, offer.Window{Every: offer.Day, Timezone: tt.Zone})
		for _, at := range []time.Time{tt.Start, tt.Start.Add(time.Second), tt.End.Add(-1), tt.At, tt.At.Add(-1)} {
			if at.Before(tt.Start) {
				continue // the transition is the day's own start
			}
			got := s.At(at, capping.Key{})
			assert.Equal(t, tt.Start.Unix(), got.Start, "%s %s: start of the day around %v", tt.Zone, tt.Day, at)
			assert.Equal(t, tt.End.Unix(), got.End, "%s %s: end of the day around %v", tt.Zone, tt.Day, at)
		}
		before := s.At(tt.Start.Add(-1), capping.Key{})
		assert.Equal(t, tt.Start.Unix(), before.End, "%s %s: a second before the day starts", tt.Zone, tt.Day)
	}
}
