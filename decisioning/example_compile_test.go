package decisioning_test

import (
	"errors"
	"fmt"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

func ExampleCompileJSON() {
	text := []byte(`{
  "placements":  [{"id": "hero", "contentTypes": ["text/html"]}],
  "offers":      [{"id": "card", "status": "aproved", "tags": ["promo"], "eligibility": "profil.age >= 18",
                   "representations": [{"placement": "hero", "components": [{"type": "text/html"}]}]}],
  "collections": [{"id": "promos", "anyTag": ["promo"]}],
  "activities":  [{"id": "home", "placement": "hero", "collection": "promos"}]
}`)
	_, err := decisioning.CompileJSON(text)
	if faults, ok := errors.AsType[decisioning.Faults](err); ok {
		for _, f := range faults {
			fmt.Printf("%d:%d: %v\n", f.Line, f.Column, f)
		}
	}
	// Output:
	// 3:44: offers[0](card).status: unknown status "aproved": use draft, approved or archived
	// 3:89: offers[0](card).eligibility: 1:1: undeclared reference to 'profil' (did you mean 'profile'?)
	// 4:77: offers[0](card).representations[0].components[0]: neither content nor url: give one of them
	// 5:36: collections[0](promos).anyTag: unknown field: did you mean "anyTags"?
	// 6:19: activities[0](home): neither fallback nor optional: name a fallback, or set optional to true to propose nothing instead
}

func ExampleCompile() {
	c := decisioning.Catalog{
		Placements:  []placement.Placement{{ID: "hero", ContentTypes: []string{"text/html"}}},
		Offers:      []offer.Offer{{ID: "card", Status: offer.Approved, Tags: []offer.Tag{"promo"}, Priority: -1}},
		Collections: []collection.Collection{{ID: "promos", AnyTags: []offer.Tag{"promo"}}},
		Activities:  []decisioning.Activity{{ID: "home", Placement: "hero", Collection: "promos", Optional: true}},
	}
	_, err := decisioning.Compile(c)
	fmt.Println(err)

	c.Offers[0].Priority = 10
	s, err := decisioning.Compile(c)
	fmt.Println(len(s.Version()), err)
	// Output:
	// offers[0](card).priority: -1 is negative: use 0 or more
	// 32 <nil>
}

// A process that publishes again and again compiles only the expressions that are new.
func ExampleCache() {
	var cache decisioning.Cache
	c := decisioning.Catalog{Offers: []offer.Offer{{ID: "card", Eligibility: "profile.age >= 18"}}}
	first, err := decisioning.Compile(c, decisioning.WithCache(&cache))
	fmt.Println(err)

	c.Offers = append(c.Offers, offer.Offer{ID: "loan", Eligibility: "profile.age >= 18 && profile.income > 0"})
	second, err := decisioning.Compile(c, decisioning.WithCache(&cache), decisioning.Workers(1))
	fmt.Println(first.Version() != second.Version(), err)
	// Output:
	// <nil>
	// true <nil>
}

func ExampleQuarantine() {
	c := decisioning.Catalog{
		Offers: []offer.Offer{
			{ID: "card", Status: offer.Approved},
			{ID: "loan", Status: offer.Approved, Caps: []offer.Cap{{Limit: 0, Per: offer.PerProfile}}},
		},
	}
	s, err := decisioning.Compile(c, decisioning.Quarantine())
	fmt.Println(len(s.Catalog().Offers), err)
	fmt.Println(s.Faults())
	// Output:
	// 1 <nil>
	// offers[1](loan).caps[0].limit: 0 is below 1: give at least 1
}
