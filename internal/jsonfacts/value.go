package jsonfacts

import (
	"encoding"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"math"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// decodeValue returns the facts that a Go value stands for: those in the JSON
// text that encoding/json makes of it. Nothing is mended on the way, though, and
// a nil map or slice is empty, not null, where it is the whole document.
func decodeValue(v any, l Limits) (any, *Error) {
	w := &walker{Limits: l, left: l.Bytes}
	root, err := w.value(v, 1)
	if w.left < 0 {
		return nil, tooLarge(l)
	}
	return root, err
}

// A walker copies a tree of Go values. The tree may be a graph, with cycles even:
// depth and size bound the walk.
type walker struct {
	Limits
	left int // bytes; below 0 the document is refused, whatever else is wrong
}

// value returns the facts of v, which would be at the depth if it were a
// container.
func (w *walker) value(v any, depth int) (any, *Error) {
	if w.left--; w.left < 0 {
		return nil, tooLarge(w.Limits)
	}
	switch v := v.(type) {
	case nil, bool:
		return v, nil
	case string:
		return w.text(v)
	case float64:
		return finite(v)
	case int:
		return float64(v), nil
	case json.Number:
		return number(v)
	case map[string]any:
		if v == nil && depth > 1 {
			return nil, nil
		}
		return w.object(maps.All(v), len(v), depth)
	case json.Marshaler, encoding.TextMarshaler:
		return w.marshal(v, depth)
	default:
		return w.reflect(reflect.ValueOf(v), depth)
	}
}

// reflect is value for types that are not known by name.
func (w *walker) reflect(v reflect.Value, depth int) (any, *Error) {
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.String:
		return w.text(v.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return float64(v.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return float64(v.Uint()), nil
	case reflect.Float64:
		return finite(v.Float())
	case reflect.Float32: // as it is written: 0.1, not 0.10000000149011612
		f, _ := strconv.ParseFloat(strconv.FormatFloat(v.Float(), 'g', -1, 32), 64)
		return finite(f)
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String && (depth == 1 || !v.IsNil()) {
			return w.object(members(v), v.Len(), depth)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 && (depth == 1 || !v.IsNil()) {
			return w.list(v, depth)
		}
	case reflect.Array:
		return w.list(v, depth)
	default: // left to encoding/json, as what the cases above do not take
	}
	return w.marshal(v.Interface(), depth)
}

func (w *walker) text(s string) (any, *Error) {
	if w.left -= len(s); w.left < 0 {
		return nil, tooLarge(w.Limits)
	}
	if !utf8.ValidString(s) {
		return nil, &Error{Reason: invalidUTF8}
	}
	return s, nil
}

// object walks all members also after an error and returns that of the least
// key, so that the order of the map does not show.
func (w *walker) object(members iter.Seq2[string, any], n, depth int) (any, *Error) {
	if depth > w.Depth {
		return nil, tooDeep(w.Limits)
	}
	facts := make(map[string]any, min(n, w.left))
	var first *Error
	var firstKey string
	for key, member := range members {
		fact, err := w.member(key, member, depth+1)
		if err != nil && (first == nil || key < firstKey) {
			first, firstKey = err, key
		}
		if w.left < 0 {
			break
		}
		facts[key] = fact
	}
	return facts, first
}

func (w *walker) member(key string, v any, depth int) (any, *Error) {
	_, err := w.text(key)
	if err != nil {
		return nil, err
	}
	fact, err := w.value(v, depth)
	if err != nil {
		return nil, err.under(field(key))
	}
	return fact, nil
}

// members yields the members of a map with keys of any string type.
func members(m reflect.Value) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for key, member := range m.Seq2() {
			if !yield(key.String(), member.Interface()) {
				return
			}
		}
	}
}

func (w *walker) list(v reflect.Value, depth int) (any, *Error) {
	if depth > w.Depth {
		return nil, tooDeep(w.Limits)
	}
	facts := make([]any, 0, min(v.Len(), w.left))
	byAddress := v.Len() > 0 && v.Index(0).CanAddr() && isReadByAddress(v.Type().Elem())
	for i := range v.Len() {
		element := v.Index(i)
		if byAddress {
			element = element.Addr()
		}
		fact, err := w.value(element.Interface(), depth+1)
		if err != nil {
			return nil, err.under(index(i))
		}
		facts = append(facts, fact)
	}
	return facts, nil
}

func finite(f float64) (any, *Error) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, &Error{Reason: notFinite}
	}
	return f, nil
}

func number(n json.Number) (any, *Error) {
	f, err := strconv.ParseFloat(string(n), 64)
	switch {
	case !gjson.Valid(string(n)) || errors.Is(err, strconv.ErrSyntax):
		return nil, &Error{Reason: notNumber}
	case err != nil:
		return nil, &Error{Reason: beyondFloat}
	}
	return f, nil
}
