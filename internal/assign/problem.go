package assign

// A Problem is what is to be decided together. The solver reads it and keeps
// nothing of it.
type Problem struct {
	Slots []Slot // in request order: of equal plans the first slot fares best
	// Room holds the units left on each limit, indexed by Candidate.Limits; 0 or
	// less is none.
	Room []int
	// Exclusive: an offer at most once in the whole plan. Otherwise at most once
	// in a slot.
	Exclusive bool
}

// A Slot is an activity that wants up to Count offers.
type Slot struct {
	Count    int  // 0 or less wants nothing
	Optional bool // leaving it empty costs no fallback
	// Candidates are the offers that qualify, best first: by tier, within a tier
	// the scored before the others, the scored by falling Value, ties as the
	// caller ranks them. No offer is named twice. Often empty.
	Candidates []Candidate
}

// A Candidate is an offer in a slot.
type Candidate struct {
	Offer  int32 // any number from 0, the same in all slots
	Tier   int32 // from 0, lower is better
	Scored bool
	Value  int64   // weight * score * 1e6, rounded; at most 1e15 either way; 0 if not scored
	Limits []int32 // it takes a unit of each; none is named twice, in any order
}

// A Plan is an answer. It always respects counts, room and exclusivity.
type Plan struct {
	// Chosen holds for each slot the indexes of its chosen candidates, ascending.
	// It is the solver's memory and valid until its next call.
	Chosen [][]int32
	// Cut: the search bound was reached before the plan was proven best.
	Cut bool
}
