package capping

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawInstant draws instants near each other, also across the ends of eras.
func drawInstant(t *rapid.T) instant {
	base := rapid.SampledFrom([]instant{
		{second: 1_780_000_000},
		{second: -eraStart},
		{second: eraStart},
		instantOf(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)),
		instantOf(time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)),
	}).Draw(t, "base")
	return base.add(time.Duration(rapid.Int64Range(-3, 3).Draw(t, "apart")) *
		rapid.SampledFrom([]time.Duration{1, time.Second, time.Hour, 1<<62 - 1}).Draw(t, "unit") / 3)
}

func TestDatedAgreesWithAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d dated
		h := hash{1, 1}
		var want []instant
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				at := drawInstant(t)
				for range rapid.SampledFrom([]int{1, 1, 5, 70}).Draw(t, "n") {
					d.add(h, at)
					want = append(want, at)
				}
			},
			"remove": func(t *rapid.T) {
				at := drawInstant(t)
				for range rapid.SampledFrom([]int{1, 1, 50}).Draw(t, "n") {
					d.remove(h, at)
					if k := slices.Index(want, at); k >= 0 {
						want = slices.Delete(want, k, k+1)
					}
				}
			},
			"sweep": func(t *rapid.T) {
				horizon := drawInstant(t)
				d.sweep(horizon)
				want = slices.DeleteFunc(want, func(i instant) bool { return i.before(horizon) })
			},
			"": func(t *rapid.T) {
				at, w := drawInstant(t), rapid.SampledFrom([]time.Duration{1, 2, time.Second, time.Hour, 1<<63 - 1}).Draw(t, "window")
				n := 0
				for _, i := range want {
					if i.near(at, w) {
						n++
					}
				}
				require.EqualValues(t, n, d.between(h, at.add(1-w), at.add(w)))
				require.EqualValues(t, len(want), d.between(h, earliest, latest))
			},
		})
	})
}

func TestErasKeepInstantsApartAndInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawInstant(t), drawInstant(t)
		ea, na := a.inEra()
		eb, nb := b.inEra()
		require.Less(t, na, uint64(eraNanos))
		require.Equal(t, a.before(b), ea < eb || ea == eb && na < nb)
	})
}
