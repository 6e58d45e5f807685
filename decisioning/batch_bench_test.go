package decisioning_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/profile"
)

// BenchmarkDecideAll decides a batch for each op's request; alone compares with
// DecideInto, one by one on one core.
func BenchmarkDecideAll(b *testing.B) {
	engine := open(b, warehouse(10_000), decisioning.Config{})
	asked := asking("", firstActivities(10)...)
	asked.Profile = profile.JSON([]byte(`{"age": 31, "tier": "gold", "spent": 12.5}`))
	asked.DryRun = true
	prepared, err := engine.Prepare(asked)
	require.NoError(b, err)
	for _, form := range []struct {
		name    string
		request decisioning.Request
	}{{"json", asked}, {"prepared", prepared}} {
		b.Run(form.name+"/alone", func(b *testing.B) {
			var d decisioning.Decision
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				r := form.request
				r.ID = ids1000[i%1000]
				require.NoError(b, engine.DecideInto(b.Context(), r, &d))
			}
		})
		b.Run(form.name+"/batch", func(b *testing.B) {
			b.ReportAllocs()
			requests := func(yield func(decisioning.Request) bool) {
				for i := range b.N {
					r := form.request
					if r.ID = ids1000[i%1000]; !yield(r) {
						return
					}
				}
			}
			for _, err := range engine.DecideAll(b.Context(), requests) {
				require.NoError(b, err)
			}
		})
	}
}
