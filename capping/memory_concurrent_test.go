package capping_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/profile"
)

// TestCapsHoldUnderManyGoroutines gives away 1,000 units over all, at most 3 to a
// profile, to more decisions than there is room for.
func TestCapsHoldUnderManyGoroutines(t *testing.T) {
	const goroutines, profiles, most, mostEach = 64, 400, 1000, 3
	m := capping.NewMemory(capping.MemoryConfig{Now: func() time.Time { return noon }})
	each := func(p int) capping.Key {
		return capping.Key{Offer: "x", Profile: profile.ID(fmt.Sprint(p))}
	}
	var granted atomic.Int64
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(g)))
			for i := range 2 * profiles {
				p := r.IntN(profiles)
				r := proposal(fmt.Sprint(g, "-", i), 0, mostEach, each(p))
				r.Items[0].Limits = append(r.Items[0].Limits, capping.Limit{Key: forEver("x"), Max: most})
				grant, err := m.Reserve(t.Context(), r)
				if err != nil {
					t.Error(err)
				} else if grant.Granted() {
					granted.Add(1)
				}
			}
		})
	}
	all.Wait()

	assert.EqualValues(t, most, granted.Load(), "all units are given away, and none twice")
	keys := []capping.Key{forEver("x")}
	for p := range profiles {
		keys = append(keys, each(p))
	}
	usage, err := m.Usage(t.Context(), capping.Attempt{At: noon}, keys, nil)
	require.NoError(t, err)
	sum := int64(0)
	for _, n := range usage.Units[1:] {
		assert.LessOrEqual(t, n, int64(mostEach))
		sum += n
	}
	assert.EqualValues(t, most, usage.Units[0])
	assert.EqualValues(t, most, sum)
}

// call is an operation on one of a few decisions that share room for 2.
type call struct {
	decision int
	action   string // reserve, confirm or release
}

// room is what a sequential counter says: for each decision whether it has a unit
// ('h' held, 'c' confirmed), was released ('r') or is new ('-').
var room = porcupine.Model{
	Init: func() any { return "----" },
	Step: func(state, input, output any) (bool, any) {
		now, in := state.(string), input.(call)
		was := now[in.decision]
		set := func(b byte) string { return now[:in.decision] + string(b) + now[in.decision+1:] }
		used := strings.Count(now, "h") + strings.Count(now, "c")
		want, next := "", now
		switch {
		case in.action == "reserve" && was != '-':
			want = "stale"
		case in.action == "reserve" && used >= 2:
			want = "full"
		case in.action == "reserve":
			want, next = "ok", set('h')
		case was == '-':
			want = "unknown"
		case in.action == "release":
			want, next = "ok", set('r')
		case was == 'r':
			want = "released"
		default:
			want, next = "ok", set('c')
		}
		return output == want, next
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v: %v", input, output) },
}

func (c call) do(t *testing.T, m *capping.Memory) string {
	t.Helper()
	id := fmt.Sprint(c.decision)
	if c.action == "reserve" {
		grant, err := m.Reserve(t.Context(), proposal(id, time.Minute, 2, forEver("x")))
		switch {
		case errors.Is(err, capping.ErrStale):
			return "stale"
		case err != nil:
			return err.Error()
		case !grant.Granted():
			return "full"
		}
		return "ok"
	}
	action := map[string]capping.Action{"confirm": capping.Confirm, "release": capping.Release}[c.action]
	switch err := m.Resolve(t.Context(), capping.Resolution{ID: id, Action: action}); {
	case err == nil:
		return "ok"
	case errors.Is(err, capping.ErrUnknownDecision):
		return "unknown"
	case errors.Is(err, capping.ErrReleased):
		return "released"
	default:
		return err.Error()
	}
}

func TestReserveAndResolveAreLinearizable(t *testing.T) {
	for round := range 50 {
		m := capping.NewMemory(capping.MemoryConfig{Now: func() time.Time { return noon }})
		const clients, calls = 4, 8
		history := make([][]porcupine.Operation, clients)
		var all sync.WaitGroup
		begin := time.Now()
		for client := range clients {
			all.Go(func() {
				r := rand.New(rand.NewPCG(uint64(round), uint64(client)))
				for range calls {
					c := call{r.IntN(4), []string{"reserve", "reserve", "confirm", "release"}[r.IntN(4)]}
					called := time.Since(begin).Nanoseconds()
					said := c.do(t, m)
					history[client] = append(history[client], porcupine.Operation{
						ClientId: client, Input: c, Call: called, Output: said, Return: time.Since(begin).Nanoseconds(),
					})
				}
			})
		}
		all.Wait()
		var operations []porcupine.Operation
		for _, h := range history {
			operations = append(operations, h...)
		}
		require.True(t, porcupine.CheckOperations(room, operations), "round %d has no order: %v", round, operations)
	}
}
