package peer

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/proffer-go/proffer/benchmarks/workload"
)

// Programs are the rules of a workload compiled by cel-go, each when it is first
// evaluated, in the two forms that deciders use.
type Programs struct {
	maps  programs // over decoded maps
	typed programs // over typed variables
}

// NewPrograms makes the environments. It compiles nothing yet.
func NewPrograms(w *workload.Workload) (*Programs, error) {
	maps, err := mapsEnv()
	if err != nil {
		return nil, fmt.Errorf("cel-go: %w", err)
	}
	typed, err := typedEnv(w.Attributes)
	if err != nil {
		return nil, fmt.Errorf("cel-go: %w", err)
	}
	of := func(env *cel.Env, d workload.Dialect) programs {
		return programs{env: env, dialect: d, rules: w.Rules, compiled: make([]cel.Program, len(w.Rules))}
	}
	return &Programs{maps: of(maps, mapsDialect), typed: of(typed, typedDialect)}, nil
}

type programs struct {
	env      *cel.Env
	dialect  workload.Dialect
	rules    []workload.Rule
	compiled []cel.Program
}

// holds reports whether the rule is true. One that errs is not.
func (p *programs) holds(rule int32, vars cel.Activation) bool {
	if p.compiled[rule] == nil {
		p.compile(rule)
	}
	v, _, err := p.compiled[rule].Eval(vars)
	return err == nil && v == types.True
}

// compile compiles the rule with all of cel-go's optimizations: constants are
// folded, a literal list is searched by hash.
func (p *programs) compile(rule int32) {
	text := p.rules[rule].CEL(p.dialect)
	checked, issues := p.env.Compile(text)
	if issues.Err() != nil {
		panic(fmt.Sprintf("%s: %v", text, issues.Err())) // the generator writes what compiles
	}
	program, err := p.env.Program(checked, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		panic(fmt.Sprintf("%s: %v", text, err))
	}
	p.compiled[rule] = program
}

// first compiles the first n rules, so that no timing has to.
func (p *programs) first(n int) {
	for i := range n {
		if p.compiled[i] == nil {
			p.compile(int32(i))
		}
	}
}
