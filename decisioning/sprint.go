package decisioning

import (
	"math"

	"github.com/proffer-go/proffer/internal/predicate"
)

const (
	shortTie  = 64 // how many candidates a short tie may have
	manyTurns = 8  // of one of these: then it is time to queue the others
)

// nobody is no slot.
const nobody = -1

// sprint moves candidates into the pool, as long as fewer than wanted are listed, or chosen if they are for the
// slot with the number by, and ties are short. They mostly are, and as many candidates are wanted as are
// proposed: so nearly all of nearly all decisions is this loop. It keeps nothing of a tie but the least hash that
// may come next: of most ties one or two candidates have their turn, so that to hash all of them again costs
// less than a queue. It leaves what takes more to next, which goes on where it stops.
func (w *walk) sprint(s *slot, d *deciding, wanted int, by int32) {
	t := &w.ties
	if w.heaped || t.width > 0 || t.head < t.end {
		return
	}
	look := w.bounded || d.swept
	for wanted > 0 {
		o, left := t.hunt(d, s.tieBase, w.plain, look)
		if o == nil {
			if !w.short(d) {
				return
			}
			continue
		}
		truth := predicate.True
		if left != 0 && w.plain {
			if left == unasked {
				truth = d.holds(o.rule)
				look = look || d.swept
			} else {
				truth = d.match.Rest(predicate.Rule(o.rule))
			}
			if truth == predicate.False {
				continue
			}
		}
		e := &t.season.entries[o.place]
		if !w.plain {
			passed := s.passes(d, w, e)
			if look = look || d.swept; !passed {
				continue
			}
		} else if truth != predicate.True && !d.meets(e) {
			continue
		}
		if !o.bare || s.capped(d) {
			if !s.weigh(d, w, e, e.scoreOrNaN()) || by != nobody && !s.choose(d, by, int32(len(s.pool)-1)) {
				continue
			}
		} else if !s.take(d, w, o, e.score, by) {
			continue
		}
		wanted--
	}
}

// unasked is what is left of a rule of which nothing was asked.
const unasked = math.MaxUint32

// hunt returns the next candidate, of the short tie at hand or else of those that come next, that is not outside of the
// bands of its rule, and what these leave to ask: unasked, if they were not asked. It returns none if there is something
// to look at before that. Where more than rules keeps candidates out it asks nothing.
func (t *ties) hunt(d *deciding, base uint64, plain, look bool) (o *opening, left uint32) {
	for {
		switch t.left {
		case 0:
			all, at := t.all, int(t.at)
			if look || at >= len(all) {
				return nil, 0
			}
			n := int(all[at].run)
			if n > shortTie || at+n >= len(all) {
				return nil, 0 // the next block may have more of it
			}
			t.at = int32(at + n)
			if o = &all[at]; n > 1 {
				t.takeUp(all[at : at+n])
				d.match.Touch(predicate.Rule(all[at].rule)) // while hashes are computed
				d.match.Touch(predicate.Rule(all[at+1].rule))
				o = t.least(base)
			}
		case 1:
			if len(t.open) > manyTurns {
				return nil, 0
			}
			t.left, o = 0, &t.open[t.last]
		default:
			o = t.least(base)
		}
		if o.rule == noRule {
			return o, 0
		}
		rule := predicate.Rule(o.rule)
		if !plain || !d.match.HasBands(rule) || !d.visits() {
			return o, unasked
		}
		var outside uint64
		if outside, left = d.match.Sift(rule); outside == 0 {
			return o, left
		}
	}
}

// least returns the candidate of the short tie at hand whose turn it is. It has no branch on hashes, which no processor
// could foresee, and calls nothing, so that all is in registers.
//
//go:noinline
func (t *ties) least(base uint64) *opening {
	open, floor := t.open, t.floor
	// One has a hash from the floor on, and no two have the same.
	at, least := 0, uint64(math.MaxUint64)
	for i := range open {
		h := tieOf(base, open[i].hash) - floor // those below it are far above
		if h < least {
			at = i
		}
		least = min(least, h)
	}
	t.floor = least + floor + 1
	t.left--
	t.last -= int32(at)
	return &open[at]
}

// short begins the tie that comes next where hunt does not, and reports whether there is one that is short.
func (w *walk) short(d *deciding) bool {
	t := &w.ties
	if t.left > 0 {
		return false // many had their turn
	}
	if d.swept && !w.skip(d) || int(t.at) >= len(t.all) && !w.goOn(d, t.season.end) {
		return false
	}
	from, all, at := t.season, t.all, int(t.at)
	if at >= len(all) {
		return false // nothing of the part is open
	}
	n := int(all[at].run)
	if n > shortTie || at+n == len(all) && from.end == len(from.entries) && int(t.next) < len(w.order.blocks) {
		return false // the next block may have more of it
	}
	if w.bounded && w.ends(w.placed(at)) {
		return false
	}
	for d.swept && !d.mayHold(all[at+n-1].rule) { // the first one's may
		n--
	}
	t.at = int32(at + n)
	t.takeUp(all[at : at+n])
	return true
}

// takeUp makes the tie the one at hand.
func (t *ties) takeUp(open []opening) {
	n := int32(len(open))
	t.open, t.left, t.last, t.floor = open, min(n, manyTurns+1), n*(n-1)/2, 0
}
