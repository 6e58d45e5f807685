package decisioning

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/internal/strictjson"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/rank"
)

// promos is a catalog of n offers, each with a rule of its own.
func promos(n int) Catalog {
	c := base()
	for i := range n {
		o := promo()
		o.ID = offer.ID(fmt.Sprint("promo-", i))
		o.Eligibility = fmt.Sprintf("profile.age > %d", i)
		c.Offers = append(c.Offers, o)
	}
	return c
}

func TestSnapshotAndFaultsAreTheSameWithAnyNumberOfWorkers(t *testing.T) {
	good, bad := promos(5*chunk), promos(5*chunk)
	for i := range 2 * chunk {
		id := fmt.Sprint("extra-", i)
		for _, c := range []*Catalog{&good, &bad} {
			c.Rules = append(c.Rules, constraint.Rule{ID: offer.RuleID(id), Expr: fmt.Sprintf("profile.x == %d", i)})
			c.Collections = append(c.Collections, collection.Collection{ID: collection.ID(id), AnyTags: []offer.Tag{"a"}})
			c.Activities = append(c.Activities, Activity{
				ID: ActivityID(id), Placement: "hero", Collection: collection.ID(id), Optional: true, Rank: rank.Spec{By: "registered"},
			})
		}
		if i%3 == 0 {
			bad.Rules[i].Expr = "1"
			bad.Collections[i].AnyTags = nil
		}
	}
	for i := range bad.Offers {
		o := &bad.Offers[i]
		switch i % 7 {
		case 0:
			o.Eligibility = fmt.Sprintf("profil.age > %d", i)
		case 1:
			o.Rule = offer.RuleID(fmt.Sprint("adul", i)) // more than are compared with what there is
		case 2:
			o.Caps[0].Window.Every = "year"
		case 3:
			o.Value = math.Inf(1)
		case 4:
			o.ID = "promo-4"
		}
	}
	one, err := Compile(good, Workers(1))
	require.NoError(t, err)
	_, want := Compile(bad, Workers(1))
	for workers := range 5 {
		s, err := Compile(good, Workers(workers))
		require.NoError(t, err)
		assert.Equal(t, one.Version(), s.Version())
		assert.Equal(t, one.Catalog(), s.Catalog())
		assert.Equal(t, one.rankers, s.rankers)
		assert.Len(t, s.rankers, 2*chunk)
		_, err = Compile(bad, Workers(workers))
		assert.Equal(t, want, err)
	}
	text, err := json.Marshal(good)
	require.NoError(t, err)
	read, err := CompileJSON(text)
	require.NoError(t, err)
	assert.Equal(t, one.Version(), read.Version())
}

func TestWorkersPanicsIfNegative(t *testing.T) { assert.Panics(t, func() { Workers(-1) }) }

func TestPanicOfAWorkerIsTheCallers(t *testing.T) {
	assert.PanicsWithValue(t, "no", func() {
		spread(3, 10*chunk, func() int { return 0 }, func(_, from, _ int) {
			if from == 5*chunk {
				panic("no")
			}
		})
	})
}

func TestSpreadCoversAllOnce(t *testing.T) {
	for _, n := range []int{0, 1, chunk - 1, chunk, chunk + 1, 10 * chunk} {
		for workers := 1; workers < 5; workers++ {
			var mu sync.Mutex
			seen := make([]int, n)
			spread(workers, n, func() int { return 0 }, func(_, from, to int) {
				mu.Lock()
				defer mu.Unlock()
				for i := from; i < to; i++ {
					seen[i]++
				}
			})
			for i := range seen {
				require.Equal(t, 1, seen[i])
			}
		}
	}
}

func TestExpressionsOfACacheOutliveTheirCatalog(t *testing.T) {
	cache := &Cache{}
	exprs := func(c Catalog) []*rules.Expr {
		_, err := Compile(c, WithCache(cache))
		require.NoError(t, err)
		runtime.GC()
		return cache.latest
	}
	c := promos(3 * chunk)
	known := make(map[*rules.Expr]bool)
	for _, e := range exprs(c) {
		known[e] = true
	}
	c.Offers[0].Eligibility = "profile.age > 1000"
	added := make(map[string]bool)
	for _, e := range exprs(c) {
		if !known[e] {
			added[e.Text()] = true
		}
	}
	assert.Equal(t, map[string]bool{"profile.age > 1000": true}, added)
}

func TestCacheServesCatalogsWithFaultsToo(t *testing.T) {
	cache := &Cache{}
	c := promos(1)
	c.Offers[0].Priority = -1
	_, err := Compile(c, WithCache(cache))
	require.Error(t, err)
	held := cache.latest
	require.NotEmpty(t, held)
	c.Offers[0].Priority = 1
	_, err = Compile(c, WithCache(cache))
	require.NoError(t, err)
	for _, e := range cache.latest {
		assert.True(t, slices.Contains(held, e), e.Text())
	}
}

func TestCacheMayBeUsedByManyCompilationsAtOnce(t *testing.T) {
	cache, c := &Cache{}, promos(2*chunk)
	alone, err := Compile(c)
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := Compile(c, WithCache(cache))
			assert.NoError(t, err)
			assert.Equal(t, alone.Version(), s.Version())
		})
	}
	all.Wait()
}

// What a copier takes is what an owner makes of it; what it does not take may be
// anything.
func TestCopierMakesWhatAnOwnerMakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var o offer.Offer
		drawn(t, reflect.ValueOf(&o).Elem())
		unusual(t, &o)
		own := [2]offer.Offer{o, o} // the second time with the attributes of the first
		c := copier{flat: make(map[string]map[string]any)}
		c.grow(own[:])
		taken := c.offer(&own[0])
		require.Equal(t, taken, c.offer(&own[1]))

		want := o
		k := &checker{path: func(key string) string { return key }, reading: &strictjson.Reading{Zeros: make(map[string]bool)}}
		slow := &owner{checker: k, names: make(map[reflect.Type][]string)}
		slow.value(reflect.ValueOf(&want).Elem())
		if taken {
			require.Empty(t, k.faults)
			require.Equal(t, want, own[0])
			require.Equal(t, want, own[1])
		}
		require.False(t, !taken && len(k.faults) == 0 && o.Attributes == nil, "a copier takes what is not unusual")
	})
}

// unusual gives the offer something that only Go values have.
func unusual(t *rapid.T, o *offer.Offer) {
	switch rapid.IntRange(0, 12).Draw(t, "unusual") {
	case 0:
		o.Name = "\xff"
	case 1:
		o.Tags = append(o.Tags, "\xff")
	case 2:
		o.Caps = append(o.Caps, offer.Cap{Counts: "\xff"})
	case 3:
		o.Representations = append(o.Representations, offer.Representation{Components: []offer.Component{{Languages: []string{"\xff"}}}})
	case 4:
		o.Value = math.NaN()
	case 5:
		o.Cost = math.Copysign(0, -1)
	case 6:
		o.Start = time.Now()
	case 7:
		o.End = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	case 8:
		o.Attributes = map[string]any{"a": []any{math.Copysign(0, -1), map[string]any(nil), []any(nil)}, "b": []any{}}
	case 9:
		o.Attributes = map[string]any{"a": 1, "b": []string{"x"}, "c": json.Number("1.0")}
	case 10:
		o.Attributes = map[string]any{"\xff": true, "a": func() {}, "b": math.Inf(1)}
	case 11:
		o.Attributes = map[string]any{}
		o.Tags, o.Caps = []offer.Tag{}, []offer.Cap{}
	}
}

func TestCopyOfACatalogSharesNoMemoryWithIt(t *testing.T) {
	c := promos(2)
	s, err := Compile(c)
	require.NoError(t, err)
	before, err := json.Marshal(s.Catalog())
	require.NoError(t, err)
	for i := range c.Offers {
		o := &c.Offers[i]
		o.Tags[0], o.Caps[0].Limit, o.Representations[0].Placement = "x", 100, "x"
		o.Representations[1].Components[0].Languages[0] = "x"
		o.Representations[1].Components[0].URL = "x"
		o.Attributes["brand"] = "x"
		o.Name = "x"
	}
	after, err := json.Marshal(s.Catalog())
	require.NoError(t, err)
	assert.JSONEq(t, string(before), string(after))
	// Nor do the lists of one offer run into those of the next.
	first := s.Catalog().Offers[0]
	assert.Equal(t, len(first.Tags), cap(first.Tags))
}
