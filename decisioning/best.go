package decisioning

import (
	"cmp"
	"math"
	"slices"
)

// Of candidates that the request scores, too, only the best few are wanted. They are
// served in bands, each of which waits in a heap. Where a band ends is told by a sample
// (Floyd, Rivest: Expected time bounds for selection, CACM 18, 1975): a poor guess makes
// it longer or shorter, and nothing else. So a decision compares all scores with two
// numbers, and hashes, dates and sorts a few candidates.
const (
	// firstBand is how many candidates the first band is meant to hold, and growth how
	// many times as many the next ones are.
	firstBand, growth = 32, 8
	// One of so many candidates tells where a band ends, but so many at most.
	sampled, maxSample = 16, 256
	// sparse is how many offers a block may span for each that it has for all their
	// scores to be looked at, one after the other.
	sparse = 4
)

// Bests are where a walk is among the candidates that the request scores.
type bests struct {
	tally int    // the number of the scores that it goes by; 0: they were not looked for
	size  int    // how many candidates the last band was meant to hold
	after queued // the last one of that band, if it had one: the next begins after it
	dry   bool   // no band follows
}

// nextOfBest returns the best candidate that was not served yet, without an entry after the
// last.
func (w *walk) nextOfBest(s *slot, d *deciding) queued {
	for len(w.heap) == 0 {
		if w.bests.dry {
			return queued{}
		}
		w.queue = w.queue[:0]
		w.queueBest(s, d)
		w.heapify(d)
	}
	return w.pop(d)
}

// queueBest queues the next band, which may turn out empty.
func (w *walk) queueBest(s *slot, d *deciding) {
	t := d.tally(s, w)
	if t == nil {
		w.bests.dry = true
		w.score(s, d)
		return
	}
	b := band{w: w, s: s, d: d, tally: t}
	b.guess()
	b.gather()
	w.bests.after, w.bests.dry = b.until, b.until.entry == nil
}

// A band is the candidates that come after the bands before it, up to one of them.
type band struct {
	w     *walk
	s     *slot
	d     *deciding
	tally *tally
	until queued // without an entry: the band has all that are left
}

// score returns what the tally has for the entry, which is the n-th of the order.
func (b *band) score(e *entry, n int) float64 {
	if b.tally.whole {
		return b.tally.scores[e.offer]
	}
	return b.tally.scores[n]
}

// guess finds where a band of the wanted size is likely to end.
func (b *band) guess() {
	w := b.w
	size, n := max(firstBand, w.bests.size*growth), w.order.n
	w.bests.size = size
	if n <= 4*size {
		return
	}
	sample := min(n/sampled, maxSample)
	expired := w.expired
	b.sample(n / sample)
	w.passOver(b.d, (w.expired-expired)*(n/sample-1)) // each stands for others that nobody looks at
	// As many of the sample lie in the band as the wanted ones are of all.
	if within := (size*sample + n - 1) / n; within < len(w.queue) {
		w.heapify(b.d)
		for range within {
			b.until = w.pop(b.d)
		}
	}
	w.queue, w.heap = w.queue[:0], w.heap[:0]
}

// sample enters one of so many candidates each, by chance, as inventories repeat themselves.
func (b *band) sample(each int) {
	from, next := 0, 0
	for _, in := range b.w.order.blocks {
		block := in.entries
		for next < from+len(block) {
			e := &block[next-from]
			b.enter(e, b.score(e, next))
			next += 1 + int(mix(uint64(next))%uint64(2*each))
		}
		from += len(block)
	}
}

// gather queues the candidates of the band. Where few of the scores of a block are high
// enough it goes over these alone.
func (b *band) gather() {
	low, high, scored := b.bounds()
	few := scored && b.until.entry != nil && b.tally.whole
	next := 0
	for _, in := range b.w.order.blocks {
		block, first := in.entries, next
		next += len(block)
		from, to := block[0].offer, block[len(block)-1].offer+1
		if few && int(to-from) <= sparse*len(block) {
			for i, v := range b.tally.scores[from:to] {
				if low <= v && v <= high {
					b.find(block, from+int32(i))
				}
			}
			continue
		}
		for i := range block {
			e := &block[i]
			if v := b.score(e, first+i); !scored || low <= v && v <= high {
				b.enter(e, v)
			}
		}
	}
}

// bounds returns between which scores those of the band lie. Not scored: it may also have
// candidates without one.
func (b *band) bounds() (low, high float64, scored bool) {
	low, high = b.w.ranking.minScore, math.Inf(1)
	if b.until.entry != nil {
		low = b.until.score // NaN: none
	}
	if b.w.bests.after.entry != nil {
		high = b.w.bests.after.score
	}
	return low, high, low > math.Inf(-1) && high <= math.Inf(1)
}

// find enters the offer if the block has it.
func (b *band) find(block []entry, o int32) {
	at, found := slices.BinarySearchFunc(block, o, func(e entry, o int32) int { return cmp.Compare(e.offer, o) })
	if found {
		b.enter(&block[at], b.tally.scores[o])
	}
}

// enter queues the candidate if it is one of the band.
func (b *band) enter(e *entry, score float64) {
	w, d := b.w, b.d
	score = valid(score, b.s.weight)
	if w.ranking.leavesOut(score, math.IsNaN(score)) || !d.mayHold(e.rule) {
		return
	}
	q := queued{entry: e, hash: tieOf(b.s.tieBase, e.hash), score: score}
	switch {
	case w.bests.after.entry != nil && !w.bests.after.before(d, &q), b.until.entry != nil && b.until.before(d, &q):
	case e.open(d):
		w.queue = append(w.queue, q)
	case e.end < d.seconds:
		w.passOver(d, 1)
	}
}
