package strictjson

import (
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Fault is one thing that is wrong with a text.
type Fault struct {
	Path    string // with ids; empty: the text as a whole
	Key     string // the path without ids
	Meant   string // for an unknown field that was read as another: that one's key
	Message string // with advice, lower case
	// Offset is where the fault is, in bytes from 0; [Unplaced] until Place finds
	// the value at Key.
	Offset int
	// Line and Column are the place from 1, set by Place; a column is a
	// character, not a byte.
	Line, Column int
	// Ends: what follows could not be read.
	Ends bool
}

// Unplaced is the offset of a fault that is only known by its key.
const Unplaced = -1

// A Reading is what became of a text.
type Reading struct {
	Faults []Fault // in the order of the text, placed
	// Zeros are the keys of the values that the text gives and that are zero in
	// Go, so that they can be told from absent ones; true if the value could not
	// be read. Only that is told of a field that is never left out, by omitempty
	// or omitzero, when it is written. An empty list or map is read as nil. What
	// lies within any, a map and RawMessage is not among them.
	Zeros map[string]bool

	text []byte
}

// Read reads the text into the value that into points to, as far as it can be
// read: what is faulty stays zero. A syntax error ends the reading, all other
// faults do not. It panics if the type of into holds a kind that it does not
// read: a number other than int, int64 and float64, an array, a function.
func Read(text []byte, into any) *Reading {
	r := &reader{scanner: scanner{text: text}, zeros: make(map[string]bool), types: make(map[reflect.Type]*fields)}
	if r.value(reflect.ValueOf(into).Elem()) {
		if r.next(); r.pos < len(text) {
			r.fault(r.pos, "unexpected text after the end: leave one JSON value")
		}
	}
	if r.more > 0 {
		r.path = r.path[:0]
		r.end("%d more faults: mend these first", r.more)
	}
	reading := &Reading{Faults: r.faults, Zeros: r.zeros, text: text}
	reading.Place(reading.Faults)
	return reading
}

// Unread reports whether the value at the key could not be read, or one around it.
func (r *Reading) Unread(key string) bool {
	for ; key != ""; key = around(key) {
		if r.Zeros[key] {
			return true
		}
	}
	return false
}

// Field returns the path or key of a field of the value at path.
func Field(path, name string) string { return string(appendField([]byte(path), name)) }

// Element returns the path or key of an element of the list at path.
func Element(path string, i int) string { return string(AppendElement([]byte(path), i)) }

// WithID returns the path of an element followed by its id, if that can be shown.
func WithID(path, id string) string {
	if id == "" || len(id) > maxShownID || strings.ContainsFunc(id, unshown) {
		return path
	}
	return path + "(" + id + ")"
}

const maxShownID = 256

func unshown(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }

func appendField(path []byte, name string) []byte {
	if len(name) > maxShownID {
		name = strings.ToValidUTF8(name[:maxShownID], "") + "…"
	}
	if name == "" || strings.ContainsAny(name, `.[]()"\`) || strings.ContainsFunc(name, unshown) {
		path = append(path, '[')
		path = strconv.AppendQuote(path, name)
		return append(path, ']')
	}
	return appendPlain(path, name)
}

func appendPlain(path []byte, name string) []byte {
	if len(path) > 0 {
		path = append(path, '.')
	}
	return append(path, name...)
}

// AppendElement appends to a path, or makes of it, the path of an element of the
// list at it.
func AppendElement(path []byte, i int) []byte {
	path = append(path, '[')
	path = strconv.AppendInt(path, int64(i), 10)
	return append(path, ']')
}
