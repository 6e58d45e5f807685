package constraint_test

import (
	"context"
	"fmt"
	"time"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A filter that judges one offer, and cannot fail, is asked only about the offers whose
// turn comes.
func ExampleWhere() {
	noReminders := constraint.Where("no reminders by night", func(f *profile.Facts, o *offer.Offer) bool {
		return f.Now().Hour() >= 8 || !o.HasTag("reminder")
	})

	night := profile.NewFacts(profile.Given{Now: time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)})
	fmt.Println(noReminders.Keep(night, &offer.Offer{ID: "renew", Tags: []offer.Tag{"reminder"}}))
	// Output: false
}

// A filter that may fail judges all candidates.
func ExampleEach() {
	stock := map[offer.ID]int{"umbrella": 3}
	inStock := constraint.Each("in stock", func(_ context.Context, _ *profile.Facts, o *offer.Offer) (bool, error) {
		return stock[o.ID] > 0, nil
	})

	c := offer.NewCandidates(offer.NewSet([]offer.Offer{{ID: "sunscreen"}, {ID: "umbrella"}}), offer.ActivityRef{ID: "home"}, true)
	if err := inStock.Filter(context.Background(), profile.NewFacts(profile.Given{}), c); err != nil {
		fmt.Println(err)
	}
	for _, o := range c.All() {
		fmt.Println(o.ID)
	}
	// Output: umbrella
}

// A filter that compares offers sees all of them at once: this one keeps the
// cheapest.
func ExampleFilterFunc() {
	cheapest := constraint.FilterFunc(func(_ context.Context, _ *profile.Facts, c *offer.Candidates) error {
		best := -1
		for i, o := range c.All() {
			if best < 0 || o.Cost < c.Offers.At(best).Cost {
				best = i
			}
		}
		for i := range c.All() {
			if i != best {
				c.Remove(i)
			}
		}
		return nil
	})

	set := offer.NewSet([]offer.Offer{{ID: "letter", Cost: 1.2}, {ID: "mail", Cost: 0.01}, {ID: "call", Cost: 8}})
	c := offer.NewCandidates(set, offer.ActivityRef{ID: "reminder"}, true)
	if err := cheapest.Filter(context.Background(), profile.NewFacts(profile.Given{}), c); err != nil {
		fmt.Println(err)
	}
	for _, o := range c.All() {
		fmt.Println(o.ID)
	}
	// Output: mail
}
