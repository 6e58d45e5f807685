package decisioning_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
)

// TestWhatTakesNothingProposesNothingThatCounts: nor what it comes by only after it gave up.
func TestWhatTakesNothingProposesNothingThatCounts(t *testing.T) {
	refusals := map[string]func() (capping.Grant, error){
		"superseded":       func() (capping.Grant, error) { return capping.Grant{}, capping.ErrStale },
		"without a reason": func() (capping.Grant, error) { return capping.Grant{Full: []capping.Full{{}}}, nil },
	}
	var offers []offer.Offer
	for i := range 20 {
		offers = append(offers, offer.Offer{ID: offer.ID(fmt.Sprint("o", i)), Priority: int64(100 - i), Caps: capped(5, offer.PerAll)})
	}
	for _, arbitration := range []decisioning.Arbitration{decisioning.Optimal, decisioning.Sequential} {
		for name, refuse := range refusals {
			t.Run(fmt.Sprint(name, arbitration), func(t *testing.T) {
				counter := &faultyCounter{Recorder: memory()}
				counter.reserve = func(capping.Reservation) (bool, capping.Grant, error) {
					grant, err := refuse()
					return true, grant, err
				}
				e := open(t, shop(offers...), decisioning.Config{Counter: counter, Strategy: decisioning.Strategy{Arbitration: arbitration}})
				d := decide(t, e, asking("r", "home"))
				assert.Equal(t, []string{"[hello]"}, proposed(d), "%v %v", degraded(d), counter.calls)
			})
		}
	}
}
