package capping

import "encoding/binary"

// A log keeps bytes by hash, in pages without pointers, in the order in which they were
// put in (a log-structured store, Rosenblum and Ousterhout 1992). What is replaced or
// deleted stays where it is until it is first, so most pages are used up and go
// as a whole; what lives longer than its neighbours moves to the end.
//
//	index: hash ──► place            first                       last
//	                              ┌──▼─────────┐ ┌────────────┐ ┌─▼──────────┐
//	                              │××│a│b│×│c│d│ │e│×│f│g│h│× │ │i│j│·       │
//	                              └────────────┘ └────────────┘ └────────────┘
//	                               page n         page n+1       page n+2
type log struct {
	index  index
	pages  []logPage
	room   []logPage // the memory of pages, and of those before them that are over
	number uint32    // of the first page
	first  int       // bytes of the first page that are over
	spare  []byte
	live   int // bytes
	dead   int
}

// A logPage has entries one behind the other: their length in bytes, their hash, and what
// is kept of it.
type logPage struct {
	bytes []byte
	used  int
	since int64 // in Unix seconds: the first was put in
}

const (
	logBits   = 12
	logSize   = 1 << logBits // usual bytes of a page: some thirty records, and little enough for a core's cache to have those of all books
	logGrain  = 2            // entries begin at multiples of it
	logStart  = logGrain     // the first one, so that no place is 0
	placeBits = logBits - 1  // of a place tell where it is in its page
)

func (l *log) page(place uint32) *logPage {
	const numbers = 1<<(32-placeBits) - 1
	return &l.pages[(place>>placeBits-l.number)&numbers]
}

func (l *log) place(page, from int) uint32 {
	return (l.number+uint32(page))<<placeBits | uint32(from/logGrain) //nolint:gosec // modulo 2³²
}

// at returns the entry at the place: its hash and what is kept of it.
func (l *log) at(place uint32) (hash, []byte) {
	const inPage = 1<<placeBits - 1
	h, value, _ := l.page(place).entry(int(place&inPage) * logGrain)
	return h, value
}

// entry returns the entry that starts there, and where the next one does.
func (p *logPage) entry(from int) (h hash, value []byte, next int) {
	n, skip := binary.Uvarint(p.bytes[from:])
	b := reader(p.bytes[from+skip:])
	h = b.hash()
	next = from + skip + 16 + int(n) //nolint:gosec // as append put it there
	return h, b[:n], (next + logGrain - 1) &^ (logGrain - 1)
}

// get returns what is kept of h, nil if nothing is. It is good until the next change.
func (l *log) get(h hash) []byte {
	slot := l.find(h)
	if slot == nil {
		return nil
	}
	_, value := l.at(placeIn(*slot))
	return value
}

func (l *log) find(h hash) *uint64 {
	return l.index.find(tagOf(h), func(place uint32) bool {
		known, _ := l.at(place)
		return known == h
	})
}

// put keeps the value for h, instead of what it has kept before.
func (l *log) put(h hash, value []byte, now int64) {
	slot := l.find(h)
	if slot == nil {
		l.add(h, value, now)
		return
	}
	_, old := l.at(placeIn(*slot))
	if len(old) == len(value) {
		copy(old, value)
		return
	}
	l.bury(len(old))
	*slot = slotOf(tagOf(h), l.append(h, value, now))
}

// add keeps the value for h, for which nothing is kept.
func (l *log) add(h hash, value []byte, now int64) { l.index.put(tagOf(h), l.append(h, value, now)) }

// delete forgets h.
func (l *log) delete(h hash) {
	if slot := l.find(h); slot != nil {
		_, old := l.at(placeIn(*slot))
		l.bury(len(old))
		l.index.delete(tagOf(h), placeIn(*slot))
	}
}

func (l *log) bury(n int) {
	l.live -= n
	l.dead += n
}

// append writes an entry and returns its place.
func (l *log) append(h hash, value []byte, now int64) uint32 {
	need := binary.MaxVarintLen64 + 16 + len(value) + logGrain
	if n := len(l.pages); n == 0 || l.pages[n-1].used+need > len(l.pages[n-1].bytes) {
		l.open(need, now)
	}
	last := len(l.pages) - 1
	p := &l.pages[last]
	place := l.place(last, p.used)
	b := binary.AppendUvarint(p.bytes[:p.used], uint64(len(value)))
	b = append(appendHash(b, h), value...)
	p.used = (len(b) + logGrain - 1) &^ (logGrain - 1)
	l.live += len(value)
	return place
}

// open begins a page, of the usual size unless more is needed.
func (l *log) open(need int, now int64) {
	bytes := l.spare
	l.spare = nil
	if need > logSize-logStart {
		bytes = make([]byte, need+logStart)
	} else if bytes == nil {
		bytes = make([]byte, logSize)
	}
	if len(l.pages) == 0 {
		l.first = logStart
	}
	l.makeRoom()
	l.pages = append(l.pages, logPage{bytes, logStart, now})
}

// makeRoom makes room for one more page: where as many are over, at their place.
func (l *log) makeRoom() {
	n := len(l.pages)
	if n < cap(l.pages) {
		return
	}
	if 2*n >= cap(l.room) {
		l.room = make([]logPage, 0, 2*n+4)
	}
	l.pages = append(l.room[:0], l.pages...)
	clear(l.pages[n:cap(l.pages)]) // lest they hold what is over
}

// oldest returns since when what is kept was put in, in Unix seconds; now, if nothing is.
func (l *log) oldest(now int64) int64 {
	if len(l.pages) == 0 {
		return now
	}
	return l.pages[0].since
}

// A fate is what is to be done with an entry that lives and is the first.
type fate int

const (
	stay fate = iota // until it is deleted, and those behind it too
	move             // to the end
	drop
)

// crowded reports whether more of the log is over than not.
func (l *log) crowded() bool { return l.dead > l.live+logSize }

// clean frees what is over at the beginning, a few entries a call. It asks for the fate of one that lives,
// which moves in any case if the log is crowded.
func (l *log) clean(now int64, judge func(h hash, value []byte, since int64) fate, moved func(value []byte)) {
	for range 3 {
		if len(l.pages) == 0 {
			return
		}
		p := &l.pages[0]
		if l.first >= p.used {
			if len(l.pages) == 1 && l.index.n > 0 {
				return
			}
			l.drop()
			continue
		}
		h, value, next := p.entry(l.first)
		if s, slot := l.index.locate(tagOf(h), l.place(0, l.first)); slot >= 0 {
			f := judge(h, value, p.since)
			if f == stay && !l.crowded() {
				return
			}
			l.index.deleteAt(s, slot)
			l.live -= len(value)
			if f != drop {
				l.index.put(tagOf(h), l.append(h, value, now))
				moved(value)
			}
		} else {
			l.dead -= len(value)
		}
		l.first = next
	}
}

// drop takes out the first page, which is over.
func (l *log) drop() {
	if len(l.pages[0].bytes) == logSize {
		l.spare = l.pages[0].bytes
	}
	l.pages[0] = logPage{}
	l.pages = l.pages[1:]
	l.number++
	l.first = logStart
}
