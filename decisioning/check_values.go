package decisioning

import (
	"encoding"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/proffer-go/proffer/internal/strictjson"
	"github.com/proffer-go/proffer/offer"
)

// own makes the catalog of Go values the checker's own copy, as if it had been
// read from JSON, and reports what has no JSON form: numbers that are not finite,
// text that is not UTF-8, years beyond 9999, attributes of other types.
func (k *checker) own() {
	o := &owner{checker: k, names: make(map[reflect.Type][]string)}
	sections := reflect.ValueOf(k.catalog).Elem()
	for i, name := range o.fieldsOf(sections.Type()) {
		section := sections.Field(i)
		if offers, ok := reflect.TypeAssert[[]offer.Offer](section); ok {
			section.Set(reflect.ValueOf(o.offers(offers)))
			continue
		}
		o.within(name, func() { o.value(section) })
	}
}

// offers returns a copy of the offers, which are taken in at that. Those that a copier
// does not take are gone through afterwards, in order, and all are to be taken in again.
func (o *owner) offers(given []offer.Offer) []offer.Offer {
	if len(given) == 0 {
		return nil
	}
	own := make([]offer.Offer, len(given))
	o.foresee()
	taken := o.takeOffers(own, given)
	for _, i := range taken.refused {
		own[i] = given[i]
		o.within(strictjson.Element("offers", i), func() { o.value(reflect.ValueOf(&own[i]).Elem()) })
	}
	if len(taken.refused) == 0 {
		o.taken = taken
	}
	return own
}

// An owner goes through a catalog and keeps the key of where it is.
type owner struct {
	*checker
	key   []byte
	names map[reflect.Type][]string // of fields
	size  int                       // values of the attributes of an offer
}

// maxAttributeDepth bounds how deep attributes are nested, so that a value that
// holds itself is found.
const maxAttributeDepth = 64

// maxAttributes bounds how many values the attributes of an offer have: one that is
// held in many places is copied for each.
const maxAttributes = 1 << 20

// refuse reports the value that the owner is at, and makes it count as unread.
func (o *owner) refuse(v reflect.Value, format string, args ...any) {
	key := string(o.key)
	o.faultAt(key, format, args...)
	o.reading.Zeros[key] = true
	v.SetZero()
}

func (o *owner) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if at, ok := reflect.TypeAssert[time.Time](v); ok {
			o.instant(v, at)
			return
		}
		o.fields(v)
	case reflect.Slice:
		v.Set(reflect.AppendSlice(reflect.Zero(v.Type()), v))
		for i := range v.Len() {
			o.within(strictjson.Element("", i), func() { o.value(v.Index(i)) })
		}
	case reflect.Map:
		if v.Len() == 0 {
			v.SetZero()
			return
		}
		o.size = 0
		own, _ := o.attribute(v, 0).(map[string]any)
		v.Set(reflect.ValueOf(own))
	case reflect.Pointer:
		if !v.IsNil() {
			to := reflect.New(v.Type().Elem())
			to.Elem().Set(v.Elem())
			v.Set(to)
			o.value(to.Elem())
		}
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			o.refuse(v, "is not valid UTF-8")
		}
	case reflect.Float64:
		switch f := v.Float(); {
		case !finite(f):
			o.refuse(v, "%v is not a finite number", f)
		case f == 0:
			v.SetZero() // there is no negative zero
		}
	default: // integers and booleans have a JSON form whatever they are
	}
}

func (o *owner) within(step string, do func()) {
	here := len(o.key)
	o.key = append(o.key, step...)
	do()
	o.key = o.key[:here]
}

// fields goes through the fields of a struct.
func (o *owner) fields(v reflect.Value) {
	for i, name := range o.fieldsOf(v.Type()) {
		o.within("."+name, func() { o.value(v.Field(i)) })
	}
}

// fieldsOf returns the names of the fields of a struct.
func (o *owner) fieldsOf(t reflect.Type) []string {
	names, known := o.names[t]
	if !known {
		for field := range t.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			names = append(names, name)
		}
		o.names[t] = names
	}
	return names
}

// instant makes an instant what reading its JSON form gives: UTC, without a
// monotonic clock.
func (o *owner) instant(v reflect.Value, at time.Time) {
	at, ok := instantOf(at)
	if !ok {
		o.refuse(v, "year %d is not within 1 and 9999", at.Year())
		return
	}
	v.Set(reflect.ValueOf(at))
}

func instantOf(at time.Time) (time.Time, bool) {
	at = at.UTC().Round(0)
	return at, 1 <= at.Year() && at.Year() <= 9999
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// attribute returns a copy of the value that is made of what encoding/json
// decodes to: nil, bool, float64, string, []any and map[string]any.
func (o *owner) attribute(v reflect.Value, depth int) any {
	if o.size++; o.size >= maxAttributes {
		if o.size == maxAttributes {
			return o.noAttribute("makes more than %d values", maxAttributes)
		}
		return nil
	}
	if !v.IsValid() {
		return nil
	}
	if number, ok := reflect.TypeAssert[json.Number](v); ok {
		f, err := number.Float64()
		if err != nil {
			return o.noAttribute("is no number of float64")
		}
		return f
	}
	switch v.Interface().(type) {
	case json.Marshaler, encoding.TextMarshaler, []byte:
		return o.noAttribute("%v has no JSON form of its own: give text, a number, a list or a map", v.Type())
	}
	if depth > maxAttributeDepth {
		return o.noAttribute("is nested deeper than %d", maxAttributeDepth)
	}
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return float64(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return float64(v.Uint())
	case reflect.Float32, reflect.Float64:
		if !finite(v.Float()) {
			return o.noAttribute("%v is not a finite number", v.Float())
		}
		if v.Float() == 0 {
			return 0.0
		}
		return v.Float()
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return o.noAttribute("is not valid UTF-8")
		}
		return v.String()
	case reflect.Interface:
		return o.attribute(v.Elem(), depth)
	case reflect.Pointer:
		return o.attribute(v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		return o.attributeList(v, depth)
	case reflect.Map:
		return o.attributeMap(v, depth)
	default:
		return o.noAttribute("%v is no JSON value: give text, a number, a list or a map", v.Type())
	}
}

func (o *owner) noAttribute(format string, args ...any) any {
	o.faultAt(string(o.key), format, args...)
	return nil
}

func (o *owner) attributeList(v reflect.Value, depth int) any {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return nil
	}
	list := make([]any, v.Len())
	for i := range list {
		o.within(strictjson.Element("", i), func() { list[i] = o.attribute(v.Index(i), depth+1) })
	}
	return list
}

func (o *owner) attributeMap(v reflect.Value, depth int) any {
	if v.Type().Key().Kind() != reflect.String {
		return o.noAttribute("%v has keys that are no strings", v.Type())
	}
	if v.IsNil() {
		return nil
	}
	object := make(map[string]any, v.Len())
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, name := range keys {
		step := strictjson.Field(string(o.key), name.String())[len(o.key):]
		o.within(step, func() {
			if !utf8.ValidString(name.String()) {
				o.noAttribute("its name is not valid UTF-8")
			}
			object[name.String()] = o.attribute(v.MapIndex(name), depth+1)
		})
	}
	return object
}
