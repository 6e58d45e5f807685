package capping

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/proffer-go/proffer/offer"
)

// A Schedule divides time into the windows of an [offer.Window]: every instant
// lies in exactly one, and each ends where the next one starts.
//   - An hour starts at the full local hour, or where the clocks were changed
//     within it: a local hour that is repeated is two windows.
//   - A day starts at its first instant, which need not be midnight. A date that
//     the zone skipped has no window; what is repeated of a date after the clocks
//     went back over midnight belongs to the window that has begun already.
//   - Weeks and months start with their first day.
//
// It works for instants between the years 1 and 9999, and is safe for
// concurrent use. Its zone comes from the time zone database of the system or,
// where there is none, of package time/tzdata.
type Schedule struct {
	window    offer.Window // in normal form
	zone      *time.Location
	weekStart time.Weekday
	last      atomic.Pointer[span] // the window that was asked for last
}

// weekdays are the names that a week may start with, by [time.Weekday].
var weekdays = [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// NewSchedule returns the schedule of the window, or an error that names all that
// is wrong with it. The zero window is for ever.
func NewSchedule(w offer.Window) (*Schedule, error) {
	s := &Schedule{window: w.Normal()}
	w = s.window
	var faults []error
	switch w.Every {
	case "", offer.Hour, offer.Day, offer.Week, offer.Month:
	default:
		faults = append(faults, fmt.Errorf("every: unknown period %q: use hour, day, week or month", w.Every))
	}
	if w.Rolling < 0 {
		faults = append(faults, fmt.Errorf("rolling: %v is not above 0", w.Rolling))
	}
	if w.Rolling != 0 && w.Every != "" {
		faults = append(faults, errors.New("both every and rolling: use one"))
	}
	faults = append(faults, s.setZone(w), s.setWeekStart(w))
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Schedule) setZone(w offer.Window) (err error) {
	switch {
	case w.Timezone == "":
	case w.Every == "":
		return errors.New("timezone: without every")
	case strings.EqualFold(w.Timezone, "local"):
		return errors.New("timezone: Local differs by machine: name a zone, such as Europe/Berlin")
	default:
		if s.zone, err = time.LoadLocation(w.Timezone); err != nil {
			return fmt.Errorf("timezone: %w", err)
		}
	}
	return nil
}

func (s *Schedule) setWeekStart(w offer.Window) error {
	if w.WeekStart == "" {
		return nil
	}
	day := slices.Index(weekdays[:], w.WeekStart)
	switch {
	case w.Every != offer.Week:
		return errors.New("weekStart: without every week")
	case day < 0:
		return fmt.Errorf("weekStart: %q is no English weekday in lower case", w.WeekStart)
	}
	s.weekStart = time.Weekday(day)
	return nil
}

// At returns k with its Window, Start and End set to the window that the instant
// lies in. Asked again for the same window it neither searches nor allocates.
func (s *Schedule) At(at time.Time, k Key) Key {
	k.Window, k.Start, k.End = s.window, 0, 0
	if s.window.Every == "" {
		return k
	}
	second := at.Unix()
	current := s.last.Load()
	if current == nil || second < current.start || second >= current.end {
		current = new(s.find(second))
		s.last.Store(current)
	}
	k.Start, k.End = current.start, current.end
	return k
}
