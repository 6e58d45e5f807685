package rules

import (
	"strings"

	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// A call is a strict function call that pays before it is made. Otherwise it does
// what cel-go's own nodes do: the first argument in error is the result; an
// operand without the trait that the implementation needs may receive the call
// itself; errors carry the id of the node.
type call struct {
	id             int64
	name, overload string
	args           []interpreter.InterpretableV2
	op             *functions.Overload
	price          pricer // nil: nothing beyond the node's own price
	zones          *zones // nil: the call takes no time zone
	conversion     bool
}

var _ interpreter.InterpretableV2 = (*call)(nil)

func (c *call) ID() int64 { return c.id }

func (c *call) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, c.Exec)
}

func (c *call) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	switch len(c.args) {
	case 1:
		return c.unary(frame)
	case 2:
		return c.binary(frame)
	}
	return c.nary(frame)
}

func (c *call) unary(frame *interpreter.ExecutionFrame) ref.Val {
	a := c.args[0].Exec(frame)
	if types.IsError(a) {
		return a
	}
	c.pay(frame, a, nil, nil)
	switch {
	case !c.takes(a):
		return c.received(a)
	case c.op.Unary != nil:
		return c.result(c.op.Unary(a))
	case c.op.Function != nil:
		return c.result(c.op.Function(a))
	}
	return c.received(a)
}

func (c *call) binary(frame *interpreter.ExecutionFrame) ref.Val {
	a := c.args[0].Exec(frame)
	if types.IsError(a) {
		return a
	}
	b := c.args[1].Exec(frame)
	if types.IsError(b) {
		return b
	}
	c.pay(frame, a, b, nil)
	if c.zones != nil {
		if b = c.zone(frame, a, b); types.IsError(b) {
			return c.result(b)
		}
	}
	switch {
	case !c.takes(a):
		return c.received(a, b)
	case c.op.Binary != nil:
		return c.result(c.op.Binary(a, b))
	case c.op.Function != nil:
		return c.result(c.op.Function(a, b))
	}
	return c.received(a, b)
}

func (c *call) nary(frame *interpreter.ExecutionFrame) ref.Val {
	args := make([]ref.Val, len(c.args), max(len(c.args), 3))
	for i, arg := range c.args {
		if args[i] = arg.Exec(frame); types.IsError(args[i]) {
			return args[i]
		}
	}
	first := args[:3]
	c.pay(frame, first[0], first[1], first[2])
	switch {
	case len(args) > 0 && (c.op.Function == nil || !c.takes(args[0])):
		return c.received(args[0], args[1:]...)
	case c.op.Function == nil:
		return c.noSuchOverload()
	}
	return c.result(c.op.Function(args...))
}

func (c *call) pay(frame *interpreter.ExecutionFrame, a, b, d ref.Val) {
	if c.price == nil {
		return
	}
	m := meterOf(frame)
	if m == nil {
		return
	}
	if p := c.price(m.sight(), a, b, d); p != (price{}) {
		m.charge(c.id, p)
	}
}

// zone returns what the call is to take for the zone b at the instant a.
func (c *call) zone(frame *interpreter.ExecutionFrame, a, b ref.Val) ref.Val {
	return c.zones.offset(a, b, func() {
		if m := meterOf(frame); m != nil {
			m.charge(c.id, zoneSearch)
		}
	})
}

// takes reports whether the implementation takes the operand.
func (c *call) takes(a ref.Val) bool {
	return c.op.OperandTrait == 0 || a.Type().HasTrait(c.op.OperandTrait)
}

func (c *call) received(a ref.Val, rest ...ref.Val) ref.Val {
	if r, ok := a.(traits.Receiver); ok && a.Type().HasTrait(traits.ReceiverType) {
		return c.result(r.Receive(c.name, c.overload, rest))
	}
	return c.noSuchOverload()
}

func (c *call) noSuchOverload() ref.Val {
	return types.NewErrWithNodeID(c.id, "no such overload: %s", c.name)
}

// result returns v, an error with the id of the node. Some errors of cel-go are
// shared, so that they are never changed but copied.
func (c *call) result(v ref.Val) ref.Val {
	err, ok := v.(*types.Err)
	if !ok || err.NodeID() > 0 {
		return v
	}
	cause := err.Unwrap()
	if c.conversion && !strings.HasSuffix(cause.Error(), "overflow") {
		cause = errConversion{cause}
	}
	return types.LabelErrNode(c.id, types.WrapErr(cause))
}
