package decisioning

import (
	"context"
	"errors"
	"fmt"

	"github.com/proffer-go/proffer/capping"
)

// settle chooses what is proposed and takes its units. A refusal sends it back
// to choose again with what was learnt.
func (d *deciding) settle(ctx context.Context) error {
	d.ledger.begin(d)
	d.beginSession(ctx)
	d.revision, d.contest.matched = 0, 0
	if d.tracing() || d.seating.scored {
		d.collect()
	}
	err := d.propose(ctx)
	if errors.Is(err, capping.ErrNotNew) {
		d.forgetUsage()
		err = d.propose(ctx)
	}
	d.ledger.endSession()
	return err
}

// propose makes plans until the counter grants the units of one.
func (d *deciding) propose(ctx context.Context) error {
	err := d.arbitrate(ctx)
	for refusals := 0; err == nil; refusals++ {
		if d.request.DryRun || d.ledger.unread {
			return cancelled(ctx)
		}
		var again bool
		if again, err = d.reserve(ctx, d.revision, refusals); !again {
			return err
		}
		err = d.arbitrate(ctx)
	}
	return err
}

// collect draws all candidates of the slots where somebody has to see them together.
func (d *deciding) collect() {
	for i := range d.slots {
		if s := &d.slots[i]; s.boundActivity != nil && s.whole(d) {
			s.collect(d)
		}
	}
}

// whole reports whether somebody has to see all candidates of the slot together.
func (s *slot) whole(d *deciding) bool {
	if d.tracing() {
		return true
	}
	for i := range s.walks {
		if s.walks[i].ranking.batched(d) {
			return true
		}
	}
	return false
}

// arbitrate makes the plan, of as few candidates as prove it.
func (d *deciding) arbitrate(ctx context.Context) error {
	if d.learnt > 1 { // else it is the first plan
		for i := range d.slots {
			d.slots[i].extra = 0
		}
	}
	plan := d.inOrder
	if d.optimal() {
		plan = d.optimize
	}
	if err := plan(ctx); err != nil {
		return err
	}
	if d.alarm.ringing {
		d.degrade(DeadlinePassed, "", context.DeadlineExceeded)
	}
	return nil
}

func (d *deciding) optimal() bool { return d.engine.config.Strategy.Arbitration == Optimal }

// optimize makes the optimal plan.
func (d *deciding) optimize(ctx context.Context) error {
	for {
		if err := d.supply(ctx); err != nil {
			return err
		}
		if d.compete() {
			return nil
		}
	}
}

// supply draws until every slot lists as many candidates as it needs, and reads the
// counters that they draw on. Where so many turn out full that more have to be drawn, each
// round draws twice as many more as the last, so that there are few of them.
func (d *deciding) supply(ctx context.Context) error {
	for {
		learnt, waiting := d.learnt, false
		for i := range d.slots {
			switch s := &d.slots[i]; {
			case s.boundActivity == nil:
			case s.batched && d.ledger.fresh < len(d.ledger.lines):
				waiting = true // the application scores those that have room, once that is known
			default:
				s.reconsider(ctx, d)
				s.fill(d)
			}
		}
		if d.learnt == learnt && !waiting && !d.known() {
			d.outline() // so that the counters of all that it comes by are read together
		}
		if d.learnt != learnt {
			continue // a limit turned out lower than others have it, or all is to be read again
		}
		if d.known() {
			return nil
		}
		if err := d.usage(ctx); err != nil {
			return err
		}
		if c := &d.contest; c.matched == learnt && c.apart && d.stillStands() {
			c.matched = d.learnt
			return nil
		}
		for i := range d.slots {
			if s := &d.slots[i]; s.boundActivity != nil {
				s.reconsider(ctx, d)
				if s.loose < s.need && !s.dry {
					s.extra = max(1, 2*s.extra)
				}
			}
		}
	}
}

// known reports whether the counter was asked for all that the decision may draw on, and
// about its id.
func (d *deciding) known() bool {
	l := &d.ledger
	return l.fresh == len(l.lines) && (l.asked || l.unread || d.request.ID == "")
}

// stillStands reports whether the plan is the best even by what was learnt since it was made. It is if it has room
// for all that it takes, since to read a counter only lowers its room: what was left out for want of it is out now, too.
func (d *deciding) stillStands() bool {
	return !d.ledger.unread && !d.seating.scored && d.stands()
}

// stands reports whether there is room for all that the plan takes.
func (d *deciding) stands() bool {
	taken := d.contest.emptied(len(d.ledger.lines))
	for i := range d.slots {
		s := &d.slots[i]
		if !s.draws {
			continue
		}
		for _, k := range s.chosen {
			if w := &s.pool[k].draw; d.capped(w) != "" || d.overdraws(w, taken) {
				return false
			}
		}
	}
	return true
}

// overdraws takes the units of the draw, and reports whether one has no room for what is taken then.
func (d *deciding) overdraws(w *draw, taken []int) (some bool) {
	for _, l := range d.ledger.of(w) {
		taken[l]++
		some = some || d.binds(l) && taken[l] > d.ledger.lines[l].units()
	}
	return some
}

// usage reads the counters that the decision may draw on and has not read.
func (d *deciding) usage(ctx context.Context) error {
	l := &d.ledger
	keys := l.counted[l.read:]
	l.read = len(l.counted)
	from := l.fresh
	l.fresh = len(l.lines)
	if l.unread || len(keys) == 0 && (l.asked || d.request.ID == "") {
		return nil // a new id: there is nothing to read
	}
	reading, err := d.engine.counter.Usage(ctx, d.attempt(), keys, l.units[:0])
	switch {
	case err == nil && len(reading.Units) != len(keys):
		err = errors.New("the counter did not answer for every key")
	case errors.Is(err, capping.ErrOtherProfile):
		return fmt.Errorf("request.id: %w", err)
	}
	if err != nil {
		if cause := cancelled(ctx); cause != nil {
			return cause
		}
		l.unread = true
		d.learnt++
		if len(keys) > 0 {
			d.degrade(CappingDown, "", err)
		}
		return nil
	}
	if !l.asked {
		l.asked, d.revision = true, reading.Revision
	}
	l.units = append(l.units[:0], reading.Units...) // a counter that keeps them is not overwritten
	units := l.units
	for i := from; i < len(l.lines); i++ {
		if l.lines[i].counted {
			on := &l.lines[i]
			on.used, units = units[0], units[1:]
			if on.used > 0 && (on.room() <= 0 || d.binds(int32(i))) {
				d.learnt++
			}
		}
	}
	return nil
}

func (d *deciding) attempt() capping.Attempt {
	return capping.Attempt{
		Tenant: d.engine.config.Tenant, ID: d.result.ID, Profile: d.request.ProfileID, At: d.now,
	}
}
