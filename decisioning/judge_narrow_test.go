package decisioning_test

import (
	"math"
	"slices"
	"time"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/rank"
)

// excluded returns why the offer may not be proposed for the activity, by the
// steps before the caps; it is empty if none of them leaves it out.
func (j *judge) excluded(r *judgeRequest, a *decisioning.Activity, o *offer.Offer) decisioning.Reason {
	if o.Status != offer.Approved {
		return decisioning.NotApproved
	}
	if representation(o.Representations, a.Placement) == nil {
		return decisioning.NotPlaced
	}
	if len(j.taking(a, o)) == 0 || slices.Contains(r.Exclude, o.ID) {
		return decisioning.NotSelected
	}
	if !dated(o.Start, o.End, r.At) || !dated(a.Start, a.End, r.At) {
		return decisioning.OutOfCalendar
	}
	if reason := j.suppressed(r, o); reason != "" {
		return reason
	}
	if !j.allHold(r, j.eligibility(o)) || !j.open(r, a) || j.tier(r, a, o) < 0 {
		return decisioning.Ineligible
	}
	if !j.allHold(r, j.applicability(o)) {
		return decisioning.Inapplicable
	}
	if !j.allHold(r, j.suitability(o)) {
		return decisioning.Unsuitable
	}
	if !j.setup.filter(a.ID).passes(o) {
		return decisioning.Filtered
	}
	return ""
}

func representation(all []offer.Representation, p placement.ID) *offer.Representation {
	for i := range all {
		if all[i].Placement == p {
			return &all[i]
		}
	}
	return nil
}

// dated reports whether start ≤ at < end.
func dated(start, end, at time.Time) bool {
	return (start.IsZero() || at.Compare(start) >= 0) && (end.IsZero() || at.Compare(end) < 0)
}

// selections of the activity; a collection is short for one.
func selections(a *decisioning.Activity) []decisioning.Selection {
	if a.Collection != "" {
		return []decisioning.Selection{{Collection: a.Collection}}
	}
	return a.Selections
}

// taking are the tiers of the activity that take the offer, closed ones too.
func (j *judge) taking(a *decisioning.Activity, o *offer.Offer) (tiers []int) {
	for tier, s := range selections(a) {
		if s.Collection == "" || j.member(s.Collection, o) {
			tiers = append(tiers, tier)
		}
	}
	return tiers
}

func (j *judge) member(id collection.ID, o *offer.Offer) bool {
	for i := range j.cat.Collections {
		if c := &j.cat.Collections[i]; c.ID == id && selects(c, o) {
			return true
		}
	}
	return false
}

func selects(c *collection.Collection, o *offer.Offer) bool {
	if len(c.Offers) > 0 {
		return slices.Contains(c.Offers, o.ID)
	}
	n := 0
	for _, t := range slices.Concat(c.AllTags, c.AnyTags) {
		if slices.Contains(o.Tags, t) {
			n++
		}
	}
	return n > 0 && (len(c.AllTags) == 0 || n == len(c.AllTags))
}

// tier is the earliest open selection that takes the offer, or -1.
func (j *judge) tier(r *judgeRequest, a *decisioning.Activity, o *offer.Offer) int {
	for _, tier := range j.taking(a, o) {
		if s := selections(a)[tier]; j.allHold(r, []string{j.rule(s.Rule), s.Eligibility}) {
			return tier
		}
	}
	return -1
}

func (j *judge) open(r *judgeRequest, a *decisioning.Activity) bool {
	return j.allHold(r, []string{j.rule(a.Rule), a.Eligibility})
}

// The rules that bind an offer: its own, and those of its collections.
func (j *judge) eligibility(o *offer.Offer) []string {
	texts := []string{j.rule(o.Rule), o.Eligibility}
	for _, c := range j.collectionsOf(o) {
		texts = append(texts, j.rule(c.Rule), c.Eligibility)
	}
	return texts
}

func (j *judge) applicability(o *offer.Offer) []string {
	texts := []string{o.Applicability}
	for _, c := range j.collectionsOf(o) {
		texts = append(texts, c.Applicability)
	}
	return texts
}

func (j *judge) suitability(o *offer.Offer) []string {
	texts := []string{o.Suitability}
	for _, c := range j.collectionsOf(o) {
		texts = append(texts, c.Suitability)
	}
	return texts
}

func (j *judge) collectionsOf(o *offer.Offer) (all []collection.Collection) {
	for _, c := range j.cat.Collections {
		if selects(&c, o) {
			all = append(all, c)
		}
	}
	return all
}

// rule is the text of the shared rule, empty for none.
func (j *judge) rule(id constraint.RuleID) string {
	for _, r := range j.cat.Rules {
		if r.ID == id {
			return r.Expr
		}
	}
	return ""
}

// allHold reports whether all rules are true; an empty text is no rule.
func (j *judge) allHold(r *judgeRequest, texts []string) bool {
	all := true
	for _, text := range texts {
		if text != "" {
			ok, err := j.holds(r, text)
			all = all && ok && err == nil
		}
	}
	return all
}

func (j *judge) holds(r *judgeRequest, text string) (bool, error) {
	ok, err := theJudgeRules().holds(text, r.facts)
	j.saw.rule(err)
	return ok, err
}

// suppressed asks the policies. One that certainly suppresses counts before one of
// which it is not known.
func (j *judge) suppressed(r *judgeRequest, o *offer.Offer) (reason decisioning.Reason) {
	for _, p := range j.cat.Policies {
		if !j.member(p.Suppress, o) {
			continue
		}
		if p.Until != "" {
			if end, err := theJudgeRules().instant(p.Until, r.facts); err == nil && !r.At.Before(end) {
				continue
			}
		}
		switch ok, err := j.holds(r, p.When); {
		case err != nil && r.facts.sourceFailed(p.When):
			reason = decisioning.SuppressionUnknown
		case ok, err != nil && p.OnError == constraint.SuppressOnError:
			return decisioning.Suppressed
		}
	}
	return reason
}

// ranking returns the nearest ranking; the zero Spec is the strategy's ranker.
func (j *judge) ranking(a *decisioning.Activity, tier int) rank.Spec {
	if s := selections(a)[tier]; !s.Rank.IsZero() {
		return s.Rank
	}
	return a.Rank
}

// score returns the offer's score by the ranking, nil if it has none.
func (j *judge) score(r *judgeRequest, a *decisioning.Activity, o *offer.Offer, by rank.Spec) *float64 {
	var score float64
	var err error
	switch {
	case by.Formula != "":
		score, err = theJudgeRules().number(by.Formula, r.facts, o, a)
		j.saw.rule(err)
	case by.By == rank.ByUtility:
		score, err = j.utility(r, a, o)
	case by.By == rank.ByPriority, by.By == "" && !j.setup.ranker(a.ID):
		score = float64(o.Priority)
	default:
		score, err = j.setup.scoring().score(o)
	}
	if err != nil || !(math.Abs(score) <= 1e9) || !(math.Abs(weight(a)*score) <= 1e9) {
		return nil
	}
	return &score
}

func (j *judge) utility(r *judgeRequest, a *decisioning.Activity, o *offer.Offer) (float64, error) {
	acceptance, err := math.NaN(), error(nil)
	switch {
	case o.Acceptance != "":
		acceptance, err = theJudgeRules().number(o.Acceptance, r.facts, o, a)
		j.saw.rule(err)
	case j.setup.Model:
		acceptance = modelled(o)
	}
	if acceptance < 0 {
		acceptance = 0
	}
	if acceptance > 1 {
		acceptance = 1
	}
	gain := acceptance * o.Value
	return gain - o.Cost, err
}

func weight(a *decisioning.Activity) float64 {
	if a.Weight == 0 {
		return 1
	}
	return a.Weight
}

// tooLow reports whether the ranking leaves the score out.
func tooLow(by rank.Spec, score *float64) bool {
	lowest := by.MinScore
	if lowest == nil && by.By == rank.ByUtility {
		lowest = new(float64)
	}
	return lowest != nil && (score == nil || *score < *lowest)
}
