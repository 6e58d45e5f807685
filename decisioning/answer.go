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
	r := d.result
	if r.Record == nil { // else the plan was written down with what it takes
		d.write(false)
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

// reservation writes the plan down, and returns what it takes. That is the memory of the
// decision.
func (d *deciding) reservation(revision uint64) *capping.Reservation {
	d.write(true)
	r := &d.result.memory.record
	r.Tenant, r.ID, r.Profile, r.At = d.engine.config.Tenant, d.result.ID, d.request.ProfileID, d.now
	r.Revision, r.Hold = revision, d.request.Hold
	return r
}

// write writes the plan down: the propositions and, if it takes its units, the items of the
// record. It does both in one pass, as slots are large, and field by field, as a literal is
// made elsewhere first, and copied.
func (d *deciding) write(takes bool) {
	d.makeRoom(takes)
	slots, m, options := d.slots, &d.result.memory, &d.binding.snapshot.options
	propositions := d.result.Propositions[:len(slots)]
	n := 0
	for i := range slots {
		s, p := &slots[i], &propositions[i]
		to := n + len(s.chosen)
		if s.boundActivity == nil || n == to {
			n = d.proposeNoOffer(s, p, n, takes)
			continue
		}
		own := m.offers[n:to:to]
		id, at := s.id, s.placement
		p.Activity, p.Placement, p.Kind, p.Offers, p.Fallback, p.Reason = id, at, ProposesOffer, own, nil, ""
		for k, c := range s.chosen {
			r, score := &s.pool[c], &m.scores[n+k]
			o := options.At(int(r.offer)).offer
			shows := r.representation(o, at)
			if *score = r.score; !r.scored() {
				score = nil
			}
			q := &own[k]
			q.ID, q.Score, q.Tier, q.Representation, q.Uncounted = o.ID, score, int(r.tier), shows, false
			if takes {
				item := &m.record.Items[n+k]
				item.Activity, item.Placement, item.Offer, item.Limits = id, at, o.ID, nil
			}
		}
		if s.draws {
			d.writeDraws(s, n, takes)
		}
		n = to
	}
	if takes {
		m.record.Items = m.record.Items[:n]
	}
}

// representation returns what the offer shows at the placement.
func (r *ranked) representation(o *offer.Offer, p placement.ID) *offer.Representation {
	if r.shown < manyShown {
		return &o.Representations[r.shown]
	}
	return o.Representation(p)
}

// proposeNoOffer writes the proposition of a slot for which none was chosen.
func (d *deciding) proposeNoOffer(s *slot, p *Proposition, n int, takes bool) int {
	p.Activity, p.Kind, p.Offers, p.Fallback, p.Reason = s.id, ProposesNone, nil, nil, ""
	if s.boundActivity == nil {
		p.Placement, p.Reason = d.binding.quarantined[s.id], Quarantined
		return n
	}
	p.Placement = s.placement
	if s.fallback == nil {
		return n
	}
	p.Kind, p.Fallback = ProposesFallback, s.fallback
	if takes {
		item := &d.result.memory.record.Items[n]
		item.Activity, item.Placement, item.Offer, item.Limits = s.id, p.Placement, s.fallback.ID, nil
	}
	return n + 1
}

// writeDraws completes what was written from n on, for a slot of which some candidates draw on
// counters.
func (d *deciding) writeDraws(s *slot, n int, takes bool) {
	m := &d.result.memory
	for k, c := range s.chosen {
		w := &s.pool[c].draw
		if w.from == w.to {
			continue
		}
		m.offers[n+k].Uncounted = d.uncounted(w)
		if takes {
			m.record.Items[n+k].Limits = d.limitsOf(w)
		}
	}
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

// limitsOf returns the limits under which a proposition of the draw takes units.
func (d *deciding) limitsOf(w *draw) []capping.Limit {
	m := &d.result.memory
	from := len(m.limits)
	for _, i := range d.ledger.of(w) {
		line := &d.ledger.lines[i]
		if !line.counted {
			continue
		}
		n := len(m.limits)
		m.limits = resize(m.limits, n+1) // those before stay valid if they move
		l := &m.limits[n]
		l.Key, l.Max, l.PerDecision = *line.key, line.max, false
	}
	if len(m.limits) == from {
		return nil
	}
	return m.limits[from:len(m.limits):len(m.limits)]
}

// makeRoom makes room for all that the plan proposes. In a new decision all is allocated once,
// and no more than needed.
func (d *deciding) makeRoom(takes bool) {
	r, m := d.result, &d.result.memory
	r.Propositions = resize(r.Propositions, len(d.slots))
	n := max(d.seating.wanted, 1)
	if n > min(cap(m.offers), cap(m.scores)) || takes && n > cap(m.record.Items) {
		n = d.proposes(takes)
	}
	m.offers, m.scores, m.limits = resize(m.offers, n), resize(m.scores, n), m.limits[:0]
	if takes {
		m.record.Items = resize(m.record.Items, n)
	}
}

// proposes returns how many offers and fallbacks the plan proposes, and makes room for the
// limits that it takes units of.
func (d *deciding) proposes(takes bool) (n int) {
	limits := 0
	for i := range d.slots {
		s := &d.slots[i]
		n += max(len(s.chosen), 1)
		for _, c := range s.chosen {
			limits += len(d.ledger.of(&s.pool[c].draw))
		}
	}
	if m := &d.result.memory; takes {
		m.limits = slices.Grow(m.limits[:0], limits)
	}
	return n
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
