package decisioning_test

import (
	"fmt"
	"sync"
	"time"

	"github.com/proffer-go/proffer/offer"
)

// windowOf names the calendar window that the instant lies in; it is empty for a
// rolling window and for ever, where units are not told apart by it.
func windowOf(w offer.Window, at time.Time) string {
	if w.Every == "" {
		return ""
	}
	zone, err := time.LoadLocation(w.Normal().Timezone)
	if err != nil {
		panic(err)
	}
	local := at.In(zone)
	if w.Every == offer.Hour { // a repeated hour differs by its offset
		return local.Format("2006-01-02 15 -0700")
	}
	date := dateOf(zone, at)
	switch w.Every {
	case offer.Week:
		for weekdayName(date) != w.Normal().WeekStart {
			date = date.AddDate(0, 0, -1)
		}
		return "week of " + date.Format(time.DateOnly)
	case offer.Month:
		return date.Format("2006-01")
	default:
		return date.Format(time.DateOnly)
	}
}

func weekdayName(date time.Time) string {
	return [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}[date.Weekday()]
}

// dateOf is the last local date that has begun at the instant, as midnight UTC.
func dateOf(zone *time.Location, at time.Time) time.Time {
	y, m, d := at.In(zone).Date()
	for date := time.Date(y, m, d+2, 0, 0, 0, 0, time.UTC); ; date = date.AddDate(0, 0, -1) {
		if !firstInstant(zone, date).After(at) {
			return date
		}
	}
}

var firstInstants sync.Map

// firstInstant is when the local date, or what comes after it where the zone
// skips it, begins: it looks at every minute there is.
func firstInstant(zone *time.Location, date time.Time) time.Time {
	key := fmt.Sprint(zone, date.Unix())
	if found, ok := firstInstants.Load(key); ok {
		return found.(time.Time)
	}
	at := date.Add(-27 * time.Hour)
	for local(at, zone).Before(date) {
		at = at.Add(time.Minute)
	}
	firstInstants.Store(key, at)
	return at
}

// local is what the clocks of the zone show at the instant, as if it were UTC.
func local(at time.Time, zone *time.Location) time.Time {
	l := at.In(zone)
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), time.UTC)
}
