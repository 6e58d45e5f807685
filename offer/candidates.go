package offer

import (
	"iter"
	"math/bits"
	"slices"

	"github.com/proffer-go/proffer/placement"
)

// ActivityID identifies an activity.
type ActivityID string

// An ActivityRef is what filters and rankers may know of the activity that they
// work for.
type ActivityRef struct {
	ID        ActivityID
	Placement placement.ID
	Count     int // how many offers it wants, at least 1
}

// Candidates are the offers of a set that are still in the running for one
// activity, in the order of their indexes. They belong to one decision and are
// not safe for concurrent use.
type Candidates struct {
	Offers *Set
	For    ActivityRef

	members []uint64
	n       int
}

// NewCandidates returns candidates for the activity: all offers of the set, or
// none.
func NewCandidates(s *Set, a ActivityRef, all bool) *Candidates {
	c := &Candidates{}
	c.Reset(s, a)
	if all {
		for i := range s.Len() {
			c.Add(i)
		}
	}
	return c
}

// Reset makes c the candidates for the activity, none yet, and reuses its memory.
func (c *Candidates) Reset(s *Set, a ActivityRef) {
	words := (s.Len() + 63) / 64
	c.Offers, c.For, c.n = s, a, 0
	c.members = slices.Grow(c.members[:0], words)[:words]
	clear(c.members)
}

// CopyFrom makes c the same candidates as those of o, and reuses its memory.
func (c *Candidates) CopyFrom(o *Candidates) {
	c.Offers, c.For, c.n = o.Offers, o.For, o.n
	c.members = append(c.members[:0], o.members...)
}

// Len returns the number of candidates.
func (c *Candidates) Len() int { return c.n }

// Has reports whether the offer at index i of the set is a candidate.
func (c *Candidates) Has(i int) bool { return c.members[i>>6]&(1<<(i&63)) != 0 }

// Add makes the offer at index i a candidate.
func (c *Candidates) Add(i int) {
	if !c.Has(i) {
		c.members[i>>6] |= 1 << (i & 63)
		c.n++
	}
}

// Remove takes the offer at index i out of the candidates.
func (c *Candidates) Remove(i int) {
	if c.Has(i) {
		c.members[i>>6] &^= 1 << (i & 63)
		c.n--
	}
}

// Intersect takes out the candidates that are not also candidates of o, which is of the
// same set. That is faster than to remove them one by one.
func (c *Candidates) Intersect(o *Candidates) {
	both := min(len(c.members), len(o.members)) // the zero o has none
	clear(c.members[both:])
	c.n = 0
	for i := range c.members[:both] {
		c.members[i] &= o.members[i]
		c.n += bits.OnesCount64(c.members[i])
	}
}

// All yields the index of each candidate and the offer, in candidate order. An
// offer that is removed meanwhile, before its turn, is not yielded.
func (c *Candidates) All() iter.Seq2[int, *Offer] {
	return func(yield func(int, *Offer) bool) {
		for w := range c.members {
			for word := c.members[w]; word != 0; {
				bit := bits.TrailingZeros64(word)
				if i := w<<6 + bit; !yield(i, c.Offers.At(i)) {
					return
				}
				word = c.members[w] & (^uint64(0) << bit << 1) // without what was removed
			}
		}
	}
}
