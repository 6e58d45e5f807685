package capping

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sync/atomic"

	"github.com/proffer-go/proffer/profile"
)

// A place is where an item is proposed.
type place struct{ activity, placement hash }

// A choice is what is proposed, and how its units count.
type choice struct {
	offer  hash
	stakes []stake // by limit
}

// A stake is one limit of a choice, with what its key reads apart from the profile.
type stake struct {
	source
	max   int64
	whose whose
}

// whose tells the profile of a stake's key.
type whose uint8

const (
	everyones whose = iota // it has none
	persons                // the decision's
	told                   // another, or the key is seldom used: only the records tell the counters
)

func whoseIs(k *Key, p profile.ID) whose {
	switch k.Profile {
	case "":
		return everyones
	case p:
		return persons
	default:
		return told
	}
}

// of returns the hash of the counter of the person's units, which is not told.
func (s *stake) of(person hash) hash {
	if s.whose == persons {
		return s.id.with(person)
	}
	return s.id
}

// and returns the hash of a choice together with one more limit. Each is folded into all before, so
// that what many of them have in common does not cancel out.
func (s *seeds) and(h hash, of *stake) hash {
	most, whose := uint64(of.max), uint64(of.whose) //nolint:gosec // any bits do
	return hash{
		fold(h.hi^of.id.hi^s[2], fold(most^s[2], whose^s[4])^bits.RotateLeft64(of.id.hi, 29)^s[4]),
		fold(h.lo^of.id.lo^s[3], fold(most^s[3], whose^s[5])^bits.RotateLeft64(of.id.lo, 29)^s[5]),
	}
}

// odd mixes bits: 2⁶⁴ by the golden ratio.
const odd = 0x9e3779b97f4a7c15

// unlimited returns the word with the choice of an item without limits.
func (m *Memory) unlimited(d *demand, i *Item) *word {
	w := d.word(string(i.Offer))
	if !w.plain || w.claimed < d.second {
		d.stakes = d.stakes[:0]
		w.chooses(m.claimed(d, w.hash, w.hash, true), true)
	}
	return w
}

// limited returns the choice of an item with limits, and leaves its stakes with d.
func (m *Memory) limited(d *demand, i *Item) *name[choice] {
	w, known := d.word(string(i.Offer)), true
	offer := w.hash
	h := offer
	d.stakes = slices.Grow(d.stakes[:0], len(i.Limits))[:len(i.Limits)]
	for k := range i.Limits {
		s, l := &d.stakes[k], &i.Limits[k]
		d.account(&s.source, &l.Key)
		s.max, s.whose = l.Max, whoseIs(&l.Key, d.who)
		known = known && s.whose != told
		h = d.and(h, s)
	}
	if !same(w.text, string(i.Offer)) || !known { // a word of a key may have taken its place
		return m.claimed(d, offer, h, known)
	}
	if w.choice == nil || w.claimed < d.second || w.choice.hash != h {
		w.chooses(m.claimed(d, offer, h, true), false)
	}
	return w.choice
}

// claimed returns the choice with the hash h, as known does, which is in use.
func (m *Memory) claimed(d *demand, offer, h hash, known bool) *name[choice] {
	for {
		if n := m.known(d, offer, h, known); n.claim(d.second) {
			return n
		}
	}
}

// known returns the choice with the hash h, of which all is known if its stakes tell the counters.
func (m *Memory) known(d *demand, offer, h hash, known bool) *name[choice] {
	if n := m.choices.find(h); n != nil && known {
		return n
	}
	return m.newChoice(d, offer, h, known)
}

// newChoice finds or makes what is chosen. The keys of most choices are kept; but an application
// may name keys that hardly any other decision draws on, and those had better be told by
// the record. So a choice is kept only if it comes a second time soon (a doorkeeper,
// Einziger, Friedman and Manes 2017).
func (m *Memory) newChoice(d *demand, offer, h hash, known bool) *name[choice] {
	stakes := d.stakes
	if len(stakes) > 0 && (!known || !m.doors.knows(h)) {
		d.loose = d.loose[:0]
		for k := range stakes {
			s := &stakes[k]
			d.loose = append(d.loose, stake{source{counter: counter{term: s.term}, events: s.events}, s.max, told})
		}
		h = d.toldBy(offer, d.loose)
		stakes = d.loose
		if n := m.choices.find(h); n != nil {
			return n
		}
	}
	made := func() choice { return choice{offer, slices.Clone(stakes)} }
	return m.choices.get(h, m.clock.now().second, made, m.oldestRecord)
}

// toldBy hashes a choice of which the records tell the counters.
func (h *hasher) toldBy(offer hash, stakes []stake) hash {
	b := appendHash(h.buffer[:0], offer)
	for k := range stakes {
		s := &stakes[k]
		b = binary.LittleEndian.AppendUint64(append(b, flagOf(s.events)), uint64(s.rolling)) //nolint:gosec // any bits do
		b = binary.LittleEndian.AppendUint64(b, uint64(s.end))                               //nolint:gosec // any bits do
		b = binary.LittleEndian.AppendUint64(b, uint64(s.max))                               //nolint:gosec // any bits do
	}
	h.buffer = b
	return digest(h.seeds, b)
}

// is reports whether the spot is the item's place, which is in use since the second.
func (s *spot) is(i *Item, second int64) bool {
	return same(s.activity, i.Activity) && same(s.placement, i.Placement) && s.name != nil && s.claimed >= second
}

// occupy makes the spot the item's place.
func (m *Memory) occupy(d *demand, s *spot, i *Item) {
	if s.activity != i.Activity || s.placement != i.Placement {
		s.name = nil
	}
	s.activity, s.placement = i.Activity, i.Placement
	for s.name == nil || !s.name.claim(d.second) {
		s.name = m.placeOf(d, i)
		s.number = s.name.number
	}
	s.claimed = s.name.used.Load()
}

func (m *Memory) placeOf(d *demand, i *Item) *name[place] {
	h := d.pair(string(i.Activity), string(i.Placement))
	if n := m.places.find(h); n != nil {
		return n
	}
	made := func() place { return place{d.name(string(i.Activity)), d.name(string(i.Placement))} }
	return m.places.get(h, m.clock.now().second, made, m.oldestPast)
}

// A door remembers one hash of late, but for its lowest bit, which is set until another came.
type door struct{ atomic.Uint64 }

// knows reports whether the hash has come before. If not it is remembered, instead of another that did not come
// between the latest two.
func (d *door) knows(h uint64) bool {
	switch known := d.Load(); {
	case known|1 == h|1:
		return true
	case known&1 != 0:
		d.Store(known &^ 1)
	default:
		d.Store(h | 1)
	}
	return false
}

// doors tell which choices came of late.
type doors [1 << doorBits]door

const doorBits = 10

func (t *doors) knows(h hash) bool { return t[h.hi>>(64-doorBits)].knows(h.lo) }
