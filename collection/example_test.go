package collection_test

import (
	"fmt"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/offer"
)

// A collection selects by any tag, by all tags, or by name.
func ExampleCollection_Selects() {
	card := &offer.Offer{ID: "card-upgrade", Tags: []offer.Tag{"promo", "cards"}}
	for _, c := range []collection.Collection{
		{ID: "promos", AnyTags: []offer.Tag{"promo", "gift"}},
		{ID: "gold-promos", AllTags: []offer.Tag{"promo", "gold"}},
		{ID: "picked", Offers: []offer.ID{"card-upgrade"}},
	} {
		fmt.Println(c.ID, c.Selects(card))
	}
	// Output:
	// promos true
	// gold-promos false
	// picked true
}
