package placement_test

import (
	"fmt"

	"github.com/proffer-go/proffer/placement"
)

// A placement says what fits, whoever writes the content.
func ExamplePlacement_Accepts() {
	hero := placement.Placement{
		ID: "hero", Name: "Home page hero image", Channel: "web",
		ContentTypes: []string{"image/*", "text/html"},
	}
	fmt.Println(hero.Accepts("image/png"))
	fmt.Println(hero.Accepts("Text/HTML; charset=utf-8"))
	fmt.Println(hero.Accepts("application/pdf"))
	// Output:
	// true
	// true
	// false
}
