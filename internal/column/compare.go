package column

import "math"

// compare returns the offers for which the comparison is true, and for which it is
// false.
func (e *Eval) compare(op Op, a, b *lanes) (yes, no bits) {
	var known bits
	switch op {
	case Equal, NotEqual:
		yes, known = e.equal(a, b)
	case Less, GreaterEqual:
		yes, known = e.order(a, b)
	default: // Greater, LessEqual
		yes, known = e.order(b, a)
	}
	no = andNot(&known, &yes)
	if op == NotEqual || op == GreaterEqual || op == LessEqual {
		yes, no = no, yes
	}
	if op != Equal && op != NotEqual {
		nan := e.unordered(a, b, &known)
		no = or(&no, &nan)
	}
	return yes, no
}

// valid returns the offers whose value is no error.
func (l *lanes) valid() bits {
	s := l.is[0]
	for k := range l.is {
		s = or(&s, &l.is[k])
	}
	return s
}

// equal returns the offers whose values are equal, and those where that is known:
// values of different kinds are not equal, but numbers of all types compare.
func (e *Eval) equal(a, b *lanes) (yes, known bits) {
	known, left := b.valid(), a.valid()
	known = and(&known, &left)
	yes = and(&a.is[null], &b.is[null])
	if both := and(&a.is[boolean], &b.is[boolean]); !both.empty() {
		for w := range yes {
			yes[w] |= both[w] &^ (a.truth[w] ^ b.truth[w])
		}
	}
	an, bn := a.numeric(), b.numeric()
	if both := and(&an, &bn); !both.empty() {
		for w, low := range e.words() {
			yes[w] |= both[w] & equalNumbers(a.number[low:], b.number[low:min(low+64, e.n)])
		}
	}
	if both := and(&a.is[text], &b.is[text]); !both.empty() {
		same := e.equalTexts(a, b, &both)
		yes = or(&yes, &same)
	}
	if both := and(&a.is[other], &b.is[other]); !both.empty() {
		e.undecided = true
	}
	return yes, known
}

func equalNumbers(x, y []float64) (set uint64) {
	x = x[:len(y)]
	for i := range y {
		set |= bit(x[i] == y[i]) << (i & 63)
	}
	return set
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// equalTexts returns those of both whose texts are equal. What was folded is one
// text, which is looked for among those of the page.
func (e *Eval) equalTexts(a, b *lanes, both *bits) (yes bits) {
	if len(a.texts) == 1 {
		a, b = b, a
	}
	if len(b.texts) != 1 {
		for i := range e.n {
			if both.has(i) && a.texts[a.text[i]] == b.texts[b.text[i]] {
				yes.put(i, true)
			}
		}
		return yes
	}
	yes = e.equalText(a, b.texts[0])
	return and(&yes, both)
}

// equalText returns the offers whose value is the text. A page has each text once,
// but two that were chosen from may have the same.
func (e *Eval) equalText(a *lanes, s string) (yes bits) {
	if a.is[text].empty() {
		return yes
	}
	for at, t := range a.texts {
		if s == t {
			same := e.havingText(a, at)
			yes = or(&yes, &same)
		}
	}
	return yes
}

// havingText returns the offers whose value is the text of the number.
func (e *Eval) havingText(a *lanes, at int) (yes bits) {
	for w, low := range e.words() {
		yes[w] = a.is[text][w] & equalIndexes(a.text[low:min(low+64, e.n)], uint16(at))
	}
	return yes
}

func equalIndexes(x []uint16, y uint16) (set uint64) {
	for i := range x {
		set |= bit(x[i] == y) << (i & 63)
	}
	return set
}

// order returns the offers whose value in a is less than that in b, and those where
// there is an order: of two numbers but NaN, two texts, or two booleans.
func (e *Eval) order(a, b *lanes) (yes, known bits) {
	known = and(&a.is[boolean], &b.is[boolean])
	for w := range yes {
		yes[w] = known[w] & b.truth[w] &^ a.truth[w]
	}
	an, bn := a.numeric(), b.numeric()
	if both := and(&an, &bn); !both.empty() {
		less, ordered := e.less(a.number, b.number)
		less, ordered = and(&less, &both), and(&ordered, &both)
		yes, known = or(&yes, &less), or(&known, &ordered)
	}
	if both := and(&a.is[text], &b.is[text]); !both.empty() {
		for i := range e.n {
			if both.has(i) && a.texts[a.text[i]] < b.texts[b.text[i]] {
				yes.put(i, true)
			}
		}
		known = or(&known, &both)
	}
	return yes, known
}

// unordered returns the offers without an order for which a comparison is false all
// the same: NaN on the left is compared with anything, and whatever has an order
// with NaN on the right.
func (e *Eval) unordered(a, b *lanes, ordered *bits) bits {
	left, right := a.numeric(), b.numeric()
	left, right = andNot(&left, ordered), andNot(&right, ordered)
	if left.empty() && right.empty() {
		return bits{}
	}
	of, valid := a.numeric(), b.valid()
	for _, k := range [...]kind{boolean, text} {
		of = or(&of, &a.is[k])
	}
	left, right = e.nan(a, &left), e.nan(b, &right)
	left, right = and(&left, &valid), and(&right, &of)
	return or(&left, &right)
}

// nan returns those of the set whose number is NaN.
func (e *Eval) nan(l *lanes, of *bits) (yes bits) {
	for i := range e.n {
		if of.has(i) && math.IsNaN(l.number[i]) {
			yes.put(i, true)
		}
	}
	return yes
}

// less returns where x is less than y, and where neither is NaN.
func (e *Eval) less(x, y *[size]float64) (yes, known bits) {
	for w, low := range e.words() {
		yes[w], known[w] = lessNumbers(x[low:], y[low:min(low+64, e.n)])
	}
	return yes, known
}

func lessNumbers(x, y []float64) (less, ordered uint64) {
	x = x[:len(y)]
	for i := range y {
		less |= bit(x[i] < y[i]) << (i & 63)
		ordered |= bit(x[i] >= y[i]) << (i & 63)
	}
	return less, less | ordered
}
