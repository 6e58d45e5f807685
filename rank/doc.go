// Package rank scores the offers that an activity may propose.
//
// A [Spec] is how the catalog names a ranking: by priority, by utility, by a
// formula in CEL, or by a [Ranker] that the application registered. A Ranker is
// Go code that scores a whole batch of candidates. Higher is better.
package rank
