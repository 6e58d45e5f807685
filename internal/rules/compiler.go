package rules

import (
	"errors"
	"fmt"
	"unicode/utf8"
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

// A Compiler compiles expressions, each text once for each kind as long as anyone
// holds what it made of it: it may outlive catalogs. It is safe for concurrent use.
type Compiler struct {
	limits        Limits
	plain, scores *environment
	zones         zones
	interned      *interned
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
	return &Compiler{limits: l, plain: plain, scores: scores, interned: newInterned()}, nil
}

// Compile returns the compiled expression, or all that is wrong with it. It gives
// the same expression for the same kind and text, as long as that is held.
func (c *Compiler) Compile(k Kind, text string) (*Expr, []Issue) {
	e := c.interned.get(source{k, text}, func() *Expr { return &Expr{kind: k, text: text, compiler: c} })
	e.compiled.Do(func() { e.issues = c.compile(e) })
	if len(e.issues) > 0 {
		return nil, e.issues
	}
	return e, nil
}

// compile fills the expression in, or returns what is wrong with it. Of its tree,
// which takes far more memory than the text, it keeps nothing but what is needed
// to evaluate it.
func (c *Compiler) compile(e *Expr) []Issue {
	if len(e.text) > c.limits.TextBytes {
		return []Issue{{1, 1, fmt.Sprintf("expression of %d bytes: at most %d are allowed", len(e.text), c.limits.TextBytes)}}
	}
	if !utf8.ValidString(e.text) {
		return []Issue{{1, 1, "not valid UTF-8"}}
	}
	env := c.env(e.kind)
	checked, found := env.Compile(e.text)
	if found.Err() != nil {
		return celIssues(found)
	}
	tree := checked.NativeRep()
	review := newReview(tree, e.kind, c.limits)
	if issues := review.issues(); len(issues) > 0 {
		return issues
	}
	e.reads, e.once = review.reads, bodyPrice(tree.Expr())
	if e.kind == Condition {
		e.form = predicateOf(tree).Pack()
	}
	if e.kind == Score {
		e.columns = columnOf(e, tree)
	}
	if !e.hasOtherForm() || large(tree, e.text) {
		e.program.Store(c.plan(env, checked))
	}
	return nil
}

// env returns the environment of expressions of the kind.
func (c *Compiler) env(k Kind) *environment {
	if k == Score {
		return c.scores
	}
	return c.plain
}
