package jsonfacts

import (
	"encoding"
	"encoding/json"
	"reflect"
)

var (
	marshaler     = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// isReadByAddress reports whether encoding/json may find a method on a pointer
// to the type, or to a part of it, that it would not find on the type.
func isReadByAddress(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Array || t.Kind() != reflect.Interface &&
		(p.Implements(marshaler) || p.Implements(textMarshaler))
}

// marshal asks encoding/json what v stands for.
func (w *walker) marshal(v any, depth int) (any, *Error) {
	text, ok := marshal(v)
	if !ok {
		return nil, &Error{Reason: noJSON}
	}
	if w.left -= len(text) - 1; w.left < 0 { // one is counted already
		return nil, tooLarge(w.Limits)
	}
	if isDeeper(text, w.Depth-depth+1) {
		return nil, tooDeep(w.Limits)
	}
	return decodeText(text, Limits{Bytes: len(text), Depth: w.Depth})
}

// marshal is json.Marshal, but contains a panic of v's own methods.
func marshal(v any) (text []byte, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	text, err := json.Marshal(v)
	return text, err == nil
}
