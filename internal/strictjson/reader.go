package strictjson

import (
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/proffer-go/proffer/internal/instant"
)

// A reader reads values into Go values.
type reader struct {
	scanner
	zeros map[string]bool
	types map[reflect.Type]*fields
	words words
}

var (
	rawType      = reflect.TypeFor[json.RawMessage]()
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
)

var errDuration = errors.New(`not a duration: write it in Go's form, such as "90m" or "168h"`)

// value reads the value at pos into v, which is zero before, and remembers if it
// is afterwards.
func (r *reader) value(v reflect.Value) bool {
	before := len(r.faults)
	ok := r.read(v)
	if v.IsZero() {
		r.zeros[string(r.path)] = len(r.faults) > before
	}
	return ok
}

func (r *reader) read(v reflect.Value) bool {
	switch v.Type() {
	case rawType:
		r.next()
		start := r.pos
		_, ok := r.tree()
		v.SetBytes(r.text[start:r.pos])
		return ok
	case timeType:
		return r.string("an instant such as \"2026-01-31T12:00:00Z\"", func(s string) error {
			t, err := instant.Parse(s)
			v.Set(reflect.ValueOf(t))
			return err
		})
	case durationType:
		return r.string("a duration such as \"90m\"", func(s string) error {
			d, err := time.ParseDuration(s)
			v.SetInt(int64(d))
			if err != nil {
				return errDuration
			}
			return nil
		})
	}
	switch v.Kind() {
	case reflect.Pointer:
		return r.pointer(v)
	case reflect.Struct:
		return r.object(v)
	case reflect.Slice:
		return r.slice(v)
	case reflect.Map, reflect.Interface:
		return r.free(v)
	case reflect.String:
		return r.plain(v)
	case reflect.Bool:
		return r.bool(v)
	case reflect.Int, reflect.Int64, reflect.Float64:
		return r.numeric(v)
	default:
		panic("strictjson: cannot read into " + v.Type().String())
	}
}

func (r *reader) pointer(v reflect.Value) bool {
	before := len(r.faults)
	to := reflect.New(v.Type().Elem())
	ok := r.read(to.Elem())
	if len(r.faults) == before {
		v.Set(to)
	}
	return ok
}

func (r *reader) slice(v reflect.Value) bool {
	if r.next() != '[' {
		return r.wrong("a list")
	}
	id := r.fields(v.Type().Elem()).id
	return r.elements(func(i int) bool {
		v.Grow(1)
		v.SetLen(i + 1)
		before := len(r.faults)
		ok := r.value(v.Index(i))
		if id >= 0 {
			r.show(v.Index(i).Field(id).String(), before)
		}
		return ok
	})
}

// show puts the id of the element at the current key, which may stand behind its
// faults in the text, into the paths of the faults found within it.
func (r *reader) show(id string, from int) {
	for i := range r.faults[from:] {
		f := &r.faults[from+i]
		f.Path = WithID(f.Path[:len(r.path)], id) + f.Path[len(r.path):]
	}
}

// free reads into an any or a map[string]any.
func (r *reader) free(v reflect.Value) bool {
	if v.Kind() == reflect.Map && r.next() != '{' {
		return r.wrong("an object")
	}
	value, ok := r.tree()
	if members, _ := value.(map[string]any); value != nil && (v.Kind() == reflect.Interface || len(members) > 0) {
		v.Set(reflect.ValueOf(value))
	}
	return ok
}

// string reads a string and hands it to set, whose error is a fault.
func (r *reader) string(want string, set func(string) error) bool {
	if r.next() != '"' {
		return r.wrong(want)
	}
	start, before := r.pos, len(r.faults)
	content, ok := r.quoted()
	if !ok || len(r.faults) > before {
		return ok
	}
	if err := set(string(content)); err != nil {
		r.fault(start, "%v", err)
	}
	return true
}

// plain reads a string into v.
func (r *reader) plain(v reflect.Value) bool {
	if r.next() != '"' {
		return r.wrong("a string")
	}
	before := len(r.faults)
	content, ok := r.quoted()
	if ok && len(r.faults) == before {
		v.SetString(r.words.get(content))
	}
	return ok
}

func (r *reader) bool(v reflect.Value) bool {
	if c := r.next(); c != 't' && c != 'f' {
		return r.wrong("true or false")
	}
	word, ok := r.word()
	v.SetBool(word == "true")
	return ok
}

func (r *reader) numeric(v reflect.Value) bool {
	if !numeric(r.next()) {
		return r.wrong("a number")
	}
	start := r.pos
	if !r.number() {
		return false
	}
	text := string(r.text[start:r.pos])
	if v.Kind() == reflect.Float64 {
		v.SetFloat(r.float(text, start))
		return true
	}
	n, problem := integer(text, v.Type().Bits())
	if problem != "" {
		r.fault(start, "%s", problem)
	}
	v.SetInt(n)
	return true
}

// float returns the number; one beyond float64 is a fault. There is no negative zero.
func (r *reader) float(text string, at int) float64 {
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		r.fault(at, "is a number beyond float64")
		return 0
	case f == 0:
		return 0
	}
	return f
}

// integer returns the integer that the number is, also if it is written as 10.0
// or 1e1, or what is wrong with it.
func integer(text string, bits int) (n int64, problem string) {
	if n, err := strconv.ParseInt(text, 10, bits); err == nil {
		return n, ""
	}
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimRight(whole+fraction, "0")
	if strings.Trim(digits, "-") == "" {
		return 0, ""
	}
	exponent, err := strconv.Atoi(power)
	if power != "" && err != nil {
		exponent = 1 << 30 // too large, or so small that there is a fraction
		if power[0] == '-' {
			exponent = -exponent
		}
	}
	zeros := exponent + len(whole) - len(digits)
	if zeros < 0 {
		return 0, "is no integer"
	}
	if zeros < 20 {
		if n, err = strconv.ParseInt(digits+strings.Repeat("0", zeros), 10, bits); err == nil {
			return n, ""
		}
	}
	return 0, "is an integer beyond " + strconv.Itoa(bits) + " bits"
}

// wrong notes that the value at pos is of the wrong type and passes over it.
func (r *reader) wrong(want string) bool {
	c, start := r.next(), r.pos
	_, ok := r.tree()
	if got := typeOf(c); ok || c == '{' || c == '[' {
		r.fault(start, "is %s, want %s", got, want)
	}
	return ok
}

// typeOf names the type of a value that begins with c.
func typeOf(c byte) string {
	switch c {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

// tree reads the value at pos as encoding/json does. A repeated key and a number
// beyond float64 are faults.
func (r *reader) tree() (value any, ok bool) {
	switch c := r.next(); {
	case c == '{':
		return r.mapping()
	case c == '[':
		list := []any{}
		ok = r.elements(func(int) bool {
			element, ok := r.tree()
			list = append(list, element)
			return ok
		})
		return list, ok
	case c == '"':
		content, ok := r.quoted()
		return string(content), ok
	case numeric(c):
		start := r.pos
		if !r.number() {
			return nil, false
		}
		return r.float(string(r.text[start:r.pos]), start), true
	default:
		word, ok := r.word()
		if word == "null" {
			return nil, ok
		}
		return word == "true", ok
	}
}

func (r *reader) mapping() (map[string]any, bool) {
	object := make(map[string]any)
	ok := r.members(func(name []byte, at int) bool {
		return r.within(name, func() bool {
			if _, repeated := object[string(name)]; repeated {
				r.repeated(at)
			}
			member, ok := r.tree()
			object[string(name)] = member
			return ok
		})
	})
	return object, ok
}

func (r *reader) repeated(at int) {
	r.fault(at, "is given twice: leave one")
}
