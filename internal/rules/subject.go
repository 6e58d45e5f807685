package rules

import (
	"math"
	"strings"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"

	"github.com/proffer-go/proffer/internal/predicate"
	"github.com/proffer-go/proffer/internal/slot"
)

// subject returns what an atom can be about: a value of the data, its size, or a
// number of events.
func (d dissection) subject(e ast.Expr) (predicate.Subject, bool) {
	of, ok := sizeArgument(e)
	if !ok {
		return d.value(e)
	}
	if c, ok := eventCount(of); ok {
		return predicate.Events(c), true
	}
	s, ok := d.value(of)
	return s.Size(), ok
}

// sizeArgument returns x of size(x) and x.size().
func sizeArgument(e ast.Expr) (x ast.Expr, ok bool) {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != overloads.Size {
		return nil, false
	}
	c := e.AsCall()
	if c.IsMemberFunction() {
		return c.Target(), len(c.Args()) == 0
	}
	return c.Args()[0], len(c.Args()) == 1
}

// value returns the value at a path, path.orValue(constant), or an element.
func (d dissection) value(e ast.Expr) (predicate.Subject, bool) {
	if d.element != "" && isIdent(e, d.element) {
		return predicate.Element(), true
	}
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == "orValue" {
		c := e.AsCall()
		p, optional, ok1 := d.path(c.Target())
		k, ok2 := fallback(c.Args()[0])
		return predicate.Subject{Path: p, Optional: optional, Default: k}, ok1 && ok2 && optional > 0
	}
	p, optional, ok := d.path(e)
	return predicate.At(p), ok && optional == 0
}

// fallback returns a constant, or an empty list or map. Unlike what the data hold
// it may be an int, which cel-go compares with another exactly: only those that a
// double tells from all others fit.
func fallback(e ast.Expr) (slot.Value, bool) {
	switch e.Kind() {
	case ast.ListKind:
		return slot.Value{Kind: slot.List}, e.AsList().Size() == 0
	case ast.MapKind:
		return slot.Value{Kind: slot.Map}, e.AsMap().Size() == 0
	default:
		k, ok := constant(e)
		return k, ok && (k.Kind != slot.Number || math.Abs(k.Number) < 1<<53)
	}
}

// path returns the path that e is, and how many of its last keys may be missing:
// all from the first that is selected by ?. or [?].
func (d dissection) path(e ast.Expr) (p slot.Path, optional int, ok bool) {
	if e.Kind() == ast.IdentKind {
		root, ok := roots[strings.TrimPrefix(e.AsIdent(), ".")]
		return slot.Path{Root: root}, 0, ok
	}
	of, key, maybe, ok := selected(e)
	if !ok {
		return slot.Path{}, 0, false
	}
	p, optional, ok = d.path(of)
	if maybe || optional > 0 {
		optional++
	}
	p.Keys = append(p.Keys, key)
	return p, optional, ok && optional <= predicate.MaxOptional
}

// The variables at which paths begin. A macro's variable of that name makes no
// difference: a test of elements that has a path does not fit.
var roots = map[string]slot.Root{"profile": slot.Profile, "context": slot.Context}

// selected returns what of.key is made of, or one of the forms that indexed takes.
func selected(e ast.Expr) (of ast.Expr, key string, maybe, ok bool) {
	if e.Kind() == ast.SelectKind {
		sel := e.AsSelect()
		return sel.Operand(), sel.FieldName(), false, !sel.IsTestOnly()
	}
	if e.Kind() == ast.CallKind {
		return indexed(e.AsCall())
	}
	return nil, "", false, false
}

// indexed returns what of["key"], of[?"key"] and of.?key are made of.
func indexed(c ast.CallExpr) (of ast.Expr, key string, maybe, ok bool) {
	switch c.FunctionName() {
	case operators.OptIndex, operators.OptSelect:
		maybe = true
	case operators.Index:
	default:
		return nil, "", false, false
	}
	text, ok := literal[types.String](c.Args()[1])
	return c.Args()[0], string(text), maybe, ok
}

// constant returns a scalar literal. Numbers of the data are doubles, with which
// cel-go compares an int or a uint after rounding it to a double.
func constant(e ast.Expr) (slot.Value, bool) {
	if e.Kind() != ast.LiteralKind {
		return slot.Value{}, false
	}
	switch v := e.AsLiteral().(type) {
	case types.Null:
		return slot.Value{Kind: slot.Null}, true
	case types.Bool:
		return predicate.Bool(bool(v)), true
	case types.Int:
		return predicate.Number(float64(v)), true
	case types.Uint:
		return predicate.Number(float64(v)), true
	case types.Double:
		return predicate.Number(float64(v)), true
	case types.String:
		return predicate.Text(string(v)), true
	}
	return slot.Value{}, false
}

// eventCount returns the count whose events e selects: events, ofType and within
// upon it, each at most once.
func eventCount(e ast.Expr) (slot.Count, bool) {
	if e.Kind() == ast.IdentKind {
		return slot.Count{}, strings.TrimPrefix(e.AsIdent(), ".") == "events"
	}
	if args := callArgs(e, ofTypeFunction); args != nil {
		c, ok1 := eventCount(args[0])
		t, ok2 := literal[types.String](args[1])
		typed := c.Typed
		c.Type, c.Typed = string(t), true
		return c, ok1 && ok2 && !typed
	}
	if args := callArgs(e, withinFunction); args != nil {
		c, ok1 := eventCount(args[0])
		length, ok2 := durationLiteral(args[1])
		dated := c.Dated
		c.Window, c.Dated = length, true
		return c, ok1 && ok2 && !dated
	}
	return slot.Count{}, false
}

// durationLiteral returns duration('...').
func durationLiteral(e ast.Expr) (time.Duration, bool) {
	v, ok := converted(e, overloads.TypeConvertDuration).(types.Duration)
	return v.Duration, ok
}

// instantLiteral returns timestamp('...').
func instantLiteral(e ast.Expr) (time.Time, bool) {
	v, ok := converted(e, overloads.TypeConvertTimestamp).(types.Timestamp)
	return v.Time, ok
}

// converted returns the value of a conversion of a string literal, an error if it
// has none, and nil if e is none.
func converted(e ast.Expr, function string) any {
	args := callArgs(e, function)
	if len(args) != 1 {
		return nil
	}
	text, ok := literal[types.String](args[0])
	if !ok {
		return nil
	}
	if function == overloads.TypeConvertDuration {
		return text.ConvertToType(types.DurationType)
	}
	return text.ConvertToType(types.TimestampType)
}

func isNow(e ast.Expr) bool {
	return e.Kind() == ast.IdentKind && strings.TrimPrefix(e.AsIdent(), ".") == "now"
}
