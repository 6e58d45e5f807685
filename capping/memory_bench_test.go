//go:build unix

package capping_test

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// cpuTime is what the process has spent so far.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// reportCPU reports the CPU time of each of n things since the start.
func reportCPU(b *testing.B, start time.Duration, n int, what string) {
	b.Helper()
	b.ReportMetric(float64(cpuTime(b)-start)/float64(n), "cpu-ns/"+what)
}

// A visitor decides for one of many profiles after the other, each time with a new id:
// it reads the counters and takes a unit of each.
type visitor struct {
	memory *capping.Memory
	keys   []capping.Key
	used   []int64
	r      capping.Reservation
}

func newVisitor(m *capping.Memory, units int) *visitor {
	v := &visitor{memory: m, keys: make([]capping.Key, units), used: make([]int64, 0, units)}
	v.r.Items = []capping.Item{{Activity: "home", Placement: "hero", Offer: "x", Limits: make([]capping.Limit, units)}}
	for i := range v.keys {
		v.keys[i].Offer = offer.ID("offer-" + strconv.Itoa(i))
	}
	return v
}

func (v *visitor) visit(ctx context.Context, id string, p profile.ID) error {
	v.r.Attempt = capping.Attempt{ID: id, Profile: p, At: noon}
	for i := range v.keys {
		v.keys[i].Profile = p
		v.r.Items[0].Limits[i] = capping.Limit{Key: v.keys[i], Max: 1 << 40}
	}
	if _, err := v.memory.Usage(ctx, v.r.Attempt, v.keys, v.used); err != nil {
		return err
	}
	_, err := v.memory.Reserve(ctx, v.r)
	return err
}

// BenchmarkMemoryDecisions decides for ever other ids, with the number of units told,
// of 100,000 profiles that were all there before.
func BenchmarkMemoryDecisions(b *testing.B) {
	const profiles = 100_000
	for _, kept := range []time.Duration{time.Second, time.Hour} {
		for _, units := range []int{0, 4, 16} {
			b.Run(fmt.Sprintf("kept=%v/units=%d", kept, units), func(b *testing.B) {
				m := capping.NewMemory(capping.MemoryConfig{Retention: kept})
				first := newVisitor(m, units)
				for p := range profiles {
					if err := first.visit(b.Context(), "first-"+strconv.Itoa(p), profile.ID(strconv.Itoa(p))); err != nil {
						b.Fatal(err)
					}
				}
				var next atomic.Int64
				b.ReportAllocs()
				b.ResetTimer()
				start := cpuTime(b)
				b.RunParallel(func(pb *testing.PB) {
					v := newVisitor(m, units)
					for pb.Next() {
						n := next.Add(1)
						if err := v.visit(b.Context(), strconv.FormatInt(n, 10), profile.ID(strconv.FormatInt(n*7919%profiles, 10))); err != nil {
							b.Error(err)
						}
					}
				})
				reportCPU(b, start, b.N*max(units, 1), "unit")
				b.ReportMetric(float64(units*b.N)/b.Elapsed().Seconds(), "units/s")
			})
		}
	}
}
