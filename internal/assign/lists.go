package assign

// Lists are the candidates of slots for a [Matching], which reads of each no more
// than it comes by.
type Lists interface {
	// Read returns candidate k of the slot, in the order of [Slot.Candidates], and
	// false if there are not so many. Candidates are asked for one after the other, and
	// may be asked for again. Their limits are not looked at.
	Read(slot, k int) (Candidate, bool)
}
