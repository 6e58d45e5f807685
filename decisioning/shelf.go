package decisioning

import (
	"slices"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/offer"
)

// A shelf finds the collections of an offer, by their indexes in the catalog.
type shelf struct {
	collections []collection.Collection
	byTag       map[offer.Tag][]int32 // each once for every tag it may select by
	listed      map[offer.ID][]int32
}

func newShelf(collections []collection.Collection) *shelf {
	s := &shelf{collections: collections, byTag: make(map[offer.Tag][]int32), listed: make(map[offer.ID][]int32)}
	for i := range collections {
		c := &collections[i]
		for _, id := range c.Offers {
			s.listed[id] = append(s.listed[id], int32(i))
		}
		for _, t := range c.AnyTags {
			s.byTag[t] = append(s.byTag[t], int32(i))
		}
		if len(c.AllTags) > 0 { // the first tag finds it, the others confirm it
			s.byTag[c.AllTags[0]] = append(s.byTag[c.AllTags[0]], int32(i))
		}
	}
	return s
}

// of appends the collections of the offer to dst, ascending.
func (s *shelf) of(o *offer.Offer, dst []int32) []int32 {
	from := len(dst)
	dst = append(dst, s.listed[o.ID]...)
	for _, t := range o.Tags {
		for _, c := range s.byTag[t] {
			if len(s.collections[c].AllTags) == 0 || s.collections[c].Selects(o) {
				dst = append(dst, c)
			}
		}
	}
	slices.Sort(dst[from:])
	return dst[:from+len(slices.Compact(dst[from:]))]
}

// takes reports whether the collection selects the offer.
func (s *shelf) takes(c int32, o *offer.Offer) bool {
	switch {
	case c == wholeInventory:
		return true
	case len(s.collections[c].Offers) > 0:
		return slices.Contains(s.listed[o.ID], c)
	default:
		return s.collections[c].Selects(o)
	}
}
