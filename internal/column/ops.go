package column

import (
	"iter"
	"math"
	"strconv"
)

// logic computes && and ||: one operand that decides makes up for an error in the
// other.
func (e *Eval) logic(n *Node, r int) *lanes {
	a := e.eval(n.args[0], r)
	deciding := (*lanes).no
	if n.op == Or {
		deciding = (*lanes).yes
	}
	if d := deciding(a); d.covers(&e.live) {
		return a
	}
	b := e.eval(n.args[1], r+1)
	aYes, aNo, bYes, bNo := a.yes(), a.no(), b.yes(), b.no()
	out := e.registers[r]
	if n.op == Or {
		out.setBools(or(&aYes, &bYes), and(&aNo, &bNo))
	} else {
		out.setBools(and(&aYes, &bYes), or(&aNo, &bNo))
	}
	return &out.lanes
}

// conditional computes c ? a : b. A branch that no offer takes is not computed.
func (e *Eval) conditional(n *Node, r int) *lanes {
	c := e.eval(n.args[0], r)
	yes, no := c.yes(), c.no()
	if yes.covers(&e.live) {
		return e.eval(n.args[1], r)
	}
	if no.covers(&e.live) {
		return e.eval(n.args[2], r)
	}
	a, b := e.eval(n.args[1], r+1), e.eval(n.args[2], r+2)
	out := e.registers[r]
	e.choose(out, &yes, a, &no, b)
	return &out.lanes
}

// choose takes the values of a for the offers in yes, and those of b for the offers
// in no.
func (e *Eval) choose(out *register, yes *bits, a *lanes, no *bits, b *lanes) {
	var is [kinds]bits
	for k := range is {
		is[k] = choose(yes, &a.is[k], no, &b.is[k])
	}
	truth := choose(yes, &a.truth, no, &b.truth)
	out.clear()
	out.is, out.truth = is, truth
	e.chooseNumbers(out, yes, a, b)
	if !is[text].empty() {
		e.chooseTexts(out, yes, a, b)
	}
}

func (e *Eval) chooseNumbers(out *register, yes *bits, a, b *lanes) {
	switch {
	case a.number == nil && b.number == nil:
	case b.number == nil:
		copy(out.numbers[:e.n], a.number[:])
	case a.number == nil:
		copy(out.numbers[:e.n], b.number[:])
	default:
		for w, low := range e.words() {
			blend(out.numbers[low:], a.number[low:], b.number[low:min(low+64, e.n)], yes[w])
		}
	}
}

// blend takes x where the set has its bit, and y elsewhere: by masks, as branches
// would be mispredicted.
func blend(out, x, y []float64, set uint64) {
	out, x = out[:len(y)], x[:len(y)]
	for i := range y {
		mask := -(set >> (i & 63) & 1)
		yes, no := math.Float64bits(x[i]), math.Float64bits(y[i])
		out[i] = math.Float64frombits(no ^ (yes^no)&mask)
	}
}

// chooseTexts numbers the texts of the two branches together.
func (e *Eval) chooseTexts(out *register, yes *bits, a, b *lanes) {
	out.texts = append(append(out.texts[:0], a.texts...), b.texts...)
	for i := range e.n {
		switch {
		case !out.is[text].has(i):
		case yes.has(i):
			out.indexes[i] = a.text[i]
		default:
			out.indexes[i] = b.text[i] + uint16(len(a.texts))
		}
	}
}

// words goes over the words of sets that the block needs, each with its first offer.
func (e *Eval) words() iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for low := 0; low < e.n; low += 64 {
			if !yield(low/64, low) {
				return
			}
		}
	}
}

func (e *Eval) unary(n *Node, out *register, a *lanes) {
	switch n.op {
	case Not:
		out.setBools(a.no(), a.yes())
	case opIn:
		e.search(n, out, a)
	case Double:
		e.double(out, a)
	default:
		of := a.is[number]
		if n.op == Sqrt {
			of = a.numeric()
		}
		out.clear()
		out.is[number] = of
		if !of.empty() {
			apply(n.op, out.numbers[:e.n], a.number[:e.n])
		}
	}
}

func apply(op Op, out, a []float64) {
	var f func(float64) float64
	switch op {
	case Negate:
		f = func(x float64) float64 { return -x }
	case Ceil:
		f = math.Ceil
	case Floor:
		f = math.Floor
	case Round:
		f = math.Round
	case Trunc:
		f = math.Trunc
	case Sign:
		f = sign
	case Sqrt:
		f = math.Sqrt
	default: // Abs
		f = math.Abs
	}
	for i, x := range a {
		out[i] = f(x)
	}
}

// sign is that of CEL, where the sign of -0.0 is 0.0.
func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	case x == 0:
		return 0
	}
	return x
}

// function computes a function of doubles.
func (e *Eval) function(n *Node, r int) *lanes {
	var args [maxArgs]*lanes
	of := e.live
	for i, arg := range n.args {
		args[i] = e.eval(arg, r+i)
		of = and(&of, &args[i].is[number])
	}
	out := e.registers[r]
	for i := range e.n {
		if !of.has(i) {
			continue
		}
		var values [maxArgs]float64
		for j := range n.args {
			values[j] = args[j].number[i]
		}
		v, ok := n.compute(values[:len(n.args)])
		out.numbers[i] = v
		of.put(i, ok)
	}
	out.clear()
	out.is[number] = of
	return &out.lanes
}

// double computes double(x), which reads texts as strconv does.
func (e *Eval) double(out *register, a *lanes) {
	of := a.numeric()
	if !of.empty() {
		copy(out.numbers[:e.n], a.number[:])
	}
	for i := range e.n {
		if !a.is[text].has(i) {
			continue
		}
		if x, err := strconv.ParseFloat(a.texts[a.text[i]], 64); err == nil {
			out.numbers[i] = x
			of.put(i, true)
		}
	}
	out.clear()
	out.is[number] = of
}
