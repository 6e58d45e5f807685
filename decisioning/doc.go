// Package decisioning decides: which offers are the best for which activities of
// a request, and which are better not proposed.
//
// # Basics
//
// A [Catalog] is plain data, in Go or in JSON. [Compile] checks it, reports every
// fault at once, and makes an immutable [Snapshot]. An [Engine] is made of a
// [Config], the application's own parts; [Engine.Publish] gives it a snapshot,
// and [Engine.Decide] answers a [Request] with a [Decision]:
//
//	Request ──► learn ──► narrow ──► rank ──► arbitrate ──► reserve ──► Decision
//	            facts     verdicts   scores   the best      its units
//	                                          plan ◄──────── refused
//
// Each step is a file of its name. A decision passes each once and never turns
// back but for one case: when the counter refuses units, it is arbitrated again
// with what the refusal told.
//
//   - learn: the facts of the request, and from the sources only what an offer
//     still in the running reads.
//   - narrow: status, placement, collection, calendar, policies, rules, and the
//     application's filters; the first that an offer fails is its [Reason].
//   - rank: by priority, utility, formula or a ranker of the application, among
//     the offers whose caps have room.
//   - arbitrate: all activities together, exactly ([Optimal]), or one after the
//     other ([Sequential]).
//   - reserve: the units of all that is proposed, in one step of the counter.
//
// What happens to an offer afterwards is told by [Engine.Confirm],
// [Engine.Release] and [Engine.Record].
//
// # Caveats
//
// Scores of activities that are decided together are added: they should share a
// unit, or have weights. Units are counted when an offer is
// proposed, not when it is seen: hold them, and confirm what was shown, where that matters.
package decisioning
