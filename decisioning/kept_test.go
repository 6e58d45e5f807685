package decisioning

import (
	"runtime"
	"testing"
	"weak"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOldSnapshotsAreLetGo: what an engine keeps for its next decision holds no snapshot that
// was published before, even where that decision is about fewer activities.
func TestOldSnapshotsAreLetGo(t *testing.T) {
	compiled := func() *Snapshot {
		c := Catalog{
			Placements: []placement.Placement{{ID: "hero", Channel: "web", ContentTypes: []string{"text/plain"}}},
			Offers:     []offer.Offer{{ID: "tent", Status: offer.Approved}},
		}
		for _, id := range []ActivityID{"home", "side"} {
			c.Activities = append(c.Activities, Activity{ID: id, Placement: "hero", Selections: []Selection{{}}, Optional: true})
		}
		s, err := Compile(c)
		require.NoError(t, err)
		return s
	}
	e, err := New(Config{})
	require.NoError(t, err)
	d := new(deciding)
	decide := func(activities ...ActivityID) {
		r := Request{Activities: activities}
		require.NoError(t, d.into(t.Context(), e, &r, new(Decision)))
	}
	publish := func() weak.Pointer[Snapshot] {
		s := compiled()
		require.NoError(t, e.Publish(s))
		return weak.Make(s)
	}
	old := publish()
	side, order := weak.Make(e.current.Load().activities["side"]), weak.Make(e.current.Load().snapshot.orders[1])
	decide("home", "side")
	publish()
	decide("home")
	runtime.GC()
	runtime.GC()
	assert.Nil(t, old.Value(), "the snapshot")
	assert.Nil(t, side.Value(), "an activity")
	assert.Nil(t, order.Value(), "its order of candidates")
	runtime.KeepAlive(d)
}
