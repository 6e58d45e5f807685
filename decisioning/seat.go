package decisioning

import (
	"fmt"
	"slices"
	"strings"

	"github.com/proffer-go/proffer/offer"
)

// A seating is a list of activities as requests name it, looked up. It is kept for the next
// request, which mostly names the same ones, and by then may be about another snapshot.
type seating struct {
	roster *roster
	ids    []ActivityID     // none: the last list was refused
	bound  []*boundActivity // nil: it is quarantined
	wanted int              // offers, by all of them together
	mixed  bool             // they score in different ways, and none has a weight
	scored bool             // the application scores candidates of some, all at once
	capped bool             // the application has cappers for some

	binding uint64 // the number of the latest
	era     uint64 // of the list and the binding: another with each of others
	layout  layout // of all of them together

	seen  []uint32 // by activity: the round in which it was named
	round uint32
}

// seat gives each activity of the request its slot.
func (d *deciding) seat() error {
	s := &d.seating
	if s.roster != d.binding.roster { // else slots that are not wanted again would hold the old one
		clear(s.bound[:cap(s.bound)])
		clear(d.slots[:cap(d.slots)])
		s.roster, s.ids = d.binding.roster, s.ids[:0]
	}
	if !slices.Equal(s.ids, d.request.Activities) {
		if err := s.look(d.request.Activities); err != nil {
			s.ids = s.ids[:0]
			return err
		}
		s.mixed, s.scored, s.capped = s.mixes(), s.any(d.scores), s.any(hasCappers)
		d.slots = resize(d.slots, len(s.ids))
		for i := range d.slots {
			d.slots[i].sit(s.ids[i], s.bound[i])
		}
		s.era++
	}
	if s.binding != d.binding.number {
		s.binding = d.binding.number
		s.era++
	}
	return nil
}

func (s *slot) sit(id ActivityID, a *boundActivity) {
	s.id, s.boundActivity, s.walks = id, a, s.walks[:0]
	s.placement, s.tieHash, s.count = "", 0, 0
	if a != nil {
		s.placement, s.tieHash, s.count = a.ref.Placement, a.hash, int32(a.ref.Count)
	}
}

// look looks the activities up.
func (s *seating) look(activities []ActivityID) error {
	r := s.roster
	s.ids, s.bound, s.wanted = s.ids[:0], s.bound[:0], 0
	s.seen = resize(s.seen, len(r.activities))
	if s.round++; s.round == 0 {
		clear(s.seen[:cap(s.seen)])
		s.round = 1
	}
	for i, id := range activities {
		a := r.activities[id]
		if a == nil {
			if _, quarantined := r.quarantined[id]; !quarantined {
				return fmt.Errorf("request.activities[%d]: %w %q", i, ErrUnknownActivity, id)
			}
		}
		if s.isNamed(a, id) {
			return fmt.Errorf("request.activities[%d]: %q is named twice", i, id)
		}
		if a != nil {
			id = a.ref.ID
			s.wanted += a.ref.Count
		} else {
			id = ActivityID(strings.Clone(string(id))) // the memory is the request's
		}
		s.ids, s.bound = append(s.ids, id), append(s.bound, a)
	}
	return nil
}

// isNamed reports whether the activity was named before.
func (s *seating) isNamed(a *boundActivity, id ActivityID) bool {
	if a == nil { // a quarantined one has no number
		return slices.Contains(s.ids, id)
	}
	named := s.seen[a.number] == s.round
	s.seen[a.number] = s.round
	return named
}

// mixes reports whether activities without weights score in different ways.
func (s *seating) mixes() bool {
	if slices.ContainsFunc(s.bound, func(a *boundActivity) bool { return a != nil && a.weight != 1 }) {
		return false
	}
	var first *ranking
	for _, a := range s.bound {
		if a == nil {
			continue
		}
		for t := range a.rankings {
			if first == nil {
				first = &a.rankings[t]
			}
			if !first.sameUnit(&a.rankings[t]) {
				return true
			}
		}
	}
	return false
}

// any reports whether it is so of one of the activities.
func (s *seating) any(is func(*boundActivity) bool) bool {
	return slices.ContainsFunc(s.bound, func(a *boundActivity) bool { return a != nil && is(a) })
}

// capped reports whether the application has cappers for the slot. Mostly it has none at all.
func (s *slot) capped(d *deciding) bool { return d.seating.capped && hasCappers(s.boundActivity) }

func hasCappers(a *boundActivity) bool { return len(a.strategy.cappers) > 0 }

// openAt reports whether the calendar of the activity is open at the instant of the decision.
func (a *boundActivity) openAt(d *deciding) bool {
	// In the second of a bound its nanoseconds tell.
	return a.start < d.seconds && d.seconds < a.end || offer.Open(a.def.Start, a.def.End, d.now)
}
