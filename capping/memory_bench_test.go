package capping_test

import (
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// BenchmarkMemoryDecisions decides for ever other ids, with the number of units told,
// of 100,000 profiles: each reads its counters and takes a unit of each.
func BenchmarkMemoryDecisions(b *testing.B) {
	for _, units := range []int{0, 4, 16} {
		b.Run(strconv.Itoa(units), func(b *testing.B) {
			b.ReportAllocs()
			var clock, next atomic.Int64
			m := capping.NewMemory(capping.MemoryConfig{
				Retention: time.Second,
				Now:       func() time.Time { return noon.Add(time.Duration(clock.Add(1)) * time.Microsecond) },
			})
			b.RunParallel(func(pb *testing.PB) {
				keys := make([]capping.Key, units)
				used := make([]int64, 0, units)
				items := []capping.Item{{Activity: "home", Placement: "hero", Offer: "x", Limits: make([]capping.Limit, units)}}
				for i := range keys {
					keys[i].Offer = offer.ID(strconv.Itoa(i))
				}
				for pb.Next() {
					n := next.Add(1)
					id := strconv.FormatInt(n, 10)
					r := capping.Reservation{
						Attempt: capping.Attempt{ID: id, Profile: profile.ID(id[max(0, len(id)-5):]), At: noon}, Items: items,
					}
					for i := range keys {
						keys[i].Profile = r.Profile
						items[0].Limits[i] = capping.Limit{Key: keys[i], Max: 1 << 40}
					}
					if _, err := m.Usage(b.Context(), r.Attempt, keys, used); err != nil {
						b.Error(err)
					}
					if grant, err := m.Reserve(b.Context(), r); err != nil || !grant.Granted() {
						b.Error(grant, err)
					}
				}
			})
			b.ReportMetric(float64(units*b.N)/b.Elapsed().Seconds(), "units/s")
			runtime.KeepAlive(m)
		})
	}
}
