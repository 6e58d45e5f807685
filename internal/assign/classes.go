package assign

// classes numbers sets of limits: the empty set is class 0. Sets are given as
// sorted lists and found limit by limit, as words in a trie.
type classes struct {
	steps table // (class, limit) to the number of the longer set, less one
}

func (c *classes) reset() { c.steps.reset(64) }

func (c *classes) of(limits []int32) int32 {
	var class int32
	for _, l := range limits {
		next, _ := c.steps.number(uint64(class)<<32 | uint64(l))
		class = next + 1
	}
	return class
}
