package rules

import (
	"encoding/json"
	"reflect"
)

// normal returns v as JSON would have it: nil, bool, float64, string, []any and
// map[string]any. What is none of these stands for what encoding/json makes of
// it, nil if it makes nothing.
func normal(v any) any {
	switch v := v.(type) {
	case nil, bool, float64, string:
		return v
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = normal(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = normal(e)
		}
		return out
	case json.Marshaler:
		return throughJSON(v)
	}
	rv := reflect.ValueOf(v)
	switch {
	case rv.CanInt():
		return float64(rv.Int())
	case rv.CanUint():
		return float64(rv.Uint())
	case rv.CanFloat():
		return rv.Float()
	}
	return throughJSON(v)
}

func throughJSON(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	if json.Unmarshal(text, &out) != nil {
		return nil
	}
	return out
}
