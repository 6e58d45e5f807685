package decisioning

import (
	"fmt"
	"slices"
	"strings"
)

// A seating is a list of activities as requests name it, looked up. It is kept for the next
// request, which mostly names the same ones, and by then may be about another snapshot.
type seating struct {
	roster *roster
	ids    []ActivityID
	bound  []*boundActivity // nil: it is quarantined
	wanted int              // offers, by all of them together
	mixed  bool             // they score in different ways, and none has a weight

	seen  []uint32 // by activity: the round in which it was named
	round uint32
}

// seat gives each activity of the request its slot.
func (d *deciding) seat() error {
	s := &d.seating
	if s.roster != d.binding.roster || !slices.Equal(s.ids, d.request.Activities) {
		s.roster = nil
		if err := s.look(d.binding.roster, d.request.Activities); err != nil {
			return err
		}
		s.roster = d.binding.roster
	}
	d.slots = resize(d.slots, len(s.ids))
	for i, a := range s.bound {
		d.slots[i].begin(a, s.ids[i])
	}
	return nil
}

// look looks the activities up.
func (s *seating) look(r *roster, activities []ActivityID) error {
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
	s.mixed = s.mixes()
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

// begin makes s the slot of the activity.
func (s *slot) begin(a *boundActivity, id ActivityID) {
	s.boundActivity, s.id, s.progress, s.rejections = a, id, progress{}, nil
	s.closed, s.walks, s.pool, s.chosen, s.list = s.closed[:0], s.walks[:0], s.pool[:0], s.chosen[:0], s.list[:0]
}
