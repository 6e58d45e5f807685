package peer

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/proffer-go/proffer/benchmarks/workload"
)

// OPA matches with a prepared query for a partial set, one rule of rego for each
// rule, the form that OPA's rule index works on. The input is parsed straight into
// OPA's own values, the timestamps of events into numbers.
type OPA struct {
	query   rego.PreparedEvalQuery
	tuned   bool
	history history
	counts  []workload.Count
}

// NewOPA compiles the rules and prepares the query.
func NewOPA(ctx context.Context, w *workload.Workload, tuned bool) (*OPA, error) {
	count := func(c workload.Count) string {
		return fmt.Sprintf("count([1 | some e in input.events; e.eventType == %q; e.at > input.since.days%d])", c.Type, c.Days)
	}
	if tuned {
		count = func(c workload.Count) string { return "input.counts." + countName(c) }
	}
	q, err := rego.New(
		rego.Query("data.rules.matched"),
		rego.Module("rules.rego", regoModule(w.Rules, count)),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, fmt.Errorf("opa: %w", err)
	}
	return &OPA{query: q, tuned: tuned, counts: counts()}, nil
}

// Match implements [Matcher].
func (o *OPA) Match(r *workload.Request, dst []int32) ([]int32, error) {
	input, err := o.input(r)
	if err != nil {
		return dst, err
	}
	results, err := o.query.Eval(context.Background(), rego.EvalParsedInput(input))
	if err != nil {
		return dst, err
	}
	for _, id := range results[0].Expressions[0].Value.([]any) {
		n, err := strconv.Atoi(id.(fmt.Stringer).String())
		if err != nil {
			return dst, err
		}
		dst = append(dst, int32(n))
	}
	slices.Sort(dst)
	return dst, nil
}

func (o *OPA) input(r *workload.Request) (ast.Value, error) {
	input := ast.NewObject()
	for name, text := range map[string][]byte{"profile": r.Profile, "context": r.Context} {
		v, err := ast.ValueFromReader(bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		input.Insert(ast.StringTerm(name), ast.NewTerm(v))
	}
	if err := o.history.read(r); err != nil {
		return nil, err
	}
	if o.tuned {
		all := ast.NewObject()
		for _, c := range o.counts {
			all.Insert(ast.StringTerm(countName(c)), ast.IntNumberTerm(o.history.count(c.Type, c.Days)))
		}
		input.Insert(ast.StringTerm("counts"), ast.NewTerm(all))
		return input, nil
	}
	events, since := make([]*ast.Term, len(o.history.events)), ast.NewObject()
	for i, e := range o.history.events {
		events[i] = ast.ObjectTerm(
			ast.Item(ast.StringTerm("eventType"), ast.StringTerm(e.Type)),
			ast.Item(ast.StringTerm("at"), ast.IntNumberTerm(int(e.At.UnixMilli()))))
	}
	for _, days := range workload.EventDays {
		since.Insert(ast.StringTerm(fmt.Sprintf("days%d", days)), ast.IntNumberTerm(int(ago(r.At, days).UnixMilli())))
	}
	input.Insert(ast.StringTerm("events"), ast.ArrayTerm(events...))
	input.Insert(ast.StringTerm("since"), ast.NewTerm(since))
	return input, nil
}

// regoModule writes all rules. What is joined by or is a rule of its own, with two
// bodies, as rego has it.
func regoModule(rules []workload.Rule, count func(workload.Count) string) string {
	var b strings.Builder
	b.WriteString("package rules\n")
	for i, r := range rules {
		or := "either_" + strconv.Itoa(i)
		var helpers []string
		body := joined(r, "; ", func(t workload.Term) string {
			if t, ok := t.(workload.Or); ok {
				for _, side := range []workload.Term{t.Left, t.Right} {
					helpers = append(helpers, or+" if { "+regoTerm(side, count)+" }\n")
				}
				return or
			}
			return regoTerm(t, count)
		})
		fmt.Fprintf(&b, "matched contains %d if { %s }\n%s", i, body, strings.Join(helpers, ""))
	}
	return b.String()
}

func regoTerm(t workload.Term, count func(workload.Count) string) string {
	name := func(a *workload.Attribute) string { return "input." + a.Path() }
	number := workload.Double
	switch t := t.(type) {
	case workload.AtLeast:
		return name(t.Attribute) + " >= " + number(t.Value)
	case workload.Below:
		return name(t.Attribute) + " < " + number(t.Value)
	case workload.Between:
		return name(t.Attribute) + " >= " + number(t.Low) + "; " + name(t.Attribute) + " < " + number(t.High)
	case workload.Equals:
		return name(t.Attribute) + " == " + strconv.Quote(t.Value)
	case workload.Differs:
		return name(t.Attribute) + " != " + strconv.Quote(t.Value)
	case workload.OneOf:
		return name(t.Attribute) + ` in {"` + strings.Join(t.Values, `", "`) + `"}`
	case workload.Is:
		return name(t.Attribute) + " == " + strconv.FormatBool(t.Want)
	case workload.Has:
		return name(t.Attribute) + " != null"
	case workload.Contains:
		return strconv.Quote(t.Value) + " in " + name(t.Attribute)
	case workload.Count:
		return count(t) + " >= " + strconv.Itoa(t.Min)
	case workload.EndsWith:
		return "endswith(" + name(t.Attribute) + ", " + strconv.Quote(t.Suffix) + ")"
	case workload.Sum:
		return name(t.A) + " + " + name(t.B) + " >= " + number(t.Min)
	case workload.AnyStartsWith:
		return "some s in " + name(t.Attribute) + "; startswith(s, " + strconv.Quote(t.Prefix) + ")"
	default:
		panic(fmt.Sprintf("a term without a form: %T", t))
	}
}
