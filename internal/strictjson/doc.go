// Package strictjson reads JSON text into Go values and reports everything that
// is wrong with it at once, each fault with its path and place.
//
// It is stricter than encoding/json: names of fields are case-sensitive and
// known, keys are not repeated, types are exact (null is a type of its own),
// text is valid UTF-8. Fields are those of the json tags; UnmarshalJSON methods
// are not called. An instant is RFC 3339 text, a [time.Duration] is text in Go's
// form, a [encoding/json.RawMessage] is any JSON value as it stands, and any and
// map[string]any are what encoding/json makes of them.
//
// A path names a value from the top: offers[12](card-upgrade).caps[0].limit,
// where a list's element that has an id shows it in parentheses. A key is a path
// without the ids.
package strictjson
