package rules

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/proffer-go/proffer/internal/instant"
)

// The hidden functions that the macros ofType and within expand to. An @ cannot be
// written in an expression.
const (
	ofTypeFunction = "@ofType"
	withinFunction = "@within"
)

// eventMacros declares list.ofType(t), the events whose eventType is t, and
// list.within(d), those whose timestamp is in (now-d, now]. Elements that lack what
// is needed, or hold something else there, are passed over.
func eventMacros() []cel.EnvOption {
	element := cel.TypeParamType("E")
	list := cel.ListType(element)
	return []cel.EnvOption{
		cel.Macros(
			cel.ReceiverMacro("ofType", 1, expandOfType),
			cel.ReceiverMacro("within", 1, expandWithin)),
		cel.Function(ofTypeFunction,
			cel.Overload("events_of_type", []*cel.Type{list, cel.StringType}, list,
				cel.BinaryBinding(ofType))),
		cel.Function(withinFunction,
			cel.Overload("events_within", []*cel.Type{list, cel.DurationType, cel.TimestampType}, list,
				cel.FunctionBinding(func(args ...ref.Val) ref.Val { return eventsWithin(args[0], args[1], args[2]) }))),
	}
}

func expandOfType(mef cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	return mef.NewCall(ofTypeFunction, target, args[0]), nil
}

// expandWithin names the variable with a leading dot, which no macro's variable
// can shadow.
func expandWithin(mef cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	return mef.NewCall(withinFunction, target, args[0], mef.NewIdent(".now")), nil
}

func ofType(list, eventType ref.Val) ref.Val {
	want := string(eventType.(types.String))
	return selectEvents(list, func(e any) bool {
		got, ok := text(e, "eventType")
		return ok && got == want
	})
}

func eventsWithin(list, length, now ref.Val) ref.Val {
	until := now.(types.Timestamp).Time
	after := until.Add(-length.(types.Duration).Duration)
	return selectEvents(list, func(e any) bool {
		at, ok := eventTime(e)
		return ok && at.After(after) && !at.After(until)
	})
}

func eventTime(e any) (time.Time, bool) {
	s, ok := text(e, "timestamp")
	if !ok {
		return time.Time{}, false
	}
	at, err := instant.Parse(s)
	return at, err == nil
}

func selectEvents(list ref.Val, keep func(any) bool) ref.Val {
	var kept []any
	for e := range elements(list.(traits.Lister)) {
		if keep(e) {
			kept = append(kept, e)
		}
	}
	return types.NewDynamicList(types.DefaultTypeAdapter, kept)
}

// text returns the string that the event holds under the key.
func text(event any, key string) (string, bool) {
	switch e := event.(type) {
	case map[string]any:
		s, ok := e[key].(string)
		return s, ok
	case traits.Mapper:
		v, _ := e.Find(types.String(key))
		s, ok := v.(types.String)
		return string(s), ok
	}
	return "", false
}
