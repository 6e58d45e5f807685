package decisioning_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/decisioning"
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
