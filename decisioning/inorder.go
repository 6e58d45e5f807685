package decisioning

import "context"

// inOrder makes the sequential plan: each slot takes the best candidates that those
// before it leave. What is not read yet of the counters is taken to have room. As soon
// as that turns out wrong the plan is mended, or made again, from the candidates that are there.
func (d *deciding) inOrder(ctx context.Context) error {
	for mends := false; ; {
		learnt, waiting := d.learnt, false
		if mends {
			d.mend(ctx)
		} else {
			waiting = d.serve(ctx)
		}
		if mends = false; d.learnt != learnt {
			continue // a limit turned out lower than others have it, or a filter failed
		}
		if d.known() {
			return nil
		}
		if err := d.usage(ctx); err != nil {
			return err
		}
		if d.learnt == learnt && !waiting {
			return nil
		}
		mends = d.mayMend()
	}
}

// serve lets every slot choose, in order. It reports whether one waits for what is known of
// the counters: the application scores those that have room.
func (d *deciding) serve(ctx context.Context) (waiting bool) {
	d.contest.emptied(len(d.ledger.lines))
	d.contest.owner.reset(d.seating.wanted)
	for i := range d.slots {
		switch s := &d.slots[i]; {
		case s.boundActivity == nil:
		case s.batched && d.ledger.fresh == 0 && len(d.ledger.lines) > 0:
			waiting = true
		default:
			s.serve(ctx, d, int32(i))
		}
	}
	return waiting
}

// mend mends the last plan: only those slots choose again that could choose otherwise now, which are those that draw on
// counters, those that lost an offer to one before them, and, once an offer is given back, those that had to go without one.
func (d *deciding) mend(ctx context.Context) {
	returned := false
	for i := range d.slots {
		if s := &d.slots[i]; s.boundActivity != nil && s.mayDiffer(returned) {
			returned = d.giveBack(s, int32(i)) || returned
			s.serve(ctx, d, int32(i))
		}
	}
}

// mayDiffer reports whether the slot may have another choice in a mended plan.
func (s *slot) mayDiffer(returned bool) bool { return s.draws || s.robbed || returned && s.wanting }

// mayMend reports whether nothing stands between slots but offers that exclude each other: then it is plain which
// of them something learnt of the counters concerns.
func (d *deciding) mayMend() bool {
	if d.seating.scored || d.ledger.unread {
		return false
	}
	for i := range d.ledger.lines {
		if d.binds(int32(i)) && d.ledger.lines[i].room() > 0 {
			return false
		}
	}
	return true
}

// giveBack gives back what the slot has chosen, and reports whether it was anything.
func (d *deciding) giveBack(s *slot, number int32) (some bool) {
	for _, k := range s.chosen {
		some = d.contest.owner.remove(s.pool[k].offer, number) || some
	}
	return some
}

// serve chooses the best candidates that are to be had, and draws for as long as there are
// too few. Where this is because others turned out full it draws some more, each time
// twice as many, so that the counters are read in few rounds.
func (s *slot) serve(ctx context.Context, d *deciding, number int32) {
	if s.learnt != d.learnt {
		s.relist(ctx, d)
	}
	drawn := len(s.pool)
	if drawn > 0 {
		s.chooseAgain(d, number)
	}
	for len(s.chosen) < int(s.count) { // sprint chooses what it lists, the others do not
		listed := len(s.list)
		if int(s.considered) < len(s.pool) {
			s.consider(d)
		} else if s.dry = s.dry || int(s.walking) == len(s.walks); s.dry {
			break
		} else {
			w := &s.walks[s.walking]
			if w.sprint(s, d, int(s.count)-len(s.chosen), number); len(s.chosen) == int(s.count) {
				break // as mostly
			}
			listed = len(s.list)
			if e, score := w.next(s, d); e != nil {
				s.weigh(d, w, e, score)
			} else {
				s.walking++
			}
		}
		if len(s.list) > listed {
			s.choose(d, number, s.list[listed])
		}
	}
	switch {
	case drawn == len(s.pool):
	case s.extra == 0:
		s.extra = 1 // the next time
	default:
		s.drawMore(d)
	}
}

// chooseAgain chooses of the candidates that were drawn.
func (s *slot) chooseAgain(d *deciding, number int32) {
	s.chosen, s.wanting, s.robbed = s.chosen[:0], false, false
	for k := 0; k < len(s.list) && len(s.chosen) < int(s.count); k++ {
		s.choose(d, number, s.list[k])
	}
}

// choose chooses the candidate of the pool if it is to be had, and reports whether it is.
func (s *slot) choose(d *deciding, number, candidate int32) bool {
	if !d.grab(number, &s.pool[candidate]) {
		s.wanting = true
		return false
	}
	s.chosen = append(s.chosen, candidate)
	return true
}

// own makes the slot have the offer, unless one before it has.
func (d *deciding) own(offer, slot int32) bool {
	return d.request.AllowDuplicates || d.contest.owner.puts(offer, slot) || d.rob(offer, slot)
}

// rob is own where another slot may have the offer. One behind it chooses again.
func (d *deciding) rob(offer, slot int32) bool {
	owner := d.contest.owner.put(offer, slot)
	if owner > slot {
		d.contest.owner.set(offer, slot)
		d.slots[owner].robbed = true
	}
	return owner >= slot
}

// drawMore draws more candidates than are wanted now.
func (s *slot) drawMore(d *deciding) {
	more := s.extra
	if d.engine.counter.isLocal() {
		more /= 2 // a further round costs little there
	}
	for range more {
		if !s.lists(d) {
			break
		}
	}
	s.extra *= 2
}

// lists makes the list longer by one candidate, and reports whether there was one.
func (s *slot) lists(d *deciding) bool {
	for n := len(s.list); len(s.list) <= n; { // below it where a filter failed
		switch {
		case int(s.considered) < len(s.pool):
			s.consider(d)
		case !s.draw(d, 1):
			return false
		}
	}
	return true
}

// grab takes the offer for the slot, and its units, if they are to be had.
func (d *deciding) grab(slot int32, r *ranked) bool {
	limited := r.draw.from < r.draw.to
	if limited && !d.haveRoom(&r.draw) {
		return false
	}
	if !d.own(r.offer, slot) {
		return false
	}
	if limited {
		d.takeUnits(&r.draw)
	}
	return true
}

func (d *deciding) takeUnits(w *draw) {
	for _, l := range d.ledger.of(w) {
		d.contest.taken[l]++
	}
}

// haveRoom reports whether the counters have, after what the slots before have taken.
func (d *deciding) haveRoom(w *draw) bool {
	c := &d.contest
	for len(c.taken) < len(d.ledger.lines) {
		c.taken = append(c.taken, 0)
	}
	for _, l := range d.ledger.of(w) {
		if d.binds(l) && c.taken[l] >= d.ledger.lines[l].units() {
			return false
		}
	}
	return true
}
