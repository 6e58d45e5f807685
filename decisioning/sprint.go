package decisioning

import (
	"math"

	"github.com/proffer-go/proffer/internal/predicate"
)

const (
	shortTie  = 64 // how many candidates a short tie may have
	manyTurns = 8  // of one of these: then it is time to queue the others
)

// sprint moves candidates into the pool, as long as fewer than wanted are, and ties are short. They
// mostly are, and as many candidates are wanted as are proposed: so nearly all of nearly all decisions is
// this loop. It keeps nothing of a tie but the least hash that may come next: of most ties one or two
// candidates have their turn, so that to hash all of them again costs less than a queue. It leaves what
// takes more to next, which goes on where it stops.
func (w *walk) sprint(s *slot, d *deciding, wanted int) {
	t := &w.ties
	if t.width > 0 || t.head < t.end {
		return
	}
	for wanted > 0 {
		if t.left == 0 && !w.short(d) {
			return
		}
		at := t.at
		if t.tied > 1 {
			if t.tied-t.left == manyTurns {
				return
			}
			k, hash := least(t.season.open[at:at+t.tied], s.tieBase, t.floor)
			at += k
			t.floor = hash + 1
		}
		if t.left--; t.left == 0 {
			t.at += t.tied
		}
		o := &t.season.open[at]
		truth := predicate.True
		if w.plain && o.rule != noRule {
			if truth = d.holds(o.rule); truth == predicate.False {
				continue
			}
		}
		e := &t.season.entries[o.place]
		if !w.plain && !s.passes(d, w, e) || truth != predicate.True && !d.meets(e) {
			continue
		}
		s.take(d, w, e)
		wanted--
	}
}

// short begins the tie that comes next, and reports whether there is one that is short.
func (w *walk) short(d *deciding) bool {
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
	for d.swept && !d.mayHold(from.open[at+n-1].rule) { // the first one's may
		n--
	}
	t.tied, t.left, t.floor = n, n, 0
	return true
}

// least returns which of the candidates has the least hash from the floor on, and that hash. One has, and no
// two have the same. It has no branch on hashes, which no processor could foresee, and is not inlined, so that
// the compiler has registers enough for it.
//
//go:noinline
func least(open []opening, base, floor uint64) (at int, hash uint64) {
	above := uint64(math.MaxUint64)
	for i := range open {
		h := tieOf(base, open[i].hash) - floor // those below it are far above
		if h < above {
			at = i
		}
		above = min(above, h)
	}
	return at, above + floor
}
