package rules

import (
	"iter"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// A weight is the size of a value as a tree: what it shares counts as often as it
// is reached, because that is how often equality, formatting and the like walk it.
type weight struct{ nodes, bytes, depth int64 }

// weigh returns the weight of v. It gives up beyond limit nodes: nothing can pay for
// that weight then.
func weigh(v any, limit int64) weight {
	s := scale{limit: limit}
	s.add(v)
	if s.nodes > limit {
		return weight{beyond, beyond, beyond}
	}
	return s.weight
}

// lighter returns the weight of the lighter of two values, for about as much work
// as weighing that one alone.
func lighter(a, b any, limit int64) weight {
	for try := int64(64); ; try *= 4 {
		try = min(try, limit)
		wa, wb := weigh(a, try), weigh(b, try)
		if wa.nodes <= try || wb.nodes <= try || try == limit {
			return weight{min(wa.nodes, wb.nodes), min(wa.bytes, wb.bytes), min(wa.depth, wb.depth)}
		}
	}
}

// A scale adds up a weight. It looks at values as they are held, without making
// CEL values of JSON's, and allocates next to nothing.
type scale struct {
	weight
	limit, level int64
}

func (s *scale) add(v any) {
	if s.nodes++; s.nodes > s.limit {
		return
	}
	s.level++
	s.depth = max(s.depth, s.level)
	switch v := v.(type) {
	case string:
		s.bytes += int64(len(v))
	case types.String:
		s.bytes += int64(len(v))
	case types.Bytes:
		s.bytes += int64(len(v))
	case []any:
		addAll(s, v)
	case []ref.Val:
		addAll(s, v)
	case map[string]any:
		addEntries(s, v)
	case map[ref.Val]ref.Val:
		addEntries(s, v)
	case *types.Optional:
		if v.HasValue() {
			s.add(v.GetValue())
		}
	case traits.Lister:
		s.addList(v)
	case traits.Mapper:
		s.addMap(v)
	}
	s.level--
}

func addAll[E any](s *scale, list []E) {
	for _, e := range list {
		if s.add(e); s.nodes > s.limit {
			return
		}
	}
}

func addEntries[K comparable, V any](s *scale, m map[K]V) {
	for k, v := range m {
		s.add(k)
		if s.add(v); s.nodes > s.limit {
			return
		}
	}
}

func (s *scale) addList(list traits.Lister) {
	switch held := held(list).(type) {
	case []any:
		addAll(s, held)
		return
	case []ref.Val:
		addAll(s, held)
		return
	}
	for i := range types.Int(sizeOf(list)) {
		if s.add(list.Get(i)); s.nodes > s.limit {
			return
		}
	}
}

func (s *scale) addMap(m traits.Mapper) {
	switch held := m.Value().(type) {
	case map[string]any:
		addEntries(s, held)
		return
	case map[ref.Val]ref.Val:
		addEntries(s, held)
		return
	}
	for it := m.Iterator(); it.HasNext() == types.True; {
		k := it.Next()
		s.add(k)
		if s.add(m.Get(k)); s.nodes > s.limit {
			return
		}
	}
}

// held returns the slice that a list is a view of, or nil if it is none that gives
// it away for free: a view of two lists would copy them.
func held(list traits.Lister) any {
	if _, sliced := list.(interface{ GetInt64Index(i int64) (any, bool) }); sliced {
		return list.Value()
	}
	return nil
}

// elements yields the elements of a list as they are held.
func elements(list traits.Lister) iter.Seq[any] {
	return func(yield func(any) bool) {
		if held, ok := held(list).([]any); ok {
			for _, e := range held {
				if !yield(e) {
					return
				}
			}
			return
		}
		for i := range types.Int(sizeOf(list)) {
			if !yield(list.Get(i)) {
				return
			}
		}
	}
}

// sizeOf returns the number of elements or entries, 0 of what has none, and
// [beyond] if that overflowed.
func sizeOf(v ref.Val) int64 {
	switch v.(type) {
	case types.String, types.Bytes:
		return 0
	}
	s, ok := v.(traits.Sizer)
	if !ok {
		return 0
	}
	if n, ok := s.Size().(types.Int); ok {
		return min(int64(n), beyond)
	}
	return beyond
}

// lenOf returns the bytes of a string or of bytes, else 0.
func lenOf(v ref.Val) int64 {
	switch v := v.(type) {
	case types.String:
		return int64(len(v))
	case types.Bytes:
		return int64(len(v))
	}
	return 0
}

// composite reports whether v holds other values.
func composite(v ref.Val) bool {
	switch v.(type) {
	case traits.Lister, traits.Mapper, *types.Optional:
		return true
	}
	return false
}
