package capping

import (
	"math"
	"time"

	"github.com/proffer-go/proffer/offer"
)

// A span is a calendar window in Unix seconds: start ≤ t < end.
type span struct{ start, end int64 }

const (
	hourLength = 60 * 60
	dayLength  = 24 * hourLength
	// maxOffset is more than any zone was ever away from UTC, in seconds.
	maxOffset = 26 * hourLength
)

// find returns the window that the Unix second at lies in.
func (s *Schedule) find(at int64) span {
	if s.window.Every == offer.Hour {
		return s.hour(at)
	}
	return s.days(at)
}

// hour returns the local hour around at, cut where the offset changes within it.
func (s *Schedule) hour(at int64) span {
	offset, _ := s.offset(at)
	start := at - ((at+offset)%hourLength+hourLength)%hourLength
	hour := span{start, start + hourLength}
	for t := start; ; {
		offset, until := s.offset(t)
		if until >= hour.end {
			return hour
		}
		// A zone also changes its name or its rules, and keeps its offset.
		if next, _ := s.offset(until); next != offset {
			if until > at {
				hour.end = until
				return hour
			}
			hour.start = until
		}
		t = until
	}
}

// days returns the window of whole days around at: of the periods that have
// started by then the latest.
func (s *Schedule) days(at int64) span {
	date := s.first(time.Unix(at, 0).In(s.zone))
	start := s.start(date)
	for {
		// A period that starts with the next one was skipped, and one more may have
		// started already if the clocks went back over midnight.
		date = s.next(date)
		end := s.start(date)
		if end > at {
			return span{start, end}
		}
		start = end
	}
}

// first returns the first date, as midnight in UTC, of the period around a local time.
func (s *Schedule) first(local time.Time) time.Time {
	y, m, d := local.Date()
	switch s.window.Every {
	case offer.Week:
		d -= int(local.Weekday()-s.weekStart+7) % 7
	case offer.Month:
		d = 1
	default: // a day
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// next returns the first date of the period after the one that starts with date.
func (s *Schedule) next(date time.Time) time.Time {
	switch s.window.Every {
	case offer.Week:
		return date.AddDate(0, 0, 7)
	case offer.Month:
		return date.AddDate(0, 1, 0)
	default:
		return date.AddDate(0, 0, 1)
	}
}

// start returns the first Unix second whose local date is the given one or later.
// The midnight itself may not exist, or not be the first such second, so it
// walks the stretches of constant offset from before any zone's midnight.
func (s *Schedule) start(date time.Time) int64 {
	midnight := date.Unix()
	for t := midnight - maxOffset; ; {
		offset, until := s.offset(t)
		if first := max(t, midnight-offset); first < until {
			return first
		}
		t = until
	}
}

// offset returns how many seconds the zone is ahead of UTC at the Unix second t,
// and the second until which that holds at least.
func (s *Schedule) offset(t int64) (offset, until int64) {
	at := time.Unix(t, 0).In(s.zone)
	_, ahead := at.Zone()
	switch _, end := at.ZoneBounds(); {
	case end.IsZero():
		until = math.MaxInt64
	case end.Unix() > t:
		until = end.Unix()
	default:
		// Where a zone is described by a rule, ZoneBounds takes every year to have 365
		// days. No such rule changes an offset on the last day of a leap year.
		until = t - t%dayLength + dayLength
	}
	return int64(ahead), until
}
