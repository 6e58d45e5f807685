// Package proffer is the guide to a library that decides, for one person at one
// moment, which offers to propose.
//
// # What
//
// An application has offers, and spots to show them in. Whether an offer may be
// proposed depends on who the person is, what happened, what day it is, how often
// it was proposed already; which of those that may is best depends on a score;
// and several spots compete for the same offers. proffer takes all of this as
// data, a catalog, and answers requests from memory: one proposition for each
// activity, with reasons, and always an answer.
//
// # Basics
//
// A [decisioning.Catalog] is plain data, in Go or JSON: placements (the spots),
// offers with their representations and constraints, collections of offers, and
// activities, each of which fills a placement from some collections and falls
// back to a fallback offer. [decisioning.Compile] checks it as a whole, reports
// every fault at once, and returns an immutable [decisioning.Snapshot].
//
// A [decisioning.Engine] decides by the snapshot that was published to it last. A
// decision passes these rooms, each of which is a package with the interface by
// which an application adds its own parts:
//
//   - profile: the facts of the person, from the request or a [profile.Source]
//   - constraint: what narrows the offers; rules in CEL, and each [constraint.Filter]
//   - rank: what scores them; by priority, utility, formula, or a [rank.Ranker]
//   - decisioning: arbitration, which shares the offers among the activities
//   - capping: what counts proposals, so that no cap is ever exceeded; a
//     [capping.Capper] adds limits, a [capping.Counter] is where they are counted
//
// Packages placement, offer and collection are the nouns that all of them share.
//
// # A whole program
//
//	snapshot, err := decisioning.CompileJSON([]byte(catalog))
//	if err != nil {
//		log.Fatal(err) // every fault, one a line
//	}
//	engine, err := decisioning.New(decisioning.Config{})
//	if err != nil {
//		log.Fatal(err)
//	}
//	if err := engine.Publish(snapshot); err != nil {
//		log.Fatal(err)
//	}
//	decision, err := engine.Decide(context.Background(), decisioning.Request{
//		ProfileID:  "ana",
//		Profile:    profile.JSON([]byte(`{"tier": "gold"}`)),
//		Activities: []decisioning.ActivityID{"home"},
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//	for _, p := range decision.Propositions {
//		for _, o := range p.Offers {
//			fmt.Println(p.Activity, "proposes", o.ID)
//		}
//	}
//
// The catalog of this program is in the example below; examples/decide is a
// command that decides requests from a file.
//
// # Caveats
//
//   - Rules see the events that a request or a source gives, and caps see what the
//     counter counted: events of a request never move a counter.
//   - The default counter lives in the memory of one process. Processes that share
//     caps need a counter that they share.
//   - All numbers in facts are doubles, and CEL does not mix types in arithmetic:
//     profile.age + 1.0, not + 1.
//   - A decision is a promise kept only if the application proposes what it says.
//     Where it may not come to that, decide with a hold and confirm, or release.
//   - The API is at v0 and may change; CHANGELOG.md says how and what to do.
package proffer
