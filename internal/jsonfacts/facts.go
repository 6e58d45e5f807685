// Package jsonfacts turns profiles, contexts and events, as JSON text or as Go
// values, into the facts that decisions are made from.
//
// Facts are what encoding/json decodes: map[string]any, []any, string, float64,
// bool and nil. Unlike encoding/json this package refuses what would make a rule
// see something else than its author: a repeated key, invalid UTF-8, a number
// that is none of float64, or a document without end.
//
// There are two ways to them. A [Reader] fills the slots that rules read in one
// pass over the text, without a map; it takes good documents only. [Object] and
// [Events] decode all, for whoever needs maps, and say what is wrong with a document
// that is refused. They judge alike.
//
// Where all is decoded, text is read by gjson, which takes broken JSON for granted
// and recurses as deep as its input. Size, encoding, depth and grammar are therefore
// checked before it sees a document.
package jsonfacts

import (
	"cmp"
	"slices"
	"time"

	"github.com/proffer-go/proffer/internal/instant"
	"github.com/proffer-go/proffer/profile"
)

// Limits bound a document.
type Limits struct {
	// Bytes is the size of the JSON text; 0 is 1 MiB. Go values are counted as
	// the bytes of their strings and keys and one for each value, which is never
	// more than their JSON text has.
	Bytes int
	// Depth is how deep objects and lists nest, the root being 1; 0 is 64.
	Depth int
}

func (l Limits) orDefault() Limits {
	return Limits{Bytes: cmp.Or(l.Bytes, 1<<20), Depth: cmp.Or(l.Depth, 64)}
}

// Object returns the facts of a profile or a context, a JSON object: empty if
// the document is not given. The facts share nothing with the document. An error
// is an [*Error].
func Object(d profile.Document, l Limits) (map[string]any, error) {
	if !d.Given() {
		return map[string]any{}, nil
	}
	root, err := decode(d, l)
	if err != nil {
		return nil, err
	}
	object, ok := root.(map[string]any)
	if !ok {
		return nil, &Error{Reason: notObject}
	}
	return object, nil
}

// Events returns the facts of a list of events, a JSON array of objects: empty if
// the document is not given. An event whose timestamp is later than now is left
// out; one without a usable timestamp stays. The facts share nothing with the
// document. An error is an [*Error].
func Events(d profile.Document, l Limits, now time.Time) ([]map[string]any, error) {
	events, err := decodeEvents(d, l)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(events, func(e map[string]any) bool { return isLater(e, now) }), nil
}

// decodeEvents returns all events, also those to come.
func decodeEvents(d profile.Document, l Limits) ([]map[string]any, error) {
	if !d.Given() {
		return []map[string]any{}, nil
	}
	root, err := decode(d, l)
	if err != nil {
		return nil, err
	}
	list, ok := root.([]any)
	if !ok {
		return nil, &Error{Reason: notList}
	}
	events := make([]map[string]any, len(list))
	for i, element := range list {
		if events[i], ok = element.(map[string]any); !ok {
			return nil, &Error{Path: index(i), Reason: notObject}
		}
	}
	return events, nil
}

func isLater(event map[string]any, now time.Time) bool {
	text, _ := event[timestampKey].(string)
	at, err := instant.Parse(text)
	return err == nil && at.After(now)
}

// decode returns an error that is nil or an *Error.
func decode(d profile.Document, l Limits) (any, error) {
	var root any
	var err *Error
	if text := d.Text(); text != nil {
		root, err = decodeText(text, l.orDefault())
	} else {
		root, err = decodeValue(d.Value(), l.orDefault())
	}
	if err != nil {
		return nil, err // not a nil *Error as error
	}
	return root, nil
}
