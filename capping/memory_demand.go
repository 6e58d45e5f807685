package capping

import "sync/atomic"

// A demand is a call with all its hashes, made before the lock is taken.
type demand struct {
	hasher
	id      hash // of the decision
	profile hash
	asks    []ask  // by key in the order of first mention
	limits  []int  // which ask each limit of the reservation is part of
	items   []made // of the reservation
	takes   []taking
	index   map[hash]int // of the asks, if they are many
}

// An ask is what a reservation asks of one key, and the smallest of its limits on it.
type ask struct {
	source
	max         int64
	units       int64
	item, limit int // the first that asks
}

// made is the shape of an item, and where its units are among all.
type made struct {
	shape    hash
	from, to int
}

func (d *demand) of(s *seeds, a *Attempt) {
	d.seeds, d.known = s, hash{}
	d.id, d.profile = s.id(a.Tenant, a.ID), d.hasher.of(a.Profile)
	d.asks = d.asks[:0]
}

// read makes d ask for keys.
func (d *demand) read(s *seeds, a *Attempt, keys []Key) {
	d.of(s, a)
	for i := range keys {
		d.asks = append(d.asks, ask{source: d.source(&keys[i])})
	}
}

// sum makes d ask for all units of r.
func (d *demand) sum(s *seeds, r *Reservation) {
	d.of(s, &r.Attempt)
	d.limits, d.items, d.takes = d.limits[:0], d.items[:0], d.takes[:0]
	clear(d.index)
	for i := range r.Items {
		for k := range r.Items[i].Limits {
			l := &r.Items[i].Limits[k]
			n := d.ask(d.source(&l.Key))
			a := &d.asks[n]
			if a.units++; a.units == 1 {
				a.max, a.item, a.limit = l.Max, i, k
			}
			a.max = min(a.max, l.Max)
			d.limits = append(d.limits, n)
		}
	}
	d.shape(r)
}

// few is how many asks are found faster one after the other.
const few = 16

// ask returns the index of the ask of s.
func (d *demand) ask(s source) int {
	if len(d.asks) <= few {
		for i := range d.asks {
			if d.asks[i].id == s.id {
				return i
			}
		}
	} else if i, ok := d.index[s.id]; ok {
		return i
	}
	n := len(d.asks)
	d.asks = append(d.asks, ask{source: s})
	switch {
	case n == few:
		if d.index == nil {
			d.index = make(map[hash]int)
		}
		for i := range d.asks {
			d.index[d.asks[i].id] = i
		}
	case n > few:
		d.index[s.id] = n
	}
	return n
}

// shape finds the shapes of the items, for which all limits must be known.
func (d *demand) shape(r *Reservation) {
	next := 0
	for i := range r.Items {
		from := len(d.takes)
		for range r.Items[i].Limits {
			if a := &d.asks[d.limits[next]]; !a.events {
				d.takes = append(d.takes, taking{a.term, a.max})
			}
			next++
		}
		d.items = append(d.items, made{hashShape(d.seeds, &r.Items[i], d.takes[from:]), from, len(d.takes)})
	}
}

// desks are demands to use again. Unlike a [sync.Pool] it keeps what it is given.
type desks [8]atomic.Pointer[demand]

func (p *desks) take() *demand {
	for i := range p {
		if d := p[i].Swap(nil); d != nil {
			return d
		}
	}
	return new(demand)
}

func (p *desks) putBack(d *demand) {
	d.hasher = hasher{} // it refers to the caller's
	for i := range p {
		if p[i].CompareAndSwap(nil, d) {
			return
		}
	}
}
