package decisioning

import (
	"fmt"
	"slices"

	"github.com/proffer-go/proffer/capping"
)

// A memory holds what a Decision points to, so that a few slices serve all its
// propositions, and the next decision that is made into it.
type memory struct {
	offers []ProposedOffer
	scores []float64
	record capping.Reservation
	limits []capping.Limit
}

// reset makes d an empty decision with the memory that it has.
func (d *Decision) reset() {
	*d = Decision{Propositions: d.Propositions[:0], Degraded: d.Degraded[:0], Warnings: d.Warnings[:0], memory: d.memory}
}

// answer writes the decision down.
func (d *deciding) answer() {
	chosen := 0
	for i := range d.slots {
		chosen += len(d.slots[i].chosen)
	}
	r := d.result
	r.Propositions = resize(r.Propositions, len(d.slots))
	r.memory.offers, r.memory.scores = resize(r.memory.offers, chosen), resize(r.memory.scores, chosen)
	offers, scores := r.memory.offers, r.memory.scores
	for i := range d.slots {
		s := &d.slots[i]
		n := len(s.chosen)
		r.Propositions[i] = d.proposition(s, offers[:n:n], scores)
		offers, scores = offers[n:], scores[n:]
	}
	d.warn()
	if d.tracing() {
		d.trace()
	}
	if len(r.Degraded) == 0 {
		r.Degraded = nil
	}
	if len(r.Warnings) == 0 {
		r.Warnings = nil
	}
}

func (d *deciding) proposition(s *slot, offers []ProposedOffer, scores []float64) Proposition {
	if s.boundActivity == nil {
		return Proposition{Activity: s.id, Placement: d.binding.quarantined[s.id], Kind: ProposesNone, Reason: Quarantined}
	}
	p := Proposition{Activity: s.id, Placement: s.ref.Placement}
	switch {
	case len(s.chosen) > 0:
		p.Kind = ProposesOffer
		p.Offers = offers
		for k, c := range s.chosen {
			offers[k] = d.proposed(s, &s.pool[c], &scores[k])
		}
	case s.fallback != nil:
		p.Kind, p.Fallback = ProposesFallback, s.fallback
	default:
		p.Kind = ProposesNone
	}
	return p
}

func (d *deciding) proposed(s *slot, r *ranked, score *float64) ProposedOffer {
	p := ProposedOffer{
		ID: r.option.offer.ID, Tier: int(r.tier),
		Representation: r.option.offer.Representation(s.ref.Placement),
		Uncounted:      d.uncounted(&r.draw),
	}
	if r.scored() {
		*score = r.score
		p.Score = score
	}
	return p
}

// uncounted reports whether a proposition of the draw is made although its units
// could not be counted.
func (d *deciding) uncounted(w *draw) bool {
	for _, i := range d.ledger.of(w) {
		if d.ledger.down(&d.ledger.lines[i]) {
			return true
		}
	}
	return false
}

// reservation returns what the plan takes. It is the memory of the decision.
func (d *deciding) reservation(revision uint64) *capping.Reservation {
	m := &d.result.memory
	n, drawn := d.proposes()
	items, limits := slices.Grow(m.record.Items[:0], n), slices.Grow(m.limits[:0], drawn)
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil {
			continue
		}
		item := capping.Item{Activity: s.id, Placement: s.ref.Placement}
		for _, k := range s.chosen {
			from := len(limits)
			for _, l := range d.ledger.of(&s.pool[k].draw) {
				if line := &d.ledger.lines[l]; line.counted {
					limits = append(limits, capping.Limit{Key: line.key, Max: line.max})
				}
			}
			item.Offer, item.Limits = s.pool[k].option.offer.ID, nil
			if len(limits) > from {
				item.Limits = limits[from:len(limits):len(limits)] // stays valid if limits moves
			}
			items = append(items, item)
		}
		if len(s.chosen) == 0 && s.fallback != nil {
			item.Offer, item.Limits = s.fallback.ID, nil
			items = append(items, item)
		}
	}
	m.limits = limits
	m.record = capping.Reservation{Attempt: d.attempt(), Revision: revision, Hold: d.request.Hold, Items: items}
	return &m.record
}

// proposes returns how many offers and fallbacks the plan proposes, and on how many
// lines they draw.
func (d *deciding) proposes() (n, drawn int) {
	for i := range d.slots {
		s := &d.slots[i]
		n += max(len(s.chosen), 1)
		for _, k := range s.chosen {
			drawn += len(d.ledger.of(&s.pool[k].draw))
		}
	}
	return n, drawn
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
