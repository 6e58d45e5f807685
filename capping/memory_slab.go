package capping

import "slices"

// blockSizes are the sizes of the blocks of a slab, in grains.
var blockSizes = [...]int{1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64}

const (
	largest = 64              // the size of the largest block, in grains
	large   = len(blockSizes) // the class of what is larger: it has a slice of its own
)

// A block names memory in a slab.
type block struct {
	index uint32 // in its class
	class uint8
}

// A slab gives out blocks of a few sizes, cut from pages without pointers, and gives
// out again what comes back. It never shrinks.
type slab[T byte | uint64] struct {
	grain   int
	classes [len(blockSizes)]blockClass[T]
	large   [][]T
	free    []uint32 // in large
}

type blockClass[T any] struct {
	pages [][]T
	used  uint32 // blocks that were ever given out
	free  []uint32
}

// pageBlocks is how many blocks share a page; a power of 2.
const pageBlocks = 128

func newSlab[T byte | uint64](grain int) slab[T] { return slab[T]{grain: grain} }

// class returns the class for n elements.
func (s *slab[T]) class(n int) uint8 {
	i, _ := slices.BinarySearch(blockSizes[:], (n+s.grain-1)/s.grain)
	return uint8(i) //nolint:gosec // at most large
}

// store puts the elements into a block. It reuses the old one if its size fits, else
// it gives it back.
func (s *slab[T]) store(old block, elements []T) block {
	if s.class(len(elements)) != old.class {
		s.giveBack(old)
		old = s.take(s.class(len(elements)))
	}
	if int(old.class) == large {
		s.large[old.index] = append(s.large[old.index][:0], elements...)
	} else {
		copy(s.at(old), elements)
	}
	return old
}

// at returns the whole block.
func (s *slab[T]) at(b block) []T {
	if int(b.class) == large {
		return s.large[b.index]
	}
	size := blockSizes[b.class] * s.grain
	from := int(b.index%pageBlocks) * size
	return s.classes[b.class].pages[b.index/pageBlocks][from : from+size]
}

func (s *slab[T]) take(class uint8) block {
	if int(class) == large {
		return block{s.takeLarge(), class}
	}
	c := &s.classes[class]
	if n := len(c.free); n > 0 {
		i := c.free[n-1]
		c.free = c.free[:n-1]
		return block{i, class}
	}
	if int(c.used) == pageBlocks*len(c.pages) {
		c.pages = append(c.pages, make([]T, pageBlocks*blockSizes[class]*s.grain))
	}
	c.used++
	return block{c.used - 1, class}
}

func (s *slab[T]) takeLarge() uint32 {
	if n := len(s.free); n > 0 {
		i := s.free[n-1]
		s.free = s.free[:n-1]
		return i
	}
	s.large = append(s.large, nil)
	return uint32(len(s.large) - 1) //nolint:gosec // far fewer
}

func (s *slab[T]) giveBack(b block) {
	switch {
	case b == block{class: noBlock}:
	case int(b.class) == large:
		s.large[b.index] = nil
		s.free = append(s.free, b.index)
	default:
		c := &s.classes[b.class]
		c.free = append(c.free, b.index)
	}
}

// noBlock is the class of no block at all.
const noBlock = 255
