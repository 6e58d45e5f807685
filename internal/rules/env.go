package rules

import (
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"
)

// The versions of CEL's extensions. A later cel-go changes nothing of what rules
// mean until these are raised.
const (
	optionalVersion       = 3
	bindingsVersion       = 1
	comprehensionsVersion = 0
	stringsVersion        = 5
	mathVersion           = 3
	listsVersion          = 5
	setsVersion           = 1
	encodersVersion       = 2
)

// An environment is CEL as expressions of one kind see it.
type environment struct {
	*cel.Env
	ops map[string]*functions.Overload // implementations by overload or function
}

// newEnvironments returns the environment of conditions and instants, and that of
// scores.
func newEnvironments(l Limits) (plain, scores *environment, err error) {
	quiet()
	base, err := cel.NewEnv(options(l)...)
	if err != nil {
		return nil, nil, err
	}
	withObjects, err := base.Extend(
		cel.Variable("offer", object),
		cel.Variable("activity", object))
	if err != nil {
		return nil, nil, err
	}
	ops, err := operations(base)
	if err != nil {
		return nil, nil, err
	}
	return &environment{base, ops}, &environment{withObjects, ops}, nil
}

var object = cel.MapType(cel.StringType, cel.DynType)

func options(l Limits) []cel.EnvOption {
	return append(eventMacros(),
		cel.Variable("profile", object),
		cel.Variable("context", object),
		cel.Variable("events", cel.ListType(object)),
		cel.Variable("now", cel.TimestampType),
		cel.OptionalTypes(cel.OptionalTypesVersion(optionalVersion)),
		ext.Bindings(ext.BindingsVersion(bindingsVersion)),
		ext.TwoVarComprehensions(ext.TwoVarComprehensionsVersion(comprehensionsVersion)),
		ext.Strings(ext.StringsVersion(stringsVersion)),
		ext.Math(ext.MathVersion(mathVersion)),
		ext.Lists(ext.ListsVersion(listsVersion)),
		ext.Sets(ext.SetsVersion(setsVersion)),
		ext.Encoders(ext.EncodersVersion(encodersVersion)),
		geoDistance(),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(true),
		cel.EagerlyValidateDeclarations(true),
		// An accumulator that no expression can name may grow in place.
		cel.EnableHiddenAccumulatorName(true),
		cel.ParserRecursionLimit(l.Depth),
		cel.ParserExpressionSizeLimit(l.TextBytes),
		cel.ExpressionNodeLimit(l.Nodes),
	)
}

// operations returns the implementations of all functions.
func operations(env *cel.Env) (map[string]*functions.Overload, error) {
	ops := make(map[string]*functions.Overload)
	for _, f := range env.Functions() {
		bindings, err := f.Bindings()
		if err != nil {
			return nil, err
		}
		for _, b := range bindings {
			ops[b.Operator] = b
		}
	}
	return ops, nil
}

// quiet labels the one error value that cel-go shares between all evaluations and
// would otherwise label when it is first met, which is a data race.
var quiet = sync.OnceFunc(func() { types.LabelErrNode(noNode, types.NoSuchOverloadErr()) })

// noNode is the id of no node.
const noNode = -1
