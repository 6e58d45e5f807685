// Package predicate is the index over rules: it takes them apart into atoms, which
// many rules share, and says for one person which rules hold.
//
// A [Form] is one condition taken apart, independent of all others. A [Lexicon]
// interns forms and gives each conjunction of them a number, a [Rule]; a [View] is
// what a lexicon has at one time, for readers. A [Match] answers for one row of
// facts, rule by rule as it is asked, or for all rules at once.
//
//	profile.age >= 18 && profile.tier in ['gold', 'vip']        rule 0
//	profile.age < 30 && (profile.tier == 'vip' || context.x > custom())   rule 1
//
//	facts, by slot        atoms, interned         gates          rules: rows of four
//
//	                      ┌ 3: age >= 18 ──────────────────────► 0: 3 & 4 & T & T
//	profile.age    = 31 ──┤
//	                      └ 5: age < 30 ───────────────────────► 1: 5 & 8 & T & T
//	                      ┌ 4: tier in {gold, vip} ─► rule 0          │
//	profile.tier = "vip" ─┤                                           │
//	                      └ 6: tier == vip ─┐                         │
//	                        1: unknown ─────┴─► 8: 6 | 1 ─────────────┘
//
// # Truth
//
// The answers are exactly those of cel-go over the decoded JSON. An atom is true,
// false or an error: an attribute is missing, or of a type that the operator does
// not take. CEL's && and || are those of Kleene's strong three-valued logic with an
// error in the middle: one false part decides &&, one true part ||, even beside
// errors. There De Morgan's laws hold, so that negation is pushed down to the
// atoms. What is left, "and" and "or", is monotone: whether the whole is true
// depends only on which atoms are true, and not on which of the others are false
// and which are errors. So a rule needs one bit of each atom, and [Match.Holds]
// does not tell false from an error; [Match.Value] does, for those who must know.
//
// Atoms ask one value: its kind, what it equals, what it begins with. Two kinds ask
// more. A comparison between quantities computes both first, in IEEE doubles and in
// the order of the expression, or in instants and durations with the bounds of
// cel-go. A macro over a list puts one test to its elements, with the same logic.
//
// What does not fit, such as other calls, is an atom of unknown truth. It
// takes a second bit: "may be true". Both bits of 00, 01 and 11 go through & and |
// together. A rule that is unknown at the end is left to its program, and one that
// what fits makes true or false is not.
//
// # Two ways to match
//
// Lazily, a rule asks its atoms, and what was found out is kept for the other rules. This
// wins while few rules are asked for. Once some have been, each value gets a code, and so does
// each count of events once it is made: a number of which most atoms are bands, so that those
// of a rule or a gate are asked all at once, without a branch, and only where they leave it
// open the rest is, one after the other. The codes of facts that are asked again can be kept.
//
// By sets, one pass over the facts marks the true atoms in a table of bytes: of
// the thresholds upon one number a binary search finds all that it passes; of the
// equalities with one subject a hash of its value finds the few that are true.
// Then all rules follow, four bytes each, without a branch. This wins when most
// rules would be asked for. Atoms that take long, such as counts of events, are left
// open, as if they did not fit, until a rule that hangs on one is asked for, or told at
// once for those who are going to ask for all rules.
//
// The inverted index over atoms, with conjunctions that are counted out, is that of
// Whang, Brower, Shanmugasundaram, Vassilvitskii, Vee, Yerneni, Garcia-Molina:
// "Indexing Boolean Expressions", VLDB 2009. Atoms shared over all expressions, the
// ordering of thresholds, and expressions as trees with interned inner nodes are
// found in Fabret, Jacobsen, Llirbat, Pereira, Ross, Shasha: "Filtering Algorithms
// and Implementation for Very Fast Publish/Subscribe Systems", SIGMOD 2001, and
// Fontoura, Sadanandan, Shanmugasundaram, Vassilvitskii, Vee, Venkatesan, Zien:
// "Efficiently Evaluating Complex Boolean Expressions", SIGMOD 2010. Both papers on
// Boolean expressions skip most of them by posting lists, which pays for a million
// expressions of which next to none holds. Here there are some thousand, and memory
// in the order of the rules, read from one end to the other, is faster than lists
// that are merged.
package predicate
