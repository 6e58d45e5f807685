package column

import "github.com/proffer-go/proffer/internal/slot"

// A kind is the type of a value.
type kind uint8

const (
	null kind = iota
	boolean
	number
	whole   // an int or a uint, of at most 2^53: it is no number of the data
	text    //
	other   // a list or a map, of which nothing more is known
	lost    // a text, a list, a map or an error, of which nothing more is known
	kinds   = iota
	numbers = Kinds(1<<number | 1<<whole)
)

// Kinds is a set of kinds of values. An error is of no kind.
type Kinds uint8

// The kinds that columns have.
const (
	Bools   Kinds = 1 << boolean
	Numbers Kinds = 1 << number // of data, all float64
	Texts   Kinds = 1 << text
	Any           = 1<<null | Bools | Numbers | Texts | 1<<other
)

func (k Kinds) has(of kind) bool { return k>>of&1 != 0 }

// lanes are the values of the offers of a block, or of a page of a column. An
// offer is in at most one of the sets of kinds; one that is in none has an error.
type lanes struct {
	is     [kinds]bits
	truth  bits           // which booleans are true
	number *[size]float64 // of numbers and whole numbers; nil: there are none
	text   *[size]uint16  // of texts: which of texts; nil: there are none
	texts  []string
}

// numeric returns the offers whose value is a number of any type.
func (l *lanes) numeric() bits { return or(&l.is[number], &l.is[whole]) }

// yes and no return the offers whose value is true, and false.
func (l *lanes) yes() bits { return and(&l.is[boolean], &l.truth) }
func (l *lanes) no() bits  { return andNot(&l.is[boolean], &l.truth) }

// kindOf returns the kind of a value, and whether it has one.
func kindOf(k slot.Kind) (kind, bool) {
	switch k {
	case slot.Null:
		return null, true
	case slot.Bool:
		return boolean, true
	case slot.Number:
		return number, true
	case slot.String:
		return text, true
	case slot.List, slot.Map:
		return other, true
	case slot.Absent:
	}
	return 0, false
}

// A register is lanes with memory of their own.
type register struct {
	lanes
	numbers [size]float64
	indexes [size]uint16
}

// clear makes all values errors. What the register held is still in its memory
// until it is overwritten: an operation may read its operand there.
func (r *register) clear() *register {
	r.is = [kinds]bits{}
	r.number, r.text = &r.numbers, &r.indexes
	return r
}

// setBools makes the values the two sets, and all others errors.
func (r *register) setBools(yes, no bits) {
	r.clear()
	r.truth = yes
	r.is[boolean] = or(&yes, &no)
}

// setFirst makes the value of the first offer v, and all others errors.
func (r *register) setFirst(v slot.Value) {
	r.clear()
	k, ok := kindOf(v.Kind)
	if !ok {
		return
	}
	r.is[k] = bits{1}
	r.truth.put(0, v.Number != 0)
	r.numbers[0], r.indexes[0] = v.Number, 0
	if k == text {
		r.texts = append(r.texts[:0], v.Text)
	}
}

// copyFirst makes the value of the first offer that of l's.
func (r *register) copyFirst(l *lanes) {
	r.clear()
	r.truth = bits{l.truth[0] & 1}
	for k := range r.is {
		r.is[k].put(0, l.is[k].has(0))
	}
	if n := l.numeric(); n.has(0) {
		r.numbers[0] = l.number[0]
	}
	if l.is[text].has(0) {
		r.indexes[0] = 0
		r.texts = append(r.texts[:0], l.texts[l.text[0]])
	}
}

// spread gives the n first offers the value of the first.
func (r *register) spread(n int) {
	live := first(n)
	for k := range r.is {
		if r.is[k].has(0) {
			r.is[k] = live
		}
	}
	if r.truth.has(0) {
		r.truth = live
	}
	if r.is[number].has(0) || r.is[whole].has(0) {
		for i := range r.numbers[:n] {
			r.numbers[i] = r.numbers[0]
		}
	}
	clear(r.indexes[:n])
}

// gather makes the values those of the column at the rows, in their order.
func (r *register) gather(t *Table, column int, rows []int32) {
	r.clear()
	r.truth, r.texts = bits{}, r.texts[:0]
	var page *lanes
	of := -1 // the group of the page: rows that stand together share it
	for i, row := range rows {
		if g := int(row / size); g != of {
			of, page = g, t.groups[g].pages[column]
		}
		at := int(row % size)
		if page.is[number].has(at) { // as nearly all are
			r.is[number][i/64] |= 1 << (i % 64)
			r.numbers[i] = page.number[at]
			continue
		}
		r.take(i, page, at)
	}
}

// take makes the value at i, which is an error so far, that of the page, which is no number.
func (r *register) take(i int, page *lanes, at int) {
	k := page.kindAt(at)
	if k == kinds {
		return
	}
	r.is[k].put(i, true)
	switch k {
	case boolean:
		r.truth.put(i, page.truth.has(at))
	case text:
		r.indexes[i] = uint16(len(r.texts))
		r.texts = append(r.texts, page.texts[page.text[at]])
	default: // all is said by the kind
	}
}

// kindAt returns the kind of the value at i; kinds if it is an error.
func (l *lanes) kindAt(i int) kind {
	for k := range l.is {
		if l.is[k].has(i) {
			return kind(k)
		}
	}
	return kinds
}
