package decisioning

import (
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/collection"
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

// TestWalksOfOneInstantAreNotKept: what is open in the second in which a calendar ends says nothing of
// the next one.
func TestWalksOfOneInstantAreNotKept(t *testing.T) {
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s, err := Compile(Catalog{
		Placements: []placement.Placement{{ID: "hero", Channel: "web", ContentTypes: []string{"text/plain"}}},
		Offers: []offer.Offer{
			{ID: "ends", Status: offer.Approved, Tags: []offer.Tag{"sale"}, End: at.Add(time.Second / 2), Representations: hero},
			{ID: "stays", Status: offer.Approved, Tags: []offer.Tag{"rest"}, Representations: hero},
		},
		Collections: []collection.Collection{{ID: "sale", AnyTags: []offer.Tag{"sale"}}, {ID: "rest", AnyTags: []offer.Tag{"rest"}}},
		Activities:  []Activity{{ID: "home", Placement: "hero", Selections: []Selection{{Collection: "sale"}, {Collection: "rest"}}, Optional: true}},
	})
	require.NoError(t, err)
	e, err := New(Config{})
	require.NoError(t, err)
	require.NoError(t, e.Publish(s))
	d, got := new(deciding), new(Decision)
	for _, c := range []struct {
		after time.Duration
		want  offer.ID
	}{{0, "ends"}, {time.Second, "stays"}, {-time.Second, "ends"}, {time.Second / 2, "stays"}, {time.Second/2 - 1, "ends"}, {time.Hour, "stays"}} {
		r := Request{Activities: []ActivityID{"home"}, At: at.Add(c.after)}
		require.NoError(t, d.into(t.Context(), e, &r, got))
		assert.Equal(t, c.want, got.Propositions[0].Offers[0].ID, c.after)
	}
}

var hero = []offer.Representation{{Placement: "hero", Components: []offer.Component{{Type: "text/plain", Content: "x"}}}}

// TestWalksThatFactsChangeAreNotKept: a decision begins with no walks of another person's where the
// activity or a selection has conditions.
func TestWalksThatFactsChangeAreNotKept(t *testing.T) {
	s, err := Compile(Catalog{
		Placements: []placement.Placement{{ID: "hero", Channel: "web", ContentTypes: []string{"text/plain"}}},
		Offers: []offer.Offer{
			{ID: "gold", Status: offer.Approved, Tags: []offer.Tag{"gold"}, Representations: hero},
			{ID: "rest", Status: offer.Approved, Tags: []offer.Tag{"rest"}, Representations: hero},
		},
		Collections: []collection.Collection{{ID: "gold", AnyTags: []offer.Tag{"gold"}}, {ID: "rest", AnyTags: []offer.Tag{"rest"}}},
		Activities: []Activity{
			{ID: "home", Placement: "hero", Selections: []Selection{{Collection: "gold", Eligibility: "profile.vip"}, {Collection: "rest"}}, Optional: true},
			{ID: "side", Placement: "hero", Selections: []Selection{{Collection: "gold"}}, Eligibility: "profile.vip", Optional: true},
		},
	})
	require.NoError(t, err)
	e, err := New(Config{})
	require.NoError(t, err)
	require.NoError(t, e.Publish(s))
	d, got := new(deciding), new(Decision)
	for _, vip := range []bool{true, true, false, true, false} {
		for _, activity := range []ActivityID{"home", "side"} {
			text, want := `{"vip":true}`, []offer.ID{"gold"}
			if !vip {
				text, want = `{"vip":false}`, map[ActivityID][]offer.ID{"home": {"rest"}}[activity]
			}
			r := Request{Activities: []ActivityID{activity}, Profile: profile.JSON([]byte(text)), AllowDuplicates: true}
			for range 2 {
				require.NoError(t, d.into(t.Context(), e, &r, got))
				var ids []offer.ID
				for _, o := range got.Propositions[0].Offers {
					ids = append(ids, o.ID)
				}
				assert.Equal(t, want, ids, "%s of a vip: %t", activity, vip)
			}
		}
	}
	// And the list alike: the seating stays where both are asked for together.
	for _, vip := range []bool{true, false} {
		text, n := `{"vip":true}`, 1
		if !vip {
			text, n = `{"vip":false}`, 0
		}
		r := Request{Activities: []ActivityID{"home", "side"}, Profile: profile.JSON([]byte(text)), AllowDuplicates: true}
		require.NoError(t, d.into(t.Context(), e, &r, got))
		assert.Len(t, got.Propositions[1].Offers, n)
		assert.Equal(t, map[bool]offer.ID{true: "gold", false: "rest"}[vip], got.Propositions[0].Offers[0].ID)
	}
}

// TestWalksOfClosedActivitiesAreNotKept: an activity ends with its own calendar, whatever its offers' are.
func TestWalksOfClosedActivitiesAreNotKept(t *testing.T) {
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s, err := Compile(Catalog{
		Placements: []placement.Placement{{ID: "hero", Channel: "web", ContentTypes: []string{"text/plain"}}},
		Offers:     []offer.Offer{{ID: "tent", Status: offer.Approved, Representations: hero}},
		Activities: []Activity{{ID: "home", Placement: "hero", Selections: []Selection{{}}, Optional: true, Start: at, End: at.Add(time.Minute)}},
	})
	require.NoError(t, err)
	e, err := New(Config{})
	require.NoError(t, err)
	require.NoError(t, e.Publish(s))
	d, got := new(deciding), new(Decision)
	for _, after := range []time.Duration{time.Second, -1, 0, time.Minute - 1, time.Minute, time.Second, time.Hour, -time.Hour} {
		r := Request{Activities: []ActivityID{"home"}, At: at.Add(after)}
		require.NoError(t, d.into(t.Context(), e, &r, got))
		assert.Equal(t, 0 <= after && after < time.Minute, got.Propositions[0].Kind == ProposesOffer, after)
	}
}

// TestWalksOfAnotherSnapshotAreNotKept: a change of an offer is visible to the next decision.
func TestWalksOfAnotherSnapshotAreNotKept(t *testing.T) {
	tent := offer.Offer{ID: "tent", Status: offer.Approved, Representations: hero}
	s, err := Compile(Catalog{
		Placements: []placement.Placement{{ID: "hero", Channel: "web", ContentTypes: []string{"text/plain"}}},
		Offers:     []offer.Offer{tent},
		Activities: []Activity{{ID: "home", Placement: "hero", Selections: []Selection{{}}, Optional: true}},
	})
	require.NoError(t, err)
	e, err := New(Config{})
	require.NoError(t, err)
	require.NoError(t, e.Publish(s))
	d, got := new(deciding), new(Decision)
	for _, id := range []offer.ID{"tent", "better", "best"} {
		if id != tent.ID {
			tent.ID, tent.Priority = id, tent.Priority+1
			require.NoError(t, e.Update(Change{Put: &tent}))
		}
		for range 3 {
			r := Request{Activities: []ActivityID{"home"}}
			require.NoError(t, d.into(t.Context(), e, &r, got))
			assert.Equal(t, id, got.Propositions[0].Offers[0].ID)
		}
	}
}
