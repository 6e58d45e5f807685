package rules

import (
	"strconv"
	"strings"

	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/offer"
)

// offerNumbers and offerTexts are the fields of offers that are just that.
var (
	offerNumbers = map[string]func(*offer.Offer) float64{
		"priority": func(o *offer.Offer) float64 { return float64(o.Priority) },
		"value":    func(o *offer.Offer) float64 { return o.Value },
		"cost":     func(o *offer.Offer) float64 { return o.Cost },
	}
	offerTexts = map[string]func(*offer.Offer) string{
		"id":   func(o *offer.Offer) string { return string(o.ID) },
		"name": func(o *offer.Offer) string { return o.Name },
		"kind": func(o *offer.Offer) string { return string(kindOfOffer(o)) },
	}
)

// offerNode returns what the offer has at the keys.
func offerNode(keys []string) *column.Node {
	field := keys[0]
	switch {
	case field == "attributes" && len(keys) > 1:
		return attributeNode(keys[1:])
	case len(keys) > 1:
		return nil
	}
	if read := offerNumbers[field]; read != nil {
		return column.Of(column.Column{Key: field, Kinds: column.Numbers, Read: func(o *offer.Offer) slot.Value {
			return slot.Value{Kind: slot.Number, Number: read(o)}
		}})
	}
	if read := offerTexts[field]; read != nil {
		return column.Of(column.Column{Key: field, Kinds: column.Texts, Read: func(o *offer.Offer) slot.Value {
			return slot.Value{Kind: slot.String, Text: read(o)}
		}})
	}
	return nil
}

func attributeNode(keys []string) *column.Node {
	return column.Of(column.Column{Key: attributeKey(keys), Kinds: column.Any, Read: func(o *offer.Offer) slot.Value {
		v, ok := attribute(o, keys)
		return attributeValue(v, ok)
	}})
}

func attributeKey(keys []string) string {
	var key strings.Builder
	key.WriteString("attributes")
	for _, k := range keys {
		key.WriteByte('.')
		key.WriteString(strconv.Quote(k))
	}
	return key.String()
}

// hasAttribute returns whether the offer has the attribute, where so many of the
// last keys may be missing.
func hasAttribute(keys []string, optional int) *column.Node {
	key := "has " + strconv.Itoa(optional) + " " + attributeKey(keys)
	return column.Of(column.Column{Key: key, Kinds: column.Bools, Read: func(o *offer.Offer) slot.Value {
		return testAttribute(o, keys, optional)
	}})
}

// attribute returns what the attributes have at the keys, and whether they have it.
func attribute(o *offer.Offer, keys []string) (any, bool) {
	v, ok := o.Attributes[keys[0]]
	for _, k := range keys[1:] {
		m, isMap := v.(map[string]any)
		if !isMap {
			m, _ = normal(v).(map[string]any)
		}
		v, ok = m[k]
	}
	return v, ok
}

func attributeValue(v any, ok bool) slot.Value {
	if !ok {
		return slot.Value{}
	}
	switch v.(type) {
	case []any, map[string]any: // all that is told is the kind
	default:
		v = normal(v)
	}
	switch v := v.(type) {
	case nil:
		return slot.Value{Kind: slot.Null}
	case float64:
		return slot.Value{Kind: slot.Number, Number: v}
	case string:
		return slot.Value{Kind: slot.String, Text: v}
	case bool:
		return slotBool(v)
	case []any:
		return slot.Value{Kind: slot.List}
	default:
		return slot.Value{Kind: slot.Map}
	}
}

// testAttribute returns whether the offer has the attribute: as for the data of the
// request, nothing is in a number or a text, and to look into a list is an error.
func testAttribute(o *offer.Offer, keys []string, optional int) slot.Value {
	above := slot.Value{Kind: slot.Map}
	if last := len(keys) - 1; last > 0 {
		if optional > 1 {
			if there := testAttribute(o, keys[:last], optional-1); there.Kind == slot.Absent || there.Number == 0 {
				return there
			}
		}
		v, ok := attribute(o, keys[:last])
		above = attributeValue(v, ok)
	}
	switch above.Kind {
	case slot.Absent, slot.List:
		return slot.Value{}
	default:
		_, there := attribute(o, keys)
		return slotBool(there)
	}
}

func tagNode(tag offer.Tag) *column.Node {
	return column.Of(column.Column{Key: "tag " + string(tag), Kinds: column.Bools, Read: func(o *offer.Offer) slot.Value {
		return slotBool(o.HasTag(tag))
	}})
}
