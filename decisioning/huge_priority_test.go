package decisioning_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/rank"
)

// TestPrioritiesAreExactAtAnySize: also where float64 does not tell them apart, and
// whatever else ranks.
func TestPrioritiesAreExactAtAnySize(t *testing.T) {
	for _, lesser := range []int64{0, 1e9 - 1, 1e9, 1<<53 - 1, 1 << 53, 1<<62 - 1, 1 << 62, math.MaxInt64 - 1} {
		for k := range 4 { // by their hashes alone half of them would be right
			c := shop(
				offer.Offer{ID: offer.ID(fmt.Sprint("lesser", k)), Priority: lesser},
				offer.Offer{ID: offer.ID(fmt.Sprint("greater", k)), Priority: lesser + 1},
			)
			for _, spec := range []rank.Spec{{}, {Formula: "offer.attributes.nothing"}, {Formula: "1 / 0"}} {
				if spec.IsZero() && lesser == 1e9 {
					continue // it is a score, and the greater one is none
				}
				c.Activities[0].Rank = spec
				d := decide(t, open(t, c, decisioning.Config{}), asking("r", "home"))
				assert.Equal(t, fmt.Sprint("greater", k), proposed(d)[0], "%d by %+v", lesser, spec)
			}
		}
	}
}
