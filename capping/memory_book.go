package capping

import (
	"sync"
	"time"
)

// bookBits is how many bits of a decision's hash tell its book.
const bookBits = 4

// A book keeps the records of a part of all decisions, and what they have in common,
// under a lock of its own.
type book struct {
	mu  sync.Mutex
	now instant // of the call that has the lock

	number int

	retention, remember time.Duration

	records log
	idle    instant       // until then the first record stays
	places  *names[place] // of all books
	choices *names[choice]

	agenda agenda // of the holds
	soons  *soons // when the first of them lapses

	past   log // lists of forgotten decisions that a release may still name, in order
	buried queue[due]

	work   record // to work with, apart from what a call is about
	lone   [1]record
	buffer []byte
	_      [64]byte // the next one's lock is on another cache line
}

// load reads the record that is kept of the decision, and returns it, nil if there is none.
func (b *book) load(id hash, into *record) *record {
	value := b.records.get(id)
	if value == nil {
		return nil
	}
	head := reader(value)
	if _, forget := head.head(); !b.now.before(forget) {
		b.forget(id, value)
		b.records.delete(id)
		return nil
	}
	into.read(value, b.places, b.choices)
	return into
}

// recordOf returns the record of the attempt's decision, nil if none is kept.
func (b *book) recordOf(d *demand) (*record, error) {
	r := b.load(d.id, &d.own)
	if r != nil && r.profile != d.person {
		return nil, ErrOtherProfile
	}
	return r, nil
}

// save keeps the record of the decision. It uses the buffer.
func (b *book) save(id hash, r *record, buffer *[]byte) {
	*buffer = r.appendTo((*buffer)[:0], b.choices)
	b.records.put(id, *buffer, b.now.second)
}

// saveChanged keeps a record whose names may not have been used for long.
func (b *book) saveChanged(id hash, r *record, buffer *[]byte) {
	b.useNames(r)
	b.save(id, r, buffer)
}

func (b *book) useNames(r *record) {
	b.usePlaces(r)
	for i := range r.parts {
		b.choices.use(r.parts[i].choice, b.now.second)
	}
	b.useUnits(r.units)
}

func (b *book) useUnits(units []unit) {
	for i := range units {
		b.places.use(units[i].place, b.now.second)
		b.choices.use(units[i].choice, b.now.second)
	}
}

// fill makes r the record of the reservation, which asks d: its parts, and a unit in
// the state for each limit that takes one.
func (b *book) fill(r *record, of *Reservation, d *demand, revision uint64, state unitState) {
	r.profile, r.revision, r.released = d.person, revision, false
	r.parts, r.units = r.parts[:0], r.units[:0]
	at := instantOf(of.At)
	next := 0
	for i := range d.items {
		made := &d.items[i]
		p := part{activity: made.place.value.activity, place: made.place.number, choice: made.choice.number}
		r.parts = append(r.parts, p)
		for k := range made.choice.value.stakes {
			a := &d.asks[d.limits[next]]
			next++
			if !a.events {
				most := made.choice.value.stakes[k].max
				r.units = append(r.units, unit{a.counter, most, at, p.activity, p.place, p.choice, uint32(k), revision, state}) //nolint:gosec // far fewer
			}
		}
	}
}

// schedule sees to it that what the record holds lapses in time.
func (b *book) schedule(id hash, r *record) {
	if len(b.agenda) >= 2*b.records.index.n+64 {
		b.agenda.restrict(func(d due) bool { return b.stands(d) })
	}
	b.agenda.push(due{r.lapse, id})
	b.soons.set(b.number, b.agenda[0].instant)
}

// stands reports whether the record holds units that lapse then.
func (b *book) stands(d due) bool {
	value := b.records.get(d.id)
	if value == nil {
		return false
	}
	b.work.read(value, b.places, b.choices)
	return b.work.lapse == d.instant && b.work.holds()
}

// lapse ends the holds that are over, which gives units back to the stripes.
func (b *book) lapse(s *stripes) {
	for len(b.agenda) > 0 && !b.now.before(b.agenda[0].instant) {
		d := b.agenda.pop()
		if !b.stands(d) {
			continue
		}
		r := &b.work
		set := r.stripes()
		s.lock(set)
		for i := range r.units {
			if u := &r.units[i]; u.state == held {
				s.of(&u.counter).giveBack(&u.counter, u.at)
				u.state = lapsed
			}
		}
		s.unlock(set)
		b.saveChanged(d.id, r, &b.buffer)
	}
	if len(b.agenda) > 0 {
		b.soons.set(b.number, b.agenda[0].instant)
	} else {
		b.soons.unset(b.number)
	}
}

// forget ends the record, of which only what its own reservation does not tell is kept on.
func (b *book) forget(id hash, value []byte) {
	head := reader(value)
	if flags, _ := head.head(); flags&flagTaken != 0 {
		return
	}
	b.work.read(value, b.places, b.choices)
	b.bury(id, &b.work)
}

// clean frees what is over: records are forgotten in the order in which they were
// decided, but for those that were held for longer than that, which move out of the way.
func (b *book) clean() {
	if !b.now.before(b.idle) || b.records.crowded() {
		b.cleanRecords()
	}
	b.unbury()
	b.cleanPast()
}

func (b *book) cleanRecords() {
	judge := func(id hash, value []byte, since int64) fate {
		head := reader(value)
		flags, forget := head.head()
		switch {
		case !b.now.before(forget):
			b.forget(id, value)
			return drop
		case flags&flagLong == 0:
			b.idle = forget
		case (instant{second: since}).add(b.retention).before(b.now):
			return move
		}
		return stay
	}
	b.records.clean(b.now.second, judge, func(value []byte) {
		b.work.read(value, b.places, b.choices)
		b.useNames(&b.work)
	})
}
