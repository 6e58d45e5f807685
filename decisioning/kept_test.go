package decisioning

import (
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
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

// TestPreparedFactsAreLetGo: what an engine keeps for its next decision holds none of the facts
// of the last.
func TestPreparedFactsAreLetGo(t *testing.T) {
	e, err := New(Config{})
	require.NoError(t, err)
	s, err := Compile(Catalog{
		Placements: []placement.Placement{{ID: "hero", Channel: "web", ContentTypes: []string{"text/plain"}}},
		Activities: []Activity{{ID: "home", Placement: "hero", Selections: []Selection{{}}, Optional: true}},
	})
	require.NoError(t, err)
	require.NoError(t, e.Publish(s))
	r, err := e.Prepare(Request{Activities: []ActivityID{"home"}, Profile: profile.JSON([]byte(`{"age": 31}`))})
	require.NoError(t, err)
	row, document := weak.Make(r.prepared.row), weak.Make(&r.Profile.Text()[0])
	d := new(deciding)
	require.NoError(t, d.into(t.Context(), e, &r, new(Decision)))
	r = Request{}
	runtime.GC()
	runtime.GC()
	assert.Nil(t, row.Value(), "the values")
	assert.Nil(t, document.Value(), "the profile")
	runtime.KeepAlive(d)
}
