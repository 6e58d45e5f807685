package decisioning

import (
	"fmt"
	"slices"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// A memory holds what a Decision points to, so that a few slices serve all its
// propositions, and the next decision that is made into it.
type memory struct {
	offers []ProposedOffer
	scores []float64
	record capping.Reservation
	limits []capping.Limit
}

// reset makes d an empty decision with the memory that it has. Field by field: a literal
// would copy all of that, twice.
func (d *Decision) reset() {
	d.ID, d.ProfileID, d.At, d.Version = "", "", time.Time{}, ""
	d.Propositions, d.Degraded, d.Warnings = d.Propositions[:0], d.Degraded[:0], d.Warnings[:0]
	d.Unsettled, d.Trace, d.Record = false, nil, nil
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
		d.propose(s, &r.Propositions[i], offers[:n:n], scores)
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

// propose writes the proposition of the slot, in whose memory the offers and scores are.
func (d *deciding) propose(s *slot, p *Proposition, offers []ProposedOffer, scores []float64) {
	// Field by field: a literal is made elsewhere first, and copied.
	p.Activity, p.Kind, p.Offers, p.Fallback, p.Reason = s.id, ProposesNone, nil, nil, ""
	if s.boundActivity == nil {
		p.Placement, p.Reason = d.binding.quarantined[s.id], Quarantined
		return
	}
	p.Placement = s.ref.Placement
	switch {
	case len(s.chosen) > 0:
		p.Kind, p.Offers = ProposesOffer, offers
		for k, c := range s.chosen {
			d.proposeOffer(s, &offers[k], &s.pool[c], &scores[k])
		}
	case s.fallback != nil:
		p.Kind, p.Fallback = ProposesFallback, s.fallback
	}
}

func (d *deciding) proposeOffer(s *slot, p *ProposedOffer, r *ranked, score *float64) {
	o := d.option(r.offer).offer
	p.ID, p.Tier, p.Representation = o.ID, int(r.tier), r.representation(o, s.ref.Placement)
	p.Score, p.Uncounted = nil, d.uncounted(&r.draw)
	if r.scored() {
		*score = r.score
		p.Score = score
	}
}

// representation returns what the offer shows at the placement.
func (r *ranked) representation(o *offer.Offer, p placement.ID) *offer.Representation {
	if r.shown < manyShown {
		return &o.Representations[r.shown]
	}
	return o.Representation(p)
}

// uncounted reports whether a proposition of the draw is made although its units
// could not be counted.
func (d *deciding) uncounted(w *draw) bool {
	if w.from == w.to {
		return false
	}
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
	items, limits := m.record.Items[:0], m.limits[:0]
	if items == nil { // in a new decision all is allocated once, and no more than needed
		n, drawn := d.proposes()
		items, limits = slices.Grow(items, n), slices.Grow(limits, drawn)
	}
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil {
			continue
		}
		for _, k := range s.chosen {
			r := &s.pool[k]
			items = s.propose(items, d.option(r.offer).offer.ID)
			if r.draw.from == r.draw.to { // as of most
				continue
			}
			from := len(limits)
			for _, l := range d.ledger.of(&r.draw) {
				if line := &d.ledger.lines[l]; line.counted {
					limits = append(limits, capping.Limit{Key: line.key, Max: line.max})
				}
			}
			if len(limits) > from {
				items[len(items)-1].Limits = limits[from:len(limits):len(limits)] // stays valid if limits moves
			}
		}
		if len(s.chosen) == 0 && s.fallback != nil {
			items = s.propose(items, s.fallback.ID)
		}
	}
	m.limits = limits
	m.record = capping.Reservation{Attempt: d.attempt(), Revision: revision, Hold: d.request.Hold, Items: items}
	return &m.record
}

// propose adds the offer, or the fallback, that the slot proposes.
func (s *slot) propose(items []capping.Item, id offer.ID) []capping.Item {
	n := len(items)
	items = resize(items, n+1)
	i := &items[n]
	i.Activity, i.Placement, i.Offer, i.Limits = s.id, s.ref.Placement, id, nil
	return items
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
	if d.seating.mixed {
		d.result.Warnings = append(d.result.Warnings, Warning{
			Entity: "activities",
			Detail: "rankers are mixed without weights: scores of activities that are decided together should share a unit",
		})
	}
}
