package decisioning

import (
	"context"
	"errors"

	"github.com/proffer-go/proffer/capping"
)

// A guard contains the panics of a counter: to the engine they are errors of the
// backend.
type guard struct{ counter capping.Counter }

var _ capping.Recorder = guard{}

// memory returns the counter if it answers at once, so that no reply is lost, else nil.
func (g guard) memory() *capping.Memory {
	m, _ := g.counter.(*capping.Memory)
	return m
}

func (g guard) isLocal() bool { return g.memory() != nil }

func (g guard) Usage(ctx context.Context, a capping.Attempt, keys []capping.Key, dst []int64) (u capping.Usage, err error) {
	defer contain(&err)
	return g.counter.Usage(ctx, a, keys, dst)
}

func (g guard) Reserve(ctx context.Context, r capping.Reservation) (grant capping.Grant, err error) {
	defer contain(&err)
	return g.counter.Reserve(ctx, r)
}

func (g guard) Resolve(ctx context.Context, r capping.Resolution) (err error) {
	defer contain(&err)
	return g.counter.Resolve(ctx, r)
}

var errNoRecorder = errors.New("the counter does not record events; it has to be a capping.Recorder")

func (g guard) Record(ctx context.Context, e capping.Event) (err error) {
	defer contain(&err)
	recorder, ok := g.counter.(capping.Recorder)
	if !ok {
		return errNoRecorder
	}
	return recorder.Record(ctx, e)
}
