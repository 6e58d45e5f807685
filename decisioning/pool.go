package decisioning

import (
	"cmp"
	"context"
	"math"
)

// A ranked candidate passed all constraints but the counters, which may still
// hold it back.
type ranked struct {
	offer int32
	tier  int32
	score float64 // NaN: none
	draw  draw
	shown uint8 // as its entry has it
	low   bool  // below the selection's least score; only in traces
}

func (r *ranked) scored() bool { return !math.IsNaN(r.score) }

// compare orders by tier, then score, then the tie hash. Without a score an
// offer comes after all scored ones of its tier, by priority.
func (r *ranked) compare(s *slot, d *deciding, o *ranked) int {
	if r.tier != o.tier {
		return cmp.Compare(r.tier, o.tier)
	}
	if r.scored() != o.scored() {
		if r.scored() {
			return -1
		}
		return 1
	}
	if r.scored() && r.score != o.score {
		return cmp.Compare(o.score, r.score)
	}
	a, b := d.option(r.offer), d.option(o.offer)
	if !r.scored() && a.offer.Priority != b.offer.Priority {
		return cmp.Compare(b.offer.Priority, a.offer.Priority)
	}
	return cmp.Or(cmp.Compare(tieOf(s.tieBase, a.hash), tieOf(s.tieBase, b.hash)), cmp.Compare(a.offer.ID, b.offer.ID))
}

// fill draws candidates until as many as needed are loose, as far as is known, or
// there are no more.
func (s *slot) fill(d *deciding) {
	if s.loose >= s.need {
		return
	}
	if len(s.pool) == 0 && !s.dry && int(s.walking) < len(s.walks) { // as mostly, which spares some steps
		s.walks[s.walking].sprint(s, d, int(s.need+s.extra), nobody)
	}
	for s.loose < s.need+s.extra && (int(s.considered) < len(s.pool) || s.draw(d, int(s.need+s.extra-s.loose))) {
		if int(s.considered) < len(s.pool) {
			s.consider(d)
		}
	}
}

// draw takes the next candidates that pass, of which so many are wanted at most, and reports whether there was one.
func (s *slot) draw(d *deciding, wanted int) bool {
	for ; int(s.walking) < len(s.walks) && !s.dry; s.walking++ {
		w, before := &s.walks[s.walking], len(s.pool)
		if w.sprint(s, d, wanted, nobody); len(s.pool) > before {
			return true
		}
		if e, score := w.next(s, d); e != nil {
			s.weigh(d, w, e, score)
			return true
		}
	}
	s.dry = true
	return false
}

// weigh moves the candidate into the pool, and considers it. It reports whether it is listed.
func (s *slot) weigh(d *deciding, w *walk, e *entry, score float64) bool {
	s.admit(d, w, e, score)
	listed := len(s.list)
	s.consider(d)
	return len(s.list) > listed
}

// take is weigh where nothing speaks against the candidate, and chooses it for the slot with the number by, if it is
// to be had.
func (s *slot) take(d *deciding, w *walk, o *opening, score float64, by int32) bool {
	n := len(s.pool)
	s.pool = resize(s.pool, n+1)
	r := &s.pool[n]
	r.offer, r.tier, r.score, r.shown, r.low = o.offer, w.tier, score, o.shown, false
	r.draw.from, r.draw.to, r.draw.missing, r.draw.broken = 0, 0, false, false
	s.list = append(s.list, int32(n))
	s.considered = int32(n + 1)
	s.loose++
	switch {
	case by == nobody:
	case d.request.AllowDuplicates, d.contest.owner.puts(o.offer, by), d.rob(o.offer, by): // as own, without a call
		s.chosen = append(s.chosen, int32(n))
	default:
		s.wanting = true
		return false
	}
	return true
}

// admit moves the candidate into the pool.
func (s *slot) admit(d *deciding, w *walk, e *entry, score float64) {
	n := len(s.pool)
	s.pool = resize(s.pool, n+1)
	r := &s.pool[n]
	r.offer, r.tier, r.score, r.shown = e.offer, w.tier, score, e.shown
	r.low = w.ranking.leavesOut(score, math.IsNaN(score))
	r.draw = draw{}
	if e.limited || s.capped(d) {
		r.draw = d.draw(s, d.option(e.offer))
		s.draws = s.draws || !r.draw.free()
	}
}

// consider enters the next candidate of the pool in the list of those that may be chosen,
// if nothing that is known is against it and a plan may need it.
func (s *slot) consider(d *deciding) {
	i := s.considered
	s.considered++
	switch r := &s.pool[i]; {
	case r.low:
		return
	case r.draw.free():
		s.loose++
	case d.capped(&r.draw) != "" || s.spares(d, &r.draw):
		return
	}
	s.list = append(s.list, i)
}

// relist empties the list, as what it reckons with is not what is known now.
func (s *slot) relist(ctx context.Context, d *deciding) {
	s.learnt = d.learnt
	if s.draws || s.batched { // what draws on nothing no counter holds back
		s.unlist()
	}
	if s.batched {
		s.rank(ctx, d)
	}
}

// unlist empties the list.
func (s *slot) unlist() {
	s.list, s.loose, s.considered, s.holds = s.list[:0], 0, 0, false
}

// reconsider makes the list what it has to be by what is known and needed now.
func (s *slot) reconsider(ctx context.Context, d *deciding) {
	if s.learnt != d.learnt {
		s.relist(ctx, d)
	}
	for int(s.considered) < len(s.pool) && s.loose < s.need {
		s.consider(d)
	}
}

// collect draws all candidates, for those who need to see them together: a ranker or
// model of the application, and a trace.
func (s *slot) collect(d *deciding) {
	for i := range s.walks {
		w := &s.walks[i]
		if !w.ranking.batched(d) {
			for e, score := w.next(s, d); e != nil; e, score = w.next(s, d) {
				s.admit(d, w, e, score)
			}
			continue
		}
		s.batched, s.learnt = true, 0 // it has to be ranked
		for e := range w.order.all {
			if e.open(d) && s.passes(d, w, e) {
				s.admit(d, w, e, math.NaN())
			}
		}
	}
	s.dry = true
}
