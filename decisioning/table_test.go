package decisioning

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestTableIsAMap: however often keys come and go, and wherever they meet.
func TestTableIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var table table
		n := rapid.IntRange(1, 8).Draw(t, "keys at a time")
		for range 3 {
			table.reset(n)
			model := map[int32]int32{}
			for range rapid.IntRange(0, 600).Draw(t, "steps") {
				key, value := rapid.Int32Range(0, 60).Draw(t, "key"), rapid.Int32Range(0, 5).Draw(t, "value")
				had, has := model[key]
				if has && rapid.Bool().Draw(t, "its own") {
					value = had
				}
				switch do := rapid.IntRange(0, 3).Draw(t, "do"); {
				case do == 0 && (has || len(model) < n):
					if !has {
						model[key], had = value, value
					}
					require.Equal(t, had, table.put(key, value))
				case do == 1 && has:
					table.set(key, value)
					model[key] = value
				case do == 2:
					require.Equal(t, has && had == value, table.remove(key, value))
					if has && had == value {
						delete(model, key)
					}
				default:
					if !has {
						had = nobody
					}
					require.Equal(t, had, table.get(key))
				}
			}
		}
	})
}

func TestSlotsBeginWhereCacheLinesDo(t *testing.T) {
	require.Zero(t, unsafe.Sizeof(slot{})%64)
	require.EqualValues(t, 3*64, unsafe.Offsetof(slot{}.layout), "what follows is seldom touched")
	require.EqualValues(t, 2*64, unsafe.Offsetof(walk{}.ties)+unsafe.Offsetof(ties{}.first), "likewise")
}
