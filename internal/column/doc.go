// Package column computes a score for many offers at once.
//
// An expression such as
//
//	offer.priority * (context.weather == 'hot' ? 2.0 : 1.0)
//
// has parts that the request fixes and parts that differ from offer to offer. A
// [Program] is the expression as a tree in which the two are told apart, a
// [Table] holds what offers have at the columns that programs read, and an [Eval]
// first folds what is fixed, once, and then runs the rest over blocks of 256
// offers, a whole block per node of the tree:
//
//   - ◄──── 256 products in one loop
//     ╱   ╲
//     priority     c ◄── folded: (context.weather == 'hot' ? 2.0 : 1.0)
//     (a page)
//
// This is vectorised execution as in MonetDB/X100 (Boncz, Zukowski, Nes: Hyper-
// Pipelining Query Execution, CIDR 2005): the cost of walking the tree is paid
// once a block, and the loops are simple enough to run at memory speed in cache.
// Texts are held as in the dictionary pages of column stores: each page has its
// own short list of texts, and its cells are numbers into it, so that a text of
// the request is compared with each distinct text of a page once, and changing a
// page touches nothing else.
//
// # Exactness
//
// A program gives for each offer what cel-go gives, bit for bit: the number, or
// no score where cel-go errs. Values carry their types: for each kind a block has
// a set of the offers whose value is of that kind, and an offer in none of the
// sets has an error. Arithmetic is then a loop over all numbers and an
// intersection of two sets; && and || absorb errors by operations on sets alone.
// What cannot be told exactly in this way is no program: [New] returns nil for
// it, and [Eval.Fold] reports facts that only CEL can judge, such as a list that
// is compared with an attribute.
package column
