package peer

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/proffer-go/proffer/benchmarks/workload"
)

// Expr matches with expr-lang/expr over decoded maps. Events are typed, and the
// instants that windows begin at are variables.
type Expr struct {
	programs []*vm.Program
	vm       vm.VM
}

// exprEvent is an event as expr sees it.
type exprEvent struct {
	EventType string    `json:"eventType" expr:"eventType"`
	Timestamp time.Time `json:"timestamp" expr:"timestamp"`
}

// exprEnv are the variables.
type exprEnv struct {
	Profile map[string]any `expr:"profile"`
	Context map[string]any `expr:"context"`
	Events  []exprEvent    `expr:"events"`
	Since1  time.Time      `expr:"since1"`
	Since7  time.Time      `expr:"since7"`
	Since30 time.Time      `expr:"since30"`
	Since90 time.Time      `expr:"since90"`
}

// NewExpr compiles the rules.
func NewExpr(w *workload.Workload) (*Expr, error) {
	programs, err := exprPrograms(w, exprEnv{}, func(c workload.Count) string {
		return fmt.Sprintf("count(events, .eventType == '%s' && .timestamp > since%d)", c.Type, c.Days)
	})
	return &Expr{programs: programs}, err
}

// Match implements [Matcher].
func (x *Expr) Match(r *workload.Request, dst []int32) ([]int32, error) {
	env := exprEnv{Since1: ago(r.At, 1), Since7: ago(r.At, 7), Since30: ago(r.At, 30), Since90: ago(r.At, 90)}
	if err := unmarshal(r, &env.Profile, &env.Context); err != nil {
		return dst, err
	}
	if err := json.Unmarshal(r.Events, &env.Events); err != nil {
		return dst, err
	}
	return runExpr(&x.vm, x.programs, env, dst), nil
}

func unmarshal(r *workload.Request, profile, context any) error {
	if err := json.Unmarshal(r.Profile, profile); err != nil {
		return err
	}
	return json.Unmarshal(r.Context, context)
}

func exprPrograms(w *workload.Workload, env any, count func(workload.Count) string) ([]*vm.Program, error) {
	var all []*vm.Program
	for _, r := range w.Rules {
		text := joined(r, " && ", func(t workload.Term) string { return exprTerm(t, count) })
		p, err := expr.Compile(text, expr.Env(env), expr.AsBool())
		if err != nil {
			return nil, fmt.Errorf("expr: %s: %w", text, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// runExpr appends the true rules. One that errs is not.
func runExpr(machine *vm.VM, programs []*vm.Program, env any, dst []int32) []int32 {
	for i, p := range programs {
		out, err := machine.Run(p, env)
		if is, ok := out.(bool); err == nil && ok && is {
			dst = append(dst, int32(i))
		}
	}
	return dst
}

func exprTerm(t workload.Term, count func(workload.Count) string) string {
	switch t := t.(type) {
	case workload.Has:
		return t.Path() + " != nil"
	case workload.Count:
		return count(t) + " >= " + strconv.Itoa(t.Min)
	case workload.Or:
		return "(" + exprTerm(t.Left, count) + " || " + exprTerm(t.Right, count) + ")"
	case workload.EndsWith:
		return t.Path() + " endsWith " + workload.Quote(t.Suffix)
	case workload.AnyStartsWith:
		return "any(" + t.Path() + ", # startsWith " + workload.Quote(t.Prefix) + ")"
	default:
		return workload.Rule{Terms: []workload.Term{t}}.CEL(workload.Proffer) // as in CEL
	}
}
