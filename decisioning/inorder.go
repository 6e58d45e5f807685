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
			s.relist(ctx, d)
			s.serve(d, int32(i))
		}
	}
	return waiting
}

// serve chooses the best candidates that are to be had, and draws for as long as there are
// too few. Where this is because others turned out full it draws some more, each time
// twice as many, so that the counters are read in few rounds.
func (s *slot) serve(d *deciding, number int32) {
	s.chosen = s.chosen[:0]
	drawn := len(s.pool)
	for k := 0; len(s.chosen) < s.ref.Count; k++ {
		if k >= len(s.list) && !s.lists(d) { // beyond it where a filter failed
			break
		}
		if d.grab(number, &s.pool[s.list[k]]) {
			s.chosen = append(s.chosen, s.list[k])
		}
	}
	if drawn == len(s.pool) {
		return
	}
	more := s.extra
	if d.engine.counter.isLocal() {
		more /= 2 // a further round costs little there
	}
	for range more {
		if !s.lists(d) {
			break
		}
	}
	s.extra = max(1, 2*s.extra)
}

// lists makes the list longer by one candidate, and reports whether there was one.
func (s *slot) lists(d *deciding) bool {
	n := len(s.list)
	for len(s.list) <= n { // below it where a filter failed
		if s.considered == len(s.pool) {
			if s.dry {
				return false
			}
			s.drawNext(d)
			continue
		}
		s.considered++
		s.consider(d, int32(s.considered-1))
	}
	return true
}

// grab takes the offer for the slot, and its units, if they are to be had.
func (d *deciding) grab(slot int32, r *ranked) bool {
	c := &d.contest
	if r.draw.from == r.draw.to { // which most do
		return d.request.AllowDuplicates || c.owner.put(r.offer, slot) == slot
	}
	lines := d.ledger.of(&r.draw)
	for len(c.taken) < len(d.ledger.lines) {
		c.taken = append(c.taken, 0)
	}
	for _, l := range lines {
		if d.binds(l) && c.taken[l] >= d.ledger.lines[l].units() {
			return false
		}
	}
	if !d.request.AllowDuplicates && c.owner.put(r.offer, slot) != slot {
		return false
	}
	for _, l := range lines {
		c.taken[l]++
	}
	return true
}
