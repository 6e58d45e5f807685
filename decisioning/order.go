package decisioning

import (
	"cmp"
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// An entry is an offer where it stands in an order, with all that is looked at
// before the offer itself is.
type entry struct {
	score      float64 // or the ordinal of the priority, which orders those without a score
	hash       uint64  // of the offer's id, for ties
	start, end int64   // the calendar, in Unix seconds
	offer      int32
	bundle     int32
	rule       ruleRef
	shown      uint8 // the representation for the activity's placement, if it is below manyShown
	limited    bool  // by caps or contact policies
	unscored   bool
}

// manyShown is how many representations are numbered.
const manyShown = math.MaxUint8

// open reports whether the offer may be proposed at all at this instant.
func (e *entry) open(d *deciding) bool {
	return e.inCalendar(d) && (len(d.excluded) == 0 || !d.excludes(e.offer))
}

// inCalendar is mostly plain, and then costs no call.
func (e *entry) inCalendar(d *deciding) bool {
	return e.start < d.seconds && d.seconds < e.end || e.atBound(d)
}

// atBound is inCalendar in the second of a bound, where its nanoseconds tell.
func (e *entry) atBound(d *deciding) bool {
	return e.start <= d.seconds && d.seconds <= e.end && d.option(e.offer).offer.Open(d.now)
}

func (e *entry) tied(o *entry) bool { return e.score == o.score && e.unscored == o.unscored }

// scoreOrNaN returns the score, NaN for none.
func (e *entry) scoreOrNaN() float64 {
	if e.unscored {
		return math.NaN()
	}
	return e.score
}

// priorTo reports whether the entry, whose score is its priority, has the greater one.
func (e *entry) priorTo(o *entry) bool {
	if e.unscored != o.unscored {
		return e.unscored // which is too great for a score
	}
	return e.score > o.score
}

// ordinal returns a number for the priority. They are in the order of the priorities,
// and exact, which the priorities themselves are not as numbers of this kind.
func ordinal(priority int64) float64 {
	const middle = 1 << 62
	if priority < middle {
		return -math.Float64frombits(uint64(middle - priority))
	}
	return math.Float64frombits(uint64(priority - middle))
}

// A spot is what places an entry in an order: little, so that it is sorted quickly.
type spot struct {
	score    float64
	offer    int32
	unscored bool
	from     uint32 // where the entry is, to whom that matters
}

// compare orders spots by score, those without one last and by priority, and tied ones
// by their index.
func (s spot) compare(o spot) int {
	if s.unscored != o.unscored {
		if o.unscored {
			return -1
		}
		return 1
	}
	switch { // no score here is NaN
	case s.score > o.score:
		return -1
	case s.score < o.score:
		return 1
	}
	return cmp.Compare(s.offer, o.offer)
}

// bounds returns a calendar in Unix seconds. An absent bound lies beyond every
// instant.
func bounds(start, end time.Time) (from, until int64) {
	from, until = math.MinInt64, math.MaxInt64
	if !start.IsZero() {
		from = start.Unix()
	}
	if !end.IsZero() {
		until = end.Unix()
	}
	return from, until
}

// An order is the candidates of a selection in rank order, as far as no request
// changes it: tied ones stand by their indexes. It is immutable. With and without
// return an order that shares all blocks but one.
type order struct {
	blocks  []*block // none is empty
	n       int
	byIndex bool // they stand by their indexes alone: requests score them

	policies []int32 // all that may suppress one of them, and perhaps more
	blanket  []int32 // counters that all of them draw on, perhaps not every one
}

// A block is some entries of an order, one behind the other. It is immutable, but for what decisions remember.
type block struct {
	entries []entry
	season  atomic.Pointer[season] // the latest that decisions came by
	bound   atomic.Int64           // a second in which a calendar begins or ends, perhaps second 0
}

// blockSize is how many entries a block has at most, which is what a change copies.
const blockSize = 256

func newBlock(entries []entry) *block { return &block{entries: entries} }

// A roll collects entries for an order, in blocks that are full but for the last one:
// to let one list of them grow would copy each twice.
type roll [][]entry

func (r *roll) add(e entry) {
	n := len(*r)
	if n == 0 {
		*r, n = append(*r, nil), 1 // which grows, as most orders of a small catalog are short
	} else if len((*r)[n-1]) == blockSize {
		*r, n = append(*r, make([]entry, 0, blockSize)), n+1
	}
	(*r)[n-1] = append((*r)[n-1], e)
}

// newOrder returns the order of the entries of the rolls.
func newOrder(byIndex bool, bundles []bundle, rolls ...roll) *order {
	o := &order{byIndex: byIndex}
	blocks := slices.Concat(rolls...)
	n := 0
	for _, block := range blocks {
		n += len(block)
	}
	spots := make([]spot, 0, n)
	for b, block := range blocks {
		for i := range block {
			at := o.spot(&block[i])
			at.from = uint32(b*blockSize + i)
			spots = append(spots, at)
		}
	}
	slices.SortFunc(spots, spot.compare)
	entries := make([]entry, n)
	seen := make([]bool, len(bundles))
	for i, at := range spots {
		e := &entries[i]
		*e = blocks[at.from/blockSize][at.from%blockSize]
		if !seen[e.bundle] {
			o.join(&bundles[e.bundle])
			seen[e.bundle] = true
		}
		o.n++
	}
	for block := range slices.Chunk(entries, blockSize*3/4) { // the first additions split nothing
		o.blocks = append(o.blocks, newBlock(block))
	}
	return o
}

// spot returns where the entry belongs.
func (o *order) spot(e *entry) spot {
	if o.byIndex {
		return spot{offer: e.offer}
	}
	return spot{score: e.score, offer: e.offer, unscored: e.unscored}
}

func (o *order) compare(a, b *entry) int { return o.spot(a).compare(o.spot(b)) }

// find returns where the entry stands, or would stand.
func (o *order) find(e *entry) (in, at int, found bool) {
	in, _ = slices.BinarySearchFunc(o.blocks, e, func(b *block, e *entry) int { return o.compare(&b.entries[len(b.entries)-1], e) })
	if in = min(in, len(o.blocks)-1); in < 0 {
		return 0, 0, false
	}
	at, found = slices.BinarySearchFunc(o.blocks[in].entries, e, func(a entry, e *entry) int { return o.compare(&a, e) })
	return in, at, found
}

// join reckons with the bundle of a further candidate.
func (o *order) join(b *bundle) {
	for _, p := range b.policies {
		if at, found := slices.BinarySearch(o.policies, p); !found {
			o.policies = slices.Insert(slices.Clip(o.policies), at, p)
		}
	}
	draws := func(id int32) bool { return slices.ContainsFunc(b.limits, func(l limit) bool { return l.id == id }) }
	switch {
	case o.n == 0:
		o.blanket = nil
		for i := range b.limits {
			o.blanket = append(o.blanket, b.limits[i].id)
		}
	case !allOf(o.blanket, draws):
		o.blanket = slices.DeleteFunc(slices.Clone(o.blanket), func(id int32) bool { return !draws(id) })
	}
}

func allOf(ids []int32, is func(int32) bool) bool {
	return !slices.ContainsFunc(ids, func(id int32) bool { return !is(id) })
}

// with returns the order with the entry, which it does not have yet.
func (o *order) with(e *entry, b *bundle) *order {
	next := &order{n: o.n, byIndex: o.byIndex, policies: o.policies, blanket: o.blanket}
	next.join(b)
	next.n++
	next.blocks = o.insert(e)
	return next
}

// insert returns the blocks with the entry.
func (o *order) insert(e *entry) []*block {
	if len(o.blocks) == 0 {
		return []*block{newBlock([]entry{*e})}
	}
	i, at, _ := o.find(e)
	grown := slices.Insert(slices.Clone(o.blocks[i].entries), at, *e)
	blocks := slices.Clone(o.blocks)
	blocks[i] = newBlock(grown)
	if half := len(grown) / 2; len(grown) > blockSize {
		blocks[i] = newBlock(slices.Clone(grown[:half]))
		blocks = slices.Insert(blocks, i+1, newBlock(slices.Clone(grown[half:])))
	}
	return blocks
}

// without returns the order without the entry.
func (o *order) without(e *entry) *order {
	i, at, found := o.find(e)
	if !found {
		return o
	}
	blocks := slices.Clone(o.blocks)
	if from := blocks[i].entries; len(from) == 1 {
		blocks = slices.Delete(blocks, i, i+1)
	} else {
		blocks[i] = newBlock(slices.Concat(from[:at], from[at+1:]))
	}
	return &order{blocks: blocks, n: o.n - 1, byIndex: o.byIndex, policies: o.policies, blanket: o.blanket}
}

// all yields the entries in order.
func (o *order) all(yield func(*entry) bool) {
	for _, b := range o.blocks {
		for i := range b.entries {
			if !yield(&b.entries[i]) {
				return
			}
		}
	}
}
