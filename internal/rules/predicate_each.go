package rules

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/proffer-go/proffer/internal/predicate"
	"github.com/proffer-go/proffer/internal/slot"
)

// each returns path.exists(x, test), path.all(x, test) and path.exists_one(x, test),
// where the test is about x alone.
func (d dissection) each(c ast.ComprehensionExpr) *predicate.Form {
	s, ok := d.value(c.IterRange())
	if !ok || c.HasIterVar2() {
		return nil
	}
	within := dissection{d.tree, c.IterVar()}
	switch start, _ := literal[types.Bool](c.AccuInit()); {
	case isLoop(c, operators.LogicalOr) && !bool(start):
		test := callArgs(c.LoopStep(), operators.LogicalOr)[1]
		if k, ok := within.equalsElement(test); ok {
			return s.Exists(k)
		}
		return s.Some(within.condition(test))
	case isLoop(c, operators.LogicalAnd) && bool(start):
		return s.All(within.condition(callArgs(c.LoopStep(), operators.LogicalAnd)[1]))
	case isCount(c):
		return s.One(within.condition(callArgs(c.LoopStep(), operators.Conditional)[0]))
	}
	return nil
}

// isLoop reports whether c is a bool that each round joins with another by the
// operator.
func isLoop(c ast.ComprehensionExpr, operator string) bool {
	step := callArgs(c.LoopStep(), operator)
	_, ok := literal[types.Bool](c.AccuInit())
	return ok && len(step) == 2 && isIdent(step[0], c.AccuVar()) && isIdent(c.Result(), c.AccuVar())
}

// isCount reports whether c counts the rounds in which a test is true, up from 0,
// and is whether there is one.
func isCount(c ast.ComprehensionExpr) bool {
	start, ok := literal[types.Int](c.AccuInit())
	step := callArgs(c.LoopStep(), operators.Conditional)
	result := callArgs(c.Result(), operators.Equals)
	if !ok || start != 0 || len(step) != 3 || len(result) != 2 || !isIdent(step[2], c.AccuVar()) || !isIdent(result[0], c.AccuVar()) {
		return false
	}
	one, ok := literal[types.Int](result[1])
	next := callArgs(step[1], operators.Add)
	return ok && one == 1 && len(next) == 2 && isIdent(next[0], c.AccuVar())
}

// equalsElement returns the constant that the element is compared with for equality,
// which is all that e is.
func (d dissection) equalsElement(e ast.Expr) (k slot.Value, ok bool) {
	sides := callArgs(e, operators.Equals)
	if len(sides) != 2 {
		return slot.Value{}, false
	}
	if isIdent(sides[1], d.element) {
		sides = []ast.Expr{sides[1], sides[0]}
	}
	k, ok = constant(sides[1])
	return k, ok && isIdent(sides[0], d.element)
}

func isIdent(e ast.Expr, name string) bool { return e.Kind() == ast.IdentKind && e.AsIdent() == name }
