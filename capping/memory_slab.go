package capping

import "slices"

// blockSizes are the sizes of the blocks of a slab, in words.
var blockSizes = [...]int{1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64}

const (
	largest  = 64              // the size of the largest block, in words
	large    = len(blockSizes) // the class of what is larger: it has a slice of its own
	noBlock  = 255             // the class of no block at all
	slabBits = 9
	slabSize = 1 << slabBits // words of a page
)

// A block names memory in a slab.
type block struct {
	index uint32 // of the page and in the page, or of the slice
	class uint8
}

// A slab gives out blocks of a few sizes, cut from pages without pointers, and gives
// out again what comes back. A page of which nothing is given out any more
// serves any size, so that blocks which grow leave little behind. It never shrinks.
//
//	pages  0 [3|3|·|3|…]  1 [16      |16      |…]  2 [3|·|·|·|…]  3 [empty]
//	open   of 3: 0 ⇄ 2    of 16: 1                 empty: 3
type slab struct {
	pages []slabPage
	open  [len(blockSizes) + 1]uint32 // by class the first page with a free block, plus 1; the last: empty ones
	large [][]uint64
	free  []uint32 // in large
}

// A slabPage is cut in blocks of one class. The first word of a free block is the number
// of the next free one, plus 1.
type slabPage struct {
	words      []uint64
	prev, next uint32 // among the open ones, plus 1
	used       uint16 // blocks given out
	fresh      uint16 // blocks that were ever given out
	free       uint16 // the first of the others, plus 1
	class      uint8
}

const emptyPages = len(blockSizes)

func classOf(n int) uint8 {
	i, _ := slices.BinarySearch(blockSizes[:], n)
	return uint8(i) //nolint:gosec // at most large
}

// store puts the words into a block. It reuses the old one if its size fits, else
// it gives it back.
func (s *slab) store(old block, words []uint64) block {
	if class := classOf(len(words)); class != old.class {
		b := s.take(class)
		s.put(b, words) // before the old one goes, which may hold the words
		s.giveBack(old)
		return b
	}
	s.put(old, words)
	return old
}

func (s *slab) put(b block, words []uint64) {
	if int(b.class) == large {
		s.large[b.index] = append(s.large[b.index][:0], words...)
	} else {
		copy(s.at(b), words)
	}
}

// at returns the whole block.
func (s *slab) at(b block) []uint64 {
	if int(b.class) == large {
		return s.large[b.index]
	}
	size := blockSizes[b.class]
	from := int(b.index%slabSize) * size
	return s.pages[b.index/slabSize].words[from : from+size]
}

func (s *slab) take(class uint8) block {
	if int(class) == large {
		return block{s.takeLarge(), class}
	}
	n := s.open[class]
	if n == 0 {
		n = s.openPage(class)
	}
	p := &s.pages[n-1]
	at := uint32(p.fresh)
	if p.free > 0 {
		at = uint32(p.free - 1)
		p.free = uint16(p.words[int(at)*blockSizes[class]]) //nolint:gosec // giveBack put it there
	} else {
		p.fresh++
	}
	if p.used++; p.full() {
		s.unlink(n, int(class))
	}
	return block{(n-1)*slabSize + at, class}
}

func (p *slabPage) full() bool { return int(p.used) == slabSize/blockSizes[p.class] }

// openPage returns a page for blocks of the class, an empty one if there is one.
func (s *slab) openPage(class uint8) uint32 {
	n := s.open[emptyPages]
	if n == 0 {
		s.pages = append(s.pages, slabPage{words: make([]uint64, slabSize)})
		n = uint32(len(s.pages)) //nolint:gosec // far fewer
	} else {
		s.unlink(n, emptyPages)
	}
	p := &s.pages[n-1]
	p.class, p.fresh, p.free = class, 0, 0
	s.link(n, int(class))
	return n
}

func (s *slab) link(n uint32, list int) {
	first := s.open[list]
	s.pages[n-1].prev, s.pages[n-1].next = 0, first
	if first > 0 {
		s.pages[first-1].prev = n
	}
	s.open[list] = n
}

func (s *slab) unlink(n uint32, list int) {
	p := &s.pages[n-1]
	if p.prev > 0 {
		s.pages[p.prev-1].next = p.next
	} else {
		s.open[list] = p.next
	}
	if p.next > 0 {
		s.pages[p.next-1].prev = p.prev
	}
}

func (s *slab) takeLarge() uint32 {
	if n := len(s.free); n > 0 {
		i := s.free[n-1]
		s.free = s.free[:n-1]
		return i
	}
	s.large = append(s.large, nil)
	return uint32(len(s.large) - 1) //nolint:gosec // far fewer
}

func (s *slab) giveBack(b block) {
	switch {
	case b.class == noBlock:
		return
	case int(b.class) == large:
		s.large[b.index] = nil
		s.free = append(s.free, b.index)
		return
	}
	n := b.index/slabSize + 1
	p := &s.pages[n-1]
	if p.full() {
		s.link(n, int(b.class))
	}
	at := b.index % slabSize
	p.words[int(at)*blockSizes[b.class]] = uint64(p.free)
	p.free = uint16(at + 1) //nolint:gosec // at most slabSize
	if p.used--; p.used == 0 {
		s.unlink(n, int(b.class))
		s.link(n, emptyPages)
	}
}
