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
	block, at       int    // where the tie begins that comes next, or the long one that is at hand
	endBlock, endAt int    // where the long one ends
	floor, width    uint64 // of its next band of hashes; width 0: none is at hand

	band   []tied
	head   int  // of the band: those before it had their turn
	sorted bool // the band
}

// A tied candidate waits for its turn.
type tied struct {
	entry *entry
	hash  uint64
}

// bandSize is how many candidates a band is meant to hold, and a short tie may have.
const bandSize = 8

func (t *ties) begin() {
	t.block, t.at, t.width = 0, 0, 0
	t.band, t.head, t.sorted = t.band[:0], 0, false
}

func (w *walk) nextOfTies(s *slot, d *deciding) queued {
	t := &w.ties
	for t.head == len(t.band) {
		if !w.refill(s, d) {
			return queued{}
		}
	}
	if !t.sorted {
		t.choose(d)
	}
	next := &t.band[t.head]
	t.head++
	return queued{entry: next.entry, hash: next.hash, score: next.entry.scoreOrNaN()}
}

// choose moves the candidate with the least hash to the head: of a few candidates
// fewer still are wanted, so that sorting all of them would be waste.
func (t *ties) choose(d *deciding) {
	rest := t.band[t.head:]
	least := 0
	for i := 1; i < len(rest); i++ {
		if rest[i].earlier(d, &rest[least]) {
			least = i
		}
	}
	rest[0], rest[least] = rest[least], rest[0]
}

// earlier orders tied candidates.
func (q *tied) earlier(d *deciding, o *tied) bool {
	return q.hash < o.hash || q.hash == o.hash && d.compareIDs(q.entry, o.entry) < 0
}

// refill queues the next tie or band, which may turn out empty. It reports whether there
// was one.
func (w *walk) refill(s *slot, d *deciding) bool {
	t := &w.ties
	t.band, t.head, t.sorted = t.band[:0], 0, false
	if t.width > 0 {
		w.nextBand(s, d)
		return true
	}
	w.skip(d)
	if t.block == len(w.order.blocks) {
		return false
	}
	first := &w.order.blocks[t.block][t.at]
	if w.ranking.leavesOut(first.score, first.unscored) && !d.tracing() {
		t.block = len(w.order.blocks) // nor does it take any that comes after
		return false
	}
	if !w.short(s, d, first) {
		t.width = math.MaxUint64
		if n := w.measure(first); n > bandSize {
			t.width = t.width / uint64(n) * bandSize
		}
		t.floor = 0
		w.nextBand(s, d)
	}
	return true
}

// short queues the tie if it is short and does not reach the end of its block, and else
// nothing.
func (w *walk) short(s *slot, d *deciding, first *entry) bool {
	t := &w.ties
	rest := w.order.blocks[t.block][t.at:]
	if rest = rest[:min(len(rest), bandSize+1)]; rest[len(rest)-1].tied(first) {
		return false
	}
	for i := range rest {
		e := &rest[i]
		if !e.tied(first) {
			t.at += i
			break
		}
		w.offer(s, d, e, tieOf(s.tieBase, e.hash))
	}
	return true
}

// offer queues the candidate if nothing that is known is against it.
func (w *walk) offer(s *slot, d *deciding, e *entry, hash uint64) {
	switch {
	case !d.mayHold(e):
	case e.open(d):
		w.ties.band = append(w.ties.band, tied{e, hash})
	case e.end < d.seconds:
		w.expired++
	}
}

// skip passes over candidates that are known to be out, up to the first that is not.
func (w *walk) skip(d *deciding) {
	t := &w.ties
	for ; t.block < len(w.order.blocks); t.block, t.at = t.block+1, 0 {
		block := w.order.blocks[t.block]
		for ; t.at < len(block); t.at++ {
			if e := &block[t.at]; !d.mayHold(e) {
				continue
			} else if e.end >= d.seconds {
				return
			}
			w.expired++
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
	b, i := t.block, t.at
	for ; b < len(blocks); b, i = b+1, 0 {
		rest := blocks[b][i:]
		if rest[len(rest)-1].tied(first) {
			n += len(rest)
			continue
		}
		// A tie is all together, and first is the first of it.
		m := sort.Search(len(rest), func(k int) bool { return !rest[k].tied(first) })
		n, i = n+m, i+m
		break
	}
	t.endBlock, t.endAt = b, i
	return n
}

// nextBand queues the candidates of the long tie whose hashes come next.
func (w *walk) nextBand(s *slot, d *deciding) {
	t := &w.ties
	ceiling := t.floor + t.width
	last := ceiling < t.floor || ceiling == math.MaxUint64
	if last {
		ceiling = math.MaxUint64
	}
	w.gather(s, d, ceiling)
	if t.sorted = len(t.band) > 2*bandSize; t.sorted {
		slices.SortFunc(t.band, func(a, b tied) int {
			if a.earlier(d, &b) {
				return -1
			}
			return 1 // no two are equal
		})
	}
	if last {
		t.block, t.at, t.width = t.endBlock, t.endAt, 0
	} else {
		t.floor, t.width = ceiling+1, max(t.width, t.width*4)
	}
}

// gather queues the candidates of the long tie whose hashes lie in the band.
func (w *walk) gather(s *slot, d *deciding, ceiling uint64) {
	t := &w.ties
	for b, i := t.block, t.at; b < t.endBlock || b == t.endBlock && i < t.endAt; b, i = b+1, 0 {
		block := w.order.blocks[b][i:]
		if b == t.endBlock {
			block = block[:t.endAt-i]
		}
		for k := range block {
			e := &block[k]
			if hash := tieOf(s.tieBase, e.hash); t.floor <= hash && hash <= ceiling {
				w.offer(s, d, e, hash)
			}
		}
	}
}
