package cappingtest

import (
	"context"
	"testing"
	"time"

	"github.com/proffer-go/proffer/capping"
)

// Run tries the counters that open returns against the contract of
// [capping.Counter]. It opens one for each case:
//   - It counts nothing yet and shares nothing with the others.
//   - Holds, records and event ids go by the clock and nothing else. The clock
//     may be called at any time, also by several goroutines.
//   - Records are kept for an hour and event ids for 7 days: the usual retention.
//   - It is exact: what grants less than there is, such as leases, is switched off.
//
// What is to be closed open registers with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T, clock func() time.Time) capping.Counter) {
	t.Helper()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			clock := &clock{now: start}
			c.try(&kit{T: t, clock: clock, counter: open(t, clock.read)})
		})
	}
}

// A trial is one case of the kit.
type trial struct {
	name string
	try  func(*kit)
}

func cases() []trial {
	var all []trial
	for _, group := range [][]trial{reserveCases, rollingCases, replaceCases, keptCases, holdCases, resolveCases, recordCases, eventCases, concurrentCases} {
		all = append(all, group...)
	}
	return all
}

// reporter is what the kit needs of a [testing.T].
type reporter interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Skip(args ...any)
}
