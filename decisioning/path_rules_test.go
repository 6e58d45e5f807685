package decisioning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// Rules that compare what is compared by content give what cel-go gives, as texts and
// as values, whichever path finds it.
func TestMapsAndListsAreComparedByContent(t *testing.T) {
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	const text = `{"m": {"o": []}, "same": {"o": []}, "other": {"n": 1}, "l": [1, "a"], "same_l": [1.0, "a"], "other_l": [], "n": 1}`
	var values map[string]any
	require.NoError(t, decodeFact(text, &values))
	for _, rule := range []string{
		"profile.m == profile.m", "profile.m == profile.same", "profile.m == profile.other", "profile.m != profile.other", "profile.m != profile.same",
		"profile.l == profile.same_l", "profile.l != profile.other_l", "profile.l == profile.m", "profile.l != profile.n", "profile.m == profile.gone",
		"!(profile.m != profile.m)", "profile.m in [profile.same]", "profile.n == profile.m || profile.m == profile.same", "profile == profile",
		"profile.m == profile.same && profile.n == 1", "profile.other.n == profile.n", "context.gone != profile.m", "profile.m.o == profile.other_l",
	} {
		t.Run(rule, func(t *testing.T) {
			want, err := theJudgeRules().holds(rule, newJudgeFacts(at, values, nil, nil))
			want = want && err == nil
			engine := open(t, shop(offer.Offer{ID: "o", Eligibility: rule}), decisioning.Config{})
			for _, p := range []profile.Document{profile.JSON([]byte(text)), profile.Values(values)} {
				r := asking("", "home")
				r.Profile = p
				d, err := engine.Decide(t.Context(), r)
				require.NoError(t, err)
				assert.Equal(t, want, d.Propositions[0].Kind == decisioning.ProposesOffer)
			}
		})
	}
}
