package rules

import (
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/internal/slot"
)

// A part is a part of a score that the request fixes and that CEL computes, once
// for all offers.
type part struct {
	expr *Expr
	node int64 // the root of the part in the tree of the expression
	once price

	planning sync.Once
	program  *program
}

var _ column.Parts = (*Input)(nil)

// partOf returns the part that e is, nil if it reads the offer or the activity. A
// macro's variable of one of these names is taken for it.
func partOf(of *Expr, e ast.Expr) *column.Node {
	fixed := true
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.IdentKind && slices.Contains([]string{"offer", "activity"}, strings.TrimPrefix(e.AsIdent(), ".")) {
			fixed = false
		}
	}))
	if !fixed {
		return nil
	}
	return column.Outside(&part{expr: of, node: e.ID(), once: bodyPrice(e)})
}

// Value returns the value of a part: Absent is an error. It is not ok if programs
// have no such value.
func (in *Input) Value(p any) (v slot.Value, whole, ok bool) {
	result, err := p.(*part).eval(in)
	if err != nil {
		return slot.Value{}, false, true
	}
	if v, ok = slotValue(result); ok {
		return v, false, true
	}
	switch n := result.(type) {
	case types.Int:
		return slot.Value{Kind: slot.Number, Number: float64(n)}, true, n >= -maxWhole && n <= maxWhole
	case types.Uint:
		return slot.Value{Kind: slot.Number, Number: float64(n)}, true, n <= maxWhole
	}
	switch result.Type() {
	case types.ListType:
		return slot.Value{Kind: slot.List}, false, true
	case types.MapType:
		return slot.Value{Kind: slot.Map}, false, true
	}
	return slot.Value{}, false, false
}

// maxWhole is the greatest whole number of which float64 tells all smaller ones
// apart.
const maxWhole = 1 << 53

// maxParts is how many parts a score may have: each may take as much as a whole
// evaluation.
const maxParts = 4

func (p *part) eval(in *Input) (ref.Val, error) {
	p.planning.Do(p.plan)
	in.offer, in.activity = nil, nil
	return p.program.eval(in, p.expr.budget(), p.once)
}

// plan makes the program, from the text once more, as little of it is kept.
func (p *part) plan() {
	env := p.expr.compiler.env(p.expr.kind)
	checked, found := env.Compile(p.expr.text)
	if err := found.Err(); err != nil {
		p.program = failing(err)
		return
	}
	tree := checked.NativeRep()
	var root ast.Expr
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.ID() == p.node {
			root = e
		}
	}))
	sub, err := ast.ToProto(ast.NewCheckedAST(ast.NewAST(root, tree.SourceInfo()), tree.TypeMap(), tree.ReferenceMap()))
	if err != nil {
		p.program = failing(err)
		return
	}
	p.program = p.expr.compiler.plan(env, cel.CheckedExprToAst(sub))
}
