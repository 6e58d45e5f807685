package decisioning

import "context"

// inOrder makes the sequential plan: each slot takes the best candidates that those
// before it leave. What is not read yet of the counters is taken to have room. As soon
// as that turns out wrong the plan is made again, from the candidates that are there.
func (d *deciding) inOrder(ctx context.Context) error {
	for {
		learnt := d.learnt
		waiting := d.serve(ctx)
		if d.learnt != learnt {
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
	}
}

// serve lets every slot choose, in order. It reports whether one waits for what is known of
// the counters: the application scores those that have room.
func (d *deciding) serve(ctx context.Context) (waiting bool) {
	c := &d.contest
	c.taken = resize(c.taken, len(d.ledger.lines))
	clear(c.taken)
	c.owner.reset(d.seating.wanted)
	for i := range d.slots {
		s := &d.slots[i]
		switch {
		case s.boundActivity == nil:
		case s.batched && d.ledger.fresh == 0 && len(d.ledger.lines) > 0:
			waiting = true
		default:
			if s.learnt != d.learnt {
				s.relist(ctx, d)
			}
			s.serve(d, int32(i))
		}
	}
	return waiting
}

// serve chooses the best candidates that are to be had, and draws for as long as there are
// too few. Where this is because others turned out full it draws some more, each time
// twice as many, so that the counters are read in few rounds.
func (s *slot) serve(d *deciding, number int32) {
	drawn, n, chosen := len(s.pool), 0, resize(s.chosen, s.count)
	for k := 0; n < len(chosen); k++ {
		if k >= len(s.list) && !s.lists(d, len(chosen)-n) {
			break
		}
		if i := s.list[k]; d.grab(number, &s.pool[i]) {
			chosen[n] = i
			n++
		}
	}
	s.chosen = chosen[:n]
	switch {
	case drawn == len(s.pool):
	case s.extra == 0:
		s.extra = 1 // the next time
	default:
		s.drawMore(d)
	}
}

// drawMore draws more candidates than are wanted now.
func (s *slot) drawMore(d *deciding) {
	more := s.extra
	if d.engine.counter.isLocal() {
		more /= 2 // a further round costs little there
	}
	for range more {
		if !s.lists(d, 1) {
			break
		}
	}
	s.extra *= 2
}

// lists makes the list longer by one candidate, of as many as are wanted, and reports whether there was one.
func (s *slot) lists(d *deciding, wanted int) bool {
	for n := len(s.list); len(s.list) <= n; { // below it where a filter failed
		switch {
		case s.considered < len(s.pool):
			s.consider(d)
		case !s.draw(d, wanted):
			return false
		}
	}
	return true
}

// grab takes the offer for the slot, and its units, if they are to be had.
func (d *deciding) grab(slot int32, r *ranked) bool {
	if r.draw.from < r.draw.to && !d.haveRoom(&r.draw) {
		return false
	}
	c := &d.contest
	if !d.request.AllowDuplicates && c.owner.put(r.offer, slot) != slot {
		return false
	}
	for _, l := range d.ledger.of(&r.draw) {
		c.taken[l]++
	}
	return true
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
