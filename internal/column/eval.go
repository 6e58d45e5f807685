package column

import (
	"slices"
	"time"

	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/offer"
)

// A Counter tells how many events there are; not ok if they could not be had.
type Counter interface {
	Count(c slot.Count, now time.Time) (n int, ok bool)
}

// Parts tells the values of parts that only CEL can compute. Of a list or a map it
// tells only the kind; whole: an int or a uint, of at most 2^53; not ok: something
// that the data of a request do not hold.
type Parts interface {
	Value(part any) (v slot.Value, whole, ok bool)
}

// Facts are what the request fixes.
type Facts struct {
	Row      *slot.Row // as it is until the last run
	Counts   Counter
	Now      time.Time
	Activity offer.ActivityRef // of programs that read it
	Parts    Parts             // of programs that ask for parts
}

// An Eval is the memory in which programs run, one after the other. The zero Eval
// is ready. It is not safe for concurrent use.
type Eval struct {
	program   *Bound
	registers []*register
	fixed     []*register // what was folded
	lists     []list
	found     []bool      // which texts of a page are in a list
	gathered  []*register // columns of offers that are not in a row
	spread    int         // to how many offers what was folded is spread

	// The block that is computed.
	n    int
	live bits     // its offers
	page []*lanes // by column of the table; nil: the columns are gathered

	facts     Facts // while they are folded
	undecided bool  // two lists were compared, or a part has a value of another type
}

// Fold computes the parts of the program that the request fixes. Later runs are of
// this program and these facts. It reports false if only CEL can tell the scores.
func (e *Eval) Fold(p *Bound, f Facts) bool {
	e.program, e.spread, e.undecided = p, 0, false
	e.facts = f
	ok := e.findLists() && e.fold()
	e.facts = Facts{}
	return ok
}

func (e *Eval) fold() bool {
	p := e.program
	e.registers = atLeast(e.registers, p.root.need)
	e.fixed = atLeast(e.fixed, len(p.fixed))
	e.n, e.live = 1, bits{1}
	for i, n := range p.fixed {
		e.registers = atLeast(e.registers, n.need)
		e.fixed[i].copyFirst(e.eval(n, 0))
	}
	for _, i := range p.apart {
		if e.fixed[i].is[other].has(0) {
			return false
		}
	}
	return !e.undecided
}

// findLists finds the lists that are searched. It reports false if one is a map,
// whose keys are not told, or holds what may be equal to a list or map.
func (e *Eval) findLists() bool {
	p := e.program
	for len(e.lists) < len(p.lists) {
		e.lists = append(e.lists, list{})
	}
	for i, path := range p.lists {
		v := e.facts.Row.Values[p.slots[path]]
		if e.lists[i].ok = v.Kind == slot.List; !e.lists[i].ok {
			if v.Kind == slot.Map {
				return false
			}
			continue
		}
		elements := e.facts.Row.Elements[v.First : v.First+v.Size]
		if slices.Contains(p.flat, i) && slices.ContainsFunc(elements, isOther) {
			return false
		}
		e.lists[i].set(elements)
	}
	return true
}

func isOther(v slot.Value) bool { return v.Kind == slot.List || v.Kind == slot.Map }

// atLeast returns the registers, n or more.
func atLeast(all []*register, n int) []*register {
	for len(all) < n {
		all = append(all, new(register))
	}
	return all
}

// eval computes the node for the offers of the block. The result is a page, what
// was folded, or a register from r on; registers from r on are overwritten.
func (e *Eval) eval(n *Node, r int) *lanes {
	switch n.op {
	case opFixed:
		return &e.fixed[n.index].lanes
	case opColumn:
		return e.column(n.index)
	case opLiteral, opPath, opHas, opCount, opActivity, opPart:
		return e.fact(n, e.registers[r])
	case And, Or:
		return e.logic(n, r)
	case Conditional:
		return e.conditional(n, r)
	case opFunction:
		return e.function(n, r)
	case opScaled:
		a := e.eval(n.args[0], r)
		return e.scale(n, e.registers[r], a, e.eval(n.args[1], r+1))
	default:
		out := e.registers[r]
		a := e.eval(n.args[0], r)
		if len(n.args) == 1 {
			e.unary(n, out, a)
		} else {
			e.binary(n.op, out, a, e.eval(n.args[1], r+1))
		}
		return &out.lanes
	}
}

func (e *Eval) column(index int) *lanes {
	if e.page == nil {
		return &e.gathered[index].lanes
	}
	return e.page[e.program.columns[index]]
}

// fact loads what is the same for all offers into the register.
func (e *Eval) fact(n *Node, out *register) *lanes {
	switch n.op {
	case opLiteral:
		out.setFirst(*n.value)
		if n.whole {
			out.is[whole], out.is[number] = out.is[number], bits{}
		}
	case opPath:
		out.setFirst(e.facts.Row.Values[e.program.slots[n.index]])
	case opHas:
		out.setFirst(e.has(e.program.slots[n.index], n.optional))
	case opCount:
		count, ok := e.facts.Counts.Count(e.program.counts[n.index], e.facts.Now)
		out.clear()
		if ok {
			out.numbers[0] = float64(count)
			out.is[whole] = e.live
		}
	case opPart:
		v, isWhole, ok := e.facts.Parts.Value(e.program.parts[n.index])
		out.setFirst(v)
		if isWhole {
			out.is[whole], out.is[number] = out.is[number], bits{}
		}
		e.undecided = e.undecided || !ok
	default: // opActivity
		out.setFirst(e.field(Field(n.index)))
	}
	return &out.lanes
}

// has returns whether the request has something at the slot, where so many of the
// last keys may be missing. CEL finds nothing in a number or a text, but errs for
// a list.
func (e *Eval) has(at int32, optional int) slot.Value {
	above := e.program.schema.Above(at)
	if optional > 1 {
		if there := e.has(above, optional-1); there.Kind == slot.Absent || there.Number == 0 {
			return there
		}
	}
	switch e.facts.Row.Values[above].Kind {
	case slot.Absent, slot.List:
		return slot.Value{}
	case slot.Map:
		return boolValue(e.facts.Row.Values[at].Kind != slot.Absent)
	default:
		return boolValue(false)
	}
}

func boolValue(b bool) slot.Value {
	if b {
		return slot.Value{Kind: slot.Bool, Number: 1}
	}
	return slot.Value{Kind: slot.Bool}
}

func (e *Eval) field(f Field) slot.Value {
	switch f {
	case ActivityID:
		return slot.Value{Kind: slot.String, Text: string(e.facts.Activity.ID)}
	case ActivityPlacement:
		return slot.Value{Kind: slot.String, Text: string(e.facts.Activity.Placement)}
	default: // ActivityCount
		return slot.Value{Kind: slot.Number, Number: float64(e.facts.Activity.Count)}
	}
}
