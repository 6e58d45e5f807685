package acceptance_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// Days on which clocks change in five zones, among them one whose clocks change
// at midnight and one that moves them by half an hour.
func TestCapPerDayAdmitsAtTheFirstInstantOfTheLocalDay(t *testing.T) {
	var days []struct {
		Zone  string    `json:"zone"`
		Start time.Time `json:"local_day_start_utc"`
		End   time.Time `json:"local_day_end_utc"`
	}
	require.NoError(t, json.NewDecoder(open(t, "time/dst_transitions.json")).Decode(&days))
	require.Len(t, days, 83)

	catalog := decisioning.Catalog{Placements: spots()}
	for _, d := range days {
		catalog.Offers = append(catalog.Offers, offer.Offer{
			ID: offer.ID(d.Zone + d.Start.String()), Status: offer.Approved, Representations: content(),
			Caps: []offer.Cap{{Limit: 1, Per: offer.PerProfile, Window: offer.Window{Every: offer.Day, Timezone: d.Zone}}},
		})
	}
	catalog.Activities = []decisioning.Activity{{
		ID: "daily", Placement: spot, Optional: true, Count: 30,
		Selections: []decisioning.Selection{{}},
	}}
	for i, d := range days {
		t.Run(fmt.Sprint(d.Zone, d.Start), func(t *testing.T) {
			single := catalog
			single.Offers = catalog.Offers[i : i+1]
			engine := publish(t, single, decisioning.Config{Now: func() time.Time { return d.Start }})
			for _, step := range []struct {
				name string
				at   time.Time
				want int
			}{
				{"the day before", d.Start.Add(-time.Second), 1},
				{"the day before again", d.Start.Add(-time.Second), 0},
				{"at the first instant", d.Start, 1},
				{"at the last second", d.End.Add(-time.Second), 0},
				{"at the first instant of the next day", d.End, 1},
			} {
				got := decide(t, engine, decisioning.Request{
					ProfileID: profile.ID("p"), At: step.at, Activities: []decisioning.ActivityID{"daily"},
				})
				assert.Len(t, got, step.want, step.name)
			}
		})
	}
}
