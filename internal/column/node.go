package column

import (
	"slices"

	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/offer"
)

// An Op is an operation of CEL.
type Op uint8

// The operations, with the number of their arguments.
const (
	Add          Op = iota // 2
	Subtract               // 2
	Multiply               // 2
	Divide                 // 2
	Negate                 // 1
	Equal                  // 2
	NotEqual               // 2
	Less                   // 2
	LessEqual              // 2
	Greater                // 2
	GreaterEqual           // 2
	And                    // 2
	Or                     // 2
	Not                    // 1
	Conditional            // 3
	Double                 // 1: double(x)
	Least                  // 2
	Greatest               // 2
	Abs                    // 1, as all that follow: those of the math extension
	Ceil
	Floor
	Round
	Trunc
	Sign
	Sqrt

	opFunction // any number
	opIn       // 1, and a list
	opLiteral  // 0, as all that follow
	opPath     // the value at a path
	opHas      // whether there is one
	opCount    // of events
	opActivity // a field of the activity
	opPart     // what CEL computes
	opFixed    // what was folded
	opColumn   // the values of a column
	opScaled   // a sum or difference, of which one operand is multiplied by what was folded
)

// A Node is an expression; nil is one whose value cannot be told exactly. Nodes are
// shared by nothing: each has one parent.
type Node struct {
	op    Op
	kinds Kinds
	fixed bool // the request fixes it
	whole bool // the literal is an int or a uint
	need  int  // registers
	args  []*Node

	index    int // of what it reads in the program, or of what is folded
	optional int // of opHas: how many of the last keys may be missing
	sum      Op  // of opScaled: Add or Subtract
	scaled   int // of opScaled: the operand that is multiplied
	value    *slot.Value
	list     *list // of a search; nil: it is at the path
	compute  func(args []float64) (float64, bool)
	from     *source // until it is numbered
}

// maxArgs is how many arguments functions have at most.
const maxArgs = 4

// source is what an expression reads.
type source struct {
	path   slot.Path
	count  slot.Count
	column Column
	part   any
}

// A Column is what offers have somewhere. Two with the same key are the same.
type Column struct {
	Key   string
	Kinds Kinds // that its values may have
	// Read returns the offer's value; Absent is an error. Of a list or a map only
	// the kind is told.
	Read func(*offer.Offer) slot.Value
}

// A Field is one of the activity.
type Field uint8

// The fields of the activity.
const (
	ActivityID Field = iota
	ActivityPlacement
	ActivityCount
)

// Literal returns a value that stands in the expression, which is no list or map.
func Literal(v slot.Value) *Node { return leaf(Node{op: opLiteral, value: &v}) }

// AsksPart reports whether there is a part in the expression.
func (n *Node) AsksPart() bool {
	return n.op == opPart || slices.ContainsFunc(n.args, (*Node).AsksPart)
}

// leaf returns a node that the request fixes.
func leaf(n Node) *Node {
	n.fixed = true
	n.kinds, _ = n.result()
	return &n
}

// call returns a node with arguments; nil if one of them is, or if it cannot be told
// exactly.
func call(n Node) *Node {
	if slices.Contains(n.args, nil) {
		return nil
	}
	n.fixed = !slices.ContainsFunc(n.args, func(arg *Node) bool { return !arg.fixed })
	var exact bool
	if n.kinds, exact = n.result(); !exact {
		return nil
	}
	return &n
}

// Whole returns an int or a uint that stands in the expression. It is nil if the
// number is beyond 2^53, as float64 does not hold it then.
func Whole(n int64) *Node {
	if n > 1<<53 || n < -1<<53 {
		return nil
	}
	return leaf(Node{op: opLiteral, value: &slot.Value{Kind: slot.Number, Number: float64(n)}, whole: true})
}

// Path returns what the request has at the path.
func Path(p slot.Path) *Node { return leaf(Node{op: opPath, from: &source{path: p}}) }

// Has returns whether the request has something at the path. It is an error if one
// of the keys is missing, but for the last ones that may be: one for has(), and those
// from ?. on for optional values.
func Has(p slot.Path, optional int) *Node {
	return leaf(Node{op: opHas, from: &source{path: p}, optional: optional})
}

// Count returns how many events there are, an int.
func Count(c slot.Count) *Node { return leaf(Node{op: opCount, from: &source{count: c}}) }

// Activity returns a field of the activity.
func Activity(f Field) *Node { return leaf(Node{op: opActivity, index: int(f)}) }

// Of returns what the offer has at the column.
func Of(c Column) *Node {
	return &Node{op: opColumn, from: &source{column: c}, kinds: c.Kinds}
}

// Outside returns what [Parts] say of the part, which the request fixes.
func Outside(part any) *Node { return leaf(Node{op: opPart, from: &source{part: part}}) }

// In returns whether the element is one of these, which are no lists or maps.
func In(element *Node, elements []slot.Value) *Node {
	var l list
	l.set(elements)
	return call(Node{op: opIn, args: []*Node{element}, list: &l})
}

// InPath returns whether the list at the path has the element.
func InPath(element *Node, p slot.Path) *Node {
	return call(Node{op: opIn, args: []*Node{element}, from: &source{path: p}})
}

// Call returns the operation on the arguments.
func Call(op Op, args ...*Node) *Node { return call(Node{op: op, args: args}) }

// Function returns what compute makes of doubles, at most four; anything else is an
// error, as is what it reports to be none.
func Function(compute func(args []float64) (float64, bool), args ...*Node) *Node {
	return call(Node{op: opFunction, args: args, compute: compute})
}
