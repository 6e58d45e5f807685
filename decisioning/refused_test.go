package decisioning_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// refusesOnce is a counter elsewhere that refuses the first reservation that takes units.
type refusesOnce struct {
	*capping.Memory
	refused bool
	reads   int
}

func (c *refusesOnce) Usage(ctx context.Context, a capping.Attempt, keys []capping.Key, dst []int64) (capping.Usage, error) {
	c.reads++
	return c.Memory.Usage(ctx, a, keys, dst)
}

func (c *refusesOnce) Reserve(ctx context.Context, r capping.Reservation) (capping.Grant, error) {
	if !c.refused {
		for _, i := range r.Items {
			for _, l := range i.Limits {
				c.refused = true
				return capping.Grant{Full: []capping.Full{{Key: l.Key, Used: l.Max}}}, nil
			}
		}
	}
	return c.Memory.Reserve(ctx, r)
}

// TestRefusedDecisionDrawsWhatItNeeds: after a refusal a sequential decision draws as many
// candidates as replace what was refused, and so reads no counter and asks no filter of others.
func TestRefusedDecisionDrawsWhatItNeeds(t *testing.T) {
	one := []offer.Cap{{Limit: 1, Per: offer.PerAll}}
	c := shop(
		offer.Offer{ID: "first", Priority: 3, Caps: one}, offer.Offer{ID: "second", Priority: 2}, offer.Offer{ID: "third", Priority: 1, Caps: one},
	)
	counter := &refusesOnce{Memory: capping.NewMemory(capping.MemoryConfig{})}
	e := open(t, c, decisioning.Config{Counter: counter, Strategy: decisioning.Strategy{
		Arbitration: decisioning.Sequential,
		Filters: []constraint.Filter{constraint.Where("panics", func(_ *profile.Facts, o *offer.Offer) bool {
			if o.ID == "third" {
				panic("nobody should ask")
			}
			return true
		})},
	}})
	d := decide(t, e, asking("r", "home"))
	require.True(t, counter.refused)
	assert.Equal(t, 1, counter.reads)
	assert.Empty(t, d.Degraded)
	assert.Equal(t, []string{"second"}, proposed(d))
}

// TestRecordOfNoItems: the JSON of a record has a list of items also where there are none.
func TestRecordOfNoItems(t *testing.T) {
	c := shop()
	c.Activities = append(c.Activities, decisioning.Activity{ID: "out", Placement: "hero", Selections: []decisioning.Selection{{}}, Fallback: "unknown"})
	s, err := decisioning.Compile(c, decisioning.Quarantine())
	require.NoError(t, err)
	e, err := decisioning.New(decisioning.Config{})
	require.NoError(t, err)
	require.NoError(t, e.Publish(s))
	assert.Contains(t, asJSON(decide(t, e, asking("r", "out")).Record), `"items":[]`)
}
