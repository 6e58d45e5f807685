package decisioning_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/rank"
)

// TestMixedRankersWarnInAnyOrder: whether scores share a unit does not depend on the order in
// which a request names its activities, and one weight says that somebody thought of it.
func TestMixedRankersWarnInAnyOrder(t *testing.T) {
	c := shop(inventory...)
	c.Activities[1].Rank = rank.Spec{Formula: "offer.priority"}
	third := c.Activities[0]
	third.ID, third.Weight = "third", 2
	c.Activities = append(c.Activities, third)
	e := open(t, c, decisioning.Config{})
	for _, tt := range []struct {
		ids  []decisioning.ActivityID
		want int
	}{
		{[]decisioning.ActivityID{"home", "side"}, 1},
		{[]decisioning.ActivityID{"home", "side", "third"}, 0},
		{[]decisioning.ActivityID{"home", "third"}, 0},
	} {
		for range tt.ids {
			assert.Len(t, decide(t, e, asking("", tt.ids...)).Warnings, tt.want, "%v", tt.ids)
			tt.ids = slices.Concat(tt.ids[1:], tt.ids[:1])
		}
	}
}

// TestActivityCalendarIsExact: to the nanosecond, at the first and the last instants of all, too,
// and in each decision anew.
func TestActivityCalendarIsExact(t *testing.T) {
	first, last := time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	middle := noon.Add(time.Second / 2)
	for _, tt := range []struct {
		name       string
		start, end time.Time
		in, out    []time.Time
	}{
		{"open ended", time.Time{}, time.Time{}, []time.Time{first, noon, last}, nil},
		{"start", middle, time.Time{}, []time.Time{middle, middle.Add(1), middle.Add(time.Second), last}, []time.Time{first, noon, middle.Add(-1)}},
		{"end", time.Time{}, middle, []time.Time{first, noon, middle.Add(-1)}, []time.Time{middle, middle.Add(1), middle.Add(time.Second), last}},
		{"full seconds", noon, noon.Add(time.Second), []time.Time{noon, noon.Add(time.Second - 1)}, []time.Time{noon.Add(-1), noon.Add(time.Second)}},
		{"one nanosecond", middle, middle.Add(1), []time.Time{middle}, []time.Time{noon, middle.Add(-1), middle.Add(1)}},
		{"all but the bounds of time", first.Add(1), last, []time.Time{first.Add(1), last.Add(-1)}, []time.Time{first, last}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := shop(offer.Offer{ID: "tent"})
			c.Activities[0].Start, c.Activities[0].End = tt.start, tt.end
			e := open(t, c, decisioning.Config{})
			ask := func(at time.Time) []string {
				r := asking("", "home")
				r.At = at
				return proposed(decide(t, e, r))
			}
			for range 2 {
				for _, at := range tt.in {
					assert.Equal(t, []string{"tent"}, ask(at), at)
				}
				for _, at := range tt.out {
					assert.Equal(t, []string{"[hello]"}, ask(at), at)
				}
			}
		})
	}
}
