package acceptance_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// clones is how many offers each offer of the rewards becomes.
const clones = 1000

// Ten thousand offers that are the ten of the rewards, each a thousand times under new
// ids, of which a decision may propose one of each family: the customers get
// offers of the same families as before.
func TestClonesOfOffersAreProposedAsTheirFamily(t *testing.T) {
	text, err := io.ReadAll(open(t, "starbucks/catalog.json"))
	require.NoError(t, err)
	snapshot, err := decisioning.CompileJSON(text)
	require.NoError(t, err)
	original := snapshot.Catalog()
	cloned := withClones(original)
	customers := objects[struct {
		ID         string                   `json:"id"`
		Profile    map[string]any           `json:"profile"`
		Activities []decisioning.ActivityID `json:"activities"`
	}](t, "starbucks/requests.jsonl.gz")
	every := 20 // of a thousand clones that share a policy most are looked at
	if testing.Short() {
		every = 200
	}
	for _, tt := range []struct {
		name   string
		how    decisioning.Arbitration
		filled int // places with an offer, by all customers
	}{
		{"optimal", decisioning.Optimal, 33873},
		{"sequential", decisioning.Sequential, 25297},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config := decisioning.Config{Strategy: decisioning.Strategy{Arbitration: tt.how}}
			few, many := publish(t, original, config), publish(t, cloned, config)
			filled := 0
			for i, c := range customers {
				r := decisioning.Request{
					ID: c.ID, ProfileID: profile.ID(c.ID), At: noon, Profile: profile.Values(c.Profile), Activities: c.Activities, DryRun: true,
				}
				before, err := few.Decide(t.Context(), r)
				require.NoError(t, err)
				for _, p := range before.Propositions {
					filled += len(p.Offers)
				}
				if i%every != 0 {
					continue
				}
				after, err := many.Decide(t.Context(), r)
				require.NoError(t, err)
				require.Equal(t, families(before), families(after), "customer %s", c.ID)
			}
			assert.Equal(t, tt.filled, filled)
		})
	}
}

// withClones returns the catalog with clones in the place of its offers. A contact policy
// for each family keeps a decision from proposing two of it.
func withClones(c decisioning.Catalog) decisioning.Catalog {
	original := c.Offers
	c.Offers, c.Collections = nil, slices.Clone(c.Collections)
	for _, o := range original {
		family := offer.Tag("family:" + o.ID)
		for i := range clones {
			clone := o
			clone.ID, clone.Tags = offer.ID(fmt.Sprintf("%s/%d", o.ID, i)), append(slices.Clone(o.Tags), family)
			c.Offers = append(c.Offers, clone)
		}
		c.Collections = append(c.Collections, collection.Collection{ID: collection.ID(o.ID), AnyTags: []offer.Tag{family}})
		c.ContactPolicies = append(c.ContactPolicies, capping.ContactPolicy{
			ID: capping.PolicyID(o.ID), Collection: collection.ID(o.ID), Limit: 1, Per: offer.PerDecision,
		})
	}
	return c
}

// families are what the activities propose, by the offers that the clones are of.
func families(d *decisioning.Decision) (all [][]string) {
	for _, p := range d.Propositions {
		var own []string
		for _, o := range p.Offers {
			family, _, _ := strings.Cut(string(o.ID), "/")
			own = append(own, family)
		}
		all = append(all, own)
	}
	return all
}
