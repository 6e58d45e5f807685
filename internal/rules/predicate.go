package rules

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"

	"github.com/proffer-go/proffer/internal/predicate"
	"github.com/proffer-go/proffer/internal/slot"
)

// A dissection takes a checked condition apart into what the index answers. Each
// method returns nil, or false, for what does not fit.
type dissection struct {
	tree    *ast.AST
	element string // the variable of the macro that is taken apart, if any
}

// predicateOf takes a checked condition apart. It returns nil if nothing of it fits.
func predicateOf(tree *ast.AST) *predicate.Form {
	return dissection{tree: tree}.condition(tree.Expr())
}

// condition returns e as an operand of && has it: what is no bool is an error.
func (d dissection) condition(e ast.Expr) *predicate.Form {
	if b, ok := literal[types.Bool](e); ok {
		return predicate.Constant(bool(b))
	}
	if s, ok := d.subject(e); ok {
		return s.Holds()
	}
	switch e.Kind() {
	case ast.SelectKind:
		return d.has(e.AsSelect())
	case ast.ComprehensionKind:
		return d.each(e.AsComprehension())
	case ast.CallKind:
		return d.call(e.AsCall())
	default:
		return nil
	}
}

func (d dissection) has(sel ast.SelectExpr) *predicate.Form {
	p, optional, ok := d.path(sel.Operand())
	if !ok || optional > 0 || !sel.IsTestOnly() {
		return nil
	}
	p.Keys = append(p.Keys, sel.FieldName())
	return predicate.At(p).Has()
}

func (d dissection) call(c ast.CallExpr) *predicate.Form {
	args := c.Args()
	switch name := c.FunctionName(); name {
	case operators.LogicalAnd:
		return predicate.And(d.conditions(args)...)
	case operators.LogicalOr:
		return predicate.Or(d.conditions(args)...)
	case operators.LogicalNot:
		return predicate.Not(d.condition(args[0]))
	case operators.Conditional:
		return predicate.If(d.condition(args[0]), d.condition(args[1]), d.condition(args[2]))
	case operators.Equals:
		return d.equal(args[0], args[1])
	case operators.NotEquals:
		return predicate.Not(d.equal(args[0], args[1]))
	case operators.Less:
		return d.less(args[0], args[1])
	case operators.Greater:
		return d.less(args[1], args[0])
	case operators.GreaterEquals:
		return d.atMost(args[1], args[0])
	case operators.LessEquals:
		return d.atMost(args[0], args[1])
	case operators.In:
		return d.in(args[0], args[1])
	case "hasValue":
		return d.hasValue(c)
	default:
		return d.search(c)
	}
}

func (d dissection) conditions(parts []ast.Expr) []*predicate.Form {
	forms := make([]*predicate.Form, len(parts))
	for i, p := range parts {
		forms[i] = d.condition(p)
	}
	return forms
}

// equal returns a == b.
func (d dissection) equal(a, b ast.Expr) *predicate.Form {
	if _, ok := constant(a); ok {
		a, b = b, a
	}
	if k, ok := constant(b); ok {
		return d.equalConstant(a, k)
	}
	if p, q, ok := d.paths(a, b); ok {
		return predicate.EqualPaths(p, q)
	}
	if f := d.atInstant(a, b); f != nil {
		return f
	}
	return d.side(a).Equals(d.side(b))
}

func (d dissection) equalConstant(e ast.Expr, k slot.Value) *predicate.Form {
	if s, ok := d.subject(e); ok {
		return s.Equals(k)
	}
	// What can be nothing but a bool or an error is itself, or its opposite.
	if d.tree.GetType(e.ID()).Kind() != types.BoolKind || k.Kind != slot.Bool {
		return d.side(e).Equals(predicate.Fixed(k))
	}
	if k.Number == 0 {
		return predicate.Not(d.condition(e))
	}
	return d.condition(e)
}

// less returns a < b.
func (d dissection) less(a, b ast.Expr) *predicate.Form {
	if f := d.lessValue(a, b); f != nil {
		return f
	}
	return d.side(a).Less(d.side(b))
}

// atMost returns a <= b. Of values it is an error if b < a is one, and otherwise the
// opposite; of what is computed it is not, which may be no number.
func (d dissection) atMost(a, b ast.Expr) *predicate.Form {
	if f := d.lessValue(b, a); f != nil {
		return predicate.Not(f)
	}
	return d.side(a).AtMost(d.side(b))
}

// lessValue returns a < b, nil if one of them is computed.
func (d dissection) lessValue(a, b ast.Expr) *predicate.Form {
	if k, ok := constant(b); ok && k.Kind != slot.Null {
		if s, ok := d.subject(a); ok {
			return s.Less(k)
		}
	}
	if k, ok := constant(a); ok && k.Kind != slot.Null {
		if s, ok := d.subject(b); ok {
			return predicate.Not(s.AtMost(k))
		}
	}
	if p, q, ok := d.paths(a, b); ok {
		return predicate.LessPaths(p, q)
	}
	return d.beforeInstant(a, b)
}

// paths returns the paths that a and b both are.
func (d dissection) paths(a, b ast.Expr) (p, q slot.Path, ok bool) {
	p, m, ok1 := d.path(a)
	q, n, ok2 := d.path(b)
	return p, q, ok1 && ok2 && m+n == 0
}

// in returns e in list: one of them is constant.
func (d dissection) in(e, list ast.Expr) *predicate.Form {
	if k, ok := constant(e); ok {
		if s, ok := d.value(list); ok {
			return s.Contains(k)
		}
		return nil
	}
	s, ok := d.subject(e)
	if !ok || list.Kind() != ast.ListKind || len(list.AsList().OptionalIndices()) > 0 {
		return nil
	}
	elements := list.AsList().Elements()
	members := make([]slot.Value, len(elements))
	for i, e := range elements {
		if members[i], ok = constant(e); !ok {
			return nil
		}
	}
	return s.In(members)
}

// search returns the searches in strings, with constant arguments.
func (d dissection) search(c ast.CallExpr) *predicate.Form {
	operands := c.Args()
	if c.IsMemberFunction() {
		operands = slices.Concat([]ast.Expr{c.Target()}, operands)
	}
	if len(operands) != 2 {
		return nil
	}
	s, ok1 := d.value(operands[0])
	text, ok2 := literal[types.String](operands[1])
	if !ok1 || !ok2 {
		return nil
	}
	switch c.FunctionName() {
	case overloads.StartsWith:
		return s.HasPrefix(string(text))
	case overloads.EndsWith:
		return s.HasSuffix(string(text))
	case overloads.Contains:
		return s.HasSubstring(string(text))
	case overloads.Matches:
		return s.Matches(string(text))
	}
	return nil
}

func (d dissection) hasValue(c ast.CallExpr) *predicate.Form {
	p, optional, ok := d.path(c.Target())
	if !ok || optional == 0 {
		return nil
	}
	return predicate.Subject{Path: p, Optional: optional}.Has()
}

// atInstant returns now == timestamp('...'), in either order.
func (d dissection) atInstant(a, b ast.Expr) *predicate.Form {
	if isNow(b) {
		a, b = b, a
	}
	if t, ok := instantLiteral(b); ok && isNow(a) {
		return predicate.And(predicate.Not(predicate.Before(t)), predicate.Before(t.Add(1)))
	}
	return nil
}

// beforeInstant returns now < timestamp('...') or timestamp('...') < now.
func (d dissection) beforeInstant(a, b ast.Expr) *predicate.Form {
	if t, ok := instantLiteral(b); ok && isNow(a) {
		return predicate.Before(t)
	}
	if t, ok := instantLiteral(a); ok && isNow(b) {
		return predicate.Not(predicate.Before(t.Add(1)))
	}
	return nil
}
