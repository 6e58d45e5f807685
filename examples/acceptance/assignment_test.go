package acceptance_test

import (
	"bufio"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/rank"
)

// The assignment problems of OR-Library: an activity is a row, an offer a
// column, and what it costs is an attribute of the offer.
func TestArbitrationSolvesPublishedAssignmentProblems(t *testing.T) {
	for file, want := range map[string]float64{
		"assign100.txt.gz": 305,
		"assign300.txt.gz": 626,
		"assign500.txt.gz": 991,
	} {
		t.Run(file, func(t *testing.T) {
			catalog, request := assignment(t, open(t, "assignment/"+file))
			engine := publish(t, catalog, decisioning.Config{MaxActivities: len(request.Activities)})
			decision, err := engine.Decide(t.Context(), request)
			require.NoError(t, err)
			require.Empty(t, decision.Degraded)
			cost, columns := 0.0, make(map[offer.ID]bool)
			for _, p := range decision.Propositions {
				require.Len(t, p.Offers, 1)
				cost -= *p.Offers[0].Score
				columns[p.Offers[0].ID] = true
			}
			assert.Equal(t, want, cost)
			assert.Len(t, columns, len(request.Activities))
		})
	}
}

// assignment reads a problem: its size n, then n rows of n costs.
func assignment(t *testing.T, in io.Reader) (decisioning.Catalog, decisioning.Request) {
	t.Helper()
	in = bufio.NewReader(in)
	var n int
	_, err := fmt.Fscan(in, &n)
	require.NoError(t, err)

	catalog := decisioning.Catalog{Placements: spots(), Offers: make([]offer.Offer, n)}
	for column := range catalog.Offers {
		catalog.Offers[column] = offer.Offer{
			ID:              offer.ID(fmt.Sprint("column-", column)),
			Status:          offer.Approved,
			Representations: content(),
			Attributes:      make(map[string]any, n),
		}
	}
	var request decisioning.Request
	for row := range n {
		id := decisioning.ActivityID(fmt.Sprint("row-", row))
		for column := range n {
			var cost float64
			_, err := fmt.Fscan(in, &cost)
			require.NoError(t, err)
			catalog.Offers[column].Attributes[string(id)] = cost
		}
		catalog.Activities = append(catalog.Activities, decisioning.Activity{
			ID:         id,
			Placement:  spot,
			Selections: []decisioning.Selection{{}},
			Optional:   true,
			Rank:       rank.Spec{Formula: "-offer.attributes[activity.id]"},
		})
		request.Activities = append(request.Activities, id)
	}
	return catalog, request
}
