package decisioning_test

import (
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
)

// answer says what the plan proposes, and why not the rest.
func (s *session) answer(record *judgeRecord) *judgeDecision {
	d := &judgeDecision{record: record, trace: map[decisioning.ActivityID]*decisioning.ActivityTrace{}}
	for i, a := range s.activities {
		if a == nil {
			d.propositions = append(d.propositions, decisioning.Proposition{
				Activity: s.r.Activities[i], Kind: decisioning.ProposesNone, Reason: decisioning.Quarantined,
			})
			continue
		}
		d.propositions = append(d.propositions, s.proposition(i, a))
		d.trace[a.ID] = s.trace(i)
	}
	return d
}

func (s *session) proposition(i int, a *decisioning.Activity) decisioning.Proposition {
	p := decisioning.Proposition{Activity: a.ID, Placement: a.Placement, Kind: decisioning.ProposesNone}
	for _, c := range s.chosen[i] {
		candidate := s.places[i].candidates[c]
		p.Kind = decisioning.ProposesOffer
		p.Offers = append(p.Offers, decisioning.ProposedOffer{
			ID: candidate.offer.ID, Score: candidate.score, Tier: candidate.tier,
			Representation: representation(candidate.offer.Representations, a.Placement),
		})
	}
	if len(p.Offers) == 0 && !a.Optional {
		p.Kind = decisioning.ProposesFallback
		for _, f := range s.j.cat.Fallbacks {
			if f.ID == a.Fallback {
				p.Fallback = &decisioning.ProposedFallback{ID: f.ID, Representation: representation(f.Representations, a.Placement)}
			}
		}
	}
	return p
}

// steps are the reasons in the order of narrowing, with the number of the funnel
// that counts what is left after each.
var steps = []struct {
	reasons []decisioning.Reason
	left    func(*decisioning.Funnel) *int
}{
	{nil, func(f *decisioning.Funnel) *int { return &f.Inventory }},
	{[]decisioning.Reason{decisioning.NotApproved}, func(f *decisioning.Funnel) *int { return &f.Status }},
	{[]decisioning.Reason{decisioning.NotPlaced}, func(f *decisioning.Funnel) *int { return &f.Placement }},
	{[]decisioning.Reason{decisioning.NotSelected}, func(f *decisioning.Funnel) *int { return &f.Collection }},
	{[]decisioning.Reason{decisioning.OutOfCalendar}, func(f *decisioning.Funnel) *int { return &f.Calendar }},
	{[]decisioning.Reason{decisioning.Suppressed, decisioning.SuppressionUnknown}, func(f *decisioning.Funnel) *int { return &f.Suppressed }},
	{[]decisioning.Reason{decisioning.Ineligible}, func(f *decisioning.Funnel) *int { return &f.Eligible }},
	{[]decisioning.Reason{decisioning.Inapplicable}, func(f *decisioning.Funnel) *int { return &f.Applicable }},
	{[]decisioning.Reason{decisioning.Unsuitable}, func(f *decisioning.Funnel) *int { return &f.Suitable }},
	{[]decisioning.Reason{decisioning.Filtered}, func(f *decisioning.Funnel) *int { return &f.Filtered }},
	{[]decisioning.Reason{decisioning.Capped, decisioning.CappedContended, decisioning.CappingUnavailable}, func(f *decisioning.Funnel) *int { return &f.Capped }},
	{[]decisioning.Reason{decisioning.BelowMinScore}, func(f *decisioning.Funnel) *int { return &f.Scored }},
}

func (s *session) trace(i int) *decisioning.ActivityTrace {
	t := &decisioning.ActivityTrace{Excluded: map[offer.ID]decisioning.Exclusion{}}
	left := len(s.assessed[i])
	for _, step := range steps {
		for k, x := range s.assessed[i] {
			for _, reason := range step.reasons {
				if s.reasons[i][k] == reason {
					left--
					t.Excluded[x.offer.ID] = decisioning.Exclusion{Reason: reason}
				}
			}
		}
		*step.left(&t.Funnel) = left
	}
	for k, x := range s.assessed[i] {
		if s.reasons[i][k] == "" && !s.proposed(i, x.offer) {
			t.Excluded[x.offer.ID] = decisioning.Exclusion{Reason: s.loser(x.offer)}
		}
	}
	return t
}

// proposed reports whether the activity proposes the offer.
func (s *session) proposed(i int, o *offer.Offer) bool {
	for _, c := range s.chosen[i] {
		if s.places[i].candidates[c].offer == o {
			return true
		}
	}
	return false
}

// loser is why an offer that qualifies is not proposed.
func (s *session) loser(o *offer.Offer) decisioning.Reason {
	for i := range s.activities {
		if s.proposed(i, o) && !s.r.AllowDuplicates {
			return decisioning.Duplicate
		}
	}
	return decisioning.Outranked
}
