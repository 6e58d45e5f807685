package decisioning

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/internal/assign"
)

// settle chooses what is proposed and takes its units. A refusal sends it back
// to choose again with what was learnt.
func (d *deciding) settle(ctx context.Context) error {
	d.enlist()
	reading, err := d.usage(ctx)
	for refusals := 0; err == nil; refusals++ {
		d.arbitrate(ctx)
		if d.request.DryRun || d.ledger.unread {
			return cancelled(ctx)
		}
		var again bool
		if again, err = d.reserve(ctx, reading.Revision, refusals); !again {
			return err
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
	reading, err := d.engine.counter.Usage(ctx, d.attempt(), keys, nil)
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
		if len(keys) > 0 {
			d.degrade(CappingDown, "", err)
		}
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
		Room:      d.ledger.rooms(),
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
	var plan assign.Plan
	if d.engine.config.Strategy.Arbitration == Sequential {
		plan = d.solver.Sequential(&problem)
	} else {
		plan = d.solver.Optimal(&problem, 0)
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
		c := assign.Candidate{Offer: r.offer, Tier: r.tier, Scored: r.scored(), Limits: d.taken(d.draw(s, r.offer).lines)}
		if c.Scored {
			// Rounded before it is added, sums are exact. The conversions keep
			// the products from being fused with anything.
			c.Value = int64(math.RoundToEven(float64(float64(s.weight*r.score) * 1e6)))
		}
		p.Candidates[k] = c
	}
	return p
}

// taken returns the lines that arbitration has to reckon with: a line with room for
// all that this decision may propose binds nothing.
func (d *deciding) taken(lines []int32) []int32 {
	free := func(i int32) bool { return !d.binds(&d.ledger.lines[i]) }
	if !slices.ContainsFunc(lines, free) {
		return lines
	}
	return slices.DeleteFunc(slices.Clone(lines), free)
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
			for _, l := range d.draw(s, s.ranked[k].offer).lines {
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
	return r
}
