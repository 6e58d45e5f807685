// Package offer holds what can be proposed: offers, their representations, and
// the constraints that they carry as data.
//
// An [Offer] says what it is (representations, tags, attributes), when it may be
// proposed (status, calendar), to whom (rules), how often (caps), and what it is
// worth (priority, value, cost). A [Fallback] has representations only: it is
// what an activity proposes when nothing qualifies.
//
// [Set] is the inventory of one snapshot, each offer at a dense index, and
// [Candidates] are the offers of a set that are still in the running for one
// activity. Filters take offers out of candidates, rankers score them.
//
// Offers are plain data. They are not changed once they are part of a snapshot,
// and then safe for concurrent use.
package offer
