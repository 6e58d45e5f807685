package decisioning_test

import (
	"context"
	"fmt"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/profile"
)

// Facts that serve several decisions are decoded once.
func ExampleEngine_Prepare() {
	ctx := context.Background()
	engine := newEngine(decisioning.Config{})
	anna, err := engine.Prepare(decisioning.Request{
		ProfileID:  "anna",
		Profile:    profile.JSON([]byte(`{"age": 31}`)),
		Activities: []decisioning.ActivityID{"home"},
		DryRun:     true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	show(engine.Decide(ctx, anna))
	anna.DryRun = false // all but the facts may change
	show(engine.Decide(ctx, anna))
	show(engine.Decide(ctx, anna))
	show(engine.Decide(ctx, anna))
	// Output:
	// home: tent, A tent for two
	// home: tent, A tent for two
	// home: tent, A tent for two
	// home: coat, A coat
}

// One Decision serves one decision after another, without any garbage.
func ExampleEngine_DecideInto() {
	engine := newEngine(decisioning.Config{})
	var d decisioning.Decision
	for _, age := range []string{`{"age": 31}`, `{"age": 11}`} {
		err := engine.DecideInto(context.Background(), decisioning.Request{
			ProfileID:  "anna",
			Profile:    profile.JSON([]byte(age)),
			Activities: []decisioning.ActivityID{"home"},
		}, &d)
		show(&d, err)
	}
	// Output:
	// home: tent, A tent for two
	// home: coat, A coat
}

// A batch is decided on all cores, and comes in order. What is kept of a decision
// has to be copied before the next one comes.
func ExampleEngine_DecideAll() {
	engine := newEngine(decisioning.Config{})
	ages := []string{`{"age": 31}`, `{"age": "unknown"}`, `{"age": 47, "age": 48}`, `{"age": 65}`}
	requests := func(yield func(decisioning.Request) bool) {
		for i, age := range ages {
			r := decisioning.Request{
				ID:         fmt.Sprintf("mail-%d", i),
				ProfileID:  profile.ID(fmt.Sprintf("customer-%d", i)),
				Profile:    profile.JSON([]byte(age)),
				Activities: []decisioning.ActivityID{"home"},
			}
			if !yield(r) {
				return
			}
		}
	}
	for d, err := range engine.DecideAll(context.Background(), requests) {
		show(d, err)
	}
	// Output:
	// home: tent, A tent for two
	// home: coat, A coat
	// decide: request.profile.age: repeated key
	// home: tent, A tent for two
}
