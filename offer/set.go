package offer

import (
	"hash/maphash"
	"slices"
)

// A Set is the inventory of a snapshot: offers at dense indexes from 0, in the order
// of the catalog and of the changes that were made to it. It is immutable and safe for
// concurrent use. With and Without return a set that shares all that they do not change,
// at the cost of a few kilobytes.
type Set struct {
	pages []*page
	n     int
	ids   idTable
}

// A page holds some of the offers.
type page [256]*Offer

// NewSet returns the set of the offers, which it takes over: the caller does not
// change them any more. Of offers with the same id, which no catalog has, Index
// finds the last.
func NewSet(offers []Offer) *Set {
	s := &Set{pages: make([]*page, (len(offers)+len(page{})-1)/len(page{})), n: len(offers)}
	pages := make([]page, len(s.pages))
	for i := range pages {
		s.pages[i] = &pages[i]
	}
	for i := range offers {
		*s.at(i) = &offers[i]
	}
	s.ids = newIDTable(len(offers))
	for i := range offers {
		s.ids.fill(s, i)
	}
	return s
}

func (s *Set) at(i int) **Offer { return &s.pages[i/len(page{})][i%len(page{})] }

// Len returns the number of offers.
func (s *Set) Len() int { return s.n }

// At returns the offer at index i, which is not to be changed.
func (s *Set) At(i int) *Offer { return *s.at(i) }

// Index returns the index of the offer with the id, and whether there is one.
func (s *Set) Index(id ID) (int, bool) { return s.ids.find(s, id) }

// With returns the set with the offer, which it takes over, and the offer's index: that
// of the offer with its id, or the next one.
func (s *Set) With(o *Offer) (*Set, int) {
	next := *s
	i, known := s.Index(o.ID)
	if !known {
		i = s.n
		next.n++
	}
	next.put(i, o)
	if !known {
		next.ids = s.ids.with(&next, i)
	}
	return &next, i
}

// Without returns the set without the offer at index i. The last offer takes its
// place.
func (s *Set) Without(i int) *Set {
	next := *s
	last := s.n - 1
	next.ids = s.ids.without(s, i)
	if i != last {
		next.ids = next.ids.moved(s, last, i)
		next.put(i, s.At(last))
	}
	next.put(last, nil)
	next.n--
	return &next
}

// put sets the offer at the index, in a page that s alone has.
func (s *Set) put(i int, o *Offer) {
	s.pages = slices.Clone(s.pages)
	p := i / len(page{})
	if p == len(s.pages) {
		s.pages = append(s.pages, new(page))
	} else {
		own := *s.pages[p]
		s.pages[p] = &own
	}
	*s.at(i) = o
}

// An idTable finds indexes by ids: an open-addressing table in pages, so that a change
// copies one of them. It keeps indexes only, for the set has the ids.
type idTable struct {
	seed  maphash.Seed
	pages []*idPage // a power of two
	used  int       // cells that are not free
}

// An idPage holds indexes, plus one; 0 is a free cell.
type idPage [512]int32

// gone is the cell of an id that was removed: what was put behind it is still found.
const gone = -1

// newIDTable returns a table for n ids, at most three quarters full and a while from
// having to grow.
func newIDTable(n int) idTable {
	t := idTable{seed: maphash.MakeSeed()}
	count := 1
	for count*len(idPage{})*5 < n*8 {
		count *= 2
	}
	pages := make([]idPage, count)
	for i := range pages {
		t.pages = append(t.pages, &pages[i])
	}
	return t
}

func (t *idTable) cell(i uint64) *int32 {
	i &= uint64(len(t.pages)*len(idPage{}) - 1)
	return &t.pages[i/uint64(len(idPage{}))][i%uint64(len(idPage{}))]
}

// find returns the last index that was filled in for the id.
func (t *idTable) find(s *Set, id ID) (i int, ok bool) {
	at, ok := t.position(s, id)
	if !ok {
		return 0, false
	}
	return int(*t.cell(at) - 1), true
}

// position returns the cell of the id, or the free one where it would be.
func (t *idTable) position(s *Set, id ID) (at uint64, found bool) {
	for at = maphash.String(t.seed, string(id)); ; at++ {
		switch c := *t.cell(at); {
		case c == 0:
			return at, false
		case c != gone && s.At(int(c-1)).ID == id:
			return at, true
		}
	}
}

// fill enters the offer at the index in a table that nobody else has yet.
func (t *idTable) fill(s *Set, i int) {
	at, found := t.position(s, s.At(i).ID)
	*t.cell(at) = int32(i + 1)
	if !found {
		t.used++
	}
}

// with returns a table that also has the offer at the index, which the set has. It
// costs time in proportion to the set where the table has to grow, which is seldom.
func (t idTable) with(s *Set, i int) idTable {
	if (t.used+1)*4 > len(t.pages)*len(idPage{})*3 {
		grown := newIDTable(s.n)
		for k := range s.n {
			grown.fill(s, k)
		}
		return grown
	}
	at, _ := t.position(s, s.At(i).ID)
	t.used++
	return t.set(at, int32(i+1))
}

// without returns a table that does not have the offer at the index.
func (t idTable) without(s *Set, i int) idTable {
	at, _ := t.position(s, s.At(i).ID)
	return t.set(at, gone)
}

// moved returns a table in which the offer has another index.
func (t idTable) moved(s *Set, from, to int) idTable {
	at, _ := t.position(s, s.At(from).ID)
	return t.set(at, int32(to+1))
}

func (t idTable) set(at uint64, c int32) idTable {
	t.pages = slices.Clone(t.pages)
	p := at / uint64(len(idPage{})) % uint64(len(t.pages))
	own := *t.pages[p]
	t.pages[p] = &own
	*t.cell(at) = c
	return t
}
