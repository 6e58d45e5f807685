package column

import (
	"slices"

	"github.com/proffer-go/proffer/internal/slot"
)

// A list is what elements are searched in, by kind and in order: people may have
// long lists. Of the lists and maps that it holds nothing is known.
type list struct {
	ok            bool // it is a list; otherwise to search it is an error
	null, yes, no bool
	numbers       []float64
	texts         []string
}

func (l *list) set(elements []slot.Value) {
	*l = list{ok: true, numbers: l.numbers[:0], texts: l.texts[:0]}
	for _, v := range elements {
		switch v.Kind {
		case slot.Null:
			l.null = true
		case slot.Bool:
			l.yes, l.no = l.yes || v.Number != 0, l.no || v.Number == 0
		case slot.Number:
			l.numbers = append(l.numbers, v.Number)
		case slot.String:
			l.texts = append(l.texts, v.Text)
		case slot.Absent, slot.List, slot.Map:
		}
	}
	slices.Sort(l.numbers)
	slices.Sort(l.texts)
}

// search computes x in list.
func (e *Eval) search(n *Node, out *register, a *lanes) {
	l := n.list
	if l == nil {
		l = &e.lists[n.index]
	}
	if !l.ok {
		out.clear()
		return
	}
	yes := e.numbersIn(a, l.numbers)
	texts := e.textsIn(a, l.texts)
	yes = or(&yes, &texts)
	for _, other := range [...]struct {
		in bool
		of bits
	}{{l.null, a.is[null]}, {l.yes, a.yes()}, {l.no, a.no()}} {
		if other.in {
			yes = or(&yes, &other.of)
		}
	}
	known := a.valid()
	out.setBools(yes, andNot(&known, &yes))
}

// few is how many numbers or texts are compared one by one.
const few = 8

func (e *Eval) numbersIn(a *lanes, list []float64) (yes bits) {
	of := a.numeric()
	if of.empty() {
		return yes
	}
	for w, low := range e.words() {
		numbers := a.number[low:min(low+64, e.n)]
		if len(list) > few {
			yes[w] = of[w] & found(numbers, list)
			continue
		}
		for _, y := range list {
			yes[w] |= of[w] & equalNumber(numbers, y)
		}
	}
	return yes
}

func equalNumber(x []float64, y float64) (set uint64) {
	for i := range x {
		set |= bit(x[i] == y) << (i & 63)
	}
	return set
}

func found(x, list []float64) (set uint64) {
	for i := range x {
		_, ok := slices.BinarySearch(list, x[i])
		set |= bit(ok) << (i & 63)
	}
	return set
}

// textsIn searches each text of the page once, and then the offers that have one of
// those found: one text after the other if they are few.
func (e *Eval) textsIn(a *lanes, list []string) (yes bits) {
	if a.is[text].empty() || len(list) == 0 {
		return yes
	}
	e.found = e.found[:0]
	n := 0
	for _, s := range a.texts {
		_, ok := slices.BinarySearch(list, s)
		e.found = append(e.found, ok)
		n += int(bit(ok))
	}
	if n > few {
		return e.foundTexts(a)
	}
	for at, ok := range e.found {
		if ok {
			same := e.havingText(a, at)
			yes = or(&yes, &same)
		}
	}
	return yes
}

func (e *Eval) foundTexts(a *lanes) (yes bits) {
	for i := range e.n {
		if a.is[text].has(i) && e.found[a.text[i]] { // what is no text may be of any number
			yes.put(i, true)
		}
	}
	return yes
}
