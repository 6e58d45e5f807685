package peer_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/benchmarks/peer"
	"github.com/proffer-go/proffer/benchmarks/workload"
)

// TestMatchersFindWhatTheRulesSay judges every peer by the generator's own trees.
func TestMatchersFindWhatTheRulesSay(t *testing.T) {
	w := workload.New(workload.Options{Offers: 2000, Rules: 600})
	programs, err := peer.NewPrograms(w)
	require.NoError(t, err)
	matchers := map[string]peer.Matcher{"cel-go": peer.NewCEL(w, programs), "cel-go, tuned": peer.NewTunedCEL(w, programs)}
	matchers["expr"], err = peer.NewExpr(w)
	require.NoError(t, err)
	matchers["expr, tuned"], err = peer.NewTunedExpr(w)
	require.NoError(t, err)
	matchers["govaluate"], err = peer.NewGovaluate(w)
	require.NoError(t, err)
	matchers["opa"], err = peer.NewOPA(t.Context(), w, false)
	require.NoError(t, err)
	matchers["opa, tuned"], err = peer.NewOPA(t.Context(), w, true)
	require.NoError(t, err)
	for i, r := range w.Requests(40) {
		r.At = workload.Epoch
		var want []int32
		for k, rule := range w.Rules {
			if rule.Holds(w.People[i]) {
				want = append(want, int32(k))
			}
		}
		for name, m := range matchers {
			got, err := m.Match(&r, nil)
			require.NoError(t, err, name)
			assert.Equal(t, want, got, name)
		}
	}
}

// TestPeersDecideAlike lets counters fill up on the way.
func TestPeersDecideAlike(t *testing.T) {
	for name, o := range map[string]workload.Options{
		"shared rules": {Offers: 800, Rules: 100}, "own rules": {Offers: 400}, "gaps": {Offers: 800, Rules: 100, Gaps: true},
		"skewed": {Offers: 800, Rules: 100, Skew: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := workload.New(o)
			programs, err := peer.NewPrograms(w)
			require.NoError(t, err)
			inv := peer.NewInventory(w)
			loop := peer.NewLoop(inv, programs, false)
			others := []interface {
				Decide(*workload.Request) ([]int32, error)
			}{peer.NewLoop(inv, programs, true), peer.NewExpert(inv, programs, false), peer.NewExpert(inv, programs, true)}
			for _, r := range w.Requests(600) {
				want, err := loop.Decide(&r)
				require.NoError(t, err)
				for _, other := range others {
					got, err := other.Decide(&r)
					require.NoError(t, err)
					require.Equal(t, want, got)
				}
			}
		})
	}
}
