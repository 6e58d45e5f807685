package capping

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestLogAgreesWithAMap puts, deletes and cleans with random fates. Many hashes share their
// tags, and some values are longer than a page.
func TestLogAgreesWithAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l log
		l.number = rapid.SampledFrom([]uint32{0, 1<<(32-placeBits) - 2}).Draw(t, "first page") // numbers wrap around
		want, now := map[hash][]byte{}, int64(0)
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				now++
				h := crowded(t)
				n := rapid.SampledFrom([]int{0, 1, 50, 127, 128, 3000, logSize - 20, 2 * logSize}).Draw(t, "length")
				v := bytes.Repeat([]byte{byte(now)}, n)
				l.put(h, v, now)
				want[h] = v
			},
			"delete": func(t *rapid.T) {
				h := crowded(t)
				l.delete(h)
				delete(want, h)
			},
			"clean": func(t *rapid.T) {
				now++
				judge := func(h hash, v []byte, since int64) fate {
					require.Equal(t, want[h], bytes.Clone(v))
					require.LessOrEqual(t, since, now)
					f := rapid.SampledFrom([]fate{stay, move, drop}).Draw(t, "fate")
					if f == drop {
						delete(want, h)
					}
					return f
				}
				l.clean(now, judge, func([]byte) {})
			},
			"": func(t *rapid.T) {
				require.Equal(t, len(want), l.index.n)
				live := 0
				for h, v := range want {
					got := l.get(h)
					require.NotNil(t, got)
					require.True(t, bytes.Equal(v, got))
					live += len(v)
				}
				require.Equal(t, live, l.live)
				require.Nil(t, l.get(hash{7, 77}))
			},
		})
	})
}

func TestLogOfWhatStaysIsBounded(t *testing.T) {
	var l log
	stays := func(hash, []byte, int64) fate { return stay }
	value := make([]byte, 100)
	for i := range 200_000 {
		h := hash{1, uint64(i%1000 + 1)}
		if i%3 > 0 { // one that stays is in the way of all that is replaced
			h.lo = 1 + uint64(i%7)
		}
		l.put(h, value[:50+i%50], int64(i))
		l.clean(int64(i), stays, func([]byte) {})
	}
	require.LessOrEqual(t, l.dead, l.live+2*logSize)
	require.LessOrEqual(t, len(l.pages)*logSize, 4*l.live+4*logSize)
}

func TestLogThatMovesOnAllocatesNothing(t *testing.T) {
	var l log
	value, now := make([]byte, 60), int64(0)
	old := func(_ hash, _ []byte, since int64) fate {
		if since < now-2000 {
			return drop
		}
		return stay
	}
	step := func() {
		for range 20_000 {
			now++
			l.put(hash{1, uint64(now)}, value, now)
			l.clean(now, old, func([]byte) {})
		}
	}
	for range 5 {
		step()
	}
	require.Less(t, len(l.pages), 80)
	require.Zero(t, testing.AllocsPerRun(10, step))
}
