package decisioning

import (
	"cmp"
	"math"
	"slices"

	"github.com/proffer-go/proffer/internal/predicate"
)

// A walk serves the candidates of one open selection in rank order, for as long
// as somebody asks. Whom it serves is within its calendar and not excluded by the
// request; its rules have not been looked at.
//
// Where no request changes the order, the walk goes from tie to tie. Tied entries
// come by their hashes, which depend on the person: a tie is hashed when it is
// reached, and sorted in bands of rising hashes, so that a tie of thousands of
// which a few are wanted costs one look at each and the sorting of a few.
// Otherwise all candidates are scored first, and wait in a heap.
type walk struct {
	order     *order
	selection *selection
	ranking   *ranking
	tier      int32

	block, at       int    // where the tie begins that comes next
	endBlock, endAt int    // where it ends
	floor, width    uint64 // of the next band of hashes; width 0: the tie is new

	expired int // candidates passed over
	heaped  bool
	ready   bool     // the heap is there
	queue   []queued // a band, or the heap
	sorted  bool     // the band
	head    int      // of the band
}

// A queued candidate waits for its turn.
type queued struct {
	entry  *entry
	hash   uint64
	score  float64 // NaN: none
	passed bool    // its rules have been looked at
}

// bandSize is how many candidates a band is meant to hold.
const bandSize = 24

// begin makes w the walk of an open selection.
func (w *walk) begin(s *slot, d *deciding, tier int) {
	*w = walk{
		selection: &s.selections[tier], ranking: &s.rankings[tier], tier: int32(tier),
		queue: w.queue[:0],
	}
	w.order, w.heaped = d.order(w.ranking), !w.ranking.static
}

// next returns the candidate whose turn it is, nil after the last. It is valid
// until the next call.
func (w *walk) next(s *slot, d *deciding) *queued {
	if w.heaped {
		if !w.ready {
			w.ready = true
			w.score(s, d)
		}
		return w.pop(d)
	}
	for w.head == len(w.queue) {
		if !w.refill(s, d) {
			return nil
		}
	}
	if !w.sorted {
		w.choose(d)
	}
	w.head++
	return &w.queue[w.head-1]
}

// choose moves the candidate with the least hash to the head: of a few candidates
// fewer still are wanted, so that sorting all of them would be waste.
func (w *walk) choose(d *deciding) {
	least := w.head
	for i := w.head + 1; i < len(w.queue); i++ {
		if w.queue[i].earlier(d, &w.queue[least]) {
			least = i
		}
	}
	w.queue[w.head], w.queue[least] = w.queue[least], w.queue[w.head]
}

// earlier orders tied candidates.
func (q *queued) earlier(d *deciding, o *queued) bool {
	return q.hash < o.hash || q.hash == o.hash && d.compareIDs(q.entry, o.entry) < 0
}

// refill queues the next band, which may turn out empty. It reports whether there
// was one.
func (w *walk) refill(s *slot, d *deciding) bool {
	w.queue, w.head = w.queue[:0], 0
	if w.width == 0 {
		w.skip(d)
	}
	if w.block == len(w.order.blocks) {
		return false
	}
	if w.width == 0 {
		first := &w.order.blocks[w.block][w.at]
		if w.ranking.leavesOut(first.score, first.unscored) && !d.tracing() {
			w.block = len(w.order.blocks) // nor does it take any that comes after
			return false
		}
		w.width = math.MaxUint64
		if n := w.ties(first); n > bandSize {
			w.width = w.width / uint64(n) * bandSize
		}
	}
	ceiling := w.floor + w.width
	last := ceiling < w.floor || ceiling == math.MaxUint64
	if last {
		ceiling = math.MaxUint64
	}
	w.gather(s, d, ceiling)
	if last {
		w.block, w.at, w.floor, w.width = w.endBlock, w.endAt, 0, 0
	} else {
		w.floor = ceiling + 1
		w.width = max(w.width, w.width*4)
	}
	return true
}

// skip passes over candidates that are known to be out, up to the first that is not.
func (w *walk) skip(d *deciding) {
	for ; w.block < len(w.order.blocks); w.block, w.at = w.block+1, 0 {
		block := w.order.blocks[w.block]
		for ; w.at < len(block); w.at++ {
			if e := &block[w.at]; !d.mayHold(e) {
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

// ties finds the end of the tie, and returns how many entries it has.
func (w *walk) ties(first *entry) (n int) {
	blocks := w.order.blocks
	b, i := w.block, w.at
	for b < len(blocks) {
		if block := blocks[b]; i == 0 && block[len(block)-1].tied(first) {
			n += len(block)
		} else {
			from := i
			for i < len(block) && block[i].tied(first) {
				i++
			}
			n += i - from
			if i < len(block) {
				break
			}
		}
		b, i = b+1, 0
	}
	w.endBlock, w.endAt = b, i
	return n
}

// gather queues the candidates of the tie whose hashes lie in the band.
func (w *walk) gather(s *slot, d *deciding, ceiling uint64) {
	for b, i := w.block, w.at; b < w.endBlock || b == w.endBlock && i < w.endAt; b, i = b+1, 0 {
		block := w.order.blocks[b][i:]
		if b == w.endBlock {
			block = block[:w.endAt-i]
		}
		for k := range block {
			e := &block[k]
			if !d.mayHold(e) {
				continue
			}
			hash := tieOf(s.tieBase, e.hash)
			if hash < w.floor || hash > ceiling {
				continue
			}
			if e.open(d) {
				w.queue = append(w.queue, queued{entry: e, hash: hash, score: e.scoreOrNaN()})
			} else if e.end < d.seconds {
				w.expired++
			}
		}
	}
	if w.sorted = len(w.queue) > 2*bandSize; w.sorted {
		slices.SortFunc(w.queue, func(a, b queued) int {
			if a.earlier(d, &b) {
				return -1
			}
			return 1 // no two are equal
		})
	}
}

// compareIDs has the last word where even hashes are equal.
func (d *deciding) compareIDs(a, b *entry) int {
	return cmp.Compare(d.option(a.offer).offer.ID, d.option(b.offer).offer.ID)
}

// pop takes the first candidate off the heap. It is valid until the next call.
func (w *walk) pop(d *deciding) *queued {
	n := len(w.queue)
	if n == 0 {
		return nil
	}
	w.queue[0], w.queue[n-1] = w.queue[n-1], w.queue[0]
	w.queue = w.queue[:n-1]
	w.sink(d, 0)
	return &w.queue[:n][n-1]
}

// sink restores the heap below i.
func (w *walk) sink(d *deciding, i int) {
	for {
		child := 2*i + 1
		if child >= len(w.queue) {
			return
		}
		if child+1 < len(w.queue) && w.queue[child+1].before(d, &w.queue[child]) {
			child++
		}
		if !w.queue[child].before(d, &w.queue[i]) {
			return
		}
		w.queue[i], w.queue[child] = w.queue[child], w.queue[i]
		i = child
	}
}

// before orders candidates of a selection by score, then hash. Without a score they
// come last, by priority.
func (q *queued) before(d *deciding, o *queued) bool {
	switch unscored, other := math.IsNaN(q.score), math.IsNaN(o.score); {
	case unscored != other:
		return other
	case !unscored && q.score != o.score:
		return q.score > o.score
	case unscored && d.option(q.entry.offer).offer.Priority != d.option(o.entry.offer).offer.Priority:
		return d.option(q.entry.offer).offer.Priority > d.option(o.entry.offer).offer.Priority
	case q.hash != o.hash:
		return q.hash < o.hash
	default:
		return d.compareIDs(q.entry, o.entry) < 0
	}
}
