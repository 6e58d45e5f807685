// Package instant reads instants written as RFC 3339 date-times, strictly.
//
// [time.Parse] is more lenient than RFC 3339 in some places and stricter in
// others, and it allocates for most offsets. Events are read by the thousand, and
// whether one counts must not depend on such accidents.
package instant

import (
	"errors"
	"time"
)

// What can be wrong with a text. None quotes it: it may be personal data.
var (
	errShape    = errors.New("not an instant with date, time and offset, such as 2026-01-31T09:30:00Z")
	errYear     = errors.New("year is not within 1 and 9999")
	errMonth    = errors.New("no such month")
	errDay      = errors.New("no such day in that month")
	errHour     = errors.New("hour is beyond 23")
	errMinute   = errors.New("minute is beyond 59")
	errSecond   = errors.New("second is beyond 59")
	errLeap     = errors.New("a leap second is only at 23:59:60 UTC")
	errFraction = errors.New("no digit after the decimal point")
	errOffset   = errors.New("offset is not Z, +hh:mm or -hh:mm")
	errOffHour  = errors.New("hour of the offset is beyond 23")
	errOffMin   = errors.New("minute of the offset is beyond 59")
)

const layout = "0000-00-00T00:00:00" // the part of fixed length

// Parse returns the instant that s names, in UTC.
//
// s is a date, 'T', a time and an offset, all of which must be there: a fraction
// of a second may have any number of digits, those beyond nanoseconds are
// dropped, 'T' and 'Z' may be in lower case. A leap second, 23:59:60 in UTC, is
// the first instant of the next minute. The year is within 1 and 9999, as written
// and in UTC. Everything else is an error, which does not quote s.
//
// Parse does not allocate.
func Parse(s string) (time.Time, error) {
	if !hasShape(s) {
		return time.Time{}, errShape
	}
	year, month, day := pair(s, 0)*100+pair(s, 2), pair(s, 5), pair(s, 8)
	hour, minute, second := pair(s, 11), pair(s, 14), pair(s, 17)
	if err := check(year, month, day, hour, minute, second); err != nil {
		return time.Time{}, err
	}
	nanos, rest, err := fraction(s[len(layout):])
	if err != nil {
		return time.Time{}, err
	}
	east, err := offset(rest)
	if err != nil {
		return time.Time{}, err
	}
	if second == 60 {
		if (24*60+hour*60+minute-east)%(24*60) != 24*60-1 {
			return time.Time{}, errLeap
		}
		nanos = 0 // time.Date makes of second 60 the next minute
	}
	t := time.Date(year, time.Month(month), day, hour, minute-east, second, nanos, time.UTC)
	if y := t.Year(); y < 1 || y > 9999 {
		return time.Time{}, errYear
	}
	return t, nil
}

// hasShape reports whether s begins with digits and separators as layout does,
// and goes on.
func hasShape(s string) bool {
	if len(s) <= len(layout) {
		return false
	}
	for i := range len(layout) {
		switch want := layout[i]; {
		case want == '0' && !isDigit(s[i]),
			want == 'T' && s[i] != 'T' && s[i] != 't',
			want != '0' && want != 'T' && s[i] != want:
			return false
		}
	}
	return true
}

// check refuses what no calendar and no clock shows; second 60 passes.
func check(year, month, day, hour, minute, second int) error {
	switch {
	case year < 1:
		return errYear
	case month < 1 || month > 12:
		return errMonth
	case day < 1 || day > daysIn(year, month):
		return errDay
	case hour > 23:
		return errHour
	case minute > 59:
		return errMinute
	case second > 60:
		return errSecond
	}
	return nil
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}

// fraction reads the fraction of a second that s may begin with, in nanoseconds.
func fraction(s string) (nanos int, rest string, err error) {
	if s[0] != '.' {
		return 0, s, nil
	}
	i, unit := 1, 100_000_000
	for ; i < len(s) && isDigit(s[i]); i++ {
		nanos += int(s[i]-'0') * unit
		unit /= 10
	}
	if i == 1 {
		return 0, "", errFraction
	}
	return nanos, s[i:], nil
}

// offset reads an offset from UTC, all of s, in minutes to the east.
func offset(s string) (int, error) {
	if s == "Z" || s == "z" {
		return 0, nil
	}
	if len(s) != len("+00:00") || (s[0] != '+' && s[0] != '-') || s[3] != ':' ||
		!isDigit(s[1]) || !isDigit(s[2]) || !isDigit(s[4]) || !isDigit(s[5]) {
		return 0, errOffset
	}
	hours, minutes := pair(s, 1), pair(s, 4)
	switch {
	case hours > 23:
		return 0, errOffHour
	case minutes > 59:
		return 0, errOffMin
	case s[0] == '-':
		return -(hours*60 + minutes), nil
	default:
		return hours*60 + minutes, nil
	}
}

// pair returns the number that the two digits at s[i:] stand for.
func pair(s string, i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
