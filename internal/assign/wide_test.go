package assign

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func (a wide) big() *big.Int {
	b := new(big.Int).Lsh(big.NewInt(a.hi), 64)
	return b.Add(b, new(big.Int).SetUint64(a.lo))
}

func TestWideReckonsAsBigIntegersDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := wide{rapid.Int64Range(-1<<60, 1<<60).Draw(t, "hi"), rapid.Uint64().Draw(t, "lo")}
		b := wideOf(rapid.Int64().Draw(t, "b"))
		same(t, new(big.Int).Add(a.big(), b.big()), a.add(b))
		same(t, new(big.Int).Sub(a.big(), b.big()), a.sub(b))
		require.Equal(t, a.big().Cmp(b.big()) < 0, a.less(b))
		require.Equal(t, a.big().Sign() > 0, a.positive())

		v := rapid.Int64().Draw(t, "v")
		same(t, new(big.Int).Mul(b.big(), big.NewInt(v)), b.times(v))

		shift := rapid.UintRange(0, 20).Draw(t, "shift")
		up := new(big.Int).Add(a.big(), big.NewInt(1<<shift-1))
		want := int64(math.MaxInt64)
		if up.Rsh(up, shift); up.IsInt64() {
			want = up.Int64()
		} else if up.Sign() < 0 {
			want = math.MinInt64
		}
		require.Equal(t, want, a.ceilShift(shift))

		f := rapid.Float64Range(0, 0x1p100).Draw(t, "f")
		exact, _ := big.NewFloat(math.Round(f)).Int(nil)
		same(t, exact, wideOfFloat(f))
	})
}

// same compares values: two zeros of big.Int need not be equal to reflection.
func same(t *rapid.T, want *big.Int, got wide) {
	t.Helper()
	require.Zero(t, want.Cmp(got.big()), "want %s, got %s", want, got.big())
}

func TestTableNumbersKeysInOrder(t *testing.T) {
	var table table
	for range 3 {
		table.reset(2) // fewer than come: it grows
		for round := range 2 {
			for k := range int32(500) {
				n, fresh := table.number(uint64(k) << 32)
				require.Equal(t, k, n)
				require.Equal(t, round == 0, fresh)
			}
		}
	}
}
