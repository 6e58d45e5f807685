package decisioning_test

import (
	"context"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A filling is what others took of the counters: of the caps of some offers,
// and of some contact policies.
type filling struct {
	Person   profile.ID         `json:",omitempty"` // for counters per profile
	Offers   []offer.ID         `json:",omitempty"`
	Policies []capping.PolicyID `json:",omitempty"`
	Left     int64              `json:",omitempty"` // how many units they leave
}

// fill takes units of the counters for others.
func (p *player) fill(ctx context.Context, s *step) {
	f := s.Fill
	take := func(c offer.Cap, key capping.Key) {
		if c.Per == offer.PerDecision || c.Counts != "" || c.Limit <= f.Left || c.Per == offer.PerProfile && f.Person == "" {
			return
		}
		schedule, err := capping.NewSchedule(c.Window)
		if err != nil {
			panic(err)
		}
		key.Placement = c.Placement
		if c.Per == offer.PerProfile {
			key.Profile = f.Person
		}
		limit := capping.Limit{Key: schedule.At(s.At, key), Max: c.Limit}
		for i, t := range p.twins {
			taken := t.counter.take(ctx, limit, s.At, int(c.Limit-f.Left))
			if i == 0 {
				p.judge.counters.sneak([]sneak{taken})
			}
		}
	}
	wanted := make(map[offer.ID]bool, len(f.Offers))
	for _, id := range f.Offers {
		wanted[id] = true
	}
	for i := range p.judge.cat.Offers {
		if o := &p.judge.cat.Offers[i]; wanted[o.ID] {
			for _, c := range o.Caps {
				take(c, capping.Key{Offer: o.ID})
			}
		}
	}
	for _, c := range p.judge.cat.ContactPolicies {
		for _, id := range f.Policies {
			if id == c.ID {
				take(offer.Cap{Limit: c.Limit, Per: c.Per, Window: c.Window, Counts: c.Counts, Placement: c.Placement}, capping.Key{Policy: c.ID})
			}
		}
	}
}
