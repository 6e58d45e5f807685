package capping

import "encoding/binary"

// A record is kept in bytes. Most need few: the units of a decision that was decided
// once are a hash and a state each, all the rest of them is in the shapes.
//
//	flags | profile | revision | [first] | [lapse] | parts | [units]
//	part  shape·2 + released
//	units at, then id and state of each        if all are as their parts took them
//	      number, then all fields of each      else
const (
	flagReleased = 1 << iota
	flagFirst    // first is not revision
	flagHolds    // lapse is needed
	flagUnits    // there are some, as their parts took them
	flagMixed    // there are some that need all fields
)

// appendTo appends the record in bytes.
func (r *record) appendTo(b []byte, s *shapes) []byte {
	flags, start := byte(0), len(b)
	set := func(flag byte, is bool) bool {
		if is {
			flags |= flag
		}
		return is
	}
	b = appendHash(append(b, 0), r.profile)
	b = binary.AppendUvarint(b, r.revision)
	set(flagReleased, r.released)
	if set(flagFirst, r.first != r.revision) {
		b = binary.AppendUvarint(b, r.first)
	}
	if set(flagHolds, r.holds()) {
		b = appendInstant(b, r.lapse)
	}
	b = binary.AppendUvarint(b, uint64(len(r.parts)))
	for _, p := range r.parts {
		n := uint64(p.shape) << 1
		if p.released {
			n++
		}
		b = binary.AppendUvarint(b, n)
	}
	if set(flagMixed, r.mixed(s)) {
		b = r.appendMixed(b)
	} else if set(flagUnits, len(r.units) > 0) {
		b = r.appendPlain(b)
	}
	b[start] = flags
	return b
}

// mixed reports whether the units are not all as their parts took them: one was kept of a
// former revision, and is behind the others or has another instant than they.
func (r *record) mixed(s *shapes) bool {
	next := 0
	for _, p := range r.parts {
		for k := range s.all[p.shape].takes {
			u := &r.units[next] // there is one for each
			if u.shape != p.shape || int(u.taking) != k || u.at != r.units[0].at {
				return true
			}
			next++
		}
	}
	return next < len(r.units)
}

func (r *record) appendPlain(b []byte) []byte {
	b = appendInstant(b, r.units[0].at)
	for i := range r.units {
		b = append(appendHash(b, r.units[i].id), byte(r.units[i].state))
	}
	return b
}

func (r *record) appendMixed(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(r.units)))
	for i := range r.units {
		u := &r.units[i]
		b = append(appendHash(b, u.id), byte(u.state))
		b = binary.AppendUvarint(b, uint64(u.shape))
		b = binary.AppendUvarint(b, uint64(u.taking))
		b = appendInstant(b, u.at)
		b = binary.AppendUvarint(b, u.revision)
	}
	return b
}

func appendHash(b []byte, h hash) []byte {
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, h.hi), h.lo)
}

func appendInstant(b []byte, i instant) []byte {
	return binary.AppendUvarint(binary.AppendVarint(b, i.second), uint64(i.nano)) //nolint:gosec // not negative
}

// A reader takes apart what appendTo has put together.
type reader []byte

func (b *reader) byte() byte {
	v := (*b)[0]
	*b = (*b)[1:]
	return v
}

func (b *reader) uvarint() uint64 {
	v, n := binary.Uvarint(*b)
	*b = (*b)[n:]
	return v
}

func (b *reader) uint32() uint32 { return uint32(b.uvarint()) } //nolint:gosec // it was one

func (b *reader) hash() hash {
	h := hash{binary.LittleEndian.Uint64(*b), binary.LittleEndian.Uint64((*b)[8:])}
	*b = (*b)[16:]
	return h
}

func (b *reader) instant() instant {
	second, n := binary.Varint(*b)
	*b = (*b)[n:]
	return instant{second, int32(b.uvarint())} //nolint:gosec // it was one
}

// read makes r what the next bytes say.
func (r *record) read(b *reader, s *shapes) {
	flags := b.byte()
	r.profile, r.revision = b.hash(), b.uvarint()
	r.released, r.first, r.lapse = flags&flagReleased != 0, r.revision, instant{}
	if flags&flagFirst != 0 {
		r.first = b.uvarint()
	}
	if flags&flagHolds != 0 {
		r.lapse = b.instant()
	}
	r.parts, r.units = r.parts[:0], r.units[:0]
	for range b.uvarint() {
		n := b.uvarint()
		r.parts = append(r.parts, part{uint32(n >> 1), n&1 != 0}) //nolint:gosec // it was one
	}
	switch {
	case flags&flagMixed != 0:
		r.readMixed(b, s)
	case flags&flagUnits != 0:
		r.readPlain(b, s)
	}
}

func (r *record) readPlain(b *reader, s *shapes) {
	at := b.instant()
	for _, p := range r.parts {
		for k, t := range s.all[p.shape].takes {
			id := b.hash()
			r.units = append(r.units, unit{
				counter{id, t.term}, t.max, at, p.shape, uint32(k), r.revision, unitState(b.byte()), //nolint:gosec // far fewer
			})
		}
	}
}

func (r *record) readMixed(b *reader, s *shapes) {
	for range b.uvarint() {
		u := unit{counter: counter{id: b.hash()}, state: unitState(b.byte()), shape: b.uint32(), taking: b.uint32()}
		t := s.all[u.shape].takes[u.taking]
		u.term, u.max, u.at, u.revision = t.term, t.max, b.instant(), b.uvarint()
		r.units = append(r.units, u)
	}
}
