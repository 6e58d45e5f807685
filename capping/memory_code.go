package capping

import (
	"encoding/binary"
	"time"
)

// A record is kept in bytes. Most need few: of the units of a decision that was decided
// once all is in the names, but for the hash of those that a choice does not tell.
//
//	flags | forget | profile | revision | [first] | [lapse] | parts | [units]
//	parts  number, then place and choice·2 + released of each
//	units  at, state, then the ids told    if all are as their parts took them
//	       number, then all fields of each  else
const (
	flagReleased = 1 << iota
	flagFirst    // first is not revision
	flagLong     // it was held for longer than records are kept
	flagHolds    // lapse is needed
	flagUnits    // there are some, as their parts took them, all in one state
	flagMixed    // there are some that need all fields
	flagTaken    // its reservation tells all there is to know
)

// appendTo appends the record in bytes.
func (r *record) appendTo(b []byte, c *names[choice]) []byte {
	flags, start := byte(0), len(b)
	set := func(flag byte, is bool) bool {
		if is {
			flags |= flag
		}
		return is
	}
	set(flagTaken, r.asTaken())
	set(flagReleased, r.released)
	set(flagLong, r.long)
	b = appendInstant(append(b, 0), r.forget)
	b = appendHash(b, r.profile)
	b = binary.AppendUvarint(b, r.revision)
	if set(flagFirst, r.first != r.revision) {
		b = binary.AppendUvarint(b, r.first)
	}
	if set(flagHolds, r.holds()) {
		b = appendNear(b, r.lapse, r.forget)
	}
	b = appendParts(b, r.parts)
	if set(flagMixed, r.mixed(c)) {
		b = appendMixed(b, r.units)
	} else if set(flagUnits, len(r.units) > 0) {
		b = r.appendPlain(b, c)
	}
	b[start] = flags
	return b
}

// appendFirst appends the record of the first reservation of a decision, of which the units in the state
// need not be put together: appendTo would append the same.
func (r *record) appendFirst(b []byte, d *demand, at instant, state unitState) []byte {
	flags := byte(flagTaken)
	if r.long {
		flags |= flagLong
	}
	if d.takes > 0 {
		flags |= flagUnits
	}
	holds := d.takes > 0 && state == held
	if holds {
		flags |= flagHolds
	}
	b = appendInstant(append(b, flags), r.forget)
	b = binary.AppendUvarint(appendHash(b, r.profile), r.revision)
	if holds {
		b = appendNear(b, r.lapse, r.forget)
	}
	b = append(b, d.parts...)
	if d.takes == 0 {
		return b
	}
	b = append(appendNear(b, at, r.forget), byte(state))
	if d.told == 0 {
		return b
	}
	return d.appendTold(b)
}

// appendTold appends the hashes of the counters that the choices do not tell.
func (d *demand) appendTold(b []byte) []byte {
	next := 0
	for i := range d.items {
		c := &d.items[i].choice.value
		for k := range c.stakes {
			if s := &c.stakes[k]; s.whose == told && !s.events {
				b = appendHash(b, d.asks[d.limits[next+k]].id)
			}
		}
		next += len(c.stakes)
	}
	return b
}

// mixed reports whether the units are not all as their parts took them: one was kept of a
// former revision, and is behind the others or has another instant than they, or they
// fared in different ways.
func (r *record) mixed(c *names[choice]) bool {
	next := 0
	for i := range r.parts {
		p := &r.parts[i]
		stakes := c.value(p.choice).stakes
		for k := range stakes {
			if stakes[k].events {
				continue
			}
			u := &r.units[next] // there is one for each
			if u.choice != p.choice || u.place != p.place || int(u.stake) != k ||
				u.at != r.units[0].at || u.state != r.units[0].state || u.revision != r.revision {
				return true
			}
			next++
		}
	}
	return next < len(r.units)
}

func appendParts(b []byte, parts []part) []byte {
	b = binary.AppendUvarint(b, uint64(len(parts)))
	for i := range parts {
		b = appendPart(b, parts[i].place, parts[i].choice, parts[i].released)
	}
	return b
}

func appendPart(b []byte, place, choice uint32, released bool) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(place)), uint64(choice)<<1|uint64(flagOf(released)))
}

// put writes what AppendUvarint appends at an index of b, where there is room for it, and returns the next index.
func put(b []byte, at int, v uint64) int {
	for ; v >= 0x80; v >>= 7 {
		b[at] = byte(v) | 0x80
		at++
	}
	b[at] = byte(v)
	return at + 1
}

func (r *record) appendPlain(b []byte, c *names[choice]) []byte {
	b = append(appendNear(b, r.units[0].at, r.forget), byte(r.units[0].state))
	for i := range r.units {
		if u := &r.units[i]; c.value(u.choice).stakes[u.stake].whose == told {
			b = appendHash(b, u.id)
		}
	}
	return b
}

func appendMixed(b []byte, units []unit) []byte {
	b = binary.AppendUvarint(b, uint64(len(units)))
	for i := range units {
		u := &units[i]
		b = append(appendHash(b, u.id), byte(u.state))
		b = binary.AppendUvarint(b, uint64(u.place))
		b = binary.AppendUvarint(b, uint64(u.choice))
		b = binary.AppendUvarint(b, uint64(u.stake))
		b = appendInstant(b, u.at)
		b = binary.AppendUvarint(b, u.revision)
	}
	return b
}

func appendHash(b []byte, h hash) []byte {
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, h.hi), h.lo)
}

func appendInstant(b []byte, i instant) []byte {
	return binary.LittleEndian.AppendUint32(binary.AppendVarint(b, i.second), uint32(i.nano)) //nolint:gosec // not negative
}

// appendNear appends an instant that is mostly not far from another.
func appendNear(b []byte, i, other instant) []byte {
	return appendInstant(b, instant{i.second - other.second, i.nano}) // what wraps around unwraps
}

// A reader takes apart what was put together.
type reader []byte

func (b *reader) byte() byte {
	v := (*b)[0]
	*b = (*b)[1:]
	return v
}

func (b *reader) uvarint() uint64 {
	if v := (*b)[0]; v < 0x80 {
		*b = (*b)[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(*b)
	*b = (*b)[n:]
	return v
}

func (b *reader) uint32() uint32 { return uint32(b.uvarint()) } //nolint:gosec // it was one

func (b *reader) varint() int64 {
	v, n := binary.Varint(*b)
	*b = (*b)[n:]
	return v
}

func (b *reader) duration() time.Duration { return time.Duration(b.varint()) }

func (b *reader) hash() hash {
	h := hash{binary.LittleEndian.Uint64(*b), binary.LittleEndian.Uint64((*b)[8:])}
	*b = (*b)[16:]
	return h
}

func (b *reader) instant() instant {
	second, n := binary.Varint(*b)
	nano := binary.LittleEndian.Uint32((*b)[n:])
	*b = (*b)[n+4:]
	return instant{second, int32(nano)} //nolint:gosec // it was one
}

func (b *reader) near(other instant) instant {
	i := b.instant()
	return instant{i.second + other.second, i.nano}
}

// head takes off what tells when a record is forgotten, and how.
func (b *reader) head() (flags byte, forget instant) { return b.byte(), b.instant() }

// read makes r what the bytes say.
func (r *record) read(b reader, p *names[place], c *names[choice]) {
	flags, forget := b.head()
	r.forget, r.profile, r.revision = forget, b.hash(), b.uvarint()
	r.released, r.long = flags&flagReleased != 0, flags&flagLong != 0
	r.first, r.lapse = r.revision, instant{}
	if flags&flagFirst != 0 {
		r.first = b.uvarint()
	}
	if flags&flagHolds != 0 {
		r.lapse = b.near(forget)
	}
	r.parts, r.units = r.parts[:0], r.units[:0]
	for range b.uvarint() {
		at := b.uint32()
		n := b.uvarint()
		r.parts = append(r.parts, part{p.value(at).activity, at, uint32(n >> 1), n&1 != 0}) //nolint:gosec // it was one
	}
	switch {
	case flags&flagMixed != 0:
		r.readMixed(&b, p, c)
	case flags&flagUnits != 0:
		r.readPlain(&b, c)
	}
}

func (r *record) readPlain(b *reader, c *names[choice]) {
	at, state := b.near(r.forget), unitState(b.byte())
	for i := range r.parts {
		p := &r.parts[i]
		stakes := c.value(p.choice).stakes
		for k := range stakes {
			s := &stakes[k]
			if s.events {
				continue
			}
			id := s.of(r.profile)
			if s.whose == told {
				id = b.hash()
			}
			r.units = append(r.units, unit{
				counter{id, s.term}, s.max, at, p.activity, p.place, p.choice, uint32(k), r.revision, state, //nolint:gosec // far fewer
			})
		}
	}
}

func (r *record) readMixed(b *reader, p *names[place], c *names[choice]) {
	for range b.uvarint() {
		u := unit{counter: counter{id: b.hash()}, state: unitState(b.byte())}
		u.place, u.choice, u.stake = b.uint32(), b.uint32(), b.uint32()
		s := &c.value(u.choice).stakes[u.stake]
		u.activity, u.term, u.max = p.value(u.place).activity, s.term, s.max
		u.at, u.revision = b.instant(), b.uvarint()
		r.units = append(r.units, u)
	}
}
