package jsonfacts

import (
	"strconv"
	"unsafe"

	"github.com/proffer-go/proffer/internal/slot"
)

// Powers of ten that float64 holds exactly.
var tens = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

const (
	maxDigits   = 18      // of any number below 1<<63
	maxExact    = 1 << 53 // all integers up to it are float64
	maxExponent = 10_000  // beyond which an exponent needs no more digits
	maxWhole    = 300     // digits before the point, of numbers that float64 surely holds
)

// number reads a number. It must not be beyond float64 even if nobody wants it.
func (s *scanner) number(i int, v *slot.Value) int {
	d := decimal{}
	end := d.scan(s.text, i)
	if end == broken {
		return broken
	}
	if v == nil && d.isSmall() {
		return end
	}
	f, ok := d.float()
	if !ok {
		var err error
		if f, err = strconv.ParseFloat(unsafe.String(&s.text[i], end-i), 64); err != nil { // which keeps no part of it
			return broken
		}
	}
	if v != nil {
		v.Kind, v.Number = slot.Number, f
	}
	return end
}

// A decimal is a number as it is written.
type decimal struct {
	negative        bool
	digits          uint64 // all of them; meaningful if they are not too many
	whole, fraction int    // how many digits there are
	exponent        int
}

// scan reads a number as the grammar of JSON has it.
func (d *decimal) scan(text []byte, i int) int {
	if i < len(text) && text[i] == '-' {
		d.negative = true
		i++
	}
	first := i
	if i = d.run(text, i); i == first || text[first] == '0' && i > first+1 {
		return broken
	}
	d.whole = i - first
	if i < len(text) && text[i] == '.' {
		first = i + 1
		if i = d.run(text, first); i == first {
			return broken
		}
		d.fraction = i - first
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		return d.scanExponent(text, i+1)
	}
	return i
}

// run reads digits.
func (d *decimal) run(text []byte, i int) int {
	digits := d.digits
	for ; i < len(text); i++ {
		c := text[i] - '0'
		if c > 9 {
			break
		}
		digits = digits*10 + uint64(c)
	}
	d.digits = digits
	return i
}

func (d *decimal) scanExponent(text []byte, i int) int {
	negative := false
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		negative = text[i] == '-'
		i++
	}
	first := i
	for ; i < len(text) && text[i]-'0' <= 9; i++ {
		d.exponent = min(d.exponent*10+int(text[i]-'0'), maxExponent)
	}
	if i == first {
		return broken
	}
	if negative {
		d.exponent = -d.exponent
	}
	return i
}

// isSmall reports whether d is surely within float64.
func (d *decimal) isSmall() bool { return d.whole+d.exponent <= maxWhole }

// float returns the float64 that is nearest to d, if it is the result of one
// operation on exact numbers (Clinger, How to read floating point numbers
// accurately, 1990).
func (d *decimal) float() (float64, bool) {
	power := d.exponent - d.fraction
	if d.whole+d.fraction > maxDigits || d.digits > maxExact || power >= len(tens) || -power >= len(tens) {
		return 0, false
	}
	f := float64(d.digits)
	if d.negative {
		f = -f
	}
	if power < 0 {
		return f / tens[-power], true
	}
	return f * tens[power], true
}
