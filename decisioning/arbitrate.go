package decisioning

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/internal/assign"
)

// maxRefusals is how often a decision is arbitrated again with what a refusal
// told, before what was refused is out.
const maxRefusals = 8

// settle chooses what is proposed and takes its units. A refusal sends it back
// to choose again with what was learnt.
func (d *deciding) settle(ctx context.Context) error {
	d.enlist()
	reading, err := d.usage(ctx)
	for refusals := 0; err == nil; refusals++ {
		d.arbitrate(ctx)
		if d.request.DryRun || d.ledger.unread {
			return nil
		}
		var grant capping.Grant
		grant, err = d.engine.config.Counter.Reserve(ctx, d.reservation(reading.Revision))
		switch {
		case err == nil && grant.Granted():
			d.result.reservation.Revision = grant.Revision
			return nil
		case err == nil:
			d.learnRefusal(grant.Full, refusals)
		case errors.Is(err, capping.ErrStale) && refusals < maxRefusals:
			d.enlist()
			reading, err = d.usage(ctx)
		default:
			return d.unreserved(ctx, err, reading.Revision)
		}
	}
	return err
}

// usage reads the counters that the decision may draw on.
func (d *deciding) usage(ctx context.Context) (capping.Usage, error) {
	var keys []capping.Key
	var at []int
	for i := range d.ledger.lines {
		if d.ledger.lines[i].counted {
			keys, at = append(keys, d.ledger.lines[i].key), append(at, i)
		}
	}
	if len(keys) == 0 && d.request.ID == "" {
		return capping.Usage{}, nil // a new id: there is nothing to read
	}
	reading, err := d.engine.config.Counter.Usage(ctx, d.attempt(), keys, nil)
	switch {
	case err == nil && len(reading.Units) != len(keys):
		err = errors.New("the counter did not answer for every key")
	case errors.Is(err, capping.ErrOtherProfile):
		return reading, fmt.Errorf("request.id: %w", err)
	}
	if err != nil {
		if cause := cancelled(ctx); cause != nil {
			return reading, cause
		}
		d.ledger.unread = true
		d.degrade(CappingDown, "", err)
		return reading, nil
	}
	for k, i := range at {
		d.ledger.lines[i].used = reading.Units[k]
	}
	return reading, nil
}

func (d *deciding) attempt() capping.Attempt {
	return capping.Attempt{
		Tenant: d.engine.config.Tenant, ID: d.result.ID, Profile: d.request.ProfileID, At: d.now,
	}
}

// arbitrate chooses the plan: caps, scores, and the best of what is left.
func (d *deciding) arbitrate(ctx context.Context) {
	problem := assign.Problem{
		Slots:     make([]assign.Slot, len(d.slots)),
		Room:      d.ledger.rooms(d.engine.config.FailOpen),
		Exclusive: !d.request.AllowDuplicates,
	}
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil {
			continue
		}
		s.cap(d)
		s.rank(ctx, d)
		problem.Slots[i] = s.problem(d)
	}
	var solver assign.Solver
	var plan assign.Plan
	if d.engine.config.Strategy.Arbitration == Sequential {
		plan = solver.Sequential(&problem)
	} else {
		plan = solver.Optimal(&problem, 0)
	}
	if plan.Cut {
		d.degrade(SearchCut, "", nil)
	}
	for i := range d.slots {
		d.slots[i].chosen = plan.Chosen[i]
	}
}

// problem puts the candidates of the slot in the terms of package assign.
func (s *slot) problem(d *deciding) assign.Slot {
	p := assign.Slot{Count: s.ref.Count, Optional: s.def.Optional, Candidates: make([]assign.Candidate, len(s.ranked))}
	for k := range s.ranked {
		r := &s.ranked[k]
		c := assign.Candidate{Offer: r.offer, Tier: r.tier, Scored: r.scored(), Limits: d.taken(r.lines)}
		if c.Scored {
			// Rounded before it is added, sums are exact. The conversions keep
			// the products from being fused with anything.
			c.Value = int64(math.RoundToEven(float64(float64(s.weight*r.score) * 1e6)))
		}
		p.Candidates[k] = c
	}
	return p
}

// taken returns the lines that a proposition takes a unit of.
func (d *deciding) taken(lines []int32) []int32 {
	if !slices.ContainsFunc(lines, func(i int32) bool { return !d.ledger.lines[i].takes() }) {
		return lines
	}
	return slices.DeleteFunc(slices.Clone(lines), func(i int32) bool { return !d.ledger.lines[i].takes() })
}

// reservation returns what the plan takes.
func (d *deciding) reservation(revision uint64) capping.Reservation {
	r := capping.Reservation{Attempt: d.attempt(), Revision: revision, Hold: d.request.Hold}
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil {
			continue
		}
		item := capping.Item{Activity: s.id, Placement: s.ref.Placement}
		for _, k := range s.chosen {
			item.Offer = s.ranked[k].option.offer.ID
			item.Limits = nil
			for _, l := range s.ranked[k].lines {
				if line := &d.ledger.lines[l]; line.counted {
					item.Limits = append(item.Limits, capping.Limit{Key: line.key, Max: line.max})
				}
			}
			r.Items = append(r.Items, item)
		}
		if len(s.chosen) == 0 && s.fallback != nil {
			item.Offer = s.fallback.ID
			r.Items = append(r.Items, item)
		}
	}
	d.result.reservation = r
	return r
}

// learnRefusal notes which counters are full. After too many refusals their
// offers are out altogether.
func (d *deciding) learnRefusal(full []capping.Full, refusals int) {
	for _, f := range full {
		i, ok := d.ledger.keys[f.Key]
		if !ok {
			continue
		}
		l := &d.ledger.lines[i]
		// What is full has less room than was asked for, whatever it says.
		l.used = max(f.Used, l.used+1)
		l.contended = l.contended || refusals >= maxRefusals-1
	}
	if refusals < 2*maxRefusals {
		return
	}
	d.giveUp()
}

// giveUp proposes nothing that counts: the units cannot be had in fair time.
func (d *deciding) giveUp() {
	for i := range d.ledger.lines {
		d.ledger.lines[i].contended = d.ledger.lines[i].counted
	}
}

// unreserved answers without the units: the counter failed, or its reply was
// lost, so that they may be taken or not.
func (d *deciding) unreserved(ctx context.Context, err error, revision uint64) error {
	if errors.Is(err, capping.ErrOtherProfile) {
		return fmt.Errorf("request.id: %w", err)
	}
	if cause := cancelled(ctx); cause != nil {
		if revision == 0 {
			d.undo(ctx)
		}
		return cause
	}
	d.degrade(CappingDown, "", err)
	if errors.Is(err, capping.ErrStale) { // nothing was taken, others are faster
		d.giveUp()
		d.arbitrate(ctx)
	} else {
		d.result.Unsettled = true
		d.ledger.untaken = true
		if !d.engine.config.FailOpen {
			d.arbitrate(ctx)
		}
	}
	d.result.reservation = capping.Reservation{}
	return nil
}

// undo releases what a cancelled call may have reserved.
func (d *deciding) undo(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	// There is nobody to tell of an error: the call is cancelled.
	_ = d.engine.config.Counter.Resolve(ctx, capping.Resolution{
		Tenant: d.engine.config.Tenant, ID: d.result.ID, Action: capping.Release,
	})
}
