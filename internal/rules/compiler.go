package rules

import (
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
)

// Limits bound expressions and their evaluation. A zero field has its default.
type Limits struct {
	TextBytes int // of an expression; 0: 64 KiB
	Nodes     int // of an expression with its macros expanded; 0: 20,000
	Depth     int // nesting of an expression; 0: 100
	Pattern   int // instructions of a regular expression; 0: 500

	// The sizes that data are assumed to have when the cost of an expression is
	// estimated, and the highest estimate, in steps. It is far more than an evaluation
	// may take, since loops end early and data are smaller as a rule.
	ListSize   int   // entries of a list or map; 0: 1,000
	StringSize int   // bytes; 0: 4 KiB
	Estimate   int64 // 0: 2,000,000,000

	// What one evaluation may take before it ends with [OverBudget]: steps, each of
	// about 50 ns, and bytes of memory.
	Steps int64 // 0: 400,000
	Bytes int64 // 0: 6 MiB
}

// withDefaults returns l with its zero fields set.
func (l Limits) withDefaults() Limits {
	set(&l.TextBytes, 64<<10)
	set(&l.Nodes, 20_000)
	set(&l.Depth, 100)
	set(&l.Pattern, 500)
	set(&l.ListSize, 1000)
	set(&l.StringSize, 4<<10)
	set(&l.Estimate, 2_000_000_000)
	set(&l.Steps, 400_000)
	set(&l.Bytes, 6<<20)
	return l
}

func set[T int | int64](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

// A Compiler compiles expressions, each text once for each kind. It keeps what it
// compiled for as long as it lives. It is safe for concurrent use.
type Compiler struct {
	limits        Limits
	plain, scores *environment
	zones         zones
	compiled      sync.Map // source to func() (*Expr, []Issue)
}

type source struct {
	kind Kind
	text string
}

// NewCompiler returns a compiler with the limits, of which none may be negative.
func NewCompiler(l Limits) (*Compiler, error) {
	if min(l.TextBytes, l.Nodes, l.Depth, l.Pattern, l.ListSize, l.StringSize) < 0 || min(l.Estimate, l.Steps, l.Bytes) < 0 {
		return nil, errors.New("rules: a limit is negative")
	}
	l = l.withDefaults()
	plain, scores, err := newEnvironments(l)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	return &Compiler{limits: l, plain: plain, scores: scores}, nil
}

// Compile returns the compiled expression, or all that is wrong with it. It gives
// the same expression for the same kind and text.
func (c *Compiler) Compile(k Kind, text string) (*Expr, []Issue) {
	type result struct {
		expr   *Expr
		issues []Issue
	}
	src := source{k, text}
	once, ok := c.compiled.Load(src)
	if !ok {
		once, _ = c.compiled.LoadOrStore(src, sync.OnceValue(func() result {
			expr, issues := c.compile(k, text)
			return result{expr, issues}
		}))
	}
	r := once.(func() result)()
	return r.expr, r.issues
}

func (c *Compiler) compile(k Kind, text string) (*Expr, []Issue) {
	if len(text) > c.limits.TextBytes {
		return nil, []Issue{{1, 1, fmt.Sprintf("expression of %d bytes: at most %d are allowed", len(text), c.limits.TextBytes)}}
	}
	if !utf8.ValidString(text) {
		return nil, []Issue{{1, 1, "not valid UTF-8"}}
	}
	env := c.plain
	if k == Score {
		env = c.scores
	}
	checked, found := env.Compile(text)
	if found.Err() != nil {
		return nil, celIssues(found)
	}
	tree := checked.NativeRep()
	review := newReview(tree, k, c.limits)
	if issues := review.issues(); len(issues) > 0 {
		return nil, issues
	}
	program, err := env.Program(checked, cel.CustomDecoratorV2(c.newPlan(env, tree).decorate))
	if err != nil {
		return nil, []Issue{{1, 1, err.Error()}}
	}
	return &Expr{
		text: text, reads: review.reads, budget: price{c.limits.Steps, c.limits.Bytes}, once: bodyPrice(tree.Expr()),
		program: program, source: tree.SourceInfo(),
	}, nil
}
