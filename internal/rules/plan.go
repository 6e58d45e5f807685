package rules

import (
	"regexp"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// A plan changes how cel-go plans a program, node by node: loops and calls are
// metered, maps are looped over in the order of their keys, and what is constant
// is computed once.
type plan struct {
	ops    map[string]*functions.Overload
	zones  *zones
	laps   map[int64]price // of loops, by the id of their step
	ranges map[int64]bool  // expressions that loops run over
}

func (c *Compiler) newPlan(env *environment, tree *ast.AST) *plan {
	p := &plan{ops: env.ops, zones: &c.zones, laps: make(map[int64]price), ranges: make(map[int64]bool)}
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.ComprehensionKind {
			loop := e.AsComprehension()
			p.laps[loop.LoopStep().ID()] = roundPrice(loop)
			p.ranges[loop.IterRange().ID()] = true
		}
	}))
	return p
}

// decorate returns what stands for the node in the program.
func (p *plan) decorate(node interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	node = p.replace(node)
	if price, ok := p.laps[node.ID()]; ok {
		return &lap{node, price}, nil
	}
	if p.ranges[node.ID()] {
		return ordered(node), nil
	}
	return node, nil
}

func (p *plan) replace(node interpreter.InterpretableV2) interpreter.InterpretableV2 {
	switch n := node.(type) {
	case interpreter.InterpretableConst, interpreter.InterpretableAttribute:
		return node
	case interpreter.InterpretableConstructor:
		return folded(node, n.InitVals())
	case interpreter.InterpretableCall:
		return p.call(n)
	}
	return node
}

// conversions are the functions whose errors are of the kind [WrongType], and whose
// value is computed once if their argument is constant.
var conversions = map[string]bool{
	overloads.TypeConvertBool: true, overloads.TypeConvertBytes: true, overloads.TypeConvertDouble: true,
	overloads.TypeConvertDuration: true, overloads.TypeConvertInt: true, overloads.TypeConvertString: true,
	overloads.TypeConvertTimestamp: true, overloads.TypeConvertUint: true,
}

func (p *plan) call(n interpreter.InterpretableCall) interpreter.InterpretableV2 {
	name, args := n.Function(), n.Args()
	op := p.operation(n)
	if op == nil || op.NonStrict {
		return n
	}
	c := &call{id: n.ID(), name: name, overload: n.OverloadID(), args: args, op: op, price: pricers[name], conversion: conversions[name]}
	switch {
	case name == overloads.Matches:
		c.matchLiteral()
	case name == operators.In:
		c.searchLiteral()
	case name == operators.Add:
		c.op = &functions.Overload{OperandTrait: op.OperandTrait, Binary: add(op.Binary)}
	case name == "json.encode":
		c.op = &functions.Overload{Unary: encodeJSON(op.Unary)}
	case name == mapInsert:
		c.op = &functions.Overload{Function: insert}
	case len(args) == 2 && zoned[name]:
		c.zones = p.zones
	}
	if c.conversion {
		return folded(c, args)
	}
	return c
}

// operation returns the implementation that cel-go would call.
func (p *plan) operation(n interpreter.InterpretableCall) *functions.Overload {
	switch n.Function() {
	case operators.Equals:
		return &functions.Overload{Binary: types.Equal}
	case operators.NotEquals:
		return &functions.Overload{Binary: notEqual}
	}
	if op := p.ops[n.OverloadID()]; op != nil {
		return op
	}
	return p.ops[n.Function()]
}

func notEqual(a, b ref.Val) ref.Val { return types.Bool(types.Equal(a, b) != types.True) }

// zoned are the accessors that take a time zone.
var zoned = map[string]bool{
	overloads.TimeGetFullYear: true, overloads.TimeGetMonth: true, overloads.TimeGetDayOfYear: true,
	overloads.TimeGetDate: true, overloads.TimeGetDayOfMonth: true, overloads.TimeGetDayOfWeek: true,
	overloads.TimeGetHours: true, overloads.TimeGetMinutes: true, overloads.TimeGetSeconds: true,
	overloads.TimeGetMilliseconds: true,
}

// matchLiteral compiles the pattern once. A review has made sure that it is a
// literal and can be compiled.
func (c *call) matchLiteral() {
	pattern := string(c.args[1].(interpreter.InterpretableConst).Value().(types.String))
	re := regexp.MustCompile(pattern)
	size, _ := types.RegexProgramSize(pattern)
	c.op = &functions.Overload{OperandTrait: traits.MatcherType, Binary: func(s, _ ref.Val) ref.Val {
		if s, ok := s.(types.String); ok {
			return types.Bool(re.MatchString(string(s)))
		}
		return types.MaybeNoSuchOverloadErr(s)
	}}
	c.price = func(_ int64, s, _, _ ref.Val) price {
		return price{steps: 4 + times(lenOf(s), int64(size))/8}
	}
}

// searchLiteral turns a search in a literal list of strings into a look-up.
func (c *call) searchLiteral() {
	list, ok := c.args[1].(interpreter.InterpretableConst)
	if !ok {
		return
	}
	members, ok := list.Value().(traits.Lister)
	if !ok {
		return
	}
	set := make(map[types.String]bool)
	for it := members.Iterator(); it.HasNext() == types.True; {
		s, ok := it.Next().(types.String)
		if !ok {
			return
		}
		set[s] = true
	}
	c.price = nil
	c.op = &functions.Overload{Binary: func(v, _ ref.Val) ref.Val {
		s, ok := v.(types.String)
		return types.Bool(ok && set[s])
	}}
}

// folded returns the constant value of the node if its parts are all constant and
// it does not err, else the node.
func folded(node interpreter.InterpretableV2, parts []interpreter.InterpretableV2) interpreter.InterpretableV2 {
	for _, part := range parts {
		if _, ok := part.(interpreter.InterpretableConst); !ok {
			return node
		}
	}
	v := node.Eval(interpreter.EmptyActivation())
	if types.IsUnknownOrError(v) {
		return node
	}
	return interpreter.NewConstValue(node.ID(), v)
}
