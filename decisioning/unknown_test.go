package decisioning_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// The index compares scalars. What it cannot tell of lists and maps CEL does.
func TestRulesOverListsAreToldByCELWhereTheIndexCannot(t *testing.T) {
	c := shop(
		offer.Offer{ID: "same", Eligibility: "profile.owns == profile.wants", Priority: 2},
		offer.Offer{ID: "other", Eligibility: "profile.owns != profile.wants", Suitability: "profile.age > 1", Priority: 1},
	)
	c.Activities[0].Eligibility = "profile.owns == profile.owns"
	engine := open(t, c, decisioning.Config{})
	for facts, want := range map[string]string{
		`{"owns": ["a"], "wants": ["a"], "age": 2}`:               "same",
		`{"owns": ["a"], "wants": ["b"], "age": 2}`:               "other",
		`{"owns": ["a"], "wants": ["b"], "age": 0}`:               "[hello]",
		`{"owns": {"a": [1]}, "wants": {"a": [1.0]}, "age": 2}`:   "same",
		`{"owns": {"a": [1]}, "wants": {"a": [2]}, "age": "old"}`: "[hello]",
	} {
		r := asking("r", "home")
		r.Profile, r.DryRun = profile.JSON([]byte(facts)), true
		for _, trace := range []decisioning.TraceLevel{decisioning.NoTrace, decisioning.TraceReasons} {
			r.Trace = trace
			assert.Equal(t, []string{want}, proposed(decide(t, engine, r)), facts)
		}
	}
}
