package decisioning_test

import (
	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// judgeLimit is a cap or contact policy that binds an offer at a placement.
type judgeLimit struct {
	key        judgeKey
	max        int64
	inDecision bool // it counts the propositions of this decision
	anonymous  bool // it counts per profile, and there is no profile id
}

// takes reports whether a proposition takes a unit of a counter.
func (l judgeLimit) takes() bool { return l.key.counts == "" && !l.inDecision }

// limits of the offer at the placement: its caps and the contact policies of its
// collections, and what the application adds.
func (j *judge) limits(r *judgeRequest, o *offer.Offer, p placement.ID) (all []judgeLimit) {
	add := func(key judgeKey, per offer.Per, limit int64) {
		key.window = key.window.Normal()
		key.slot = windowOf(key.window, r.At)
		l := judgeLimit{key: key, max: limit}
		switch per {
		case offer.PerProfile:
			l.key.profile, l.anonymous = r.ProfileID, r.ProfileID == ""
		case offer.PerDecision:
			l.inDecision, l.key.slot = true, "decision"
		case offer.PerAll:
		}
		all = append(all, l)
	}
	for _, c := range o.Caps {
		if c.Placement == "" || c.Placement == p {
			add(judgeKey{offer: o.ID, counts: c.Counts, placement: c.Placement, window: c.Window}, c.Per, c.Limit)
		}
	}
	for _, c := range j.cat.ContactPolicies {
		if (c.Placement == "" || c.Placement == p) && j.member(c.Collection, o) {
			add(judgeKey{policy: c.ID, counts: c.Counts, placement: c.Placement, window: c.Window}, c.Per, c.Limit)
		}
	}
	if j.setup.Capper && appCaps(o) {
		key := appKey(r.ProfileID)
		all = append(all, judgeLimit{key: judgeKey{policy: key.Policy, profile: key.Profile}, max: appLimit})
	}
	return all
}

// policiesCounting are the contact policies that count events of the type for
// the offer.
func (j *judge) policiesCounting(id offer.ID, eventType string) (all []capping.PolicyID) {
	for i := range j.cat.Offers {
		for _, c := range j.cat.ContactPolicies {
			if o := &j.cat.Offers[i]; o.ID == id && c.Counts == eventType && j.member(c.Collection, o) {
				all = append(all, c.ID)
			}
		}
	}
	return all
}
