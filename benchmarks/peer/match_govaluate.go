package peer

import (
	"errors"
	"fmt"
	"strings"

	"github.com/casbin/govaluate"
	"github.com/tidwall/gjson"

	"github.com/proffer-go/proffer/benchmarks/workload"
)

// Govaluate matches with govaluate, in the fork that is maintained. Facts are
// parameters of one flat map, which spares it the walk by reflection that its
// accessors are. The language cannot walk a list: Go functions do it.
type Govaluate struct {
	rules   []*govaluate.EvaluableExpression
	facts   govaluateFacts
	history history
}

// govaluateFacts are parameters by name. Of what is missing only has is asked.
type govaluateFacts map[string]any

var errMissing = errors.New("missing attribute")

// Get implements [govaluate.Parameters].
func (f govaluateFacts) Get(name string) (any, error) {
	if v, ok := f[name]; ok {
		return v, nil
	}
	return nil, errMissing
}

// NewGovaluate compiles the rules.
func NewGovaluate(w *workload.Workload) (*Govaluate, error) {
	g := &Govaluate{facts: make(govaluateFacts)}
	functions := map[string]govaluate.ExpressionFunction{
		"endsWith": func(args ...any) (any, error) { return strings.HasSuffix(args[0].(string), args[1].(string)), nil },
		"anyStartsWith": func(args ...any) (any, error) {
			// govaluate spreads a list over the arguments.
			prefix := args[len(args)-1].(string)
			for _, s := range args[:len(args)-1] {
				if strings.HasPrefix(s.(string), prefix) {
					return true, nil
				}
			}
			return false, nil
		},
		"countEvents": func(args ...any) (any, error) {
			return float64(g.history.count(args[0].(string), int(args[1].(float64)))), nil
		},
	}
	for _, r := range w.Rules {
		text := joined(r, " && ", govaluateTerm)
		e, err := govaluate.NewEvaluableExpressionWithFunctions(text, functions)
		if err != nil {
			return nil, fmt.Errorf("govaluate: %s: %w", text, err)
		}
		g.rules = append(g.rules, e)
	}
	for _, a := range w.Attributes {
		if a.Optional() {
			g.facts["has "+a.Path()] = false
		}
	}
	return g, nil
}

// Match implements [Matcher].
func (g *Govaluate) Match(r *workload.Request, dst []int32) ([]int32, error) {
	if !gjson.ValidBytes(r.Profile) || !gjson.ValidBytes(r.Context) {
		return dst, errJSON
	}
	for name := range g.facts {
		if strings.HasPrefix(name, "has ") {
			g.facts[name] = false
		}
	}
	g.object("profile.", gjson.ParseBytes(r.Profile))
	g.object("context.", gjson.ParseBytes(r.Context))
	if err := g.history.read(r); err != nil {
		return dst, err
	}
	for i, e := range g.rules {
		out, err := e.Eval(g.facts)
		if is, ok := out.(bool); err == nil && ok && is {
			dst = append(dst, int32(i))
		}
	}
	return dst, nil
}

func (g *Govaluate) object(prefix string, o gjson.Result) {
	o.ForEach(func(key, value gjson.Result) bool {
		name := prefix + key.Str
		if value.IsObject() {
			g.object(name+".", value)
			return true
		}
		g.facts[name] = value.Value()
		if has := "has " + name; g.facts[has] != nil {
			g.facts[has] = true
		}
		return true
	})
}

func govaluateTerm(t workload.Term) string {
	name := func(a *workload.Attribute) string { return "[" + a.Path() + "]" }
	number := workload.Double
	switch t := t.(type) {
	case workload.AtLeast:
		return name(t.Attribute) + " >= " + number(t.Value)
	case workload.Below:
		return name(t.Attribute) + " < " + number(t.Value)
	case workload.Between:
		return name(t.Attribute) + " >= " + number(t.Low) + " && " + name(t.Attribute) + " < " + number(t.High)
	case workload.Equals:
		return name(t.Attribute) + " == " + workload.Quote(t.Value)
	case workload.Differs:
		return name(t.Attribute) + " != " + workload.Quote(t.Value)
	case workload.OneOf:
		if len(t.Values) == 1 { // parentheses around one value are no list
			return name(t.Attribute) + " == " + workload.Quote(t.Values[0])
		}
		return name(t.Attribute) + " in (" + workload.QuoteAll(t.Values) + ")"
	case workload.Is:
		if !t.Want {
			return "!" + name(t.Attribute)
		}
		return name(t.Attribute)
	case workload.Has:
		return "[has " + t.Path() + "]"
	case workload.Contains:
		return workload.Quote(t.Value) + " in " + name(t.Attribute)
	case workload.Count:
		return fmt.Sprintf("countEvents('%s', %d) >= %d", t.Type, t.Days, t.Min)
	case workload.Or:
		return "((" + govaluateTerm(t.Left) + ") || (" + govaluateTerm(t.Right) + "))"
	case workload.EndsWith:
		return "endsWith(" + name(t.Attribute) + ", " + workload.Quote(t.Suffix) + ")"
	case workload.Sum:
		return name(t.A) + " + " + name(t.B) + " >= " + number(t.Min)
	case workload.AnyStartsWith:
		return "anyStartsWith(" + name(t.Attribute) + ", " + workload.Quote(t.Prefix) + ")"
	default:
		panic(fmt.Sprintf("a term without a form: %T", t))
	}
}
