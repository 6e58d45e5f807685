package rules

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// A price is what something costs: steps of about 50 ns each, and bytes of memory.
type price struct{ steps, bytes int64 }

func (p price) plus(q price) price {
	return price{sum(p.steps, q.steps), sum(p.bytes, q.bytes)}
}

// beyond is a price that no meter can pay. Sums and products of prices stop there.
const beyond = int64(1) << 50

func sum(a, b int64) int64 { return min(a+b, beyond) }

func times(a, b int64) int64 {
	if a > 0 && b > beyond/a {
		return beyond
	}
	return a * b
}

// A meter holds what is left of the budget of one evaluation.
//
// What an expression does once is bounded by the number of its nodes. The rest is
// charged here, before it is done: each round of a loop, by the nodes of its body,
// and each call whose work grows with its arguments.
type meter struct {
	left      price
	exhausted bool
	at        int64 // the node that exhausted it
}

// start gives the meter the budget of an evaluation, and takes what every node costs once.
func (m *meter) start(budget, once price) {
	*m = meter{left: price{budget.steps - once.steps, budget.bytes - once.bytes}}
}

// charge takes p for the node, or ends the evaluation: nothing absorbs that, lest
// a rule go on and on at no cost.
func (m *meter) charge(node int64, p price) {
	m.left.steps -= p.steps
	m.left.bytes -= p.bytes
	if m.left.steps < 0 || m.left.bytes < 0 {
		m.exhausted, m.at = true, node
		panic(interpreter.EvalCancelledError{Cause: interpreter.CostLimitExceeded, Message: "over budget"})
	}
}

// sight is how many nodes of a value can be looked at to find the price of a call:
// any that takes more to do than that is left is beyond the budget.
func (m *meter) sight() int64 { return min(m.left.steps/8, m.left.bytes/128) }

// meterOf returns the meter of the evaluation. Without one, as when constants are
// folded at compile time, there is nothing to charge.
func meterOf(frame *interpreter.ExecutionFrame) *meter {
	v, _ := frame.ResolveName(meterVar)
	m, _ := v.(*meter)
	return m
}

// A lap is the step of a loop, charged in each round.
type lap struct {
	interpreter.InterpretableV2
	price price
}

func (l *lap) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	if m := meterOf(frame); m != nil {
		m.charge(l.ID(), l.price)
	}
	return l.InterpretableV2.Exec(frame)
}

func (l *lap) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, l.Exec)
}

// roundPrice is what one round of the loop costs at most, without the rounds of
// loops within it and the prices of calls.
func roundPrice(loop ast.ComprehensionExpr) price {
	return bodyPrice(loop.LoopCondition()).plus(bodyPrice(loop.LoopStep())).plus(price{steps: 1})
}

func bodyPrice(e ast.Expr) price {
	p := nodePrice(e)
	for _, child := range children(e) {
		p = p.plus(bodyPrice(child))
	}
	return p
}

// children returns the expressions that e evaluates once whenever it is
// evaluated: not the condition and the step of a loop.
func children(e ast.Expr) []ast.Expr {
	switch e.Kind() {
	case ast.SelectKind:
		return []ast.Expr{e.AsSelect().Operand()}
	case ast.CallKind:
		call := e.AsCall()
		if call.IsMemberFunction() {
			return append([]ast.Expr{call.Target()}, call.Args()...)
		}
		return call.Args()
	case ast.ListKind:
		return e.AsList().Elements()
	case ast.MapKind:
		var out []ast.Expr
		for _, entry := range e.AsMap().Entries() {
			out = append(out, entry.AsMapEntry().Key(), entry.AsMapEntry().Value())
		}
		return out
	case ast.ComprehensionKind:
		loop := e.AsComprehension()
		return []ast.Expr{loop.IterRange(), loop.AccuInit(), loop.Result()}
	default:
		return nil
	}
}

// nodePrice is what the node itself costs: the bytes are what boxing its result or
// making its usual error takes.
func nodePrice(e ast.Expr) price {
	switch e.Kind() {
	case ast.IdentKind:
		return price{1, 16}
	case ast.SelectKind:
		return price{1, 48}
	case ast.ListKind:
		return price{1, 96 + 16*int64(e.AsList().Size())}
	case ast.MapKind:
		return price{4, 128 + 128*int64(e.AsMap().Size())}
	case ast.ComprehensionKind:
		return price{4, 96}
	case ast.CallKind:
		return callNodePrice(e.AsCall().FunctionName())
	default:
		return price{steps: 1}
	}
}

func callNodePrice(name string) price {
	switch name {
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.NotStrictlyFalse, operators.Conditional:
		return price{steps: 1}
	case operators.Index, operators.OptIndex, operators.OptSelect:
		return price{2, 144}
	}
	return price{2, 48}
}
