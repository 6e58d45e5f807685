package offer_test

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/offer"
)

// setOf returns a set of n offers whose ids are their indexes.
func setOf(n int) *offer.Set {
	offers := make([]offer.Offer, n)
	for i := range offers {
		offers[i].ID = offer.ID(strconv.Itoa(i))
	}
	return offer.NewSet(offers)
}

func TestSetFindsOffersByIndexAndID(t *testing.T) {
	s := setOf(3)
	assert.Equal(t, 3, s.Len())
	assert.Equal(t, offer.ID("2"), s.At(2).ID)
	i, ok := s.Index("1")
	assert.True(t, ok)
	assert.Equal(t, 1, i)
	_, ok = s.Index("3")
	assert.False(t, ok)
	assert.Zero(t, offer.NewSet(nil).Len())
}

func TestCandidatesBehaveAsAMapOfIndexes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "offers")
		s := setOf(n)
		all := rapid.Bool().Draw(t, "all")
		c := offer.NewCandidates(s, offer.ActivityRef{ID: "home"}, all)
		model := map[int]bool{}
		for i := range n {
			if all {
				model[i] = true
			}
		}
		index := rapid.IntRange(0, n-1)
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				i := index.Draw(t, "i")
				c.Add(i)
				model[i] = true
			},
			"remove": func(t *rapid.T) {
				i := index.Draw(t, "i")
				c.Remove(i)
				delete(model, i)
			},
			"reset": func(t *rapid.T) {
				c.Reset(s, offer.ActivityRef{ID: "mail"})
				clear(model)
			},
			"intersect": func(t *rapid.T) {
				other, k := &offer.Candidates{}, rapid.IntRange(1, 5).Draw(t, "k")
				if k > 1 {
					other.CopyFrom(offer.NewCandidates(s, c.For, true))
				}
				for i := 0; k > 1 && i < n; i += k {
					other.Remove(i)
				}
				c.Intersect(other)
				maps.DeleteFunc(model, func(i int, _ bool) bool { return i%k == 0 })
			},
			"filter": func(t *rapid.T) {
				k := rapid.IntRange(2, 5).Draw(t, "k")
				for i := range c.All() {
					if i%k == 0 {
						c.Remove(i)
					}
				}
				maps.DeleteFunc(model, func(i int, _ bool) bool { return i%k == 0 })
			},
			"": func(t *rapid.T) {
				assert.Equal(t, slices.Sorted(maps.Keys(model)), indexes(c))
				assert.Equal(t, len(model), c.Len())
				i := index.Draw(t, "i")
				assert.Equal(t, model[i], c.Has(i))
			},
		})
	})
}

// indexes returns the candidates, nil if there are none, as slices.Sorted does.
func indexes(c *offer.Candidates) []int {
	var all []int
	for i, o := range c.All() {
		if o != c.Offers.At(i) {
			panic("not the offer of its index")
		}
		all = append(all, i)
	}
	return all
}

func TestCandidateThatIsRemovedMeanwhileIsNotYielded(t *testing.T) {
	c := offer.NewCandidates(setOf(130), offer.ActivityRef{}, true)
	var seen []int
	for i := range c.All() {
		seen = append(seen, i)
		for k := i + 1; k < 130 && k != 63 && k != 64 && k != 129; k++ {
			c.Remove(k)
		}
	}
	assert.Equal(t, []int{0, 63, 64, 129}, seen)
}

func TestIterationMayStop(t *testing.T) {
	c := offer.NewCandidates(setOf(3), offer.ActivityRef{}, true)
	for i := range c.All() {
		assert.Zero(t, i)
		break
	}
}

func TestResetServesAnotherSet(t *testing.T) {
	home := offer.ActivityRef{ID: "home", Placement: "hero", Count: 1}
	c := offer.NewCandidates(setOf(200), offer.ActivityRef{}, true)
	small := setOf(2)
	c.Reset(small, home)
	assert.Equal(t, home, c.For)
	assert.Same(t, small, c.Offers)
	assert.Zero(t, c.Len())
	c.Add(1)
	assert.Equal(t, []int{1}, indexes(c))
}

func TestCandidatesDoNotAllocate(t *testing.T) {
	s := setOf(1000)
	c := offer.NewCandidates(s, offer.ActivityRef{}, true)
	var other offer.Candidates
	allocs := testing.AllocsPerRun(10, func() {
		c.Reset(s, c.For)
		for i := range s.Len() {
			c.Add(i)
		}
		for i := range c.All() {
			if i%3 != 0 {
				c.Remove(i)
			}
		}
		other.CopyFrom(c)
		other.Remove(0)
		c.Intersect(&other)
	})
	assert.Zero(t, allocs)
	assert.Equal(t, 333, c.Len())
}

func BenchmarkCandidates(b *testing.B) {
	c := offer.NewCandidates(setOf(10_000), offer.ActivityRef{}, true)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range c.All() {
			n++
		}
		if n != c.Len() {
			b.Fatal(n)
		}
	}
}
