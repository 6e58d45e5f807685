package decisioning_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/decisioning"
)

// TestBatchKnowsNoIDOfTheLastLoop: a loop that ends while a request is on its way in leaves nothing that
// the first request of the next could be taken for, and wait for.
func TestBatchKnowsNoIDOfTheLastLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // which fails where all wait for ever
		e := openAlone(-1)(t, tents(1_000_000), decisioning.Config{Counter: memory()})
		for i := range 200 {
			var last string
			for _, err := range e.DecideAll(t.Context(), func(yield func(decisioning.Request) bool) {
				for k := range 10_000 {
					if last = fmt.Sprint(i, "-", k); !yield(asking(last, "home")) {
						return
					}
				}
			}) {
				require.NoError(t, err)
				break
			}
			n := 0
			for _, err := range e.DecideAll(t.Context(), func(yield func(decisioning.Request) bool) {
				more := yield(asking(last, "home"))
				for k := 0; k < 1000 && more; k++ {
					more = yield(asking(fmt.Sprint("next ", i, "-", k), "home"))
				}
			}) {
				require.NoError(t, err)
				n++
			}
			require.Equal(t, 1001, n)
		}
	})
}

// A fuse is a context that is cancelled once its error was asked for so many times.
type fuse struct {
	context.Context //nolint:containedctx // it is one
	cancel          context.CancelFunc
	left            atomic.Int64
}

func (f *fuse) Err() error {
	if f.left.Add(-1) == -1 {
		f.cancel()
	}
	return f.Context.Err()
}

// TestBatchCancelledAnywhereGivesBack: what was decided and not yielded, too, where that is all that is left to do.
func TestBatchCancelledAnywhereGivesBack(t *testing.T) {
	everyWay(t, batchCancelledAnywhereGivesBack)
}

func batchCancelledAnywhereGivesBack(t *testing.T, open opener) {
	t.Helper()
	for left := range int64(8) {
		inner, cancel := context.WithCancel(t.Context())
		ctx := &fuse{Context: inner, cancel: cancel}
		ctx.left.Store(1 << 40)
		counter := &faultyCounter{Recorder: memory()}
		var reserved atomic.Int64
		counter.reserve = func(r capping.Reservation) (bool, capping.Grant, error) {
			g, err := counter.Recorder.Reserve(context.Background(), r)
			if reserved.Add(1) == 5 {
				ctx.left.Store(left)
			}
			return true, g, err
		}
		e := open(t, tents(1_000_000), decisioning.Config{Counter: counter})
		yielded, failed, want := 0, 0, ""
		var last *decisioning.Decision
		for d, err := range e.DecideAll(ctx, crowd(100, "home")) {
			if err != nil {
				failed++
				continue
			}
			last, want = d, asJSON(d)
			yielded++
		}
		cancel()
		assert.Equal(t, 1, failed, left)
		assert.EqualValues(t, yielded, taken(t, counter, "tent"), left)
		if last != nil {
			assert.JSONEq(t, want, asJSON(last), left)
		}
	}
}
