package capping

import (
	"slices"
	"strings"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// A shape is all of an item but the ids of its counters: what very many items have
// in common, so that a record names it by a number.
type shape struct {
	activity  offer.ActivityID
	placement placement.ID
	offer     offer.ID
	takes     []taking // by unit
	hash      hash
	uses      int64 // parts and units that refer to it
}

// A taking is how a unit counts, and the limit under which it was taken.
type taking struct {
	term
	max int64
}

// shapes keeps each shape once, for as long as a record uses it.
type shapes struct {
	all    []shape
	byHash map[hash]uint32
	free   []uint32
}

func hashShape(s *seeds, i *Item, takes []taking) hash {
	h := hashOf(s, [3]string{string(i.Activity), string(i.Placement), string(i.Offer)})
	for _, t := range takes {
		type chained struct {
			hash
			taking
		}
		h = hashOf(s, chained{h, t})
	}
	return h
}

// put returns the number of the shape of h. It copies the strings, which may be
// parts of large ones.
func (s *shapes) put(h hash, i *Item, takes []taking) uint32 {
	if n, ok := s.byHash[h]; ok {
		return n
	}
	made := shape{
		activity:  offer.ActivityID(strings.Clone(string(i.Activity))),
		placement: placement.ID(strings.Clone(string(i.Placement))),
		offer:     offer.ID(strings.Clone(string(i.Offer))),
		takes:     slices.Clone(takes),
		hash:      h,
	}
	n := uint32(len(s.all)) //nolint:gosec // far fewer
	if k := len(s.free); k > 0 {
		n, s.free = s.free[k-1], s.free[:k-1]
		s.all[n] = made
	} else {
		s.all = append(s.all, made)
	}
	s.byHash[h] = n
	return n
}

// use counts one part or unit more that refers to the shape, or one less.
func (s *shapes) use(n uint32, by int64) {
	a := &s.all[n]
	if a.uses += by; a.uses == 0 {
		delete(s.byHash, a.hash)
		*a = shape{}
		s.free = append(s.free, n)
	}
}

// useAll counts all parts and units of the record.
func (s *shapes) useAll(r *record, by int64) {
	for i := range r.parts {
		s.use(r.parts[i].shape, by)
	}
	for i := range r.units {
		s.use(r.units[i].shape, by)
	}
}
