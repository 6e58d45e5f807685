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
	hash  uint64
	draw  draw
	shown uint8 // as its entry has it
	low   bool  // below the selection's least score; only in traces
}

func (r *ranked) scored() bool { return !math.IsNaN(r.score) }

// compare orders by tier, then score, then the tie hash. Without a score an
// offer comes after all scored ones of its tier, by priority.
func (r *ranked) compare(d *deciding, o *ranked) int {
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
	a, b := d.option(r.offer).offer, d.option(o.offer).offer
	if !r.scored() && a.Priority != b.Priority {
		return cmp.Compare(b.Priority, a.Priority)
	}
	if r.hash != o.hash {
		return cmp.Compare(r.hash, o.hash)
	}
	return cmp.Compare(a.ID, b.ID)
}

// fill draws candidates until as many as needed are loose, as far as is known, or
// there are no more.
func (s *slot) fill(d *deciding) {
	if s.loose >= s.need {
		return
	}
	for s.loose < s.need+s.extra && !s.dry {
		s.drawNext(d)
		if s.considered < len(s.pool) {
			s.considered++
			s.consider(d, int32(s.considered-1))
		}
	}
}

// drawNext moves the next candidate that passes into the pool.
func (s *slot) drawNext(d *deciding) {
	for s.walking < len(s.walks) {
		w := &s.walks[s.walking]
		q := w.next(s, d)
		if q.entry == nil {
			s.walking++
			continue
		}
		if s.lets(d, w, &q) {
			s.admit(d, w, &q)
			return
		}
	}
	s.dry = true
}

// lets reports whether the candidate passes. That it has passed counts only while no
// filter has failed.
func (s *slot) lets(d *deciding, w *walk, q *queued) bool {
	return q.passed && !s.barred || !q.passed && s.passes(d, w, q.entry)
}

func (s *slot) admit(d *deciding, w *walk, q *queued) {
	n := len(s.pool)
	s.pool = resize(s.pool, n+1)
	r, e := &s.pool[n], q.entry
	r.offer, r.tier, r.score, r.hash, r.shown = e.offer, w.tier, q.score, q.hash, e.shown
	r.low = w.ranking.leavesOut(q.score, math.IsNaN(q.score))
	r.draw = draw{}
	if e.limited || len(s.strategy.cappers) > 0 {
		r.draw = d.draw(s, d.option(e.offer))
		s.draws = s.draws || !r.draw.free()
	}
}

// consider enters the candidate of the pool in the list of those that may be chosen,
// if nothing that is known is against it and a plan may need it.
func (s *slot) consider(d *deciding, i int32) {
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

// relist empties the list if what it reckons with is not what is known now.
func (s *slot) relist(ctx context.Context, d *deciding) {
	if s.learnt == d.learnt {
		return
	}
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
	s.relist(ctx, d)
	for s.considered < len(s.pool) && s.loose < s.need {
		s.considered++
		s.consider(d, int32(s.considered-1))
	}
}

// collect draws all candidates, for those who need to see them together: a ranker or
// model of the application, and a trace.
func (s *slot) collect(d *deciding) {
	for i := range s.walks {
		w := &s.walks[i]
		if !w.ranking.batched(d) {
			for q := w.next(s, d); q.entry != nil; q = w.next(s, d) {
				if s.lets(d, w, &q) {
					s.admit(d, w, &q)
				}
			}
			continue
		}
		s.batched = true
		for e := range w.order.all {
			if e.open(d) && s.passes(d, w, e) {
				s.admit(d, w, &queued{entry: e, hash: tieOf(s.tieBase, e.hash), score: math.NaN()})
			}
		}
	}
	s.dry = true
}
