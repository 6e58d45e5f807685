package capping

import (
	"encoding/binary"

	"github.com/proffer-go/proffer/offer"
)

// A demand is a call with all its hashes, made before any lock is taken.
type demand struct {
	hasher
	id      hash // of the decision
	person  hash // of its profile
	stripes stripeSet
	asks    []ask  // by key in the order of first mention
	limits  []int  // which ask each limit of the reservation is part of
	items   []made // of the reservation
	takes   []taking
	spots   []spot
	index   map[hash]int // of the asks, if they are many
	own     record       // of the decision, as it is kept
	next    record       // and as it shall be
	touched uint32       // of no use, but to keep what computes it
}

// An ask is what a reservation asks of one key, and the smallest of its limits on it.
type ask struct {
	source
	max         int64
	units       int64
	item, limit int // the first that asks
}

// made is what an item proposes, and where its units are among all. Its place is in the spot
// of the same index.
type made struct {
	choice   hash
	from, to int32
}

// A spot is an item's place in the latest reservation. The next one mostly has the same there.
type spot struct {
	hash                hash
	activity, placement []byte
	numbers             [1 << bookBits]uint32 // that each book had for it, and mostly still has
}

func (d *demand) of(s *seeds, a *Attempt) {
	d.start(s, a.Profile)
	d.id, d.person = d.hasher.id(a.Tenant, a.ID), d.known
	d.asks, d.stripes = d.asks[:0], 0
}

// read makes d ask for keys.
func (d *demand) read(s *seeds, a *Attempt, keys []Key) {
	d.of(s, a)
	for i := range keys {
		d.add(&keys[i])
	}
}

// add makes d ask for k, and returns the index of that ask.
func (d *demand) add(k *Key) int {
	n := len(d.asks)
	d.asks = append(d.asks, ask{})
	a := &d.asks[n]
	d.source(&a.source, k)
	d.stripes |= 1 << a.stripe()
	return n
}

// sum makes d ask for all units of r.
func (d *demand) sum(s *seeds, r *Reservation) {
	d.of(s, &r.Attempt)
	d.limits, d.items, d.takes = d.limits[:0], d.items[:0], d.takes[:0]
	clear(d.index)
	for i := range r.Items {
		for k := range r.Items[i].Limits {
			l := &r.Items[i].Limits[k]
			n := d.ask(&l.Key)
			a := &d.asks[n]
			if a.units++; a.units == 1 {
				a.max, a.item, a.limit = l.Max, i, k
			}
			a.max = min(a.max, l.Max)
			d.limits = append(d.limits, n)
		}
	}
	d.made(r)
}

// few is how many asks are found faster one after the other.
const few = 16

// ask returns the index of the ask of k, of which there is one.
func (d *demand) ask(k *Key) int {
	n := d.add(k)
	id := d.asks[n].id
	if n <= few {
		for i := range d.asks[:n] {
			if d.asks[i].id == id {
				d.asks = d.asks[:n]
				return i
			}
		}
	} else if i, ok := d.index[id]; ok {
		d.asks = d.asks[:n]
		return i
	}
	switch {
	case n == few:
		if d.index == nil {
			d.index = make(map[hash]int)
		}
		for i := range d.asks {
			d.index[d.asks[i].id] = i
		}
	case n > few:
		d.index[id] = n
	}
	return n
}

// made finds out what the items are made of, for which all limits must be known.
func (d *demand) made(r *Reservation) {
	for len(d.spots) < len(r.Items) {
		d.spots = append(d.spots, spot{})
	}
	next := 0
	for i := range r.Items {
		item := &r.Items[i]
		d.spots[i].move(&d.hasher, item)
		from := len(d.takes)
		for range item.Limits {
			if a := &d.asks[d.limits[next]]; !a.events {
				d.takes = append(d.takes, taking{a.term, a.max})
			}
			next++
		}
		d.items = append(d.items, made{d.choice(item.Offer, d.takes[from:]), int32(from), int32(len(d.takes))}) //nolint:gosec // far fewer
	}
}

// move makes s the place of the item.
func (s *spot) move(h *hasher, i *Item) {
	if s.hash == (hash{}) || string(s.activity) != string(i.Activity) || string(s.placement) != string(i.Placement) {
		s.activity, s.placement = append(s.activity[:0], i.Activity...), append(s.placement[:0], i.Placement...)
		s.hash = h.pair(string(i.Activity), string(i.Placement))
	}
}

func (d *demand) choice(o offer.ID, takes []taking) hash {
	h := d.name(string(o))
	if len(takes) == 0 {
		return h
	}
	b := appendHash(d.buffer[:0], h)
	for _, t := range takes {
		b = binary.LittleEndian.AppendUint64(b, uint64(t.rolling)) //nolint:gosec // any bits do
		b = binary.LittleEndian.AppendUint64(b, uint64(t.end))     //nolint:gosec // any bits do
		b = binary.LittleEndian.AppendUint64(b, uint64(t.max))     //nolint:gosec // any bits do
	}
	d.buffer = b
	return d.bytes(b)
}
