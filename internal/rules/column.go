package rules

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/offer"
)

// columnOf returns the program that computes the checked score for many offers at
// once, or nil if there is none that gives what CEL gives.
func columnOf(of *Expr, tree *ast.AST) *column.Program {
	p := column.New(translation{of}.node(tree.Expr()))
	if p == nil || p.Parts() > maxParts {
		return nil
	}
	return p
}

// A translation turns an expression into a program. Its methods return nil for what
// programs cannot have.
type translation struct{ expr *Expr }

// columnOps are the functions of CEL that are operations on columns.
var columnOps = map[string]column.Op{
	operators.Add: column.Add, operators.Subtract: column.Subtract, operators.Multiply: column.Multiply, operators.Divide: column.Divide,
	operators.Negate: column.Negate, operators.LogicalNot: column.Not,
	operators.Equals: column.Equal, operators.NotEquals: column.NotEqual,
	operators.Less: column.Less, operators.LessEquals: column.LessEqual, operators.Greater: column.Greater, operators.GreaterEquals: column.GreaterEqual,
	operators.LogicalAnd: column.And, operators.LogicalOr: column.Or, operators.Conditional: column.Conditional,
	"double": column.Double, "math.@min": column.Least, "math.@max": column.Greatest,
	"math.abs": column.Abs, "math.ceil": column.Ceil, "math.floor": column.Floor, "math.round": column.Round,
	"math.trunc": column.Trunc, "math.sign": column.Sign, "math.sqrt": column.Sqrt,
}

// node returns the expression as a program sees it: as a part if it needs CEL and can
// be one, so that there are few parts.
func (t translation) node(e ast.Expr) *column.Node {
	n := t.inside(e)
	if n == nil || n.AsksPart() {
		if p := partOf(t.expr, e); p != nil {
			return p
		}
	}
	return n
}

// inside returns the expression as a program sees it if CEL has at most to compute
// parts of it.
func (t translation) inside(e ast.Expr) *column.Node {
	switch e.Kind() {
	case ast.LiteralKind:
		return columnLiteral(e.AsLiteral())
	case ast.SelectKind:
		if p, ok := testOf(e.AsSelect()); ok {
			return p.exists()
		}
		if p, ok := pathOf(e); ok && p.optional == 0 {
			return p.value()
		}
	case ast.CallKind:
		if p, ok := pathOf(e); ok {
			if p.optional > 0 {
				return nil
			}
			return p.value()
		}
		return t.call(e.AsCall())
	default: // a part at most
	}
	return nil
}

func columnLiteral(v ref.Val) *column.Node {
	switch v := v.(type) {
	case types.Int:
		return column.Whole(int64(v))
	case types.Uint:
		if v <= 1<<53 {
			return column.Whole(int64(v))
		}
		return nil
	}
	if value, ok := slotValue(v); ok {
		return column.Literal(value)
	}
	return nil
}

// slotValue returns the value of a literal that data may hold, too.
func slotValue(v ref.Val) (slot.Value, bool) {
	switch v := v.(type) {
	case types.Null:
		return slot.Value{Kind: slot.Null}, true
	case types.Bool:
		return slotBool(bool(v)), true
	case types.Double:
		return slot.Value{Kind: slot.Number, Number: float64(v)}, true
	case types.String:
		return slot.Value{Kind: slot.String, Text: string(v)}, true
	}
	return slot.Value{}, false
}

func slotBool(b bool) slot.Value {
	if b {
		return slot.Value{Kind: slot.Bool, Number: 1}
	}
	return slot.Value{Kind: slot.Bool}
}

func (t translation) call(call ast.CallExpr) *column.Node {
	name, args := call.FunctionName(), call.Args()
	if call.IsMemberFunction() {
		args = append([]ast.Expr{call.Target()}, args...)
	}
	switch name {
	case operators.In:
		return t.in(args[0], args[1])
	case "hasValue", "orValue":
		return t.optional(args)
	case "geo.distance":
		return column.Function(geoValue, t.nodes(args)...)
	case "size":
		if c, ok := eventCount(args[0]); ok {
			return column.Count(c)
		}
		return nil
	}
	op, ok := columnOps[name]
	if !ok {
		return nil
	}
	if isExtreme := op == column.Least || op == column.Greatest; isExtreme || op == column.And || op == column.Or {
		if isExtreme && args[0].Kind() == ast.ListKind {
			if len(args[0].AsList().OptionalIndices()) > 0 {
				return nil
			}
			args = args[0].AsList().Elements()
		}
		return t.fold(op, args)
	}
	if n := column.Call(op, t.nodes(args)...); n != nil {
		return n
	}
	return column.Call(op, t.partsIn(args)...)
}

// fold returns the operation on two or more arguments.
func (t translation) fold(op column.Op, args []ast.Expr) *column.Node {
	if len(args) < 2 {
		return nil
	}
	nodes := t.nodes(args)
	all := nodes[0]
	for _, n := range nodes[1:] {
		all = column.Call(op, all, n)
	}
	return all
}

// partsIn returns the arguments with all that the request fixes as parts: a text that
// it joins can be compared then.
func (t translation) partsIn(args []ast.Expr) []*column.Node {
	nodes := t.nodes(args)
	for i, arg := range args {
		if p := partOf(t.expr, arg); p != nil && arg.Kind() != ast.LiteralKind {
			nodes[i] = p
		}
	}
	return nodes
}

func (t translation) nodes(args []ast.Expr) []*column.Node {
	nodes := make([]*column.Node, len(args))
	for i, arg := range args {
		nodes[i] = t.node(arg)
	}
	return nodes
}

// optional returns path.hasValue(), or path.orValue(other), which is
// path.hasValue() ? path.value() : other.
func (t translation) optional(args []ast.Expr) *column.Node {
	p, ok := pathOf(args[0])
	if !ok || p.optional == 0 || len(args) > 2 {
		return nil
	}
	there := p.exists()
	if len(args) == 1 || there == nil {
		return there
	}
	return column.Call(column.Conditional, there, p.value(), t.node(args[1]))
}

// in returns the search in a list of literals, in a list of the request, or
// in the offer's tags.
func (t translation) in(element, list ast.Expr) *column.Node {
	if list.Kind() == ast.ListKind {
		if values, ok := literalValues(list.AsList()); ok {
			return column.In(t.node(element), values)
		}
		return nil
	}
	p, ok := pathOf(list)
	if !ok || p.optional > 0 || len(p.keys) == 0 {
		return nil
	}
	switch {
	case p.root == "profile" || p.root == "context":
		return column.InPath(t.node(element), p.slot())
	case p.root == "offer" && slices.Equal(p.keys, []string{"tags"}):
		if tag, ok := literal[types.String](element); ok {
			return tagNode(offer.Tag(tag))
		}
	}
	return nil
}

// literalValues returns the elements of a list of literals that data may hold, or which
// are equal to such.
func literalValues(list ast.ListExpr) ([]slot.Value, bool) {
	values := make([]slot.Value, 0, list.Size())
	for _, e := range list.Elements() {
		if n, ok := literal[types.Int](e); ok && n >= -1<<53 && n <= 1<<53 {
			values = append(values, slot.Value{Kind: slot.Number, Number: float64(n)})
			continue
		}
		if e.Kind() != ast.LiteralKind {
			return nil, false
		}
		v, ok := slotValue(e.AsLiteral())
		if !ok {
			return nil, false
		}
		values = append(values, v)
	}
	return values, len(list.OptionalIndices()) == 0
}
