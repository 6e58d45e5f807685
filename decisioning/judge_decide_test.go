package decisioning_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
)

// judge is the naive implementation of the contract: it loops over everything,
// evaluates each rule each time, tries all plans and keeps a list of all units.
// It is slow and plain, and shares no code with the engine but the data types
// and the hash that orders ties. Not safe for concurrent use.
type judge struct {
	cat      decisioning.Catalog // without what quarantine left out
	known    map[decisioning.ActivityID]bool
	setup    setup
	counters judgeCounters
	saw      sights
	broad    bool // too much to try all plans
}

// sights are what a judge met, to know what the random catalogs cover.
type sights struct{ contested, tied, refused, erred, missing bool }

func (s *sights) rule(err error) {
	if err != nil {
		s.erred = true
		s.missing = s.missing || strings.Contains(err.Error(), "no such key")
	}
}

var (
	errMalformed = errors.New("malformed request")
	errFuture    = errors.New("in the future")
)

func newJudge(whole decisioning.Catalog, f faults, s setup) *judge {
	j := &judge{cat: f.survivors(whole), setup: s, known: map[decisioning.ActivityID]bool{}}
	for _, a := range whole.Activities {
		j.known[a.ID] = true
	}
	j.counters = judgeCounters{seen: map[string]bool{}, records: map[string]*judgeRecord{}}
	return j
}

// judgeRequest is a request with its facts as values, and what happens to the
// counter meanwhile.
type judgeRequest struct {
	decisioning.Request
	facts judgeFacts
	upset upset
}

// upset is what goes on at the counter during a decision.
type upset struct {
	blind  bool      // usage cannot be read, and nothing reserved
	locked bool      // nothing can be reserved
	sneaks [][]sneak // before each attempt to reserve, others take units
}

// sneak is n units that somebody else takes.
type sneak struct {
	key capping.Key
	at  time.Time
	max int64
	n   int
}

// judgeDecision is the judge's answer.
type judgeDecision struct {
	propositions []decisioning.Proposition
	trace        map[decisioning.ActivityID]*decisioning.ActivityTrace
	record       *judgeRecord // nil if nothing was recorded
}

// assessed is an offer under assessment for an activity.
type assessed struct {
	offer  *offer.Offer
	reason decisioning.Reason // empty: it qualifies, so far
	tier   int
	limits []judgeLimit
}

// decide answers the request; id is the decision's.
func (j *judge) decide(r *judgeRequest, id string) (*judgeDecision, error) {
	activities, err := j.activities(r)
	if err != nil {
		return nil, err
	}
	own := j.counters.record(id)
	if own != nil && own.profile != r.ProfileID && !r.upset.blind {
		return nil, capping.ErrOtherProfile
	}
	s := &session{j: j, r: r, id: id, own: own, activities: activities, view: map[judgeKey]int64{}, refusals: map[judgeKey]bool{}}
	s.narrow()
	for attempt := 0; ; attempt++ {
		s.plan()
		if r.DryRun || r.upset.blind || r.upset.locked && !s.takesUnits() {
			return s.answer(nil), nil
		}
		if r.upset.locked {
			s.locked = true
			continue
		}
		if attempt < len(r.upset.sneaks) {
			j.counters.sneak(r.upset.sneaks[attempt])
		}
		full := j.counters.full(s.items(), r.At, own)
		if len(full) == 0 {
			return s.answer(j.counters.replace(own, id, r.ProfileID, s.items())), nil
		}
		j.saw.refused = true
		maps.Copy(s.view, full)
		if attempt+1 >= 8 {
			for k := range full {
				s.refusals[k] = true
			}
		}
	}
}

// activities finds what the request names; one that quarantine left out is nil.
func (j *judge) activities(r *judgeRequest) ([]*decisioning.Activity, error) {
	if len(r.Activities) == 0 || len(r.Activities) > 30 {
		return nil, errMalformed
	}
	var found []*decisioning.Activity
	for i, id := range r.Activities {
		if !j.known[id] || slices.Contains(r.Activities[:i], id) {
			return nil, errMalformed
		}
		var a *decisioning.Activity
		for k := range j.cat.Activities {
			if j.cat.Activities[k].ID == id {
				a = &j.cat.Activities[k]
			}
		}
		found = append(found, a)
	}
	return found, nil
}

// sneak takes units for somebody else.
func (c *judgeCounters) sneak(all []sneak) {
	for _, s := range all {
		k := judgeKey{
			offer: s.key.Offer, policy: s.key.Policy, profile: s.key.Profile, counts: s.key.Counts,
			placement: s.key.Placement, window: s.key.Window.Normal(), slot: windowOf(s.key.Window, s.at),
		}
		for range s.n {
			c.units = append(c.units, &judgeUnit{key: k, at: s.at, limit: s.max})
		}
	}
}

// session is one decision under way.
type session struct {
	j          *judge
	r          *judgeRequest
	id         string
	own        *judgeRecord // what the id holds from before
	activities []*decisioning.Activity
	assessed   [][]assessed // for each activity all offers
	view       map[judgeKey]int64
	refusals   map[judgeKey]bool // after too many of them
	locked     bool              // nothing can be taken

	// The plan, by activity.
	places  []judgePlace
	reasons [][]decisioning.Reason
	chosen  judgePlan
}

// narrow applies all steps before the caps, and reads the counters.
func (s *session) narrow() {
	s.assessed = make([][]assessed, len(s.activities))
	for i, a := range s.activities {
		if a == nil {
			continue
		}
		for k := range s.j.cat.Offers {
			o := &s.j.cat.Offers[k]
			limits := s.j.limits(s.r, o, a.Placement)
			for _, l := range limits {
				s.view[l.key] = s.j.counters.used(l.key, s.r.At, s.own)
			}
			s.assessed[i] = append(s.assessed[i], assessed{
				offer: o, reason: s.j.excluded(s.r, a, o), tier: s.j.tier(s.r, a, o), limits: limits,
			})
		}
	}
}

// plan caps, scores and arbitrates by what is known of the counters.
func (s *session) plan() {
	s.places = make([]judgePlace, len(s.activities))
	s.reasons = make([][]decisioning.Reason, len(s.activities))
	var room []int64
	counter := map[judgeKey]int{}
	for i, a := range s.activities {
		if a == nil {
			s.places[i].optional = true // it disturbs no other
			continue
		}
		s.places[i] = judgePlace{count: max(a.Count, 1), optional: a.Optional}
		for _, x := range s.assessed[i] {
			reason, score := s.rest(a, x)
			s.reasons[i] = append(s.reasons[i], reason)
			if reason != "" {
				continue
			}
			candidate := s.candidate(a, x, score)
			for _, l := range x.limits {
				if l.key.counts != "" {
					continue
				}
				if _, ok := counter[l.key]; !ok {
					counter[l.key] = len(room)
					room = append(room, l.max-s.view[l.key])
				}
				candidate.needs = append(candidate.needs, counter[l.key])
			}
			s.places[i].candidates = append(s.places[i].candidates, candidate)
		}
		slices.SortFunc(s.places[i].candidates, rankOrder)
	}
	s.arbitrate(room)
}

// candidate is the offer as arbitration knows it, but for the units that it takes.
func (s *session) candidate(a *decisioning.Activity, x assessed, score *float64) judgeCandidate {
	person := string(s.r.ProfileID)
	if person == "" {
		person = s.r.ID
	}
	return judgeCandidate{
		offer: x.offer, tier: x.tier, score: score, weighted: millionths(weight(a), score),
		hash: decisioning.TieHash(s.j.setup.Seed, person, a.ID, x.offer.ID),
	}
}

// arbitrate chooses the plan.
func (s *session) arbitrate(room []int64) {
	sequential := newPlanner(s.places, room, s.r.AllowDuplicates).sequential()
	if s.j.setup.Sequential {
		s.chosen = sequential
		return
	}
	if s.j.broad {
		s.chosen = newPlanner(s.places, room, s.r.AllowDuplicates).solved()
		return
	}
	p := newPlanner(s.places, room, s.r.AllowDuplicates)
	s.chosen = p.optimal()
	s.j.saw.tied = s.j.saw.tied || p.equal > 1
	s.j.saw.contested = s.j.saw.contested || p.contested() && !s.r.AllowDuplicates || faresBetter(s.chosen, sequential) || faresBetter(sequential, s.chosen)
}

// rest returns the score of an offer, or why it does not reach arbitration.
func (s *session) rest(a *decisioning.Activity, x assessed) (decisioning.Reason, *float64) {
	if x.reason != "" {
		return x.reason, nil
	}
	if reason := s.capped(x.limits); reason != "" {
		return reason, nil
	}
	by := s.j.ranking(a, x.tier)
	score := s.j.score(s.r, a, x.offer, by)
	if tooLow(by, score) {
		return decisioning.BelowMinScore, nil
	}
	return "", score
}

// capped asks whether each limit has room for one more.
func (s *session) capped(limits []judgeLimit) (reason decisioning.Reason) {
	for _, l := range limits {
		if l.anonymous {
			return decisioning.Capped
		}
	}
	for _, l := range limits {
		if s.r.upset.blind && !l.inDecision || s.locked && l.takes() {
			return decisioning.CappingUnavailable
		}
		if s.view[l.key] >= l.max {
			if s.refusals[l.key] {
				return decisioning.CappedContended
			}
			return decisioning.Capped
		}
	}
	return ""
}

// takesUnits reports whether the plan takes a unit of any counter.
func (s *session) takesUnits() bool {
	return slices.ContainsFunc(s.items(), func(item judgeItem) bool { return len(item.units) > 0 })
}

// items are what the plan proposes, with the units that it takes.
func (s *session) items() (items []judgeItem) {
	for i, a := range s.activities {
		if a == nil {
			continue
		}
		for _, c := range s.chosen[i] {
			o := s.places[i].candidates[c].offer
			item := judgeItem{activity: a.ID, placement: a.Placement, offer: o.ID}
			for _, l := range s.j.limits(s.r, o, a.Placement) {
				if l.takes() {
					u := &judgeUnit{key: l.key, limit: l.max, at: s.r.At}
					if s.r.Hold > 0 {
						u.until = s.j.counters.clock.Add(s.r.Hold)
					}
					item.units = append(item.units, u)
				}
			}
			items = append(items, item)
		}
		if len(s.chosen[i]) == 0 && !a.Optional {
			items = append(items, judgeItem{activity: a.ID, placement: a.Placement, offer: a.Fallback})
		}
	}
	return items
}
