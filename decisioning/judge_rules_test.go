package decisioning_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/ext"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
)

// judgeRules evaluates rules and formulas as cel-go does: one plain program for
// each text, run from the beginning each time. Safe for concurrent use.
type judgeRules struct {
	env      *cel.Env
	programs sync.Map // text to cel.Program
}

// theJudgeRules is shared by all judges, so that each text is compiled once.
var theJudgeRules = sync.OnceValue(func() *judgeRules {
	events := cel.ListType(cel.MapType(cel.StringType, cel.DynType))
	env, err := cel.NewEnv(
		cel.CrossTypeNumericComparisons(true), cel.OptionalTypes(), ext.Bindings(), ext.TwoVarComprehensions(),
		ext.Strings(), ext.Math(), ext.Lists(), ext.Sets(), ext.Encoders(),
		cel.Variable("profile", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("context", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("events", events),
		cel.Variable("now", cel.TimestampType),
		cel.Variable("offer", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("activity", cel.MapType(cel.StringType, cel.DynType)),
		cel.Function("ofType", cel.MemberOverload("events_of_type",
			[]*cel.Type{cel.ListType(cel.DynType), cel.StringType}, events, cel.BinaryBinding(eventsOfType))),
		cel.Function("within_now", cel.Overload("events_within_now",
			[]*cel.Type{cel.ListType(cel.DynType), cel.DurationType, cel.TimestampType}, events, cel.FunctionBinding(eventsWithin))),
		cel.Macros(cel.ReceiverMacro("within", 1, func(f cel.MacroExprFactory, list ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
			return f.NewCall("within_now", list, args[0], f.NewIdent("now")), nil
		})),
		cel.Function("geo.distance", cel.Overload("geo_distance",
			[]*cel.Type{cel.DoubleType, cel.DoubleType, cel.DoubleType, cel.DoubleType}, cel.DoubleType, cel.FunctionBinding(geoDistance))),
	)
	if err != nil {
		panic(err)
	}
	return &judgeRules{env: env}
})

// eventsOfType is the events of the list with the type, in order.
func eventsOfType(list, eventType ref.Val) ref.Val {
	return eventsThat(list, func(e traits.Mapper) bool {
		got, ok := e.Find(types.String("eventType"))
		return ok && got.Equal(eventType) == types.True
	})
}

// eventsWithin is the events of the list with a timestamp in (now-d, now].
func eventsWithin(args ...ref.Val) ref.Val {
	d, now := args[1].(types.Duration).Duration, args[2].(types.Timestamp).Time
	return eventsThat(args[0], func(e traits.Mapper) bool {
		text, _ := e.Find(types.String("timestamp"))
		at, ok := eventTime(text)
		return ok && at.After(now.Add(-d)) && !at.After(now)
	})
}

func eventsThat(list ref.Val, keep func(traits.Mapper) bool) ref.Val {
	var kept []ref.Val
	for it := list.(traits.Lister).Iterator(); it.HasNext() == types.True; {
		if e, ok := it.Next().(traits.Mapper); ok && keep(e) {
			kept = append(kept, e)
		}
	}
	return types.DefaultTypeAdapter.NativeToValue(kept)
}

// eventTime reads the timestamp of an event, a CEL or Go string.
func eventTime(v any) (time.Time, bool) {
	text, ok := v.(string)
	if s, cel := v.(types.String); cel {
		text, ok = string(s), true
	}
	if !ok {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339, text)
	return at, err == nil
}

// geoDistance is the great circle in metres by the haversine formula.
func geoDistance(args ...ref.Val) ref.Val {
	var rad [4]float64
	for i, a := range args {
		rad[i] = float64(a.(types.Double)) * math.Pi / 180
	}
	hav := func(x float64) float64 { return math.Pow(math.Sin(x/2), 2) }
	h := hav(rad[2]-rad[0]) + math.Cos(rad[0])*math.Cos(rad[2])*hav(rad[3]-rad[1])
	return types.Double(2 * 6371008.8 * math.Asin(math.Sqrt(h)))
}

// judgeFacts are what the rules of one decision see.
type judgeFacts struct {
	now              time.Time
	profile, context map[string]any
	events           []map[string]any
	// The source failed: what reads the variable errs.
	profileFailed, eventsFailed bool

	known map[string]judged // rules that were evaluated; nil: each is evaluated each time
}

// judged is what a rule came to.
type judged struct {
	holds bool
	err   error
}

// newJudgeFacts leaves out the events later than now: they do not exist.
func newJudgeFacts(now time.Time, profile, context map[string]any, events []map[string]any) judgeFacts {
	f := judgeFacts{now: now, profile: profile, context: context, events: []map[string]any{}}
	if f.profile == nil {
		f.profile = map[string]any{}
	}
	if f.context == nil {
		f.context = map[string]any{}
	}
	for _, e := range events {
		if at, ok := eventTime(e["timestamp"]); !ok || !at.After(now) {
			f.events = append(f.events, e)
		}
	}
	return f
}

// sourceFailed reports whether the rule reads something that could not be had.
func (f judgeFacts) sourceFailed(rule string) bool {
	return f.profileFailed && strings.Contains(rule, "profile") || f.eventsFailed && strings.Contains(rule, "events")
}

func (f judgeFacts) variables() map[string]any {
	vars := map[string]any{"context": f.context, "now": f.now.UTC()}
	if !f.profileFailed {
		vars["profile"] = f.profile
	}
	if !f.eventsFailed {
		vars["events"] = f.events
	}
	return vars
}

// scoring adds what formulas may read besides: the offer and the activity.
func (f judgeFacts) scoring(o *offer.Offer, a *decisioning.Activity) map[string]any {
	tags := []any{}
	for _, t := range o.Tags {
		tags = append(tags, string(t))
	}
	kind, attributes := o.Kind, o.Attributes
	if kind == "" {
		kind = offer.Promotion
	}
	if attributes == nil {
		attributes = map[string]any{}
	}
	vars := f.variables()
	vars["offer"] = map[string]any{
		"id": string(o.ID), "name": o.Name, "kind": string(kind), "tags": tags, "priority": float64(o.Priority),
		"value": o.Value, "cost": o.Cost, "attributes": attributes,
	}
	vars["activity"] = map[string]any{"id": string(a.ID), "placement": string(a.Placement), "count": float64(max(a.Count, 1))}
	return vars
}

func (r *judgeRules) eval(text string, vars map[string]any) (ref.Val, error) {
	program, ok := r.programs.Load(text)
	if !ok {
		checked, issues := r.env.Compile(text)
		if issues.Err() != nil {
			panic(fmt.Sprintf("%s: %v", text, issues.Err())) // the generator writes only rules without a fault
		}
		p, err := r.env.Program(checked)
		if err != nil {
			panic(err)
		}
		program, _ = r.programs.LoadOrStore(text, p)
	}
	val, _, err := program.(cel.Program).Eval(vars)
	return val, err
}

var (
	errNotBool      = errors.New("not a bool")
	errNotNumber    = errors.New("not a number")
	errNotTimestamp = errors.New("not a timestamp")
)

// holds evaluates a rule.
func (r *judgeRules) holds(text string, f judgeFacts) (bool, error) {
	if known, ok := f.known[text]; ok {
		return known.holds, known.err
	}
	ok, err := r.evalBool(text, f)
	if f.known != nil {
		f.known[text] = judged{ok, err}
	}
	return ok, err
}

func (r *judgeRules) evalBool(text string, f judgeFacts) (bool, error) {
	val, err := r.eval(text, f.variables())
	if err != nil {
		return false, err
	}
	b, ok := val.(types.Bool)
	if !ok {
		return false, errNotBool
	}
	return bool(b), nil
}

// instant evaluates the end of a policy.
func (r *judgeRules) instant(text string, f judgeFacts) (time.Time, error) {
	val, err := r.eval(text, f.variables())
	if err != nil {
		return time.Time{}, err
	}
	t, ok := val.(types.Timestamp)
	if !ok {
		return time.Time{}, errNotTimestamp
	}
	return t.Time, nil
}

// number evaluates a formula.
func (r *judgeRules) number(text string, f judgeFacts, o *offer.Offer, a *decisioning.Activity) (float64, error) {
	val, err := r.eval(text, f.scoring(o, a))
	if err != nil {
		return 0, err
	}
	switch n := val.(type) {
	case types.Double:
		return float64(n), nil
	case types.Int:
		return float64(n), nil
	case types.Uint:
		return float64(n), nil
	default:
		return 0, errNotNumber
	}
}
