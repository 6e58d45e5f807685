package rules

import (
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// mapInsert is the hidden function of the macros that build maps.
const mapInsert = "cel.@mapInsert"

// add is cel-go's + but for lists, which it copies. cel-go's makes a view of the
// two: a list of 2^40 elements is then made for nothing, and an index takes as long
// as the views are deep.
func add(other functions.BinaryOp) functions.BinaryOp {
	return func(a, b ref.Val) ref.Val {
		left, ok1 := a.(traits.Lister)
		right, ok2 := b.(traits.Lister)
		if _, grows := a.(traits.MutableLister); grows || !ok1 || !ok2 {
			return other(a, b)
		}
		switch {
		case sizeOf(left) == 0:
			return b
		case sizeOf(right) == 0:
			return a
		}
		both := make([]ref.Val, 0, sizeOf(left)+sizeOf(right))
		for _, list := range [...]traits.Lister{left, right} {
			for i := range types.Int(sizeOf(list)) {
				both = append(both, list.Get(i))
			}
		}
		return types.NewRefValList(types.DefaultTypeAdapter, both)
	}
}

// insert adds a key and a value, or the entries of a map, to a map. It is cel-go's,
// without a check of types that goes through the whole map for each entry.
func insert(args ...ref.Val) ref.Val {
	m, ok := args[0].(traits.Mapper)
	if !ok {
		return types.MaybeNoSuchOverloadErr(args[0])
	}
	if len(args) == 3 {
		return types.InsertMapKeyValue(m, args[1], args[2])
	}
	more, ok := args[1].(traits.Mapper)
	if !ok {
		return types.MaybeNoSuchOverloadErr(args[1])
	}
	for it := more.Iterator(); it.HasNext() == types.True; {
		k := it.Next()
		grown := types.InsertMapKeyValue(m, k, more.Get(k))
		if m, ok = grown.(traits.Mapper); !ok {
			return grown
		}
	}
	return m
}
