package decisioning

import (
	"math"
	"slices"
	"sort"

	"github.com/proffer-go/proffer/internal/predicate"
)

// Ties are where a walk is in an order that no request changes. Tied entries come by
// their hashes, which depend on the person. Most ties are short, and of these the least is found in the
// season of their block (sprint). All others are hashed when they are reached, and queued in bands of
// rising hashes, so that a tie of thousands of which a few are wanted costs one look at each and the
// sorting of a few.
type ties struct {
	season *season   // of the block
	all    []opening // of the season

	next  int32 // the block after the season's
	at    int32 // in the season: where the tie begins that comes next; in the block: where the long one at hand does
	left  int32 // how many of the short tie at hand may have their turn yet, the last of many in bands; 0: none is at hand
	last  int32 // where in it the last of these is, if it is alone: the sum of where they are
	head  int32 // of the band: those before had their turn
	end   int32
	open  []opening // the short tie at hand
	floor uint64    // of the tie at hand: those with hashes below had their turn
	width uint64    // of the next band of hashes of the long one; 0: none is at hand

	first *season // of the first block; of own it is only as long as the walk is in its first part

	band           []tied
	sorted         bool // the band
	endNext, endAt int  // where the long one ends

	own season // of the decision alone
}

// A tied candidate waits for its turn.
type tied struct {
	hash uint64
	at   uint32 // where its entry is: the block, and the position in it
}

// bandSize is how many candidates a band is meant to hold.
const bandSize = 16

func (t *ties) begin(d *deciding, o *order) {
	if t.first = &noSeason; len(o.blocks) > 0 { // looked at here many walks fetch theirs at the same time
		t.first = o.blocks[0].at(d, &t.own)
	}
	t.next = 0 // which is not the first
	t.beginAgain()
}

func (t *ties) beginAgain() {
	if t.next != 1 {
		t.season, t.all, t.next = t.first, t.first.open, 1
	}
	t.at, t.left, t.width, t.head, t.end = 0, 0, 0, 0, 0
}

// enter goes to the beginning of the block.
func (t *ties) enter(d *deciding, o *order, block int) {
	t.season, t.at, t.next = o.blocks[block].at(d, &t.own), 0, int32(block+1)
	t.all = t.season.open
}

// turn puts the candidate whose turn it is at the head of the band, and reports whether there is one.
func (w *walk) turn(s *slot, d *deciding) bool {
	t := &w.ties
	if t.head == t.end && !w.refill(s, d) {
		return false
	}
	if !t.sorted {
		w.choose(d)
	}
	return true
}

func (w *walk) entry(q *tied) *entry {
	return &w.order.blocks[q.at/blockSize].entries[q.at%blockSize]
}

// placed returns the entry at the position in the season.
func (w *walk) placed(at int) *entry {
	t := &w.ties
	return &t.season.entries[t.all[at].place]
}

// refill queues the next tie or band that is not empty. It reports whether there was one.
func (w *walk) refill(s *slot, d *deciding) bool {
	t := &w.ties
	for t.head == t.end {
		switch {
		case t.width > 0:
			w.nextBand(s, d)
		case t.left == 0 && !w.skip(d):
			return false
		case !w.firstBand(s, d):
			return false
		}
	}
	return true
}

// ends reports whether the walk leaves out the candidate, and so all that come after it.
func (w *walk) ends(e *entry) bool { return w.ranking.leavesOut(e.score, e.unscored) }

// choose moves the candidate with the least hash to the head: of a few candidates
// fewer still are wanted, so that sorting all of them would be waste.
func (w *walk) choose(d *deciding) {
	t := &w.ties
	rest, at := t.band[t.head:t.end], 0
	for i := range rest {
		if w.sooner(d, &rest[i], &rest[at]) {
			at = i
		}
	}
	rest[0], rest[at] = rest[at], rest[0]
}

// sooner orders tied candidates.
func (w *walk) sooner(d *deciding, q, o *tied) bool {
	return q.hash < o.hash || q.hash == o.hash && d.compareIDs(w.entry(q), w.entry(o)) < 0
}

// skip passes over candidates that are known to be out, up to the first that is not. It reports whether
// there is one.
func (w *walk) skip(d *deciding) bool {
	t := &w.ties
	for {
		for ; int(t.at) < len(t.all); t.at++ {
			if d.mayHold(t.all[t.at].rule) {
				return true
			}
		}
		if w.goOn(d, t.season.end) {
			continue
		}
		w.passOver(d, t.season.expired)
		if int(t.next) >= len(w.order.blocks) {
			return false
		}
		t.enter(d, w.order, int(t.next))
	}
}

// goOn goes on with the part of the block that begins at the place, and reports whether there is one.
func (w *walk) goOn(d *deciding, at int) bool {
	t := &w.ties
	if at == len(t.season.entries) {
		return false
	}
	w.passOver(d, t.season.expired)
	t.own.fill(d, t.season.entries, at, part)
	t.season, t.all, t.at = &t.own, t.own.open, 0
	return true
}

// mayHold reports whether the rule may be true. Once all are looked up at once
// that is a look at a table, and few are left where matches are rare.
func (d *deciding) mayHold(rule ruleRef) bool {
	return !d.swept || rule < 0 || d.match.Holds(predicate.Rule(rule)) != predicate.False
}

// firstBand queues the first band of what is left of the short tie at hand, or of the tie that comes next. It
// reports whether there is one.
func (w *walk) firstBand(s *slot, d *deciding) bool {
	t := &w.ties
	if t.left == 0 {
		t.open, t.floor = t.all[t.at:], 0
	}
	at := int(t.open[0].place)
	first := &t.season.entries[at]
	if w.bounded && w.ends(first) {
		return false
	}
	t.at, t.left, t.width = int32(at), 0, math.MaxUint64
	if n := w.measure(first); n > bandSize {
		t.width = t.width / uint64(n) * bandSize
	}
	w.nextBand(s, d)
	return true
}

// measure finds the end of the tie, and returns how many entries it has.
func (w *walk) measure(first *entry) (n int) {
	t, blocks := &w.ties, w.order.blocks
	rest, b := blocks[t.next-1].entries[t.at:], int(t.next)
	for ; rest[len(rest)-1].tied(first); b++ {
		n += len(rest)
		if b == len(blocks) {
			t.endNext, t.endAt = b, len(blocks[b-1].entries)
			return n
		}
		rest = blocks[b].entries
	}
	// A tie is all together, and first is the first of it.
	m := sort.Search(len(rest), func(k int) bool { return !rest[k].tied(first) })
	t.endNext, t.endAt = b, len(blocks[b-1].entries)-len(rest)+m
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
	t.band = t.band[:0]
	w.gather(s, d, ceiling)
	t.head, t.end = 0, int32(len(t.band))
	if t.sorted = t.end > 2*bandSize; t.sorted {
		slices.SortFunc(t.band, func(a, b tied) int {
			if w.sooner(d, &a, &b) {
				return -1
			}
			return 1 // no two are equal
		})
	}
	if last {
		w.leave(d)
		return
	}
	t.floor, t.width = ceiling+1, max(t.width, t.width*4)
}

// leave goes behind the long tie.
func (w *walk) leave(d *deciding) {
	t := &w.ties
	if t.width = 0; int(t.next) != t.endNext {
		t.enter(d, w.order, t.endNext-1)
	}
	t.at = int32(sort.Search(len(t.all), func(k int) bool { return int(t.all[k].place) >= t.endAt }))
}

// gather queues the candidates of the long tie whose hashes lie in the band.
func (w *walk) gather(s *slot, d *deciding, ceiling uint64) {
	t := &w.ties
	rest, from := w.order.blocks[t.next-1].entries[t.at:], uint32((t.next-1)*blockSize+t.at)
	base, floor, span := s.tieBase, t.floor, ceiling-t.floor
	for b := int(t.next); ; b++ {
		if b == t.endNext {
			rest = rest[:len(rest)-len(w.order.blocks[b-1].entries)+t.endAt]
		}
		for k := range rest {
			e := &rest[k]
			switch hash := tieOf(base, e.hash); {
			case hash-floor > span:
			case e.inCalendar(d) && d.mayHold(e.rule):
				t.band = append(t.band, tied{hash, from + uint32(k)})
			case e.end < d.seconds:
				w.passOver(d, 1)
			}
		}
		if b == t.endNext {
			return
		}
		rest, from = w.order.blocks[b].entries, uint32(b*blockSize)
	}
}
