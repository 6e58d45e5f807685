package decisioning

import (
	"context"
	"fmt"
	"math"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
)

// An ActivityTrace explains one activity.
type ActivityTrace struct {
	Funnel   Funnel                 `json:"funnel"`
	Excluded map[offer.ID]Exclusion `json:"excluded"` // every offer that is not proposed
}

// A Funnel counts the offers that are left after each step of narrowing.
type Funnel struct {
	Inventory  int `json:"inventory"`
	Status     int `json:"status"`
	Placement  int `json:"placement"`
	Collection int `json:"collection"`
	Calendar   int `json:"calendar"`
	Suppressed int `json:"suppressed"`
	Eligible   int `json:"eligible"`
	Applicable int `json:"applicable"`
	Suitable   int `json:"suitable"`
	Filtered   int `json:"filtered"`
	Capped     int `json:"capped"`
	Scored     int `json:"scored"`
}

// An Exclusion is why an offer is not proposed.
type Exclusion struct {
	Reason Reason `json:"reason"`
	Detail string `json:"detail,omitempty"` // for people
}

// exclude notes why the offer is not proposed, if anybody wants to know.
func (s *slot) exclude(o int, reason Reason, detail string) {
	if s.why != nil {
		s.why[o] = Exclusion{reason, detail}
	}
}

// traceStatic notes what needs no facts to tell: status, placement, collection
// and calendar.
func (s *slot) traceStatic(d *deciding) {
	s.why = make([]Exclusion, len(d.binding.snapshot.options))
	for i := range s.why {
		o := d.binding.snapshot.options[i].offer
		switch {
		case o.Status != offer.Approved:
			s.exclude(i, NotApproved, "")
		case o.Representation(s.ref.Placement) == nil:
			s.exclude(i, NotPlaced, "")
		case !s.takes(int32(i)):
			s.exclude(i, NotSelected, "")
		case d.excluded.has(int32(i)):
			s.exclude(i, NotSelected, "excluded by the request")
		case !s.dated:
			s.exclude(i, OutOfCalendar, "the activity's dates")
		case !o.Open(d.now):
			s.exclude(i, OutOfCalendar, "the offer's dates")
		}
	}
}

// trace writes down the funnel and the reasons of each activity.
func (d *deciding) trace() {
	proposed := make(map[int32]bool)
	for i := range d.slots {
		for _, c := range d.slots[i].chosen {
			proposed[d.slots[i].ranked[c].offer] = true
		}
	}
	d.result.Trace = make(map[ActivityID]*ActivityTrace, len(d.slots))
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil {
			d.result.Trace[s.id] = &ActivityTrace{Excluded: map[offer.ID]Exclusion{}}
			continue
		}
		d.result.Trace[s.id] = s.trace(d, proposed)
	}
}

func (s *slot) trace(d *deciding, proposed map[int32]bool) *ActivityTrace {
	own := make(map[int32]bool, len(s.chosen))
	for _, c := range s.chosen {
		own[s.ranked[c].offer] = true
	}
	t := &ActivityTrace{Excluded: make(map[offer.ID]Exclusion)}
	for i, x := range s.why {
		o := int32(i)
		if x.Reason == "" && !own[o] {
			x.Reason = Outranked
			if proposed[o] && !d.request.AllowDuplicates {
				x.Reason = Duplicate
			}
		}
		t.Funnel.count(x.Reason)
		if !own[o] {
			t.Excluded[d.binding.snapshot.options[o].offer.ID] = x
		}
	}
	return t
}

// count counts an offer in every step that it passed.
func (f *Funnel) count(out Reason) {
	f.Inventory++
	for _, step := range [...]struct {
		left    *int
		reasons [3]Reason
	}{
		{&f.Status, [3]Reason{NotApproved}},
		{&f.Placement, [3]Reason{NotPlaced}},
		{&f.Collection, [3]Reason{NotSelected}},
		{&f.Calendar, [3]Reason{OutOfCalendar}},
		{&f.Suppressed, [3]Reason{Suppressed, SuppressionUnknown}},
		{&f.Eligible, [3]Reason{Ineligible}},
		{&f.Applicable, [3]Reason{Inapplicable}},
		{&f.Suitable, [3]Reason{Unsuitable}},
		{&f.Filtered, [3]Reason{Filtered}},
		{&f.Capped, [3]Reason{Capped, CappedContended, CappingUnavailable}},
		{&f.Scored, [3]Reason{BelowMinScore}},
	} {
		for _, r := range step.reasons {
			if r != "" && r == out {
				return
			}
		}
		*step.left++
	}
}

// The details of exclusions. They are made only for a trace.

func (d *deciding) tracing() bool { return d.request.Trace >= TraceReasons }

// failing names the first condition that does not hold, and its error if it has one.
func (d *deciding) failing(conditions []condition) string {
	for i := range conditions {
		c := &conditions[i]
		switch t := d.truth(c); {
		case t.err != nil:
			return c.where + ": " + d.errorText(t.err)
		case !t.holds:
			return c.where + ": false"
		}
	}
	return ""
}

func (d *deciding) errorText(err *rules.Error) string {
	if d.engine.config.ErrorText && err.Detail != "" {
		return err.Error() + ": " + err.Detail
	}
	return err.Error()
}

// excludeBy notes what kept the offer out of the activity.
func (s *slot) excludeBy(d *deciding, o int, v verdict) {
	if s.why != nil {
		s.exclude(o, verdictReasons[v], s.detail(d, int32(o), v))
	}
}

func (s *slot) detail(d *deciding, o int32, v verdict) string {
	option := &d.binding.snapshot.options[o]
	switch {
	case v == suppressed || v == suppressionUnknown:
		return d.suppressedBy(option)
	case v == inapplicable:
		return d.failing(option.applicable)
	case v == unsuitable:
		return d.failing(option.suitable)
	case !s.open:
		return d.failing(s.conditions)
	case s.tier(o) < 0:
		return s.closed(d, o)
	default:
		return d.failing(option.eligible)
	}
}

// closed says why no selection that takes the offer is open.
func (s *slot) closed(d *deciding, o int32) string {
	for t := range s.boundActivity.selections {
		if sel := &s.boundActivity.selections[t]; sel.takes(o) {
			return d.failing(sel.conditions)
		}
	}
	return ""
}

func (d *deciding) suppressedBy(o *option) string {
	p, _ := d.suppressing(o)
	def := d.binding.snapshot.policies[p].def
	if def.Reason == "" {
		return "policy " + string(def.ID)
	}
	return fmt.Sprintf("policy %s: %s", def.ID, def.Reason)
}

func (d *deciding) filteredBy(ctx context.Context, f constraint.Filter, o int, err error) string {
	switch {
	case !d.tracing():
		return ""
	case err != nil:
		return "the filter failed"
	}
	if explainer, ok := f.(constraint.Explainer); ok {
		return d.explain(ctx, explainer, d.binding.snapshot.options[o].offer)
	}
	return fmt.Sprintf("%T", f)
}

func (d *deciding) explain(ctx context.Context, e constraint.Explainer, o *offer.Offer) (text string) {
	defer func() {
		if recover() != nil {
			text = "the filter's explanation failed"
		}
	}()
	return e.Explain(ctx, d.facts, o)
}

// excludeBelow notes that the score is less than the selection's least.
func (s *slot) excludeBelow(o int, score, least float64) {
	switch {
	case s.why == nil:
	case math.IsNaN(score):
		s.exclude(o, BelowMinScore, "no score")
	default:
		s.exclude(o, BelowMinScore, fmt.Sprintf("%v is less than %v", score, least))
	}
}
