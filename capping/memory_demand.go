package capping

import (
	"encoding/binary"
	"slices"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// A demand is a call with all its hashes, made before any lock is taken.
type demand struct {
	hasher
	id      hash       // of the decision
	who     profile.ID // its profile
	person  hash       // and the hash of that
	stripes stripeSet
	at, now instant // of a session
	asks    []ask   // by key in the order of first mention
	limits  []int32 // which ask each limit of the reservation is part of
	items   []made  // of the reservation
	takes   int     // how many units it takes
	parts   []byte  // of its record
	told    int     // how many counters that record must tell
	second  int64   // Unix: all names are in use since
	spots   []spot  // of the latest reservation: mostly the next one has the same
	index   askIndex
	stakes  []stake // scratch of one item
	loose   []stake // likewise
	own     record  // of the decision, as it is kept
	next    record  // and as it shall be
	touched uint64  // of no use, but to keep what computes it
}

// An ask is what a reservation asks of one key, and the smallest of its limits on it.
type ask struct {
	source
	max         int64
	units       int64
	item, limit int32  // the first that asks
	number      number // of the units on it, if it was found
}

// made is what an item is made of.
type made struct {
	place  *name[place]
	choice *name[choice]
}

// A spot is the place of an item.
type spot struct {
	activity  offer.ActivityID
	placement placement.ID
	name      *name[place]
	claimed   int64 // as of a word
	number    uint32
}

func (d *demand) begin(m *Memory, a *Attempt) {
	d.start(&m.seeds, a.Profile)
	if d.words.calls == 0 { // all texts were let go
		clear(d.spots)
	}
	d.who, d.person = a.Profile, d.known
	d.id = d.hasher.id(a.Tenant, a.ID)
}

// end forgets what is the caller's, but for the texts that the words and the spots hold a while.
func (d *demand) end() {
	d.hasher.end()
	d.who = ""
}

// read makes d ask for keys.
func (d *demand) read(m *Memory, a *Attempt, keys []Key) {
	d.begin(m, a)
	d.asks, d.stripes = d.asks[:0], 0
	for i := range keys {
		a := d.oneMore()
		d.source(&a.source, &keys[i])
		d.stripes |= 1 << a.stripe()
	}
}

// oneMore returns one more ask.
func (d *demand) oneMore() *ask {
	n := len(d.asks)
	if n == cap(d.asks) {
		d.asks = slices.Grow(d.asks, 1)
	}
	d.asks = d.asks[:n+1]
	return &d.asks[n]
}

// sum makes d ask for all units of r, with names that are in use since the Unix second.
func (d *demand) sum(m *Memory, r *Reservation, second int64) {
	d.begin(m, &r.Attempt)
	d.add(m, r, second)
}

// add is sum of the attempt that d has begun with.
func (d *demand) add(m *Memory, r *Reservation, second int64) {
	d.second = second
	d.asks, d.stripes = d.asks[:0], 0
	d.limits, d.takes, d.told = d.limits[:0], 0, 0
	d.index.clear()
	n := len(r.Items)
	if n > len(d.spots) {
		d.spots = append(d.spots, make([]spot, n-len(d.spots))...)
	}
	d.items = slices.Grow(d.items[:0], n)[:n]
	d.parts = slices.Grow(d.parts[:0], binary.MaxVarintLen64+n*2*binary.MaxVarintLen32)
	parts := d.parts[:cap(d.parts)]
	end := put(parts, 0, uint64(n))
	for i := 0; ; i++ {
		if i, end = d.glance(r.Items, i, parts, end); i == n {
			break
		}
		item, at, made := &r.Items[i], &d.spots[i], &d.items[i]
		if !at.is(item, second) {
			m.occupy(d, at, item)
		}
		if made.place = at.name; len(item.Limits) == 0 {
			made.choice = m.unlimited(d, item).choice
		} else {
			made.choice = m.limited(d, item)
			d.askAll(item, i, made.choice)
		}
		end = put(parts, put(parts, end, uint64(at.number)), uint64(made.choice.number)<<1)
	}
	d.parts = parts[:end]
}

// glance sums up items from the one with the index on, as long as they have no limits, and their place
// and their choice are at hand: as most are, so that this is all in registers. It returns the index of the first that is
// not, and the end of the parts.
func (d *demand) glance(items []Item, i int, parts []byte, end int) (int, int) {
	spots, all, slots, second := d.spots[:len(items)], d.items[:len(items)], d.words.slots, d.second
	for ; i < len(items); i++ {
		item, at := &items[i], &spots[i]
		if len(item.Limits) != 0 || !at.is(item, second) {
			break
		}
		first := home(whereIs(string(item.Offer)), len(slots))
		w := &slots[first]
		if !same(w.text, string(item.Offer)) {
			if w = &slots[first|1]; !same(w.text, string(item.Offer)) {
				break
			}
		}
		if !w.plain || w.claimed < second {
			break
		}
		all[i].place = at.name
		all[i].choice = w.choice
		end = put(parts, put(parts, end, uint64(at.number)), uint64(w.number)<<1) // as appendPart
	}
	return i, end
}

// askAll makes d ask for a unit of each of the item's stakes.
func (d *demand) askAll(i *Item, index int, c *name[choice]) {
	for k := range d.stakes {
		d.ask(&d.stakes[k], &i.Limits[k], index, k)
		if s := &c.value.stakes[k]; s.whose == told && !s.events {
			d.told++
		}
	}
}

// ask makes d ask for a unit under the limit.
func (d *demand) ask(s *stake, l *Limit, item, limit int) {
	a := d.oneMore()
	a.source = s.source
	a.by(d.of(l.Key.Profile))
	if !a.events {
		d.takes++
	}
	n := d.index.put(d.asks)
	d.limits = append(d.limits, n)
	if int(n) < len(d.asks)-1 {
		d.asks = d.asks[:len(d.asks)-1]
		a = &d.asks[n]
		a.units++
		a.max = min(a.max, l.Max)
		return
	}
	a.units, a.max, a.number = 1, l.Max, number{}
	a.item, a.limit = int32(item), int32(limit) //nolint:gosec // far fewer
	d.stripes |= 1 << a.stripe()
}

// claim takes note that a record of the reservation is put in. It reports false if what d has
// summed up was taken away meanwhile: within the second of the claims it cannot be, since what is
// taken away is older than all that any log has.
func (d *demand) claim(now int64) bool {
	if now == d.second {
		return true
	}
	for i := range d.items {
		if made := &d.items[i]; !made.place.claim(now) || !made.choice.claim(now) {
			return false
		}
	}
	return true
}

// An askIndex finds asks by their hash: a hash table with linear probing, at most half
// full, that is cleared by a new number.
type askIndex struct {
	slots []uint64 // number, then the index of an ask plus 1
	epoch uint32
}

func (x *askIndex) clear() {
	if x.epoch++; x.epoch == 0 {
		clear(x.slots)
		x.epoch = 1
	}
}

// put returns the index of the ask with the hash of the last, which is its own if there is no other.
func (x *askIndex) put(asks []ask) int32 {
	n := len(asks)
	if 2*n > len(x.slots) {
		*x = askIndex{slots: make([]uint64, max(64, 2*len(x.slots))), epoch: 1}
		for i := range n - 1 {
			x.put(asks[:i+1])
		}
	}
	id := asks[n-1].id
	for i := id.lo; ; i++ {
		slot := &x.slots[i&uint64(len(x.slots)-1)]
		if uint32(*slot>>32) != x.epoch {
			*slot = uint64(x.epoch)<<32 | uint64(n)
			return int32(n - 1) //nolint:gosec // far fewer
		}
		if k := int32(uint32(*slot)) - 1; asks[k].id == id { //nolint:gosec // as put there
			return k
		}
	}
}
