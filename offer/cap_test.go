package offer_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/offer"
)

func TestWindowInJSON(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       offer.Window
	}{
		{"for ever", `{}`, offer.Window{}},
		{"a day in a zone", `{"every": "day", "timezone": "Europe/Berlin"}`, offer.Window{Every: offer.Day, Timezone: "Europe/Berlin"}},
		{"a week from sunday", `{"every": "week", "weekStart": "sunday"}`, offer.Window{Every: offer.Week, WeekStart: "sunday"}},
		{"hours", `{"rolling": "168h"}`, offer.Window{Rolling: 7 * 24 * time.Hour}},
		{"minutes and seconds", `{"rolling": "1h30m1.5s"}`, offer.Window{Rolling: 90*time.Minute + 1500*time.Millisecond}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got offer.Window
			require.NoError(t, json.Unmarshal([]byte(tt.text), &got))
			assert.Equal(t, tt.want, got)
		})
	}
	for _, text := range []string{`{"rolling": "7 days"}`, `{"rolling": 168}`, `{"rolling": "168"}`, `[]`} {
		assert.Error(t, json.Unmarshal([]byte(text), &offer.Window{}), text)
	}
}

func TestCapReadsWhatItWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := offer.Cap{
			Limit:     rapid.Int64Min(1).Draw(t, "limit"),
			Per:       rapid.SampledFrom([]offer.Per{offer.PerProfile, offer.PerAll}).Draw(t, "per"),
			Counts:    rapid.String().Draw(t, "counts"),
			Placement: "hero",
			Window: rapid.OneOf(
				rapid.Custom(func(t *rapid.T) offer.Window {
					return offer.Window{
						Every:     rapid.SampledFrom([]offer.Every{offer.Hour, offer.Day, offer.Week, offer.Month}).Draw(t, "every"),
						Timezone:  rapid.SampledFrom([]string{"", "UTC", "America/St_Johns"}).Draw(t, "zone"),
						WeekStart: rapid.SampledFrom([]string{"", "saturday"}).Draw(t, "week start"),
					}
				}),
				rapid.Custom(func(t *rapid.T) offer.Window {
					return offer.Window{Rolling: time.Duration(rapid.Int64Min(0).Draw(t, "rolling"))}
				}),
			).Draw(t, "window"),
		}
		text, err := json.Marshal(want)
		require.NoError(t, err)
		var got offer.Cap
		require.NoError(t, json.Unmarshal(text, &got))
		assert.Equal(t, want, got, "%s", text)
	})
}

func TestWindowForEverIsLeftOut(t *testing.T) {
	text, err := json.Marshal(offer.Cap{Limit: 1, Per: offer.PerAll})
	require.NoError(t, err)
	assert.JSONEq(t, `{"limit": 1, "per": "all"}`, string(text))
}

func TestEqualWindowsHaveOneNormalForm(t *testing.T) {
	for _, tt := range []struct {
		name string
		a, b offer.Window
		want bool
	}{
		{"no zone is UTC", offer.Window{Every: offer.Day}, offer.Window{Every: offer.Day, Timezone: "UTC"}, true},
		{"a week begins on monday", offer.Window{Every: offer.Week}, offer.Window{Every: offer.Week, Timezone: "UTC", WeekStart: "monday"}, true},
		{"another day is another week", offer.Window{Every: offer.Week}, offer.Window{Every: offer.Week, WeekStart: "sunday"}, false},
		{"another zone is another day", offer.Window{Every: offer.Day}, offer.Window{Every: offer.Day, Timezone: "Europe/Berlin"}, false},
		{"for ever has no zone", offer.Window{}, offer.Window{Every: offer.Day}, false},
		{"60 minutes are an hour", offer.Window{Rolling: 60 * time.Minute}, offer.Window{Rolling: time.Hour}, true},
		{"a rolling hour is none of the clock", offer.Window{Rolling: time.Hour}, offer.Window{Every: offer.Hour}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, tt.a.Normal() == tt.b.Normal())
			assert.Equal(t, tt.a.Normal(), tt.a.Normal().Normal())
			assert.Equal(t, tt.a.IsZero(), tt.a.Normal().IsZero())
		})
	}
}
