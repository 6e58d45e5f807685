package decisioning

import (
	"fmt"

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

func (d *deciding) tracing() bool { return d.request.Trace >= TraceReasons }

// trace writes down the funnel and the reasons of each activity.
func (d *deciding) trace() {
	proposed := make(map[int32]bool)
	for i := range d.slots {
		for _, c := range d.slots[i].chosen {
			proposed[d.slots[i].pool[c].offer] = true
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
		own[s.pool[c].offer] = true
	}
	pool := make(map[int32]*ranked, len(s.pool))
	for i := range s.pool {
		pool[s.pool[i].offer] = &s.pool[i]
	}
	t := &ActivityTrace{Excluded: make(map[offer.ID]Exclusion)}
	for i := range int32(d.binding.snapshot.options.Len()) {
		var x Exclusion
		if !own[i] {
			x = s.exclusion(d, i, pool[i], proposed[i])
			t.Excluded[d.option(i).offer.ID] = x
		}
		t.Funnel.count(x.Reason)
	}
	return t
}

// exclusion returns why the offer is not proposed: the first step that it does not
// pass. The pool has those that passed all but the last ones.
func (s *slot) exclusion(d *deciding, i int32, r *ranked, proposed bool) Exclusion {
	if r == nil {
		return s.narrowedBy(d, i)
	}
	if reason, line := d.cappedBy(&r.draw); reason != "" {
		return Exclusion{reason, cappedDetail(&r.draw, line)}
	}
	switch least := s.rankings[r.tier].minScore; {
	case r.low && !r.scored():
		return Exclusion{BelowMinScore, "no score"}
	case r.low:
		return Exclusion{BelowMinScore, fmt.Sprintf("%v is less than %v", r.score, least)}
	case proposed && !d.request.AllowDuplicates:
		return Exclusion{Reason: Duplicate}
	default:
		return Exclusion{Reason: Outranked}
	}
}

func cappedDetail(w *draw, l *line) string {
	switch {
	case w.broken:
		return "the application's capper failed"
	case w.missing:
		return "no profile id"
	default:
		return l.full()
	}
}

// narrowedBy returns what keeps the offer out before caps and scores are looked at.
func (s *slot) narrowedBy(d *deciding, i int32) Exclusion {
	option := d.option(i)
	o := option.offer
	switch {
	case o.Status != offer.Approved:
		return Exclusion{NotApproved, ""}
	case o.Representation(s.ref.Placement) == nil:
		return Exclusion{NotPlaced, ""}
	case !s.takes(d, o):
		return Exclusion{NotSelected, ""}
	case d.excludes(i):
		return Exclusion{NotSelected, "excluded by the request"}
	case !s.openAt(d):
		return Exclusion{OutOfCalendar, "the activity's dates"}
	case !o.Open(d.now):
		return Exclusion{OutOfCalendar, "the offer's dates"}
	}
	switch p, as := d.suppressedBy(option.bundle); as {
	case suppressed:
		return Exclusion{Suppressed, d.policyDetail(p)}
	case suppressionUnknown:
		return Exclusion{SuppressionUnknown, d.policyDetail(p)}
	default:
	}
	if !s.open {
		return Exclusion{Ineligible, d.failing(s.conditions)}
	}
	if detail, closed := s.closedFor(d, o); closed {
		return Exclusion{Ineligible, detail}
	}
	conditions := d.binding.snapshot.conditions(option)
	for i, reason := range [...]Reason{Ineligible, Inapplicable, Unsuitable} {
		if detail := d.failing(conditions[i]); detail != "" {
			return Exclusion{reason, detail}
		}
	}
	return Exclusion{Filtered, s.rejections[i]}
}

// takes reports whether a selection of the activity takes the offer, open or closed.
func (s *slot) takes(d *deciding, o *offer.Offer) bool {
	for t := range s.selections {
		if d.binding.snapshot.shelf.takes(s.selections[t].collection, o) {
			return true
		}
	}
	return false
}

// closedFor reports whether no selection that takes the offer is open, and why the
// first is not.
func (s *slot) closedFor(d *deciding, o *offer.Offer) (detail string, closed bool) {
	for t := range s.selections {
		sel := &s.selections[t]
		if !d.binding.snapshot.shelf.takes(sel.collection, o) {
			continue
		}
		failing := d.failing(sel.conditions)
		if failing == "" {
			return "", false
		}
		if detail == "" {
			detail = failing
		}
	}
	return detail, true
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

// conditions returns the conditions of the offer and of the collections that bind
// it, as they were written: of eligibility, applicability and suitability. A decision goes by their conjunction; which one fails is of
// interest to a trace alone.
func (s *Snapshot) conditions(o *option) (all [3][]condition) {
	add := func(to *[]condition, where, text string) {
		if text != "" {
			expr := mustCompile(s.compiler, rules.Condition, text)
			*to = append(*to, condition{expr: expr, rule: noRule, where: where})
		}
	}
	bind := func(prefix string, rule offer.RuleID, eligibility, applicability, suitability string) {
		if rule != "" {
			add(&all[0], prefix+"rule "+string(rule), s.shared[rule].Text())
		}
		add(&all[0], prefix+"eligibility", eligibility)
		add(&all[1], prefix+"applicability", applicability)
		add(&all[2], prefix+"suitability", suitability)
	}
	bind("", o.offer.Rule, o.offer.Eligibility, o.offer.Applicability, o.offer.Suitability)
	for _, i := range s.bundles[o.bundle].binding {
		c := &s.lineage.catalog.Collections[i]
		bind("collection "+string(c.ID)+": ", c.Rule, c.Eligibility, c.Applicability, c.Suitability)
	}
	return all
}

// failing names the first condition that does not hold, and its error if it has one. It
// is empty if all hold.
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

func (d *deciding) policyDetail(p int32) string {
	def := d.binding.snapshot.policies[p].def
	if def.Reason == "" {
		return "policy " + string(def.ID)
	}
	return fmt.Sprintf("policy %s: %s", def.ID, def.Reason)
}
