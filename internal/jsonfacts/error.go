package jsonfacts

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// An Error says what is wrong with a document. It quotes no values, for they are
// personal data; keys are the vocabulary of whoever writes rules.
type Error struct {
	Path   string // from the root: .a["b c"][3]; empty for the root and for the whole
	Reason string
}

// Reasons that need no number.
const (
	notObject   = "not an object"
	notList     = "not an array of objects"
	repeatedKey = "repeated key"
	invalidUTF8 = "invalid UTF-8"
	beyondFloat = "number beyond float64"
	notFinite   = "not a finite number"
	notNumber   = "not a number"
	noJSON      = "has no JSON form"
)

// Error returns path and reason.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

// In returns err, an error of [Object] or [Events], with the name of the document
// that it is about: profile.a["b c"]: repeated key. Nil stays nil.
func In(name string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return &Error{Path: name + e.Path, Reason: e.Reason}
	}
	return fmt.Errorf("%s: %w", name, err)
}

// under returns e as seen from the parent of what it was about.
func (e *Error) under(selector string) *Error {
	e.Path = selector + e.Path
	return e
}

// maxKey is how many bytes of a key an error shows.
const maxKey = 100

// field returns the selector of an object's member, as CEL writes it.
func field(key string) string {
	if isIdentifier(key) && len(key) <= maxKey {
		return "." + key
	}
	if len(key) > maxKey {
		key = strings.ToValidUTF8(key[:maxKey], "") + "…"
	}
	return "[" + strconv.Quote(key) + "]"
}

// index returns the selector of a list's element.
func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

func isIdentifier(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func tooLarge(l Limits) *Error {
	return &Error{Reason: fmt.Sprintf("larger than %d bytes", l.Bytes)}
}

func tooDeep(l Limits) *Error {
	return &Error{Reason: fmt.Sprintf("nested deeper than %d", l.Depth)}
}
