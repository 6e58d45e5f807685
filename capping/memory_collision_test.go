package capping

import (
	"math/bits"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// What many limits of one item have in common, such as the tenant or the window, must not
// cancel out in the hash of the choice: its records would be read as those of another.

var midJune = time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)

func still() *Memory { return NewMemory(MemoryConfig{Now: func() time.Time { return midJune }}) }

func reserved(t *testing.T, m *Memory, a Attempt, limits []Limit) {
	t.Helper()
	a.At = midJune
	g, err := m.Reserve(t.Context(), Reservation{Attempt: a, Items: []Item{{Activity: "a", Offer: "x", Limits: limits}}})
	require.NoError(t, err)
	require.True(t, g.Granted())
}

func unitsOf(t *testing.T, m *Memory, tenant string, keys ...Key) []int64 {
	t.Helper()
	u, err := m.Usage(t.Context(), Attempt{Tenant: tenant, ID: "reader", At: midJune}, keys, nil)
	require.NoError(t, err)
	return u.Units
}

func TestManyLimitsOfOneTenantAreNotAnothers(t *testing.T) {
	for range 20 { // seeds are drawn for each
		m := still()
		reserve := func(tenant string, i int) {
			var limits []Limit
			for k := range 64 {
				limits = append(limits, Limit{Key: Key{Tenant: tenant, Policy: PolicyID("p" + strconv.Itoa(k))}, Max: 4})
			}
			reserved(t, m, Attempt{Tenant: tenant, ID: strconv.Itoa(i)}, limits)
		}
		for i := range 4 {
			reserve("A", i)
		}
		for i := range 4 {
			reserve("B", i)
			require.NoError(t, m.Resolve(t.Context(), Resolution{Tenant: "B", ID: strconv.Itoa(i), Action: Release}))
		}
		assert.Equal(t, []int64{4}, unitsOf(t, m, "A", Key{Tenant: "A", Policy: "p0"}))
	}
}

func TestManyLimitsOfOneDayAreNotTheNexts(t *testing.T) {
	for range 20 {
		m := still()
		for day := int64(20_000); day < 20_004; day++ {
			var limits []Limit
			var keys []Key
			for i := range 64 {
				keys = append(keys, Key{Policy: PolicyID("p" + strconv.Itoa(i)), Window: offer.Window{Every: offer.Day}, Start: day * 86400, End: (day + 1) * 86400})
				limits = append(limits, Limit{Key: keys[i], Max: 100})
			}
			for i := range 4 {
				id := strconv.Itoa(int(day)) + "-" + strconv.Itoa(i)
				reserved(t, m, Attempt{ID: id}, limits)
				require.NoError(t, m.Resolve(t.Context(), Resolution{ID: id, Action: Release}))
			}
			for _, n := range unitsOf(t, m, "", keys...) {
				require.Zero(t, n, "all was released")
			}
		}
	}
}

func TestManyEqualLimitsAreNotNone(t *testing.T) {
	m := still()
	reserved(t, m, Attempt{ID: "plain"}, nil)
	var limits []Limit
	for range 128 {
		limits = append(limits, Limit{Key: Key{Offer: "x"}, Max: 1000})
	}
	for i := range 3 {
		reserved(t, m, Attempt{ID: strconv.Itoa(i)}, limits)
		require.NoError(t, m.Resolve(t.Context(), Resolution{ID: strconv.Itoa(i), Action: Release}))
	}
	assert.Equal(t, []int64{0}, unitsOf(t, m, "", Key{Offer: "x"}))
}

// TestEqualPartsOfAKeyTellAllTheSame: of keys of which two parts are the same text the hashes
// differ, in both halves, and in no pattern.
func TestEqualPartsOfAKeyTellAllTheSame(t *testing.T) {
	parts := map[string]func(k *Key, text string){
		"tenant":    func(k *Key, text string) { k.Tenant = text },
		"profile":   func(k *Key, text string) { k.Profile = profile.ID(text) },
		"offer":     func(k *Key, text string) { k.Offer = offer.ID(text) },
		"policy":    func(k *Key, text string) { k.Policy = PolicyID(text) },
		"placement": func(k *Key, text string) { k.Placement = placement.ID(text) },
		"counts":    func(k *Key, text string) { k.Counts = text },
	}
	m := NewMemory(MemoryConfig{})
	for one, set := range parts {
		for other, setOther := range parts {
			id := func(text string) hash {
				var k Key
				set(&k, text)
				setOther(&k, text)
				d := m.desk()
				defer m.putBack(d)
				d.read(m, &Attempt{Tenant: k.Tenant, ID: "1", Profile: k.Profile}, []Key{k})
				return d.asks[0].id
			}
			for i := range 10 {
				a, b := id("user"+strconv.Itoa(i)), id("user"+strconv.Itoa(i+1))
				for turn := 1; turn < 64; turn++ {
					require.NotEqual(t, a.hi^b.hi, bits.RotateLeft64(a.hi^b.hi, turn), "%s and %s", one, other)
					require.NotEqual(t, a.lo^b.lo, bits.RotateLeft64(a.lo^b.lo, turn), "%s and %s", one, other)
				}
			}
		}
	}
}
