package rules

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"

	"github.com/proffer-go/proffer/internal/predicate"
)

// side returns one side of a comparison as a quantity, nil if it does not fit. It
// may be an int too, which compares with a double as a double does.
func (d dissection) side(e ast.Expr) *predicate.Quantity {
	if k, ok := constant(e); ok {
		return predicate.Fixed(k)
	}
	if s, ok := d.subject(e); ok && s.Optional == 0 {
		return s.Quantity()
	}
	return d.quantity(e)
}

// quantity returns an operand of arithmetic, nil if it does not fit: an int does
// not, as it may not meet a double.
func (d dissection) quantity(e ast.Expr) *predicate.Quantity {
	if n, ok := literal[types.Double](e); ok {
		return predicate.Fixed(predicate.Number(float64(n)))
	}
	if s, ok := d.value(e); ok && (s.Optional == 0 || hasDoubleDefault(e)) {
		return s.Quantity()
	}
	if isNow(e) {
		return predicate.Now()
	}
	if t, ok := instantLiteral(e); ok {
		return predicate.Instant(t)
	}
	if t, ok := durationLiteral(e); ok {
		return predicate.Duration(t)
	}
	if e.Kind() == ast.CallKind && !e.AsCall().IsMemberFunction() {
		return d.arithmetic(e.AsCall().FunctionName(), e.AsCall().Args())
	}
	return nil
}

// hasDoubleDefault reports whether e, path.orValue(constant), is a double without
// the path.
func hasDoubleDefault(e ast.Expr) bool {
	_, ok := literal[types.Double](e.AsCall().Args()[0])
	return ok
}

func (d dissection) arithmetic(function string, args []ast.Expr) *predicate.Quantity {
	switch function {
	case overloads.TypeConvertDouble:
		if s, ok := d.subject(args[0]); ok {
			return s.Double()
		}
	case overloads.TypeConvertTimestamp:
		if s, ok := d.value(args[0]); ok {
			return s.Timestamp()
		}
	case operators.Negate:
		return d.quantity(args[0]).Negative()
	case operators.Add:
		return d.quantity(args[0]).Plus(d.quantity(args[1]))
	case operators.Subtract:
		return d.quantity(args[0]).Minus(d.quantity(args[1]))
	case operators.Multiply:
		return d.quantity(args[0]).Times(d.quantity(args[1]))
	case operators.Divide:
		return d.quantity(args[0]).Over(d.quantity(args[1]))
	}
	return nil
}
