package jsonfacts

import (
	"encoding/binary"
	"unsafe"

	"github.com/proffer-go/proffer/internal/instant"
)

// dated returns the instant that the text names, as [instant.Parse] has it, in
// seconds since 1970 and nanoseconds, and whether it names one.
func dated(text string) (seconds int64, nanos int32, ok bool) {
	if seconds, ok = utcSeconds(text); ok {
		return seconds, 0, true
	}
	at, err := instant.Parse(text)
	if err != nil {
		return 0, 0, false
	}
	return at.Unix(), int32(at.Nanosecond()), true
}

const layout = "0000-00-00T00:00:00Z" // in which nearly all instants are written

// What to take from the parts of a text to leave its digits as numbers, and what
// to add to these so that a top bit shows what is no digit, or no separator.
const (
	zeros1, limit1 = 0x2d30302d30303030, 0x7f76767f76767676 // 0000-00-
	zeros2, limit2 = 0x30303a3030543030, 0x76767f76767f7676 // 00T00:00
	zeros3, limit3 = 0x5a30303a, 0x7f76767f                 // :00Z
)

// utcSeconds reads an instant in the layout, eight characters at a time. It may
// say no, but then [instant.Parse] has the last word.
func utcSeconds(text string) (int64, bool) {
	if len(text) != len(layout) {
		return 0, false
	}
	b := unsafe.Slice(unsafe.StringData(text), len(text)) // only read
	one := binary.LittleEndian.Uint64(b) ^ zeros1
	two := binary.LittleEndian.Uint64(b[8:]) ^ zeros2
	three := uint64(binary.LittleEndian.Uint32(b[16:])) ^ zeros3
	if (one|(one+limit1)|two|(two+limit2)|three|(three+limit3))&topBits != 0 {
		return 0, false
	}
	one, two, three = pairs(one), pairs(two), pairs(three)
	year, month, day := int(one&0xff)*100+int(one>>16&0xff), int(one>>40&0xff), int(two&0xff)
	hour, minute, second := int64(two>>24&0xff), int64(two>>48&0xff), int64(three>>8&0xff)
	if year < 1 || month < 1 || month > 12 || day < 1 || day > 28 && day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return days(year, month, day)*(24*60*60) + hour*(60*60) + minute*60 + second, true
}

// pairs makes of each digit in a byte ten times it and the next.
func pairs(digits uint64) uint64 { return digits*10 + digits>>8 }

// before is how many days of a common year are before the month.
var before = [...]int{1: 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}

func daysIn(year, month int) int {
	if month == 2 && isLeap(year) {
		return 29
	}
	return before[month+1] - before[month]
}

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// days returns how many days of the Gregorian calendar are from 1970 to the date.
func days(year, month, day int) int64 {
	past := year - 1
	n := past*365 + past/4 - past/100 + past/400 + before[month] + day - 1
	if month > 2 && isLeap(year) {
		n++
	}
	return int64(n) - 719_162 // days before 1970
}
