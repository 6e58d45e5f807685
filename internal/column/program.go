package column

import (
	"slices"

	"github.com/proffer-go/proffer/internal/slot"
)

// A Program computes the score of an expression. It is immutable and safe for
// concurrent use.
type Program struct {
	root    *Node
	fixed   []*Node // what is folded, in this order
	paths   []slot.Path
	lists   []int // paths that are searched as lists
	counts  []slot.Count
	parts   []any
	columns []Column

	apart    []int // of fixed: what must be neither list nor map, as it is compared with such
	flat     []int // of lists: those that must hold neither, likewise
	activity bool
}

// maxColumns bounds how often an expression reads columns: the texts of that many
// pages can still be numbered together.
const maxColumns = 1<<16/size - 1

// New returns the program of the expression, or nil if its value cannot be told
// exactly. The expression belongs to the program from then on.
func New(root *Node) *Program {
	if root == nil {
		return nil
	}
	p := &Program{}
	p.number(root)
	if len(p.columns) > maxColumns {
		return nil
	}
	p.root = p.split(root)
	return p
}

// Paths returns what the program reads of the profile and the context.
func (p *Program) Paths() []slot.Path { return p.paths }

// Counts returns the events that the program counts.
func (p *Program) Counts() []slot.Count { return p.counts }

// Parts returns how many parts only CEL can compute.
func (p *Program) Parts() int { return len(p.parts) }

// ReadsActivity reports whether scores depend on the activity.
func (p *Program) ReadsActivity() bool { return p.activity }

// Static reports whether scores depend on nothing but the offer.
func (p *Program) Static() bool {
	return len(p.paths) == 0 && len(p.counts) == 0 && len(p.parts) == 0 && !p.activity
}

// number gives what the nodes read its place in the program, and finds how many
// registers computing them takes.
func (p *Program) number(n *Node) {
	n.need = max(1, len(n.args))
	for i, arg := range n.args {
		p.number(arg)
		n.need = max(n.need, i+arg.need)
	}
	switch n.op {
	case opPath, opHas:
		n.index = place(&p.paths, n.from.path, samePath)
	case opIn:
		if n.list == nil {
			p.numberList(n)
		}
	case opCount:
		n.index = place(&p.counts, n.from.count, func(a, b slot.Count) bool { return a == b })
	case opPart:
		n.index = len(p.parts)
		p.parts = append(p.parts, n.from.part)
	case opColumn:
		n.index = len(p.columns)
		p.columns = append(p.columns, n.from.column)
	case opActivity:
		p.activity = true
	default: // it reads nothing
	}
	n.from = nil
}

func (p *Program) numberList(n *Node) {
	at := place(&p.paths, n.from.path, samePath)
	n.index = place(&p.lists, at, func(a, b int) bool { return a == b })
	if n.args[0].kinds.has(other) && !slices.Contains(p.flat, n.index) {
		p.flat = append(p.flat, n.index)
	}
}

func samePath(a, b slot.Path) bool { return a.Root == b.Root && slices.Equal(a.Keys, b.Keys) }

// place returns where v is in the list, to which it is added if need be.
func place[T any](list *[]T, v T, same func(a, b T) bool) int {
	i := slices.IndexFunc(*list, func(w T) bool { return same(v, w) })
	if i < 0 {
		i = len(*list)
		*list = append(*list, v)
	}
	return i
}

// result returns the kinds that the node's value may have, and whether it can be
// told exactly.
func (n *Node) result() (k Kinds, exact bool) {
	var a, b Kinds
	if len(n.args) > 0 {
		a = n.args[0].kinds
		b = n.args[len(n.args)-1].kinds
	}
	switch n.op {
	case opLiteral:
		of, _ := kindOf(n.value.Kind)
		if n.whole {
			of = whole
		}
		return 1 << of, true
	case opPath:
		return Any, true
	case opPart:
		return Any | 1<<whole, true
	case opCount:
		return 1 << whole, true
	case opActivity:
		if Field(n.index) == ActivityCount {
			return Numbers, true
		}
		return Texts, true
	case Add:
		const joined = Texts | 1<<other | 1<<lost
		k = Numbers
		if a&joined != 0 && b&joined != 0 {
			k |= 1 << lost
		}
		return k, !a.has(whole) || !b.has(whole)
	case Subtract, Multiply, Divide:
		return Numbers, !a.has(whole) || !b.has(whole)
	case Negate, Abs, Ceil, Floor, Round, Trunc, Sign:
		return Numbers, !a.has(whole)
	case Equal, NotEqual:
		// Two lists that the request fixes are met when they are folded.
		met := n.args[0].fixed || n.args[1].fixed
		return Bools, !(a | b).has(lost) && (met || !(a & b).has(other))
	case Less, LessEqual, Greater, GreaterEqual:
		return Bools, !(a | b).has(lost)
	case Conditional:
		return n.args[1].kinds | b, true
	case Double:
		return Numbers, !a.has(lost)
	case Sqrt, opFunction:
		return Numbers, len(n.args) <= maxArgs
	case Least, Greatest:
		return (a | b) & (Numbers | 1<<whole), true
	case opIn:
		return Bools, !a.has(lost)
	default: // And, Or, Not, opHas
		return Bools, true
	}
}

// split takes the largest fixed parts out of the tree, each to be folded.
func (p *Program) split(n *Node) *Node {
	if n.fixed {
		p.fixed = append(p.fixed, n)
		return &Node{op: opFixed, index: len(p.fixed) - 1, kinds: n.kinds, need: 1}
	}
	for i, arg := range n.args {
		n.args[i] = p.split(arg)
	}
	if n.op == Equal || n.op == NotEqual {
		for i, arg := range n.args {
			if arg.op == opFixed && arg.kinds.has(other) && n.args[1-i].kinds.has(other) {
				p.apart = append(p.apart, arg.index)
			}
		}
	}
	n.fuse()
	return n
}

// fuse makes a sum or difference multiply one of its operands itself, if that is a
// product with what is folded: one loop instead of two.
func (n *Node) fuse() {
	if n.op != Add && n.op != Subtract {
		return
	}
	for i, product := range n.args {
		if product.op != Multiply {
			continue
		}
		for k, factor := range product.args {
			if factor.op == opFixed {
				n.op, n.sum, n.scaled, n.index = opScaled, n.op, i, factor.index
				n.args[i] = product.args[1-k]
				return
			}
		}
	}
}
