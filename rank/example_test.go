package rank_test

import (
	"context"
	"fmt"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// A ranker whose scores no request changes: decisions look at its best candidates only.
func ExampleFixed() {
	byMargin := rank.Fixed(func(o *offer.Offer, _ offer.ActivityRef) float64 { return o.Value - o.Cost })

	tent := offer.Offer{ID: "tent", Value: 80, Cost: 50}
	fmt.Println(byMargin.Score(&tent, offer.ActivityRef{ID: "home"}))
	// Output: 30
}

// A ranker of an application: offers score by how many of the person's
// interests they touch.
func ExampleEach() {
	byInterest := rank.Each(func(_ context.Context, f *profile.Facts, o *offer.Offer) (float64, error) {
		attributes, err := f.Profile()
		if err != nil {
			return 0, err
		}
		score := 0.0
		interests, _ := attributes["interests"].([]any)
		for _, interest := range interests {
			if text, ok := interest.(string); ok && o.HasTag(offer.Tag(text)) {
				score++
			}
		}
		return score, nil
	})

	c := offer.NewCandidates(offer.NewSet([]offer.Offer{
		{ID: "tent", Tags: []offer.Tag{"hiking", "sale"}},
		{ID: "phone", Tags: []offer.Tag{"gadgets"}},
	}), offer.ActivityRef{ID: "home"}, true)
	f := profile.NewFacts(profile.Given{Profile: map[string]any{"interests": []any{"hiking", "sale"}}})
	scores := make([]float64, c.Len())
	if err := byInterest.Rank(context.Background(), f, c, scores); err != nil {
		fmt.Println(err)
	}
	fmt.Println(scores)
	// Output: [2 0]
}

// Priority is the ranking where nothing else is said.
func ExamplePriority() {
	c := offer.NewCandidates(offer.NewSet([]offer.Offer{{ID: "tent", Priority: 10}, {ID: "phone", Priority: 7}}), offer.ActivityRef{ID: "home"}, true)
	scores := make([]float64, c.Len())
	if err := rank.Priority().Rank(context.Background(), profile.NewFacts(profile.Given{}), c, scores); err != nil {
		fmt.Println(err)
	}
	fmt.Println(scores)
	// Output: [10 7]
}

// What is expected to lose has a negative utility.
func ExampleUtility() {
	fmt.Println(rank.Utility(0.5, 25, 1.5))
	fmt.Println(rank.Utility(0.02, 25, 1.5))
	// Output:
	// 11
	// -1
}
