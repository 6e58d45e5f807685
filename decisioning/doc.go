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
//	Request ──► learn ──► narrow ──► walk ──► pool ──► arbitrate ──► reserve ──► answer
//	            facts     what is    rank     those    the best      its units
//	                      open       order    who pass plan ◄───────── refused
//	                                   ◄────────── more ┘
//
// Each step is a file of its name. A decision looks at no more candidates than its plan
// needs: a walk serves those of a selection in rank order, the rules of each are looked up
// when its turn comes, and arbitration asks for more only where activities compete.
// It turns back when the counter refuses units, and is arbitrated again with what the
// refusal told.
//
//   - learn: the facts of the request, read into slots, and from the sources only
//     what an offer still in the running reads.
//   - narrow: which activities and selections are open, which policies suppress, and
//     what a candidate has to pass: status, placement, collection, calendar, policies,
//     rules, filters; in a trace the first that an offer fails is its [Reason].
//   - walk: by priority, or by a formula or utility over columns; a ranker of the
//     application sees all candidates whose caps have room, together (rank).
//   - pool: the candidates so far, with the counters that they draw on (ledger).
//   - arbitrate: all activities together, exactly ([Optimal], contest), or one after the
//     other ([Sequential]).
//   - reserve: the units of all that is proposed, in one step of the counter.
//
// What does not depend on a request is done when a catalog is compiled (index, site,
// order), and followed when offers change (update): [Snapshot.With], [Engine.Update].
// [Engine.DecideInto], [Engine.Prepare] and [Engine.DecideAll] are for those who decide a lot.
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
