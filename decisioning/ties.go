package decisioning

import (
	"math"
	"slices"
	"sort"

	"github.com/proffer-go/proffer/internal/predicate"
)

// Ties are where a walk is in an order that no request changes. Tied entries come by
// their hashes, which depend on the person. Most ties are short, and queued at once. A
// long one is hashed when it is reached, and queued in bands of rising hashes, so that
// a tie of thousands of which a few are wanted costs one look at each and the sorting
// of a few.
type ties struct {
	block []entry
	at    int // in the block: where the tie begins that comes next, or the long one that is at hand
	next  int // block

	floor, width   uint64 // of the next band of hashes of the long one; width 0: none is at hand
	endNext, endAt int    // where the long one ends

	band   []tied // never shorter in memory than a short tie
	head   int    // of the band: those before it had their turn
	sorted bool   // the band
}

// A tied candidate waits for its turn.
type tied struct {
	hash uint64
	at   uint32 // where its entry is: the block, and the position in it
}

// bandSize is how many candidates a band is meant to hold, and a short tie may have: a power
// of two.
const bandSize = 16

func (t *ties) begin(o *order) {
	t.block, t.at, t.next, t.width = nil, 0, 0, 0
	if len(o.blocks) > 0 { // looked at here many walks fetch theirs at the same time
		t.block, t.next = o.blocks[0], 1
	}
	t.band, t.head = slices.Grow(t.band[:0], bandSize), 0
}

// next returns the candidate whose turn it is, without an entry after the last.
func (w *walk) next(s *slot, d *deciding) queued {
	t := &w.ties
	switch {
	case w.heaped:
		return w.nextOfBest(s, d)
	case t.head == len(t.band):
		if !w.refill(s, d) {
			return queued{}
		}
	case !t.sorted:
		w.choose(d)
	}
	next := &t.band[t.head]
	t.head++
	e := w.entry(next.at)
	return queued{entry: e, hash: next.hash, score: e.scoreOrNaN()}
}

// refill queues the next tie or band that is not empty, the candidate with the least hash
// at its head. It reports whether there was one.
func (w *walk) refill(s *slot, d *deciding) bool {
	t := &w.ties
	t.band, t.head, t.sorted = t.band[:0], 0, false
	for len(t.band) == 0 {
		switch {
		case t.width > 0:
			w.nextBand(s, d)
		case !w.short(s, d) && !w.long(s, d):
			return false
		}
	}
	return true
}

// short queues the tie that comes next if it is short and plain, and else nothing. What the
// request excludes is kept out later. It finds the least hash on the way, by numbers: no
// processor could foresee a branch on it.
func (w *walk) short(s *slot, d *deciding) bool {
	t := &w.ties
	if t.at == len(t.block) && !w.nextBlock() || d.swept {
		return false
	}
	n := int(t.block[t.at].run)
	goesOn := t.at+n == len(t.block) && t.next < len(w.order.blocks)
	if n > bandSize || goesOn || w.ends(d, &t.block[t.at]) {
		return false
	}
	tie, band := t.block[t.at:t.at+n], t.band[:bandSize]
	base, now, from := s.tieBase, d.seconds, w.position()
	queued, expired, least, first := 0, 0, uint64(math.MaxUint64), 0
	for i := range tie {
		switch e := &tie[i]; {
		case e.start < now && now < e.end:
			hash := tieOf(base, e.hash)
			if hash == least {
				return false // their ids tell
			}
			band[queued&(bandSize-1)] = tied{hash, from + uint32(i)}
			first += (queued - first) & -one(hash < least)
			least = min(least, hash)
			queued++
		case e.start == now || now == e.end:
			return false // the nanoseconds tell
		case e.end < now:
			expired++
		}
	}
	band[0], band[first&(bandSize-1)] = band[first&(bandSize-1)], band[0]
	t.band = t.band[:queued]
	t.at += n
	w.expired += expired
	return true
}

// one is 1 for true.
func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// nextBlock goes to the next block, and reports whether there is one.
func (w *walk) nextBlock() bool {
	t := &w.ties
	if t.next == len(w.order.blocks) {
		return false
	}
	t.block, t.at = w.order.blocks[t.next], 0
	t.next++
	return true
}

// ends reports whether the walk leaves out the candidate, and so all that come after it.
func (w *walk) ends(d *deciding, e *entry) bool {
	return w.ranking.leavesOut(e.score, e.unscored) && !d.tracing()
}

// position is where the next entry is.
func (w *walk) position() uint32 { return uint32((w.ties.next-1)*blockSize + w.ties.at) }

func (w *walk) entry(position uint32) *entry {
	block := w.ties.block // which mostly has it, and is at hand
	if int(position/blockSize) != w.ties.next-1 {
		block = w.order.blocks[position/blockSize]
	}
	return &block[position%blockSize]
}

// choose moves the candidate with the least hash to the head: of a few candidates
// fewer still are wanted, so that sorting all of them would be waste.
func (w *walk) choose(d *deciding) {
	t := &w.ties
	rest := t.band[t.head:]
	least, at := rest[0].hash, 0
	for i := 1; i < len(rest); i++ {
		hash := rest[i].hash
		if hash == least && w.sooner(d, &rest[i], &rest[at]) {
			at = i
		}
		at += (i - at) & -one(hash < least)
		least = min(least, hash)
	}
	rest[0], rest[at] = rest[at], rest[0]
}

// sooner orders tied candidates.
func (w *walk) sooner(d *deciding, q, o *tied) bool {
	return q.hash < o.hash || q.hash == o.hash && d.compareIDs(w.entry(q.at), w.entry(o.at)) < 0
}

// long queues the first band of the tie that comes next, and reports whether there is one.
func (w *walk) long(s *slot, d *deciding) bool {
	t := &w.ties
	w.skip(d)
	if t.at == len(t.block) || w.ends(d, &t.block[t.at]) {
		return false
	}
	t.floor, t.width = 0, math.MaxUint64
	if n := w.measure(&t.block[t.at]); n > bandSize {
		t.width = t.width / uint64(n) * bandSize
	}
	w.nextBand(s, d)
	return true
}

// skip passes over candidates that are known to be out, up to the first that is not.
func (w *walk) skip(d *deciding) {
	t := &w.ties
	for {
		for ; t.at < len(t.block); t.at++ {
			if e := &t.block[t.at]; !d.mayHold(e) {
				continue
			} else if e.end >= d.seconds {
				return
			}
			w.expired++
		}
		if !w.nextBlock() {
			return
		}
	}
}

// mayHold reports whether the rule of a candidate may be true. Once all are looked up at once
// that is a look at a table, and few are left where matches are rare.
func (d *deciding) mayHold(e *entry) bool {
	return !d.swept || e.rule < 0 || d.match.Holds(predicate.Rule(e.rule)) != predicate.False
}

// measure finds the end of the tie, and returns how many entries it has.
func (w *walk) measure(first *entry) (n int) {
	t, blocks := &w.ties, w.order.blocks
	rest, b := t.block[t.at:], t.next
	for ; rest[len(rest)-1].tied(first); b++ {
		n += len(rest)
		if b == len(blocks) {
			t.endNext, t.endAt = b, len(blocks[b-1])
			return n
		}
		rest = blocks[b]
	}
	// A tie is all together, and first is the first of it.
	m := sort.Search(len(rest), func(k int) bool { return !rest[k].tied(first) })
	t.endNext, t.endAt = b, len(blocks[b-1])-len(rest)+m
	return n + m
}

// nextBand queues the candidates of the long tie whose hashes come next.
func (w *walk) nextBand(s *slot, d *deciding) {
	t := &w.ties
	ceiling := t.floor + t.width
	last := ceiling < t.floor || ceiling == math.MaxUint64
	if last {
		ceiling = math.MaxUint64
	}
	t.band, t.head = t.band[:0], 0
	w.gather(s, d, ceiling)
	if t.sorted = len(t.band) > 2*bandSize; t.sorted {
		slices.SortFunc(t.band, func(a, b tied) int {
			if w.sooner(d, &a, &b) {
				return -1
			}
			return 1 // no two are equal
		})
	} else if len(t.band) > 1 {
		w.choose(d)
	}
	if !last {
		t.floor, t.width = ceiling+1, max(t.width, t.width*4)
		return
	}
	t.block, t.at, t.next, t.width = w.order.blocks[t.endNext-1], t.endAt, t.endNext, 0
}

// gather queues the candidates of the long tie whose hashes lie in the band.
func (w *walk) gather(s *slot, d *deciding, ceiling uint64) {
	t := &w.ties
	rest, from := t.block[t.at:], w.position()
	base, floor, span := s.tieBase, t.floor, ceiling-t.floor
	for b := t.next; ; b++ {
		if b == t.endNext {
			rest = rest[:len(rest)-len(w.order.blocks[b-1])+t.endAt]
		}
		for k := range rest {
			e := &rest[k]
			if hash := tieOf(base, e.hash); hash-floor <= span {
				if d.mayHold(e) && e.open(d) {
					t.band = append(t.band, tied{hash, from + uint32(k)})
				} else {
					w.expired += one(e.end < d.seconds)
				}
			}
		}
		if b == t.endNext {
			return
		}
		rest, from = w.order.blocks[b], uint32(b*blockSize)
	}
}
