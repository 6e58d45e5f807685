package profile_test

import (
	"context"
	"fmt"
	"time"

	"github.com/proffer-go/proffer/profile"
)

// Memory serves tests and small uses; JSON text and Go values both are documents.
func ExampleMemory() {
	var customers profile.Memory
	customers.SetProfile("c1", profile.JSON([]byte(`{"age": 31, "tier": "gold"}`)))
	customers.SetEvents("c1", profile.Values([]map[string]any{
		{"eventType": "purchase", "timestamp": "2026-05-30T08:00:00Z"},
	}))

	known, _ := customers.Profile(context.Background(), "c1")
	unknown, _ := customers.Profile(context.Background(), "c2")
	fmt.Println(string(known.Text()))
	fmt.Println(unknown.Given())
	// Output:
	// {"age": 31, "tier": "gold"}
	// false
}

// An application's own store is a Source by one function. An unknown person is
// no error but a document that is not given.
func ExampleSourceFunc() {
	table := map[profile.ID]map[string]any{"c1": {"age": 31}}
	var source profile.Source = profile.SourceFunc(func(_ context.Context, id profile.ID) (profile.Document, error) {
		row, ok := table[id]
		if !ok {
			return profile.Document{}, nil
		}
		return profile.Values(row), nil
	})

	doc, err := source.Profile(context.Background(), "c1")
	fmt.Println(doc.Value(), err)
	doc, err = source.Profile(context.Background(), "c2")
	fmt.Println(doc.Given(), err)
	// Output:
	// map[age:31] <nil>
	// false <nil>
}

// A test of a filter or a ranker makes its own facts.
func ExampleNewFacts() {
	f := profile.NewFacts(profile.Given{
		ID:      "c1",
		Now:     time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC),
		Profile: map[string]any{"age": 31.0},
	})
	attributes, err := f.Profile()
	fmt.Println(f.ID(), f.Now().Year(), attributes["age"], err)
	// Output: c1 2026 31 <nil>
}
