package decisioning

import (
	"context"
	"errors"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
)

// A truth is what a condition came to in this decision.
type truth struct {
	known, holds bool
	err          *rules.Error // why it has no value
}

// A verdict is the first constraint of an offer itself that it does not pass,
// wherever it would be proposed.
type verdict struct {
	known  bool
	reason Reason // empty: it passes all
	detail string // only in a trace
}

// A suppression is what a policy came to in this decision.
type suppression struct {
	known  bool
	reason Reason // empty: it suppresses nothing
	detail string // only in a trace
	err    *rules.Error
}

// narrow takes out what may not be proposed, but for caps and scores.
func (d *deciding) narrow(ctx context.Context) {
	d.suppress()
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil {
			continue
		}
		if d.request.Trace >= TraceReasons {
			s.traceStatic(d)
		}
		if s.narrowed.Len() == 0 {
			continue
		}
		s.open = d.all(s.conditions)
		for t := range s.selections {
			s.selections[t] = d.all(s.boundActivity.selections[t].conditions)
		}
		for o := range s.narrowed.All() {
			if reason, detail := s.judge(d, int32(o)); reason != "" {
				s.narrowed.Remove(o)
				s.exclude(o, reason, detail)
			}
		}
		for _, f := range s.strategy.filters {
			s.filter(ctx, d, f)
		}
	}
}

// judge returns the first constraint that keeps the offer out of the activity.
func (s *slot) judge(d *deciding, o int32) (Reason, string) {
	v := d.verdict(o)
	switch {
	case v.reason == Suppressed || v.reason == SuppressionUnknown:
		return v.reason, v.detail
	case !s.open:
		return Ineligible, d.failing(s.conditions)
	case s.tier(o) < 0:
		return Ineligible, d.closed(s, o)
	default:
		return v.reason, v.detail
	}
}

// tier returns the first open selection that takes the offer, or -1.
func (s *slot) tier(o int32) int {
	for t, open := range s.selections {
		if open && s.boundActivity.selections[t].takes(o) {
			return t
		}
	}
	return -1
}

// verdict judges the offer by its policies and rules, once in a decision.
func (d *deciding) verdict(i int32) *verdict {
	v := &d.verdicts[i]
	if v.known {
		return v
	}
	v.known = true
	o := &d.binding.snapshot.options[i]
	for _, p := range o.policies {
		if by := &d.suppression[p]; by.reason != "" {
			v.reason, v.detail = by.reason, by.detail
			return v
		}
	}
	for _, step := range [...]struct {
		conditions []condition
		reason     Reason
	}{{o.eligible, Ineligible}, {o.applicable, Inapplicable}, {o.suitable, Unsuitable}} {
		if !d.all(step.conditions) {
			v.reason, v.detail = step.reason, d.failing(step.conditions)
			return v
		}
	}
	return v
}

// suppress evaluates the policies over all candidates, whichever of them is
// judged first: what they report must not depend on the order.
func (d *deciding) suppress() {
	snapshot := d.binding.snapshot
	if len(snapshot.policies) == 0 {
		return
	}
	d.suppression = make([]suppression, len(snapshot.policies))
	for i := range d.slots {
		for o := range d.slots[i].narrowed.All() {
			for _, p := range snapshot.options[o].policies {
				if !d.suppression[p].known {
					d.suppression[p] = d.apply(&snapshot.policies[p])
				}
			}
		}
	}
}

// apply evaluates the policy. An end that errs counts as absent.
func (d *deciding) apply(p *policy) suppression {
	t := d.truth(&p.when)
	s := suppression{known: true, err: t.err}
	switch {
	case t.err == nil && t.holds, t.err != nil && p.def.OnError == constraint.SuppressOnError:
		s.reason = Suppressed
	case t.err == nil:
		return s
	}
	if t.err != nil && d.failed()&p.when.expr.Reads() != 0 {
		// Whatever the error says: had the source answered, it might not be one.
		s.reason = SuppressionUnknown
	}
	if s.reason != "" && p.until != nil {
		until, err := p.until.Time(d.input)
		switch {
		case err != nil && s.err == nil:
			s.err, _ = errors.AsType[*rules.Error](err)
		case err == nil && !d.now.Before(until):
			s.reason = ""
		}
	}
	if s.reason != "" {
		s.detail = d.suppressedBy(p)
	}
	return s
}

// failed returns which facts could not be had.
func (d *deciding) failed() (reads rules.Reads) {
	if _, err := d.facts.Profile(); err != nil {
		reads |= rules.ReadsProfile
	}
	if _, err := d.facts.Events(); err != nil {
		reads |= rules.ReadsEvents
	}
	return reads
}

// truth evaluates the condition, once in a decision.
func (d *deciding) truth(c *condition) *truth {
	t := &d.memo[c.id]
	if !t.known {
		t.known = true
		var err error
		if t.holds, err = c.expr.Bool(d.input); err != nil {
			t.err, _ = errors.AsType[*rules.Error](err)
		}
	}
	return t
}

// all reports whether all conditions hold. One that errs does not.
func (d *deciding) all(conditions []condition) bool {
	for i := range conditions {
		if !d.truth(&conditions[i]).holds {
			return false
		}
	}
	return true
}

// filter lets a filter of the application take out candidates. One that fails
// lets nothing pass.
func (s *slot) filter(ctx context.Context, d *deciding, f constraint.Filter) {
	if s.narrowed.Len() == 0 {
		return
	}
	passed := &s.candidates // scratch: the filter may do with it what it likes
	passed.Reset(s.narrowed.Offers, s.ref)
	for o := range s.narrowed.All() {
		passed.Add(o)
	}
	err := func() (err error) {
		defer contain(&err)
		if err = f.Filter(ctx, d.facts, passed); err == nil && passed.Offers != s.narrowed.Offers {
			err = errors.New("the filter replaced the candidates' set")
		}
		return err
	}()
	if err != nil {
		d.degrade(FilterFailed, s.id, err)
	}
	for o := range s.narrowed.All() {
		if err != nil || !passed.Has(o) {
			s.narrowed.Remove(o)
			s.exclude(o, Filtered, d.filteredBy(ctx, f, o, err))
		}
	}
}
