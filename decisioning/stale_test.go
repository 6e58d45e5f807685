package decisioning_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// What a decision leaves behind, a refused request must not take for its own.
func TestRefusedRequestsLeaveNothingToLaterDecisions(t *testing.T) {
	var offers []offer.Offer
	for i := range 200 {
		offers = append(offers, offer.Offer{ID: offer.ID(fmt.Sprint("past-", i)), Priority: 9, End: noon.Add(-time.Hour)})
	}
	offers = append(offers, offer.Offer{ID: "a", Priority: 2}, offer.Offer{ID: "b", Priority: 1})
	c := shop(offers...)
	archived := c.Offers[200]
	archived.Status = offer.Archived
	other, err := decisioning.Compile(shop(offer.Offer{ID: "x"}, offer.Offer{ID: "y", Priority: 1}))
	require.NoError(t, err)

	refused := map[string]func(*decisioning.Request){
		"hold":     func(r *decisioning.Request) { r.Hold = -1 },
		"activity": func(r *decisioning.Request) { r.Activities = []decisioning.ActivityID{"home", "nobody"} },
		"document": func(r *decisioning.Request) { r.Profile = profile.JSON([]byte("{")) },
	}
	for name, spoil := range refused {
		t.Run(name, func(t *testing.T) {
			engine := open(t, c, decisioning.Config{})
			ask := func() string { return proposed(decide(t, engine, asking("", "home")))[0] }
			refuse := func() {
				r := asking("", "home")
				spoil(&r)
				_, err := engine.Decide(t.Context(), r)
				require.Error(t, err)
			}
			assert.Equal(t, "a", ask())
			require.NoError(t, engine.Update(decisioning.Change{Put: &archived}))
			refuse()
			assert.Equal(t, "b", ask())
			require.NoError(t, engine.Publish(other))
			refuse()
			assert.Equal(t, "y", ask())
		})
	}
}

// A counter may keep what it answers: the engine does not write to it.
func TestCountersMayKeepTheirAnswers(t *testing.T) {
	own := []int64{0}
	counter := keeper{capping.NewMemory(capping.MemoryConfig{Now: func() time.Time { return noon }}), own}
	c := shop(offer.Offer{ID: "a", Caps: capped(5, offer.PerAll)}, offer.Offer{ID: "b", Priority: 1, Caps: capped(5, offer.PerAll)})
	engine := open(t, c, decisioning.Config{Counter: counter})
	for range 3 {
		decide(t, engine, asking("", "home"))
	}
	assert.Equal(t, []int64{0}, own)
}

// A keeper answers from memory of its own.
type keeper struct {
	capping.Counter
	own []int64
}

func (k keeper) Usage(ctx context.Context, a capping.Attempt, keys []capping.Key, dst []int64) (capping.Usage, error) {
	u, err := k.Counter.Usage(ctx, a, keys, dst)
	for i := range dst[:cap(dst)] {
		dst[:cap(dst)][i] = 99 // whoever kept it sees this
	}
	u.Units = k.own[:len(keys)]
	return u, err
}

// A snapshot that counts events no more is published as one that never did.
func TestRemovedCapsOfEventsNeedNoRecorder(t *testing.T) {
	c := shop(inventory...)
	s, err := decisioning.Compile(c)
	require.NoError(t, err)
	counted := c.Offers[0]
	counted.Caps = []offer.Cap{{Limit: 1, Per: offer.PerAll, Counts: "click"}}
	with, err := s.With(decisioning.Change{Put: &counted})
	require.NoError(t, err)
	without, err := with.With(decisioning.Change{Put: &c.Offers[0]})
	require.NoError(t, err)

	engine, err := decisioning.New(decisioning.Config{Counter: struct{ capping.Counter }{capping.NewMemory(capping.MemoryConfig{})}})
	require.NoError(t, err)
	require.ErrorContains(t, engine.Publish(with), "count events")
	require.NoError(t, engine.Publish(without))
}
