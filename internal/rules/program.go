package rules

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types/ref"
)

// A program is what CEL evaluates.
type program struct {
	run    cel.Program
	source *ast.SourceInfo
	err    *Error // instead of both
}

// plan makes the program, once. It compiles the text again: to keep the tree of
// every expression would take more memory than all else.
func (e *Expr) plan() *program {
	e.planning.Do(func() {
		env := e.compiler.env(e.kind)
		checked, found := env.Compile(e.text)
		if err := found.Err(); err != nil {
			e.program.Store(failing(err))
			return
		}
		e.program.Store(e.compiler.plan(env, checked))
	})
	return e.program.Load()
}

// plan makes the program of a text without issues. That is not known to fail; if it
// does, so does every evaluation.
func (c *Compiler) plan(env *environment, checked *cel.Ast) *program {
	tree := checked.NativeRep()
	run, err := env.Program(checked, cel.CustomDecoratorV2(c.newPlan(env, tree).decorate))
	if err != nil {
		return failing(err)
	}
	return &program{run: run, source: tree.SourceInfo()}
}

// eval runs the program on a full meter. Its error is an *Error or nil, typed as
// error so that nil stays nil.
func (p *program) eval(in *Input, budget, once price) (ref.Val, error) {
	if p.err != nil {
		return nil, p.err
	}
	in.meter.start(budget, once)
	v, _, err := p.run.Eval(in)
	if in.meter.exhausted {
		return nil, p.overBudget(in.meter.at)
	}
	if err != nil {
		return nil, p.failure(err)
	}
	return v, nil
}

func failing(err error) *program { return &program{err: &Error{Kind: Failed, Detail: err.Error()}} }

// What an evaluation may take leaves room to plan a program of so many nodes and
// bytes of text first. A larger one is planned when it is compiled.
const (
	maxLateNodes = 100
	maxLateText  = 1 << 10
)

func large(tree *ast.AST, text string) bool {
	nodes := 0
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(func(ast.Expr) { nodes++ }))
	return nodes > maxLateNodes || len(text) > maxLateText
}
