// Package assign decides which offers the activities of a request propose, all
// together: the exact solver behind arbitration.
//
// # What is best
//
// Plans are compared by (1) slots left empty that are not optional, fewest first;
// (2) offers chosen, most first; (3) the sum of their tiers; (4) how many have no
// score; (5) the sum of their values, largest first. Of plans equal in all that the
// one is best in which the first slot fares best: its offers in rank order compared
// place by place, an offer before none; then the second slot, and so on. So the
// answer is unique, and the order of anything else does not matter.
//
// # How it is found
//
// Where offers exclude each other, what limits say is disregarded at first: what is
// left is an assignment, and successive shortest paths over int64 solve it, reading of
// each list no more than they come by ([Matching]). Slots that can have their best
// candidates get them at a look. If the plan keeps the limits all the same, it is the
// best.
//
// Otherwise the [Solver] is asked, with whole lists. It leaves out candidates and limits
// that cannot matter ([builder]). What remains is a flow of least cost, if the limits nest:
//
//	slots        offers     limits          sink
//
//	home ──────► card ───┐
//	     ╲ ╱             ├─► cards ≤ 1 ──┐
//	      ╳────► loan ───┘               ├─► promotions ≤ 3 ──►
//	     ╱ ╲                             │
//	side ──────► phone ──────────────────┘
//	  └────────── left empty ─────────────────────────────────►
//
// Successive shortest paths with potentials solve it, too ([network]): all terms but
// the last are one 128-bit number, an offer passes on one unit, a limit what room it
// has, and the unit that leaves a slot wholly empty costs more than the others.
//
// Both leave the last term open. It is settled by walking the arcs of reduced cost 0,
// those alone that equally cheap plans may use (favour).
//
// Limits that overlap without nesting, or that hold an offer in some slots only,
// make the problem NP-hard. The network leaves those out. If its plan keeps them
// all the same, it is the best. Otherwise a branch and bound settles the terms of
// the order one by one ([search]): the limits and the terms settled before are
// priced, prices come from a small linear program over the flows found so far,
// pairs whose reduced cost is too high are dropped, flows are repaired into plans,
// and what is still open is divided by how many units each class of candidates (by
// the limits that they draw on, tier and score or none) takes. Prices are
// floating-point numbers, all that is concluded from them is computed in integers.
// The last term is settled pair by pair.
//
// # Cost
//
// Thirty slots of one offer that all want the same thirty take 4 to 70 µs, and 40 to
// 80 µs under limits that nest; two slots 0.2 µs; thirty that do not compete a few. None
// of that allocates. Thirty slots of a hundred candidates with three overlapping policies
// take 1 to 50 ms. The search counts the candidates it looks at, not time, so the
// answer is the same on every machine even if its bound cuts it short.
//
// # Sources
//
//   - R. K. Ahuja, T. L. Magnanti, J. B. Orlin: Network Flows, 1993, chapters 9
//     (successive shortest paths, convex costs in 14) and 16 (Lagrangian relaxation).
//   - R. Jonker, A. Volgenant: A shortest augmenting path algorithm for dense and
//     sparse linear assignment problems, Computing 38, 1987.
//   - J. B. Mazzola, A. W. Neebe: Resource-constrained assignment scheduling,
//     Operations Research 34, 1986 (assignment with side constraints).
//   - G. B. Dantzig, P. Wolfe: Decomposition principle for linear programs,
//     Operations Research 8, 1960; J. E. Kelley: The cutting-plane method for
//     solving convex programs, SIAM 8, 1960.
package assign
