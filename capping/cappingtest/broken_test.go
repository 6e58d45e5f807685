package cappingtest

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proffer-go/proffer/capping"
)

// Each of these counters breaks one rule.

// A hasty counter reads what is used, and then takes without looking again.
type hasty struct{ *capping.Memory }

func (c hasty) Reserve(ctx context.Context, r capping.Reservation) (capping.Grant, error) {
	var full []capping.Full
	r = change(r, func(l *capping.Limit) {
		usage, err := c.Usage(ctx, r.Attempt, []capping.Key{l.Key}, nil)
		if err == nil && usage.Units[0] >= l.Max {
			full = append(full, capping.Full{Key: l.Key, Used: usage.Units[0]})
		}
		l.Max = math.MaxInt64
	})
	if len(full) > 0 {
		return capping.Grant{Full: full}, nil
	}
	for range 1000 {
		runtime.Gosched()
	}
	return c.Memory.Reserve(ctx, r)
}

// A greedy counter keeps what it could take of a reservation that it refuses.
type greedy struct{ *capping.Memory }

func (c greedy) Reserve(ctx context.Context, r capping.Reservation) (capping.Grant, error) {
	grant, err := c.Memory.Reserve(ctx, r)
	if err == nil && !grant.Granted() {
		part := r
		part.Items = slices.DeleteFunc(slices.Clone(r.Items), func(i capping.Item) bool {
			return slices.ContainsFunc(i.Limits, func(l capping.Limit) bool {
				return slices.ContainsFunc(grant.Full, func(f capping.Full) bool { return f.Key == l.Key })
			})
		})
		_, _ = c.Memory.Reserve(ctx, part)
	}
	return grant, err
}

// A generous counter grants one more than it may.
type generous struct{ *capping.Memory }

func (c generous) Reserve(ctx context.Context, r capping.Reservation) (capping.Grant, error) {
	return c.Memory.Reserve(ctx, change(r, func(l *capping.Limit) { l.Max++ }))
}

// A patient counter accepts attempts that are late.
type patient struct{ *capping.Memory }

func (c patient) Reserve(ctx context.Context, r capping.Reservation) (capping.Grant, error) {
	usage, err := c.Usage(ctx, r.Attempt, nil, nil)
	if err != nil {
		return capping.Grant{}, err
	}
	r.Revision = usage.Revision
	return c.Memory.Reserve(ctx, r)
}

// A forgetful counter counts an event as often as it comes.
type forgetful struct {
	*capping.Memory
	n *atomic.Int64
}

func (c forgetful) Record(ctx context.Context, e capping.Event) error {
	e.ID = fmt.Sprint(e.ID, c.n.Add(1))
	return c.Memory.Record(ctx, e)
}

// A clumsy counter releases the record's units without asking whether they are back.
type clumsy struct{ *capping.Memory }

func (c clumsy) Resolve(ctx context.Context, r capping.Resolution) error {
	r.Record = nil
	return c.Memory.Resolve(ctx, r)
}

// change returns the reservation with all limits changed.
func change(r capping.Reservation, f func(*capping.Limit)) capping.Reservation {
	r.Items = slices.Clone(r.Items)
	for i := range r.Items {
		r.Items[i].Limits = slices.Clone(r.Items[i].Limits)
		for l := range r.Items[i].Limits {
			f(&r.Items[i].Limits[l])
		}
	}
	return r
}

func memory(clock func() time.Time) *capping.Memory {
	return capping.NewMemory(capping.MemoryConfig{Now: clock})
}

func TestKitNamesTheRuleThatWasBroken(t *testing.T) {
	for _, tt := range []struct {
		name string
		open func(clock func() time.Time) capping.Counter
		want []string
	}{
		{
			"takes in two steps",
			func(clock func() time.Time) capping.Counter { return hasty{memory(clock)} },
			[]string{"granted beyond limit: Reserve must take all units in one step"},
		},
		{
			"takes a part",
			func(clock func() time.Time) capping.Counter { return greedy{memory(clock)} },
			[]string{"Reserve must take all units in one step, or none: 1 units are used, want 0"},
		},
		{
			"takes one too many",
			func(clock func() time.Time) capping.Counter { return generous{memory(clock)} },
			[]string{
				"granted beyond limit: a limit of 2 grants 2", "granted beyond limit: a rolling window",
				"a cap is not exceeded by a late confirmation", "granted beyond limit: a limit with counts",
			},
		},
		{
			"accepts late attempts",
			func(clock func() time.Time) capping.Counter { return patient{memory(clock)} },
			[]string{"an attempt is refused as stale", "of attempts that began together one stands"},
		},
		{
			"has a clock of its own",
			func(clock func() time.Time) capping.Counter { return memory(func() time.Time { return start }) },
			[]string{"taken at t and held for h units are back at t + h", "a record decided at t is forgotten at t + retention"},
		},
		{
			"forgets events",
			func(clock func() time.Time) capping.Counter { return forgetful{memory(clock), new(atomic.Int64)} },
			[]string{"an event counts once for its id: 3 units are used, want 1"},
		},
		{
			"does not know records",
			func(clock func() time.Time) capping.Counter { return clumsy{memory(clock)} },
			[]string{"a record that was replaced returns nothing", "returns its units at any age, once: error unknown decision"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			said := strings.Join(failures(t, tt.open), "\n")
			for _, want := range tt.want {
				if !strings.Contains(said, want) {
					t.Errorf("the kit did not say %q, but:\n%s", want, said)
				}
			}
		})
	}
}

// failures runs all cases and returns what they complained about.
func failures(t *testing.T, open func(clock func() time.Time) capping.Counter) []string {
	t.Helper()
	var all []string
	for _, c := range cases() {
		clock := &clock{now: start}
		n := &notes{ctx: t.Context()}
		var done sync.WaitGroup
		done.Go(func() { c.try(&kit{T: n, clock: clock, counter: open(clock.read)}) })
		done.Wait()
		all = append(all, n.said...)
	}
	return all
}

// notes take down what a case reports.
type notes struct {
	ctx  context.Context
	mu   sync.Mutex
	said []string
}

func (n *notes) Helper()                  {}
func (n *notes) Context() context.Context { return n.ctx }
func (n *notes) Skip(...any)              { runtime.Goexit() }

func (n *notes) Errorf(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.said = append(n.said, fmt.Sprintf(format, args...))
}

func (n *notes) Fatalf(format string, args ...any) {
	n.Errorf(format, args...)
	runtime.Goexit()
}
