package decisioning_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/rank"
)

// worth is a shop in which each activity has a score of its own for each offer: whole numbers, one a letter from
// "a" on.
func worth(scores map[decisioning.ActivityID][]int) decisioning.Catalog {
	c := shop()
	c.Activities = append(c.Activities, c.Activities[1])
	c.Activities[2].ID = "foot"
	for i := range c.Activities {
		c.Activities[i].Rank = rank.Spec{Formula: "offer.attributes[activity.id]"}
	}
	for i := range scores["home"] {
		o := offer.Offer{ID: offer.ID(letter(i)), Status: offer.Approved, Attributes: map[string]any{}}
		o.Representations = says(string(o.ID))
		for id, all := range scores {
			o.Attributes[string(id)] = float64(all[i])
		}
		c.Offers = append(c.Offers, o)
	}
	return c
}

// TestRivalThatWouldLoseMostKeepsTheOffer: of activities that want the same offer first.
func TestRivalThatWouldLoseMostKeepsTheOffer(t *testing.T) {
	for _, tt := range []struct {
		name             string
		home, side, foot []int
		want             []string
	}{
		{"the second would lose more", []int{9, 7, 0, 0}, []int{9, 0, 6, 0}, []int{0, 0, 0, 5}, []string{"b", "a", "d"}},
		{"of equals the first keeps it", []int{9, 7, 0, 0}, []int{9, 0, 7, 0}, []int{0, 0, 0, 5}, []string{"a", "c", "d"}},
		{"all three want it", []int{9, 8, 0, 0}, []int{9, 0, 8, 0}, []int{9, 0, 0, 7}, []string{"b", "c", "a"}},
		{"two would take the same instead", []int{9, 8, 5, 0}, []int{9, 8, 4, 0}, []int{9, 0, 0, 1}, []string{"c", "b", "a"}},
		{"what one would take another wants first", []int{9, 8, 1, 0}, []int{9, 2, 0, 0}, []int{0, 9, 8, 0}, []string{"b", "a", "c"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := worth(map[decisioning.ActivityID][]int{"home": tt.home, "side": tt.side, "foot": tt.foot})
			assert.Equal(t, tt.want, proposed(decide(t, open(t, c, decisioning.Config{}), asking("r", "home", "side", "foot"))))
		})
	}
}

// TestWhatIsMoreThanValueIsNotConceded: a tier, a score at all, or one of several offers weighs more than any value.
func TestWhatIsMoreThanValueIsNotConceded(t *testing.T) {
	for _, tt := range []struct {
		name       string
		home, side []int
		change     func(*decisioning.Catalog)
		want       []string
	}{
		{"a tier", []int{9, 8, 0}, []int{9, 0, 1}, func(c *decisioning.Catalog) {
			c.Offers[0].Tags = []offer.Tag{"top"}
			c.Collections = append(c.Collections, tagged("top", "top"))
			c.Activities[0].Selections = []decisioning.Selection{{Collection: "top"}, {}}
		}, []string{"a", "c"}},
		{"a score", []int{9, 8, 8}, []int{11, 0, 1}, func(c *decisioning.Catalog) {
			delete(c.Offers[1].Attributes, "home")
			delete(c.Offers[2].Attributes, "home")
		}, []string{"a", "c"}},
		{"one of two", []int{9, 8, 1}, []int{9, 0, 1}, func(c *decisioning.Catalog) { c.Activities[0].Count = 2 }, []string{"a", "b", "c"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := worth(map[decisioning.ActivityID][]int{"home": tt.home, "side": tt.side})
			tt.change(&c)
			assert.Equal(t, tt.want, proposed(decide(t, open(t, c, decisioning.Config{}), asking("r", "home", "side"))))
		})
	}
}

// TestPlanIsTheBestOfAll tries all plans of three activities over a few offers that most of them want.
func TestPlanIsTheBestOfAll(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(3, 6).Draw(r, "offers")
		scores := map[decisioning.ActivityID][]int{}
		for _, id := range []decisioning.ActivityID{"home", "side", "foot"} {
			// Of one activity no two are alike, so that its order is plain.
			scores[id] = rapid.Permutation([]int{0, 1, 2, 4, 7, 11}).Draw(r, string(id))[:n]
		}
		best, most := []string(nil), -1
		order := func(id decisioning.ActivityID) []int { return byScore(scores[id]) }
		for _, h := range order("home") { // in this order the first of equals is the one that stands
			for _, s := range order("side") {
				for _, f := range order("foot") {
					sum := scores["home"][h] + scores["side"][s] + scores["foot"][f]
					if h != s && s != f && f != h && sum > most {
						best, most = []string{letter(h), letter(s), letter(f)}, sum
					}
				}
			}
		}
		e := open(t, worth(scores), decisioning.Config{})
		assert.Equal(r, best, proposed(decide(t, e, asking("r", "home", "side", "foot"))), fmt.Sprint(scores))
	})
}

// byScore returns the indexes, those of the highest scores first.
func byScore(scores []int) []int {
	all := make([]int, len(scores))
	for i := range all {
		all[i] = i
	}
	slices.SortFunc(all, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	return all
}

func letter(i int) string { return string(rune('a' + i)) }
