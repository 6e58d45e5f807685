package proffer_test

import (
	"context"
	"fmt"
	"log"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/profile"
)

const catalog = `{
  "placements":  [{"id": "hero", "channel": "web", "contentTypes": ["text/html"]}],
  "offers":      [{"id": "gold-card", "status": "approved", "tags": ["cards"], "priority": 10,
                   "eligibility": "profile.tier == 'gold'",
                   "caps": [{"limit": 1, "per": "profile", "window": {"every": "day", "timezone": "Europe/Berlin"}}],
                   "representations": [{"placement": "hero", "components": [{"type": "text/html", "content": "<p>Yours: the gold card.</p>"}]}]}],
  "fallbacks":   [{"id": "hello", "representations": [{"placement": "hero", "components": [{"type": "text/html", "content": "<p>Hello.</p>"}]}]}],
  "collections": [{"id": "promos", "anyTags": ["cards", "loans"]}],
  "activities":  [{"id": "home", "placement": "hero", "collection": "promos", "fallback": "hello"}]
}`

// A whole program: a catalog is compiled and published once, then any number of
// goroutines decide.
func Example() {
	snapshot, err := decisioning.CompileJSON([]byte(catalog))
	if err != nil {
		log.Fatal(err) // every fault, one a line
	}
	engine, err := decisioning.New(decisioning.Config{})
	if err != nil {
		log.Fatal(err)
	}
	if err := engine.Publish(snapshot); err != nil {
		log.Fatal(err)
	}
	decision, err := engine.Decide(context.Background(), decisioning.Request{
		ProfileID:  "ana",
		Profile:    profile.JSON([]byte(`{"tier": "gold"}`)),
		Activities: []decisioning.ActivityID{"home"},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range decision.Propositions {
		for _, o := range p.Offers {
			fmt.Println(p.Activity, "proposes", o.ID)
		}
	}
	// Output:
	// home proposes gold-card
}
