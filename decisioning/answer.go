package decisioning

import (
	"fmt"
	"math"
)

// answer writes the decision down.
func (d *deciding) answer() *Decision {
	d.result.Propositions = make([]Proposition, len(d.slots))
	for i := range d.slots {
		d.result.Propositions[i] = d.proposition(&d.slots[i])
	}
	d.warn()
	if d.request.Trace >= TraceReasons {
		d.trace()
	}
	return d.result
}

func (d *deciding) proposition(s *slot) Proposition {
	if s.boundActivity == nil {
		return Proposition{Activity: s.id, Placement: d.binding.quarantined[s.id], Kind: ProposesNone, Reason: Quarantined}
	}
	p := Proposition{Activity: s.id, Placement: s.ref.Placement}
	switch {
	case len(s.chosen) > 0:
		p.Kind = ProposesOffer
		p.Offers = make([]ProposedOffer, len(s.chosen))
		for k, c := range s.chosen {
			p.Offers[k] = d.proposed(s, &s.ranked[c])
		}
	case s.fallback != nil:
		p.Kind, p.Fallback = ProposesFallback, s.fallback
	default:
		p.Kind = ProposesNone
	}
	return p
}

func (d *deciding) proposed(s *slot, r *ranked) ProposedOffer {
	p := ProposedOffer{
		ID: r.option.offer.ID, Tier: int(r.tier),
		Representation: r.option.offer.Representation(s.ref.Placement),
		Uncounted:      d.uncounted(d.draw(s, r.offer).lines),
	}
	if score := r.score; !math.IsNaN(score) {
		p.Score = &score
	}
	return p
}

// uncounted reports whether a proposition that draws on the lines is made
// although its units could not be counted.
func (d *deciding) uncounted(lines []int32) bool {
	for _, i := range lines {
		if d.ledger.down(&d.ledger.lines[i]) {
			return true
		}
	}
	return false
}

// warn tells what is doubtful but changes no answer.
func (d *deciding) warn() {
	for i := range d.suppression {
		if p := &d.suppression[i]; p.err != nil {
			d.result.Warnings = append(d.result.Warnings, Warning{
				Entity: fmt.Sprintf("policies[%s].when", d.binding.snapshot.policies[i].def.ID),
				Detail: d.errorText(p.err),
			})
		}
	}
	if d.mixed() {
		d.result.Warnings = append(d.result.Warnings, Warning{
			Entity: "activities",
			Detail: "rankers are mixed without weights: scores of activities that are decided together should share a unit",
		})
	}
}

// mixed reports whether activities without weights score in different ways.
func (d *deciding) mixed() bool {
	var first *ranking
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil {
			continue
		}
		if s.weight != 1 {
			return false
		}
		for t := range s.rankings {
			if first == nil {
				first = &s.rankings[t]
			}
			if !first.sameUnit(&s.rankings[t]) {
				return true
			}
		}
	}
	return false
}
