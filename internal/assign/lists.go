package assign

// Lists are the candidates of slots for a [Matching], which reads of each no more
// than it comes by.
type Lists interface {
	// Read makes c candidate k of the slot, in the order of [Slot.Candidates], but for its
	// limits, which are not looked at. It reports false if there are not so many. Candidates
	// are asked for one after the other, and may be asked for again.
	Read(slot, k int, c *Candidate) bool
	// Content returns the content slot that has the offer among its first candidates, as many
	// as it wants. Where there is none it returns -1, or any slot that is not content.
	Content(offer int32) int
}
