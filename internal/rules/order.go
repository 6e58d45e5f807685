package rules

import (
	"cmp"
	"math/bits"
	"slices"

	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// ordered returns the node, the range of a loop, so that a map gives its entries in
// the order of its keys: the order of Go's maps is random, and what a rule selects
// by it, or where it ends, would be so too.
func ordered(node interpreter.InterpretableV2) interpreter.InterpretableV2 {
	switch n := node.(type) {
	case interpreter.InterpretableConst:
		if _, ok := n.Value().(traits.Mapper); !ok {
			return node
		}
	case interpreter.InterpretableAttribute:
		// It may yet be extended by a field, as an attribute only can.
		return &orderedAttribute{n}
	}
	return &orderedNode{node}
}

type orderedNode struct{ interpreter.InterpretableV2 }

func (n *orderedNode) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	return inKeyOrder(frame, n.ID(), n.InterpretableV2.Exec(frame))
}

func (n *orderedNode) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, n.Exec)
}

type orderedAttribute struct {
	interpreter.InterpretableAttribute
}

func (n *orderedAttribute) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	return inKeyOrder(frame, n.ID(), n.InterpretableAttribute.Exec(frame))
}

func (n *orderedAttribute) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, n.Exec)
}

func inKeyOrder(frame *interpreter.ExecutionFrame, node int64, v ref.Val) ref.Val {
	m, ok := v.(traits.Mapper)
	if !ok || sizeOf(m) < 2 {
		return v
	}
	n := sizeOf(m)
	if meter := meterOf(frame); meter != nil {
		meter.charge(node, price{times(n, 4+int64(bits.Len64(uint64(n)))), times(n, 64)})
	}
	return &orderedMap{m, sortedKeys(m)}
}

func sortedKeys(m traits.Mapper) []ref.Val {
	keys := make([]ref.Val, 0, sizeOf(m))
	for it := m.Iterator(); it.HasNext() == types.True; {
		keys = append(keys, it.Next())
	}
	slices.SortFunc(keys, compareKeys)
	return keys
}

// compareKeys orders keys by type, then by value.
func compareKeys(a, b ref.Val) int {
	if byType := cmp.Compare(a.Type().TypeName(), b.Type().TypeName()); byType != 0 {
		return byType
	}
	if s, ok := a.(types.String); ok {
		return cmp.Compare(s, b.(types.String))
	}
	if c, ok := a.(traits.Comparer); ok {
		if order, ok := c.Compare(b).(types.Int); ok {
			return int(order)
		}
	}
	return 0
}

// An orderedMap is a map that loops visit in the order of keys.
type orderedMap struct {
	traits.Mapper
	keys []ref.Val
}

var _ traits.Foldable = (*orderedMap)(nil)

// Fold calls f with each key and value until it returns false.
func (m *orderedMap) Fold(f traits.Folder) {
	for _, k := range m.keys {
		v, _ := m.Find(k)
		if !f.FoldEntry(k, v) {
			return
		}
	}
}

// encodeJSON is cel-go's json.encode but for the order of keys, which is random
// there.
func encodeJSON(encode functions.UnaryOp) functions.UnaryOp {
	return func(v ref.Val) ref.Val { return encode(inOrder(v)) }
}

// inOrder returns v so that maps at all levels iterate in the order of their keys.
func inOrder(v ref.Val) ref.Val {
	switch v := v.(type) {
	case traits.Mapper:
		return &orderedTree{orderedMap{v, sortedKeys(v)}}
	case traits.Lister:
		return &orderedList{v}
	}
	return v
}

type orderedTree struct{ orderedMap }

func (m *orderedTree) Get(key ref.Val) ref.Val { return inOrder(m.orderedMap.Get(key)) }
func (m *orderedTree) Iterator() traits.Iterator {
	return types.NewRefValList(types.DefaultTypeAdapter, m.keys).Iterator()
}

type orderedList struct{ traits.Lister }

func (l *orderedList) Get(index ref.Val) ref.Val { return inOrder(l.Lister.Get(index)) }
