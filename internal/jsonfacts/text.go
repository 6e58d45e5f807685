package jsonfacts

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// decodeText returns the facts in a JSON text. It copies the text once; strings
// without escapes are parts of that copy.
func decodeText(text []byte, l Limits) (any, *Error) {
	switch {
	case len(text) > l.Bytes:
		return nil, tooLarge(l)
	case !utf8.Valid(text):
		return nil, &Error{Reason: invalidUTF8}
	case isDeeper(text, l.Depth):
		return nil, tooDeep(l)
	case !gjson.ValidBytes(text):
		return nil, invalidJSON(text)
	}
	return tree(gjson.ParseBytes(text))
}

// isDeeper reports whether brackets nest deeper than limit. Of text that is not
// JSON it may say either; but where it says false, no prefix that is JSON so far
// nests deeper, so that a recursive reader does no harm.
func isDeeper(text []byte, limit int) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			if depth++; depth > limit {
				return true
			}
		case '}', ']':
			depth--
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		}
	}
	return false
}

// invalidJSON says where the text ceases to be JSON. encoding/json knows, but
// its message quotes the text.
func invalidJSON(text []byte) *Error {
	var raw json.RawMessage
	if err, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(text, &raw)); ok {
		return &Error{Reason: fmt.Sprintf("invalid JSON at byte %d of %d", err.Offset, len(text))}
	}
	return &Error{Reason: "invalid JSON"}
}

// tree returns the facts in valid JSON of bounded depth.
func tree(r gjson.Result) (any, *Error) {
	switch r.Type {
	case gjson.String:
		return unquote(r), nil
	case gjson.Number:
		if math.IsInf(r.Num, 0) {
			return nil, &Error{Reason: beyondFloat}
		}
		return r.Num, nil
	case gjson.True:
		return true, nil
	case gjson.False:
		return false, nil
	case gjson.JSON:
		if r.IsObject() {
			return object(r)
		}
		return list(r)
	default:
		return nil, nil
	}
}

func object(r gjson.Result) (any, *Error) {
	members := make(map[string]any)
	var err *Error
	r.ForEach(func(k, v gjson.Result) bool {
		key, before := unquote(k), len(members)
		var member any
		if member, err = tree(v); err != nil {
			err = err.under(field(key))
			return false
		}
		if members[key] = member; len(members) == before {
			err = &Error{Path: field(key), Reason: repeatedKey}
		}
		return err == nil
	})
	return members, err
}

func list(r gjson.Result) (any, *Error) {
	elements := []any{}
	var err *Error
	r.ForEach(func(_, v gjson.Result) bool {
		var element any
		if element, err = tree(v); err != nil {
			err = err.under(index(len(elements)))
			return false
		}
		elements = append(elements, element)
		return true
	})
	return elements, err
}

// unquote returns what a string means. gjson takes two escaped surrogates for
// one character also where they are no pair, so encoding/json reads these.
func unquote(r gjson.Result) string {
	escaped := len(r.Raw) != len(r.Str)+len(`""`)
	if escaped && (strings.Contains(r.Raw, `\ud`) || strings.Contains(r.Raw, `\uD`)) {
		var s string
		if json.Unmarshal([]byte(r.Raw), &s) == nil {
			return s
		}
	}
	return r.Str
}
