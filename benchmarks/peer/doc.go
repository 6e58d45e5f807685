// Package peer holds what proffer is measured against, each as well made as a good
// engineer would make it in its place:
//
//   - [Loop] is the service that a competent developer writes with cel-go; with Memo
//     it evaluates a rule once a request.
//   - [Expert] is the best that can be written with cel-go: candidates in rank order,
//     evaluated lazily and once, over typed variables that one pass over the JSON fills.
//   - [Matcher]s find the true rules alone, by cel-go, expr, OPA and govaluate.
//
// What proffer promises beyond the answer is left out where it would cost a peer
// anything: their counters have no records, no holds and no lock, their JSON is
// not checked for repeated keys or depth, their rules have no budget. Their
// compiled rules are shared where they can be.
package peer
