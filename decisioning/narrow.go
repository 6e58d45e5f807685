package decisioning

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
)

// A truth is what a condition came to in this decision.
type truth struct {
	known, holds bool
	err          *rules.Error // why it has no value
}

// A verdict is the first constraint of an offer itself that it does not pass,
// wherever it would be proposed.
type verdict uint8

const (
	unjudged verdict = iota
	passes
	suppressed
	suppressionUnknown
	ineligible
	inapplicable
	unsuitable
)

// verdictReasons are the reasons of the verdicts.
var verdictReasons = [...]Reason{
	suppressed: Suppressed, suppressionUnknown: SuppressionUnknown,
	ineligible: Ineligible, inapplicable: Inapplicable, unsuitable: Unsuitable,
}

// A suppression is what a policy came to in this decision.
type suppression struct {
	known bool
	as    verdict // passes: it suppresses nothing
	err   *rules.Error
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
			if v := s.judge(d, int32(o)); v != passes {
				s.narrowed.Remove(o)
				s.excludeBy(d, o, v)
			}
		}
		for _, f := range s.strategy.filters {
			s.filter(ctx, d, f)
		}
	}
	if d.alarm.ringing {
		d.degrade(DeadlinePassed, "", context.DeadlineExceeded)
	}
}

// judge returns the first constraint that keeps the offer out of the activity.
func (s *slot) judge(d *deciding, o int32) verdict {
	option := &d.binding.snapshot.options[o]
	if !s.open || s.tier(o) < 0 {
		if _, by := d.suppressing(option); by != passes {
			return by
		}
		return ineligible
	}
	if d.verdicts[o] == unjudged {
		d.verdicts[o] = d.judge(option)
	}
	return d.verdicts[o]
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

// judge judges the offer by its policies and rules, wherever it is proposed.
func (d *deciding) judge(o *option) verdict {
	_, by := d.suppressing(o)
	switch {
	case by != passes:
		return by
	case !d.all(o.eligible):
		return ineligible
	case !d.all(o.applicable):
		return inapplicable
	case !d.all(o.suitable):
		return unsuitable
	default:
		return passes
	}
}

// suppressing returns the policy that suppresses the offer, and as what. One that
// is known to goes before one that may.
func (d *deciding) suppressing(o *option) (policy int32, as verdict) {
	as = passes
	for _, p := range o.policies {
		switch by := d.suppression[p].as; {
		case by == suppressed:
			return p, by
		case by == suppressionUnknown && as == passes:
			policy, as = p, by
		}
	}
	return policy, as
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
	if d.unasked&p.when.expr.Reads() != 0 { // over closed candidates only
		return suppression{known: true, as: passes}
	}
	t := d.truth(&p.when)
	s := suppression{known: true, as: passes, err: t.err}
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
		until, err := p.until.Time(d.input)
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
	if _, err := d.facts.Profile(); err != nil {
		reads |= rules.ReadsProfile
	}
	if _, err := d.facts.Events(); err != nil {
		reads |= rules.ReadsEvents
	}
	return reads
}

// An alarm tells that the time of a call is up. It is looked at once in a while,
// so that short decisions are made whole.
type alarm struct {
	done    <-chan struct{}
	asked   int
	ringing bool
}

// between is how many evaluations lie between two looks.
const between = 64

func (a *alarm) rang() bool {
	if a.asked++; a.asked%between == 0 && !a.ringing {
		select {
		case <-a.done:
			a.ringing = true
		default:
		}
	}
	return a.ringing
}

// errLate is what a condition comes to when the time is up.
var errLate = &rules.Error{Kind: "deadline passed"}

// truth evaluates the condition, once in a decision.
func (d *deciding) truth(c *condition) *truth {
	t := &d.memo[c.id]
	if !t.known {
		t.known = true
		if d.alarm.rang() {
			t.err = errLate
			return t
		}
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
	var rejected []int
	err := func() (err error) {
		defer contain(&err)
		if err = f.Filter(ctx, d.facts, passed); err == nil && passed.Offers != s.narrowed.Offers {
			err = errors.New("the filter replaced the candidates' set")
		}
		for o := range s.narrowed.All() {
			if err != nil || !passed.Has(o) {
				rejected = append(rejected, o)
			}
		}
		return err
	}()
	if err != nil {
		d.degrade(FilterFailed, s.id, err)
		rejected = slices.AppendSeq(rejected[:0], indexes(&s.narrowed))
	}
	for _, o := range rejected {
		s.narrowed.Remove(o)
		s.exclude(o, Filtered, d.filteredBy(ctx, f, o, err))
	}
}

// indexes yields the index of each candidate.
func indexes(c *offer.Candidates) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range c.All() {
			if !yield(i) {
				return
			}
		}
	}
}
