package decisioning_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/rank"
)

// Expired offers leave the walk, and nothing but its length changes: earlier instants
// still see them, and so do changes of the catalog.
func TestExpiredOffersLeaveTheWalk(t *testing.T) {
	for _, by := range []rank.Spec{{}, {Formula: "offer.priority * 1.0"}, {By: rank.ByUtility}} {
		t.Run(fmt.Sprint(by), func(t *testing.T) { testExpired(t, by) })
	}
}

func testExpired(t *testing.T, by rank.Spec) {
	t.Helper()
	var offers []offer.Offer
	for i := range 1000 {
		offers = append(offers, offer.Offer{
			ID: offer.ID(fmt.Sprintf("past-%d", i)), Priority: 9, End: noon.Add(time.Duration(i-1000) * time.Second),
		})
	}
	offers = append(offers, offer.Offer{ID: "now", Priority: 1, End: noon.Add(time.Second)}, offer.Offer{ID: "soon", End: noon.Add(time.Hour)})
	c := shop(offers...)
	for i := range c.Offers {
		o := &c.Offers[i]
		o.Acceptance, o.Value = "0.5", float64(o.Priority)
	}
	for i := range c.Activities {
		c.Activities[i].Rank = by
	}
	clock := noon.Add(time.Minute)
	engine := open(t, c, decisioning.Config{Now: func() time.Time { return clock }})
	ask := func(at time.Time) string {
		r := asking("", "home")
		r.At, r.DryRun = at, true
		return proposed(decide(t, engine, r))[0]
	}
	assert.Equal(t, 1002, decisioning.Walked(engine))
	for range 2 {
		assert.Equal(t, "now", ask(noon))
	}
	assert.Equal(t, 2, decisioning.Walked(engine))
	assert.Equal(t, "past-999", ask(noon.Add(-time.Second-1)))
	assert.Equal(t, "now", ask(noon.Add(time.Second-1)))
	assert.Equal(t, "soon", ask(noon.Add(time.Second)))

	late := c.Offers[0]
	late.End = noon.Add(time.Hour)
	require.NoError(t, engine.Update(decisioning.Change{Put: &late}))
	assert.Equal(t, "past-0", ask(noon))
	ask(clock.Add(time.Hour)) // instants that are yet to come prune nothing
	assert.Equal(t, 1002, decisioning.Walked(engine))
	assert.Equal(t, "past-0", ask(noon.Add(2*time.Second)))
	assert.Equal(t, 2, decisioning.Walked(engine))
}
