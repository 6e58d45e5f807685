package profile

// A Document is a profile, a context or a list of events, given as JSON text or
// as Go values. The zero Document is "not given".
//
// A document is only read while a decision is under way, and is not to be
// changed meanwhile. Values of the same content decide alike in both forms: all
// numbers are float64, as in JSON.
type Document struct {
	text  []byte
	value any
	given bool
}

// JSON returns the document with the JSON text: an object, or for events an
// array of objects. The text is checked when it is used; no text at all is not
// JSON.
func JSON(text []byte) Document {
	if text == nil {
		text = []byte{}
	}
	return Document{text: text, given: true}
}

// Values returns the document with Go values: maps with string keys, slices,
// strings, bools, numbers of any type and nil; other types, such as structs,
// stand for what encoding/json makes of them. A profile and a context are
// objects, events a slice of objects; a nil map and a nil slice are empty ones,
// but nil is null and refused.
func Values(v any) Document { return Document{value: v, given: true} }

// Given reports whether d is a document at all; a zero Document is not.
func (d Document) Given() bool { return d.given }

// Text returns the JSON text of a document that was made by [JSON], which is
// never nil, and nil for any other.
func (d Document) Text() []byte { return d.text }

// Value returns the Go values of a document that was made by [Values], else nil.
func (d Document) Value() any { return d.value }
