package rules

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
)

// An estimator tells what an expression costs at most, in steps, over data of
// declared sizes. It visits each node once: CEL's own takes time exponential in the
// depth of bindings.
type estimator struct {
	tree       *ast.AST
	list, text int64 // declared: entries of a list or map, bytes of a string
	scope      []sized
}

// A sized variable is one that a macro declares, whose value has at most size
// entries or bytes.
type sized struct {
	name string
	size int64
}

// An extent is what is estimated of an expression: the steps to evaluate it, and the
// entries or bytes of its value.
type extent struct{ steps, size int64 }

// cost finds expressions that would cost too much over data of the declared sizes.
func (r *review) cost() {
	e := estimator{tree: r.tree, list: int64(r.limits.ListSize), text: int64(r.limits.StringSize)}
	if got := e.of(r.tree.Expr()).steps; got > r.limits.Estimate {
		r.fault(r.tree.Expr(), "may take %d steps over lists of %d and strings of %d bytes: at most %d are allowed, so loop over fewer lists at once",
			got, e.list, e.text, r.limits.Estimate)
	}
}

func (e *estimator) of(x ast.Expr) extent {
	switch x.Kind() {
	case ast.IdentKind:
		return extent{1, e.variable(x)}
	case ast.LiteralKind:
		return extent{0, lenOf(x.AsLiteral())}
	case ast.CallKind:
		return e.call(x)
	case ast.ComprehensionKind:
		return e.loop(x)
	case ast.ListKind:
		return extent{e.parts(x), int64(x.AsList().Size())}
	case ast.MapKind:
		return extent{e.parts(x), int64(x.AsMap().Size())}
	default:
		return extent{e.parts(x), e.declared(x)}
	}
}

// parts is what the node and all that it is made of take.
func (e *estimator) parts(x ast.Expr) int64 {
	steps := nodePrice(x).steps
	for _, part := range children(x) {
		steps = sum(steps, e.of(part).steps)
	}
	return steps
}

// declared returns the size that a value of the type of x is assumed to have.
func (e *estimator) declared(x ast.Expr) int64 {
	switch e.tree.GetType(x.ID()).Kind() {
	case types.ListKind, types.MapKind:
		return e.list
	case types.StringKind, types.BytesKind:
		return e.text
	case types.DynKind, types.OpaqueKind, types.TypeParamKind:
		return max(e.list, e.text)
	default:
		return 1
	}
}

func (e *estimator) variable(x ast.Expr) int64 {
	for _, v := range slices.Backward(e.scope) {
		if v.name == x.AsIdent() {
			return v.size
		}
	}
	return e.declared(x)
}

// loop multiplies the work of a round by the size of the range.
func (e *estimator) loop(x ast.Expr) extent {
	c := x.AsComprehension()
	over, start := e.of(c.IterRange()), e.of(c.AccuInit())
	rounds := over.size
	if e.tree.GetType(c.IterRange().ID()).Kind() == types.DynKind {
		rounds = min(rounds, e.list)
	}
	element := max(e.list, e.text)
	outer := len(e.scope)
	accumulated := start.size
	if !isBind(c) {
		accumulated = rounds
	}
	e.scope = append(e.scope, sized{c.AccuVar(), accumulated}, sized{c.IterVar(), element}, sized{c.IterVar2(), element})
	round := sum(e.of(c.LoopCondition()).steps, e.of(c.LoopStep()).steps)
	e.scope = e.scope[:outer+1]
	result := e.of(c.Result())
	e.scope = e.scope[:outer]
	steps := sum(sum(over.steps, start.steps), sum(times(rounds, round), result.steps))
	return extent{steps, result.size}
}

func (e *estimator) call(x ast.Expr) extent {
	var sizes [4]int64
	out := extent{steps: nodePrice(x).steps}
	for i, arg := range children(x) {
		a := e.of(arg)
		out.steps = sum(out.steps, a.steps)
		sizes[min(i, 3)] = a.size
	}
	name := x.AsCall().FunctionName()
	out.steps = sum(out.steps, callSteps(name, sizes[0], sizes[1]))
	out.size = e.result(x, name, sizes[0], sizes[1], sizes[2])
	return out
}

// callSteps is what a call takes, given the sizes of its first arguments.
func callSteps(name string, a, b int64) int64 {
	switch name {
	case "indexOf", "lastIndexOf":
		return times(a, b) / 64
	case overloads.Matches:
		return times(a, max(b, 1)) / 8
	case "sets.contains", "sets.intersects", "sets.equivalent", "hasAll", "hasAny", "hasExactly", "hasOnly":
		return times(a, b)
	case "distinct":
		return times(a, a) / 10
	case "sort", "@sortByAssociatedKeys":
		return times(a, 40)
	case ofTypeFunction, withinFunction:
		return times(a, 2)
	}
	if pricers[name] != nil {
		return sum(a, b) / 16
	}
	return 0
}

// result is the size of what a call gives.
func (e *estimator) result(x ast.Expr, name string, a, b, c int64) int64 {
	switch name {
	case operators.Add:
		return sum(a, b)
	case operators.Conditional:
		return max(b, c)
	case "split":
		return min(sum(a, 1), e.list)
	case "replace":
		return sum(a, times(a, c))
	case ofTypeFunction, withinFunction, "reverse", "sort", "@sortByAssociatedKeys", "distinct", "slice", "trim", "substring", "lowerAscii", "upperAscii":
		return a
	case "lists.range":
		if n, ok := literal[types.Int](x.AsCall().Args()[0]); ok {
			return min(max(int64(n), 0), beyond)
		}
	}
	return e.declared(x)
}
