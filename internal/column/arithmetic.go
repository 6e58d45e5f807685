package column

func (e *Eval) binary(op Op, out *register, a, b *lanes) {
	switch op {
	case Add, Subtract, Multiply, Divide:
		e.arithmetic(op, out, a, b)
	case Least, Greatest:
		e.extreme(op, out, a, b)
	default:
		out.setBools(e.compare(op, a, b))
	}
}

// arithmetic computes the operation on doubles. Nothing else that programs hold has
// any, but for texts and lists, which can be joined.
func (e *Eval) arithmetic(op Op, out *register, a, b *lanes) {
	of := and(&a.is[number], &b.is[number])
	var joined bits
	if op == Add {
		left, right := a.joins(), b.joins()
		joined = and(&left, &right)
	}
	if !of.empty() {
		calculate(op, out.numbers[:e.n], a.number[:e.n], b.number[:e.n])
	}
	out.clear()
	out.is[number], out.is[lost] = of, joined
}

// joins returns the offers whose value may be one that + joins.
func (l *lanes) joins() bits {
	s := or(&l.is[text], &l.is[other])
	return or(&s, &l.is[lost])
}

// calculate computes each operation in a loop of its own, and so rounds each result.
func calculate(op Op, out, a, b []float64) {
	out, b = out[:len(a)], b[:len(a)]
	switch op {
	case Add:
		for i, x := range a {
			out[i] = x + b[i]
		}
	case Subtract:
		for i, x := range a {
			out[i] = x - b[i]
		}
	case Multiply:
		for i, x := range a {
			out[i] = x * b[i]
		}
	default: // Divide
		for i, x := range a {
			out[i] = x / b[i]
		}
	}
}

// scale computes a sum or difference of which one operand is multiplied by what was folded.
// As that is a number or an error, so is the product: it joins nothing.
func (e *Eval) scale(n *Node, out *register, a, b *lanes) *lanes {
	factor := &e.fixed[n.index].lanes
	of := and(&a.is[number], &b.is[number])
	of = and(&of, &factor.is[number])
	if !of.empty() {
		by, x, y := factor.number[0], a.number[:e.n], b.number[:e.n]
		switch {
		case n.sum == Subtract && n.scaled == 0:
			scaleLess(out.numbers[:e.n], x, y, by)
		case n.sum == Subtract:
			lessScaled(out.numbers[:e.n], x, y, by)
		case n.scaled == 0:
			addScaled(out.numbers[:e.n], y, x, by)
		default:
			addScaled(out.numbers[:e.n], x, y, by)
		}
	}
	out.clear()
	out.is[number] = of
	return &out.lanes
}

// The conversions of the products round them: nothing is fused that CEL computes apart.

func addScaled(out, a, b []float64, by float64) {
	out, b = out[:len(a)], b[:len(a)]
	for i, x := range a {
		out[i] = x + float64(b[i]*by)
	}
}

func lessScaled(out, a, b []float64, by float64) {
	out, b = out[:len(a)], b[:len(a)]
	for i, x := range a {
		out[i] = x - float64(b[i]*by)
	}
}

func scaleLess(out, a, b []float64, by float64) {
	out, b = out[:len(a)], b[:len(a)]
	for i, x := range a {
		out[i] = float64(x*by) - b[i]
	}
}

// extreme computes the least or the greatest of two numbers; of equal ones it is
// the first.
func (e *Eval) extreme(op Op, out *register, a, b *lanes) {
	an, bn := a.numeric(), b.numeric()
	both := and(&an, &bn)
	var second, ordered bits
	if !both.empty() {
		if op == Least {
			second, ordered = e.less(b.number, a.number)
		} else {
			second, ordered = e.less(a.number, b.number)
		}
	}
	ordered = and(&ordered, &both)
	second = and(&second, &ordered)
	firsts := andNot(&ordered, &second)
	e.choose(out, &firsts, a, &second, b)
}
