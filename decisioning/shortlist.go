package decisioning

import (
	"math"
	"slices"
)

// A shortlist keeps the candidates of a slot that a plan may need. All slots
// together propose at most so many offers: if a plan uses a candidate beyond a
// slot's first so many among those that no counter can hold back, one of these is free
// and at least as good. Whatever a counter may hold back stays in.
type shortlist struct {
	slot    *slot
	d       *deciding
	tieBase uint64
	most    int
	free    []ranked // the best, in order
	bound   []ranked // by a counter
}

// add enters the offer with its score, unless that is below the selection's least.
func (l *shortlist) add(o, tier int, score float64) {
	s := l.slot
	score = s.valid(score)
	if least := s.rankings[tier].minScore; !(score >= least) && !math.IsInf(least, -1) {
		s.excludeBelow(o, score, least)
		return
	}
	r := ranked{offer: int32(o), tier: int32(tier), score: score, option: &l.d.binding.snapshot.options[o]}
	r.hash = tieOf(l.tieBase, r.option.hash)
	if l.d.holdsBack(l.d.draw(s, r.offer)) {
		l.bound = append(l.bound, r)
		return
	}
	full := len(l.free) == l.most
	if full && r.compare(&l.free[l.most-1]) > 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(l.free, r, func(a, b ranked) int { return a.compare(&b) })
	if full {
		l.free = l.free[:l.most-1]
	}
	l.free = slices.Insert(l.free, at, r)
}

// ranked returns the list in rank order.
func (l *shortlist) ranked() []ranked {
	if len(l.bound) == 0 {
		return l.free
	}
	all := append(l.free, l.bound...)
	slices.SortFunc(all, func(a, b ranked) int { return a.compare(&b) })
	return all
}

// binds reports whether the line has less room than this decision may ask for.
func (d *deciding) binds(l *line) bool {
	return l.takes() && !d.ledger.down(l) && l.room() < int64(d.wanted)
}

// holdsBack reports whether a line of the draw binds.
func (d *deciding) holdsBack(w *draw) bool {
	for _, i := range w.lines {
		if d.binds(&d.ledger.lines[i]) {
			return true
		}
	}
	return false
}
