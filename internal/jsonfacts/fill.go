package jsonfacts

import "github.com/proffer-go/proffer/internal/slot"

// fill fills the slots below at with decoded facts, and notes them in root.
func (r *Reader) fill(at int32, facts map[string]any, root *root) {
	if r.scan.schema.IsLeaf(at) {
		return
	}
	for text, fact := range facts {
		key := slot.KeyOf(text)
		below := r.scan.schema.Below(at, &key)
		if below == nowhere {
			continue
		}
		root.filled = append(root.filled, below)
		v := valueOf(fact)
		switch fact := fact.(type) {
		case map[string]any:
			r.fill(below, fact, root)
		case []any:
			v.First = int32(len(r.Row.Elements))
			for _, element := range fact {
				r.Row.Elements = append(r.Row.Elements, valueOf(element))
			}
		}
		r.Row.Values[below] = v
	}
}

// valueOf returns a decoded fact without what it holds.
func valueOf(fact any) slot.Value {
	switch fact := fact.(type) {
	case bool:
		if fact {
			return slot.Value{Kind: slot.Bool, Number: 1}
		}
		return slot.Value{Kind: slot.Bool}
	case float64:
		return slot.Value{Kind: slot.Number, Number: fact}
	case string:
		return slot.Value{Kind: slot.String, Text: fact}
	case []any:
		return slot.Value{Kind: slot.List, Size: int32(len(fact))}
	case map[string]any:
		return slot.Value{Kind: slot.Map, Size: int32(len(fact))}
	default:
		return slot.Value{Kind: slot.Null}
	}
}
