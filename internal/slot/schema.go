package slot

import (
	"maps"
	"slices"
)

// A Schema numbers paths and counts of events, each from 0. It is immutable and
// safe for concurrent use. The zero Schema is not ready: use [NewSchema].
//
// The paths are a tree, whose nodes are the slots: profile.a.b lies below
// profile.a, which lies below profile.
type Schema struct {
	pages  [][]node // the nodes by slot; a new schema shares most pages with the old
	n      int      // how many nodes there are
	counts []Count
	number map[Count]int32
}

// pageSize is how many nodes a page has. Only the last page has fewer.
const pageSize = 64

type node struct {
	above int32    // the slot that it lies below; -1 of a root
	key   Key      // by which it does
	label string   // how that begins in a text, see Label
	below branches // to the slots below it
}

// NewSchema returns the schema of the two roots alone.
func NewSchema() *Schema {
	return &Schema{pages: [][]node{{{above: -1}, {above: -1}}}, n: 2}
}

// With returns a schema that also numbers the paths, all paths above them, and the
// counts. What s numbers keeps its number. It is s if it has them all.
func (s *Schema) With(paths []Path, counts []Count) *Schema {
	if s.has(paths, counts) {
		return s
	}
	grown := &Schema{pages: slices.Clone(s.pages), n: s.n, counts: s.counts, number: s.number}
	for _, p := range paths {
		grown.addPath(s, p)
	}
	if !s.has(nil, counts) {
		grown.addCounts(counts)
	}
	return grown
}

func (s *Schema) has(paths []Path, counts []Count) bool {
	for _, p := range paths {
		if _, ok := s.Slot(p); !ok {
			return false
		}
	}
	for _, c := range counts {
		if _, ok := s.number[c]; !ok {
			return false
		}
	}
	return true
}

// addPath adds the path and what is above it. What s shares with the schema that
// it grows from is copied before it changes.
func (s *Schema) addPath(from *Schema, p Path) {
	at := int32(p.Root)
	for _, text := range p.Keys {
		key := KeyOf(text)
		next := s.Below(at, &key)
		if next < 0 {
			next = s.addNode(from, text, at)
			below := &s.own(from, at/pageSize)[at%pageSize].below
			if int(at) < from.n && below.shares(&from.node(at).below) {
				*below = below.clone()
			}
			below.add(s, next)
		}
		at = next
	}
}

// addNode adds a node that nothing leads to yet.
func (s *Schema) addNode(from *Schema, text string, above int32) (slot int32) {
	slot = int32(s.n)
	s.n++
	label := text + `":`
	added := node{above: above, key: KeyOf(label[:len(text)]), label: label}
	if slot%pageSize == 0 {
		s.pages = append(s.pages, append(make([]node, 0, pageSize), added))
	} else {
		page := slot / pageSize
		s.pages[page] = append(s.own(from, page), added)
	}
	return slot
}

// own returns the page, which from does not share.
func (s *Schema) own(from *Schema, page int32) []node {
	if int(page) < len(from.pages) && &s.pages[page][0] == &from.pages[page][0] {
		s.pages[page] = append(make([]node, 0, pageSize), s.pages[page]...)
	}
	return s.pages[page]
}

func (s *Schema) addCounts(counts []Count) {
	s.counts, s.number = slices.Clone(s.counts), maps.Clone(s.number)
	if s.number == nil {
		s.number = make(map[Count]int32, len(counts))
	}
	for _, c := range counts {
		if _, ok := s.number[c]; !ok {
			s.number[c] = int32(len(s.counts))
			s.counts = append(s.counts, c)
		}
	}
}

func (s *Schema) node(slot int32) *node { return &s.pages[slot/pageSize][slot%pageSize] }

// Len returns how many slots there are.
func (s *Schema) Len() int { return s.n }

// Slot returns the number of the path, and whether it has one.
func (s *Schema) Slot(p Path) (int32, bool) {
	at := int32(p.Root)
	for _, text := range p.Keys {
		key := KeyOf(text)
		if at = s.Below(at, &key); at < 0 {
			return 0, false
		}
	}
	return at, true
}

// Above returns the slot of what holds the slot's value. A root has none: -1.
func (s *Schema) Above(slot int32) int32 { return s.node(slot).above }

// Label returns what leads to the slot's value in compact JSON, from behind the
// first quote, if the slot's key needs no escapes: key":. A root has none.
func (s *Schema) Label(slot int32) string { return s.node(slot).label }

// Below returns the slot of the slot's member with the key, -1 if it has none.
func (s *Schema) Below(slot int32, k *Key) int32 { return s.node(slot).below.find(s, k) }

// IsLeaf reports whether no slot lies below the slot.
func (s *Schema) IsLeaf(slot int32) bool { return s.node(slot).below.n == 0 }

// Counts returns the counts by their numbers. They are not to be changed.
func (s *Schema) Counts() []Count { return s.counts }

// Count returns the number of the count, and whether it has one.
func (s *Schema) Count(c Count) (int32, bool) {
	n, ok := s.number[c]
	return n, ok
}
