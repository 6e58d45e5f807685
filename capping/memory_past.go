package capping

import "encoding/binary"

// Of a forgotten decision less is kept than of a record, but for longer: what a release by its
// own record must know to return nothing twice.
//
//	first | revision | released | parts | units
//	parts  number, then place·2 + released of each
//	units  number, then id, state, place, at, revision, rolling and end of each

// appendPast appends what is kept of the forgotten.
func (r *record) appendPast(b []byte) []byte {
	b = binary.AppendUvarint(binary.AppendUvarint(b, r.first), r.revision)
	b = append(b, flagOf(r.released))
	b = binary.AppendUvarint(b, uint64(len(r.parts)))
	for i := range r.parts {
		p := &r.parts[i]
		b = binary.AppendUvarint(b, uint64(p.place)<<1|uint64(flagOf(p.released)))
	}
	b = binary.AppendUvarint(b, uint64(len(r.units)))
	for i := range r.units {
		u := &r.units[i]
		b = append(appendHash(b, u.id), byte(u.state))
		b = appendInstant(binary.AppendUvarint(b, uint64(u.place)), u.at)
		b = binary.AppendUvarint(b, u.revision)
		b = binary.AppendVarint(b, int64(u.rolling))
		b = binary.AppendVarint(b, u.end)
	}
	return b
}

func flagOf(is bool) byte {
	if is {
		return 1
	}
	return 0
}

// readPast makes r what the next bytes say.
func (r *record) readPast(b *reader, p *names[place]) {
	r.first, r.revision, r.released = b.uvarint(), b.uvarint(), b.byte() != 0
	for range b.uvarint() {
		n := b.uvarint()
		at := uint32(n >> 1) //nolint:gosec // it was one
		r.parts = append(r.parts, part{activity: p.value(at).activity, place: at, released: n&1 != 0})
	}
	for range b.uvarint() {
		u := unit{counter: counter{id: b.hash()}, state: unitState(b.byte()), place: b.uint32()}
		u.activity, u.at, u.revision = p.value(u.place).activity, b.instant(), b.uvarint()
		u.term = term{b.duration(), b.varint()}
		r.units = append(r.units, u)
	}
}

// pastOf returns the forgotten decisions of the id, in order.
func (b *book) pastOf(id hash) []record {
	list := reader(b.past.get(id))
	if list == nil {
		return nil
	}
	all := make([]record, list.uvarint())
	for i := range all {
		all[i].readPast(&list, b.places)
	}
	return all
}

func (b *book) keepPast(id hash, all []record) {
	b.buffer = binary.AppendUvarint(b.buffer[:0], uint64(len(all)))
	for i := range all {
		b.buffer = all[i].appendPast(b.buffer)
		b.usePlaces(&all[i])
	}
	b.past.put(id, b.buffer, b.now.second)
}

// usePlaces takes note that a record or a forgotten one is put in that names its places.
func (b *book) usePlaces(r *record) {
	for i := range r.parts {
		b.places.use(r.parts[i].place, b.now.second)
	}
	for i := range r.units {
		b.places.use(r.units[i].place, b.now.second)
	}
}

// bury keeps what is known of a forgotten decision, behind former ones of its id, for
// releases by its own record.
func (b *book) bury(id hash, r *record) {
	all := b.pastOf(id)
	if all == nil {
		all = b.lone[:0]
	}
	b.keepPast(id, append(all, *r))
	b.buried.push(due{b.now.add(b.remember), id})
}

// unbury forgets for good what was buried long enough ago.
func (b *book) unbury() {
	for d := b.buried.head(); d != nil && !b.now.before(d.instant); d = b.buried.head() {
		id := b.buried.pop().id
		if list := reader(b.past.get(id)); list.uvarint() == 1 {
			b.past.delete(id)
		} else {
			b.keepPast(id, b.pastOf(id)[1:])
		}
	}
}

// cleanPast frees what is over of the past.
func (b *book) cleanPast() {
	if len(b.past.pages) == 0 {
		return
	}
	b.past.clean(b.now.second, func(hash, []byte, int64) fate { return stay }, func(value []byte) {
		list := reader(value)
		for range list.uvarint() {
			var r record
			r.readPast(&list, b.places)
			b.usePlaces(&r)
		}
	})
}
