package offer_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/proffer-go/proffer/offer"
)

// The calendar of an offer is exact: its last instant is the one before End.
func ExampleOffer_Open() {
	sale := offer.Offer{
		ID:    "summer-sale",
		Start: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
		End:   time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC),
	}
	fmt.Println(sale.Open(sale.Start))
	fmt.Println(sale.Open(sale.End))
	// Output:
	// true
	// false
}

// The content of an offer is chosen by placement.
func ExampleOffer_Representation() {
	card := offer.Offer{ID: "card-upgrade", Representations: []offer.Representation{
		{Placement: "hero", Components: []offer.Component{{Type: "image/png", URL: "https://cdn.example.com/up.png"}}},
		{Placement: "mail", Components: []offer.Component{{Type: "text/plain", Content: "Upgrade your card."}}},
	}}
	fmt.Println(card.Representation("mail").Components[0].Content)
	fmt.Println(card.Representation("kiosk") == nil)
	// Output:
	// Upgrade your card.
	// true
}

// A cap limits an offer per profile or over all, here to two in any seven days.
func ExampleCap() {
	twiceAWeek := offer.Cap{Limit: 2, Per: offer.PerProfile, Window: offer.Window{Rolling: 7 * 24 * time.Hour}}
	text, _ := json.Marshal(twiceAWeek)
	fmt.Println(string(text))
	// Output: {"limit":2,"per":"profile","window":{"rolling":"168h0m0s"}}
}

// Windows that are the same have the same normal form.
func ExampleWindow_Normal() {
	fmt.Printf("%+v\n", offer.Window{Every: offer.Week}.Normal())
	// Output: {Every:week Timezone:UTC WeekStart:monday Rolling:0s}
}

// A filter walks the candidates and takes out what it rejects.
func ExampleCandidates_All() {
	set := offer.NewSet([]offer.Offer{{ID: "card"}, {ID: "loan", Kind: offer.Action}, {ID: "savings"}})
	c := offer.NewCandidates(set, offer.ActivityRef{ID: "home", Placement: "hero", Count: 1}, true)
	for i, o := range c.All() {
		if o.Kind == offer.Action {
			c.Remove(i)
		}
	}
	for _, o := range c.All() {
		fmt.Println(o.ID)
	}
	// Output:
	// card
	// savings
}
