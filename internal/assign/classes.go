package assign

// classes numbers sets of limits: the empty set is class 0. Sets are found limit by
// limit, as words in a trie; so what a class begins with is a class as well.
type classes struct {
	steps  table   // (class, limit) to the number of the longer set, less one
	limits []int32 // of all classes
	end    []int32 // in limits, by class
}

func (c *classes) reset() {
	c.steps.reset(64)
	c.limits, c.end = c.limits[:0], append(c.end[:0], 0)
}

// add returns the class of a set, given as a sorted list.
func (c *classes) add(limits []int32) int32 {
	var class int32
	for i, l := range limits {
		next, fresh := c.steps.number(uint64(class)<<32 | uint64(l))
		if class = next + 1; fresh {
			c.limits = append(c.limits, limits[:i+1]...)
			c.end = append(c.end, int32(len(c.limits)))
		}
	}
	return class
}

// of returns the limits of the class.
func (c *classes) of(class int32) []int32 {
	if class == 0 {
		return nil
	}
	return c.limits[c.end[class-1]:c.end[class]]
}

func (c *classes) size() int { return len(c.end) }
