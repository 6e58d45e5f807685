package decisioning

import (
	"errors"
	"slices"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
)

// A suppression is what a policy came to in this decision.
type suppression struct {
	as  verdict // unjudged: it bears on no candidate
	err *rules.Error
}

// suppress evaluates the policies over all candidates, whichever of them is
// visited first: what they report must not depend on the path.
func (d *deciding) suppress() {
	d.suppressing = false
	d.suppression = resize(d.suppression, len(d.binding.snapshot.policies))
	clear(d.suppression)
	if len(d.suppression) == 0 {
		return
	}
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil || !s.openAt(d) {
			continue
		}
		for t := range s.rankings {
			for _, p := range d.order(&s.rankings[t]).policies {
				if d.suppression[p].as != unjudged {
					continue
				}
				d.suppression[p] = d.apply(&d.binding.snapshot.policies[p])
				if d.suppression[p].err != nil && !d.bears(p) {
					d.suppression[p] = suppression{as: passes}
				}
				d.suppressing = d.suppressing || d.suppression[p].as != passes
			}
		}
	}
}

// bears reports whether the policy bears on a candidate with an open calendar.
func (d *deciding) bears(p int32) bool {
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil || !s.openAt(d) {
			continue
		}
		for t := range s.rankings {
			for e := range d.order(&s.rankings[t]).all {
				if slices.Contains(d.binding.snapshot.bundles[e.bundle].policies, p) && e.open(d) {
					return true
				}
			}
		}
	}
	return false
}

// apply evaluates the policy. An end that errs counts as absent.
func (d *deciding) apply(p *policy) suppression {
	if d.unasked&p.when.expr.Reads() != 0 { // over closed candidates only
		return suppression{as: passes}
	}
	t := d.truth(&p.when)
	s := suppression{as: passes, err: t.err}
	switch {
	case t.err == nil && !t.holds:
		return s
	case t.err == errLate, t.err != nil && d.failed()&p.when.expr.Reads() != 0:
		// Whatever the error says: had the source answered, it might not be one.
		s.as = suppressionUnknown
	case t.err == nil, p.def.OnError == constraint.SuppressOnError:
		s.as = suppressed
	default:
		return s
	}
	if p.until != nil {
		until, err := p.until.Time(d.cel())
		switch {
		case err != nil && s.err == nil:
			s.err, _ = errors.AsType[*rules.Error](err)
		case err == nil && !d.now.Before(until):
			s.as = passes
		}
	}
	return s
}

// failed returns which facts could not be had.
func (d *deciding) failed() (reads rules.Reads) {
	if d.errs.profile != nil {
		reads |= rules.ReadsProfile
	}
	if d.errs.events != nil {
		reads |= rules.ReadsEvents
	}
	return reads
}

// suppresses returns what the policies make of offers with the bundle.
func (d *deciding) suppresses(bundle int32) verdict {
	_, as := d.suppressedBy(bundle)
	return as
}

// suppressedBy also returns the policy. One that suppresses for certain goes before
// one that may.
func (d *deciding) suppressedBy(bundle int32) (policy int32, as verdict) {
	as = passes
	for _, p := range d.binding.snapshot.bundles[bundle].policies {
		switch by := d.suppression[p].as; {
		case by == suppressed:
			return p, by
		case by == suppressionUnknown && as == passes:
			policy, as = p, by
		}
	}
	return policy, as
}
