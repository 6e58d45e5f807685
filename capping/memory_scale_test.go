package capping_test

import (
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A crowd takes units for one profile after the other, each time under many caps.
type crowd struct {
	*desk
	r capping.Reservation
}

func newCrowd(caps int, w offer.Window, start, end int64) *crowd {
	c := &crowd{desk: newDesk(capping.MemoryConfig{Retention: time.Millisecond})}
	c.r = proposal("", 0, 0)
	for i := range caps {
		k := capping.Key{Offer: offer.ID("offer-" + strconv.Itoa(i)), Window: w, Start: start, End: end}
		c.r.Items[0].Limits = append(c.r.Items[0].Limits, limit(k))
	}
	return c
}

func (c *crowd) take(t *testing.T, p int) {
	t.Helper()
	c.now = c.now.Add(time.Millisecond)
	c.r.ID, c.r.At = c.now.String(), c.now
	c.r.Profile = profile.ID(strconv.Itoa(p))
	for i := range c.r.Items[0].Limits {
		c.r.Items[0].Limits[i].Key.Profile = c.r.Profile
	}
	if grant, err := c.Reserve(t.Context(), c.r); err != nil || !grant.Granted() {
		t.Fatal(grant, err)
	}
}

func heap() float64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&s)
	return float64(s.HeapAlloc)
}

func TestCountersAreSmallAtScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const caps = 50
	for _, tt := range []struct {
		name       string
		profiles   int
		window     offer.Window
		start, end int64
	}{
		{name: "for ever", profiles: 50_000},
		{"calendar", 20_000, offer.Window{Every: offer.Day, Timezone: "UTC"}, noon.Unix() - 43200, noon.Unix() + 43200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := heap()
			c := newCrowd(caps, tt.window, tt.start, tt.end)
			for p := range tt.profiles {
				c.take(t, p)
				if n := (p + 1) * caps; n >= 1_000_000 && n%500_000 == 0 {
					bytes := (heap() - before) / float64(n)
					t.Logf("%d counters of %.1f bytes", n, bytes)
					assert.LessOrEqual(t, bytes, 24.0, "at %d counters", n)
				}
			}
			start := time.Now()
			runtime.GC()
			t.Logf("a collection takes %v", time.Since(start))
			runtime.KeepAlive(c)
		})
	}
}

// TestRollingUnitsAreSmallAtScale lets all counters grow side by side, so that the memory that
// each leaves behind must serve others.
func TestRollingUnitsAreSmallAtScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const caps, profiles, rounds = 50, 4000, 8
	before := heap()
	c := newCrowd(caps, offer.Window{Rolling: 365 * 24 * time.Hour}, 0, 0)
	for round := range rounds {
		for p := range profiles {
			c.take(t, p)
		}
		units := float64(round + 1)
		bytes := (heap() - before) / (caps * profiles)
		t.Logf("%.0f units on each: %.1f bytes a counter", units, bytes)
		assert.LessOrEqual(t, bytes, 1.2*(24+8*units))
	}
	runtime.KeepAlive(c)
}
