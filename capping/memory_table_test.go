package capping

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// crowded draws hashes of which many are neighbours, in both halves.
func crowded(t *rapid.T) hash {
	hi := rapid.SampledFrom([]uint64{0, 1, 1 << 63, 1<<64 - 1}).Draw(t, "hi") ^ rapid.Uint64Range(0, 3).Draw(t, "near")
	return hash{hi, rapid.Uint64Range(1, 40).Draw(t, "lo")}
}

func TestTableAgreesWithAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var got table[uint32]
		want := map[hash]uint32{}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				h, n := crowded(t), rapid.Uint32().Draw(t, "value")
				v, found := got.put(h)
				was, known := want[h]
				require.Equal(t, known, found)
				require.Equal(t, was, v.val)
				v.val, want[h] = n, n
			},
			"delete": func(t *rapid.T) {
				h := crowded(t)
				got.delete(h)
				delete(want, h)
			},
			"grow": func(t *rapid.T) {
				if got.n > 0 && len(got.segments) < 40 {
					got.grow()
				}
			},
			"sweep": func(t *rapid.T) {
				cursor := rapid.IntRange(0, 9).Draw(t, "cursor")
				got.sweep(&cursor, func(v *uint32) bool { return *v%3 == 0 })
				for h, v := range want {
					if got.get(h) == nil {
						require.Zero(t, v%3)
						delete(want, h)
					}
				}
			},
			"": func(t *rapid.T) {
				require.Equal(t, len(want), got.n)
				for h, v := range want {
					require.NotNil(t, got.get(h))
					require.Equal(t, v, got.get(h).val)
				}
				require.Nil(t, got.get(hash{7, 7}))
			},
		})
	})
}

func TestTableAgreesWithAMapAtSize(t *testing.T) {
	var got table[uint32]
	want := map[hash]uint32{}
	r := rand.New(rand.NewPCG(1, 2))
	var known []hash
	for i := range uint32(200_000) {
		h := hash{r.Uint64(), r.Uint64() >> stripeBits}
		v, found := got.put(h)
		require.False(t, found)
		v.val, want[h] = i, i
		if known = append(known, h); i%3 == 0 {
			k := r.IntN(len(known))
			got.delete(known[k])
			delete(want, known[k])
		}
	}
	require.Equal(t, len(want), got.n)
	for h, v := range want {
		require.Equal(t, v, got.get(h).val)
	}
	largest := 0
	for i := range got.segments {
		largest = max(largest, got.segments[i].n)
	}
	assert.Less(t, largest, 3*segmentLength, "no step of growth is long")
}

// TestSweepOfWhatIsNearlyEmptyIsShort: memory that a crowd left behind is not gone through at once.
func TestSweepOfWhatIsNearlyEmptyIsShort(t *testing.T) {
	var all table[cell]
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 * segmentLength {
		all.put(hash{r.Uint64(), r.Uint64() >> stripeBits})
	}
	cursor := 0
	for all.n > 0 {
		all.sweep(&cursor, func(*cell) bool { return true })
	}
	all.put(hash{1, 1})
	cursor = 0
	all.sweep(&cursor, func(*cell) bool { return false })
	assert.Equal(t, 1, cursor, "of %d segments", len(all.segments))
}

func TestCountsGoBeyondTheirMark(t *testing.T) {
	var c counts
	h := hash{1, 1}
	const most = 2*many + 3
	for i := range int64(most) {
		assert.Equal(t, i, c.of(h))
		c.add(h)
	}
	assert.Equal(t, 1, c.high.n)
	for i := range int64(most) {
		assert.Equal(t, most-i, c.of(h))
		c.remove(h)
	}
	assert.Zero(t, c.of(h))
	assert.Zero(t, c.high.n)
	assert.Zero(t, c.low.n)
}

// TestCountsAgreeWithAMap counts many that are neighbours beyond their marks and back, one by one and by the
// numbers that were found of several at once, while segments split.
func TestCountsAgreeWithAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var got counts
		want := map[hash]int64{}
		hashes := rapid.SliceOfNDistinct(rapid.Custom(crowded), 1, 12, rapid.ID[hash]).Draw(t, "hashes")
		one, some := rapid.SampledFrom(hashes), rapid.OneOf(rapid.Int64Range(1, 3), rapid.Int64Range(1, many))
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				h := one.Draw(t, "hash")
				for range some.Draw(t, "more") {
					got.add(h)
					want[h]++
				}
			},
			"add to those found": func(t *rapid.T) {
				found := make([]number, len(hashes))
				for i, h := range hashes {
					_, found[i] = got.find(h)
				}
				for i, h := range hashes {
					n := some.Draw(t, "more")
					if found[i].add(n) {
						want[h] += n
					}
				}
			},
			"remove": func(t *rapid.T) {
				h := one.Draw(t, "hash")
				for range some.Draw(t, "less") {
					got.remove(h)
					want[h] = max(0, want[h]-1)
				}
			},
			"grow": func(t *rapid.T) {
				if n := len(got.low.segments); n > 0 && n < 40 {
					got.low.grow()
				}
				if n := len(got.high.segments); n > 0 && n < 40 {
					got.high.grow()
				}
			},
			"": func(t *rapid.T) {
				low, high := 0, 0
				for h, n := range want {
					require.Equal(t, n, got.of(h))
					if n > 0 {
						low++
					}
					if n >= many {
						high++
					}
				}
				require.Equal(t, low, got.low.n)
				require.Equal(t, high, got.high.n)
			},
		})
	})
}

func TestCountsGoBeyond32Bits(t *testing.T) {
	var c counts
	h := hash{1, 1}
	for range many {
		c.add(h)
	}
	c.high.get(h).val = 1<<32 - 1
	c.add(h)
	assert.EqualValues(t, 1<<32, c.of(h))
	c.remove(h)
	assert.EqualValues(t, 1<<32-1, c.of(h))
}
