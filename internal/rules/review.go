package rules

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// A shape is what is known of an expression beyond its type.
type shape int

const (
	computed      shape = iota // nothing
	path                       // a part of the data, whose numbers are all doubles
	wholeOffer                 // the variable offer
	wholeActivity              // the variable activity
)

// A review finds what is wrong with a checked expression though its types are
// right, and which variables it reads.
type review struct {
	tree   *ast.AST
	kind   Kind
	limits Limits

	scope []local
	reads Reads
	found []Issue
}

// A local is a variable that a macro declares.
type local struct {
	name  string
	shape shape
}

func newReview(tree *ast.AST, k Kind, l Limits) *review {
	return &review{tree: tree, kind: k, limits: l}
}

// issues returns all that is wrong with the expression.
func (r *review) issues() []Issue {
	r.resultType()
	r.walk(r.tree.Expr())
	if len(r.found) == 0 {
		r.cost()
	}
	return byPosition(r.found)
}

func (r *review) fault(at ast.Expr, format string, args ...any) {
	where := r.tree.SourceInfo().GetStartLocation(at.ID())
	r.found = append(r.found, Issue{max(where.Line(), 1), max(where.Column(), 0) + 1, fmt.Sprintf(format, args...)})
}

// resultTypes are the types that an expression of a kind may have.
var resultTypes = map[Kind]struct {
	kinds []types.Kind
	want  string
}{
	Condition: {[]types.Kind{types.BoolKind}, "a rule must be bool"},
	Score:     {[]types.Kind{types.IntKind, types.UintKind, types.DoubleKind}, "a formula must be a number"},
	Until:     {[]types.Kind{types.TimestampKind}, "an instant must be a timestamp"},
}

func (r *review) resultType() {
	t := r.tree.GetType(r.tree.Expr().ID())
	allowed := resultTypes[r.kind]
	if t.Kind() != types.DynKind && !slices.Contains(allowed.kinds, t.Kind()) {
		r.fault(r.tree.Expr(), "%s, not %s", allowed.want, checker.FormatCELType(t))
	}
}

// walk reviews e and all within it, and returns its shape.
func (r *review) walk(e ast.Expr) shape {
	switch e.Kind() {
	case ast.IdentKind:
		return r.ident(e.AsIdent())
	case ast.SelectKind:
		sel := e.AsSelect()
		return r.field(e, r.walk(sel.Operand()), sel.FieldName())
	case ast.CallKind:
		return r.call(e)
	case ast.ComprehensionKind:
		return r.loop(e.AsComprehension())
	case ast.StructKind:
		r.fault(e, "messages are not available: write a map, timestamp(...) or duration(...) instead of %s{...}", e.AsStruct().TypeName())
		return computed
	default:
		for _, child := range children(e) {
			r.walk(child)
		}
		return computed
	}
}

// variables are the variables of expressions, with their shapes.
var variables = map[string]struct {
	reads Reads
	shape shape
}{
	"profile":  {ReadsProfile, path},
	"context":  {ReadsContext, path},
	"events":   {ReadsEvents, path},
	"now":      {ReadsNow, computed},
	"offer":    {ReadsOffer, wholeOffer},
	"activity": {ReadsActivity, wholeActivity},
}

func (r *review) ident(name string) shape {
	global, isGlobal := strings.CutPrefix(name, ".")
	if !isGlobal {
		for _, l := range slices.Backward(r.scope) {
			if l.name == name {
				return l.shape
			}
		}
	}
	v := variables[global]
	r.reads |= v.reads
	return v.shape
}

// field returns the shape of a field of something, and finds fields that do not exist.
func (r *review) field(at ast.Expr, of shape, name string) shape {
	switch of {
	case wholeOffer:
		r.checkField(at, "offer", offerFields, name)
	case wholeActivity:
		r.checkField(at, "activity", activityFields, name)
	case computed:
		return computed
	case path:
	}
	return path
}

func (r *review) checkField(at ast.Expr, of string, fields []string, name string) {
	if !slices.Contains(fields, name) {
		r.fault(at, "%s has no field '%s': there are %s", of, name, strings.Join(fields, ", "))
	}
}

func (r *review) call(e ast.Expr) shape {
	call := e.AsCall()
	var shapes []shape
	args := children(e)
	for _, arg := range args {
		shapes = append(shapes, r.walk(arg))
	}
	switch name := call.FunctionName(); name {
	case operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo:
		r.arithmetic(args, shapes)
	case operators.Index, operators.OptIndex, operators.OptSelect:
		if key, ok := literal[types.String](args[1]); ok {
			return r.field(e, shapes[0], string(key))
		}
		return min(shapes[0], path)
	case operators.Conditional:
		return r.branches(shapes[1], shapes[2])
	case ofTypeFunction, withinFunction, "value":
		return shapes[0]
	case "matches":
		r.pattern(args[len(args)-1])
	case "yaml.encode", "yaml.parse":
		r.fault(e, "%s is not available, as its work cannot be bounded: use json", name)
	}
	return computed
}

func (r *review) branches(a, b shape) shape {
	if a == b {
		return a
	}
	return min(a, b, path)
}

// arithmetic finds sums and the like of a path and an int, which CEL does not mix
// with double.
func (r *review) arithmetic(args []ast.Expr, shapes []shape) {
	for i, arg := range args {
		if len(args) != 2 || shapes[1-i] == computed || shapes[i] != computed {
			continue
		}
		if t := r.tree.GetType(arg.ID()); t.Kind() == types.IntKind || t.Kind() == types.UintKind {
			r.fault(arg, "arithmetic between data, whose numbers are all double, and %s can only err: %s", checker.FormatCELType(t), advice(arg))
		}
	}
}

func advice(operand ast.Expr) string {
	if n, ok := literal[types.Int](operand); ok {
		return fmt.Sprintf("write %d.0, not %d", n, n)
	}
	if n, ok := literal[types.Uint](operand); ok {
		return fmt.Sprintf("write %d.0, not %du", n, n)
	}
	return "write double(...) around it"
}

// pattern finds patterns that are no literals, or too large.
func (r *review) pattern(e ast.Expr) {
	p, ok := literal[types.String](e)
	if !ok {
		r.fault(e, "the pattern of matches must be a literal: write it as 'text'")
		return
	}
	size, err := types.RegexProgramSize(string(p))
	if err != nil {
		r.fault(e, "%s", err)
		return
	}
	if size > r.limits.Pattern {
		r.fault(e, "pattern of %d instructions: at most %d are allowed, so write smaller counts", size, r.limits.Pattern)
	}
}

// loop reviews a macro: a loop over a range, or a variable bound to a value.
func (r *review) loop(c ast.ComprehensionExpr) shape {
	over := r.walk(c.IterRange())
	start := r.walk(c.AccuInit())
	result := computed
	if isBind(c) {
		result = start
	}
	outer := len(r.scope)
	r.scope = append(r.scope, local{c.AccuVar(), result})
	if c.HasIterVar2() {
		r.scope = append(r.scope, local{c.IterVar(), computed}, local{c.IterVar2(), min(over, path)})
	} else {
		r.scope = append(r.scope, local{c.IterVar(), min(over, path)})
	}
	r.walk(c.LoopCondition())
	r.walk(c.LoopStep())
	r.scope = r.scope[:outer+1]
	result = r.walk(c.Result())
	r.scope = r.scope[:outer]
	if isFilter(c) {
		return min(over, path)
	}
	return result
}

// isBind reports whether the comprehension only binds a variable, as cel.bind does.
func isBind(c ast.ComprehensionExpr) bool {
	return c.IterRange().Kind() == ast.ListKind && c.IterRange().AsList().Size() == 0
}

// isFilter reports whether the comprehension keeps some elements of its range:
// cond ? accu + [element] : accu.
func isFilter(c ast.ComprehensionExpr) bool {
	args := callArgs(c.LoopStep(), operators.Conditional)
	if len(args) != 3 || c.HasIterVar2() {
		return false
	}
	sum := callArgs(args[1], operators.Add)
	if len(sum) != 2 || sum[1].Kind() != ast.ListKind || sum[1].AsList().Size() != 1 {
		return false
	}
	kept := sum[1].AsList().Elements()[0]
	return kept.Kind() == ast.IdentKind && kept.AsIdent() == c.IterVar()
}

func callArgs(e ast.Expr, name string) []ast.Expr {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != name {
		return nil
	}
	return e.AsCall().Args()
}

// literal returns the value of a literal of the type T.
func literal[T any](e ast.Expr) (value T, ok bool) {
	if e.Kind() == ast.LiteralKind {
		value, ok = e.AsLiteral().(T)
	}
	return value, ok
}
