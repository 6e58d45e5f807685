package decisioning

import (
	"slices"

	"github.com/proffer-go/proffer/internal/predicate"
)

// sprint moves candidates into the pool, as long as fewer than wanted are, and ties are short. They
// mostly are, and as many candidates are wanted as are proposed: so nearly all of nearly all decisions is
// this loop, and what else would be a step of its own is done here in a few instructions. It leaves what
// takes more to next, which goes on where it stops.
func (w *walk) sprint(s *slot, d *deciding, wanted int) {
	t := &w.ties
	if t.width > 0 || t.head < t.end && !t.short {
		return
	}
	for ; wanted > 0; t.head++ {
		if t.head == t.end && !w.short(s, d) {
			return
		}
		if t.end-t.head > 1 && !least(t.band, t.head, t.end) {
			return // their ids tell
		}
		q := &t.band[t.head]
		truth, rule := predicate.True, t.season.open[q.at].rule
		if w.plain && rule != noRule {
			if truth = d.holds(rule); truth == predicate.False {
				continue
			}
		}
		e := w.placed(int(q.at))
		if !w.plain && !s.passes(d, w, e) || truth != predicate.True && !d.meets(e) {
			continue
		}
		s.take(d, w, e, q.hash)
		wanted--
	}
}

// short queues the tie that comes next if it is short, and else nothing.
func (w *walk) short(s *slot, d *deciding) bool {
	t := &w.ties
	if d.swept && !w.skip(d) || t.at >= len(t.season.open) && !w.goOn(d, t.season.end) {
		return false
	}
	from, at := t.season, t.at
	if at >= len(from.open) {
		return false // nothing of the part is open
	}
	n := int(from.open[at].run)
	if n > shortTie || at+n == len(from.open) && from.end == len(from.entries) && t.next < len(w.order.blocks) {
		return false // the next block may have more of it
	}
	if w.bounded && w.ends(w.placed(at)) {
		return false
	}
	hashTied(t.band, from.open[at:at+n], s.tieBase, uint32(at))
	t.at, t.head, t.end, t.sorted, t.short = at+n, 0, n, false, true
	if d.swept {
		t.end = len(slices.DeleteFunc(t.band[:n], func(q tied) bool { return !d.mayHold(from.open[q.at].rule) }))
	}
	return true
}

// hashTied queues the candidates from a position on. This loop and the next are not inlined, so that the
// compiler has registers enough for them.
//
//go:noinline
func hashTied(band []tied, open []opening, base uint64, at uint32) {
	band = band[:len(open)]
	for i := range open {
		q := &band[i]
		q.hash = tieOf(base, open[i].hash)
		q.at = at
		at++
	}
}

// least moves the candidate with the least hash to the head. It reports false if two may have it.
// It goes by numbers: no processor could foresee a branch on hashes.
//
//go:noinline
func least(band []tied, head, end int) bool {
	band = band[head:end]
	hash, at, equal := band[0].hash, 0, 0
	for i := 1; i < len(band); i++ {
		h := band[i].hash
		equal |= one(h == hash)
		at += (i - at) & -one(h < hash)
		hash = min(hash, h)
	}
	q, first := &band[at], &band[0]
	place := q.at
	q.hash, q.at = first.hash, first.at
	first.hash, first.at = hash, place
	return equal == 0
}

// one is 1 for true.
func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
