package column

import (
	"math"
	"slices"

	"github.com/proffer-go/proffer/internal/slot"
)

// set makes v the value at i of a page that nobody else has.
func (l *lanes) set(i int, v slot.Value) {
	for k := range l.is {
		l.is[k].put(i, false)
	}
	k, ok := kindOf(v.Kind)
	if !ok {
		return
	}
	switch k {
	case boolean:
		l.truth.put(i, v.Number != 0)
	case number:
		if l.number == nil {
			l.number = new([size]float64)
		}
		l.number[i] = v.Number
	case text:
		if l.text == nil {
			l.text = new([size]uint16)
		}
		l.text[i] = l.intern(v.Text)
	default: // all is said by the kind
	}
	l.is[k].put(i, true)
}

// intern returns the number of the text. It takes the place of one that no cell has
// any more, if there is one: at most as many texts as cells are held.
func (l *lanes) intern(s string) uint16 {
	if at := slices.Index(l.texts, s); at >= 0 {
		return uint16(at)
	}
	var used bits
	for i, at := range l.text {
		if l.is[text].has(i) {
			used.put(int(at), true)
		}
	}
	for at := range l.texts {
		if !used.has(at) {
			l.texts[at] = s
			return uint16(at)
		}
	}
	l.texts = append(l.texts, s)
	return uint16(len(l.texts) - 1)
}

// clone returns a page that shares nothing with l.
func (l *lanes) clone() *lanes {
	c := *l
	if l.number != nil {
		c.number = new(*l.number)
	}
	if l.text != nil {
		c.text = new(*l.text)
	}
	c.texts = slices.Clone(l.texts)
	return &c
}

// holds reports whether v is the value at i, to the bit.
func (l *lanes) holds(i int, v slot.Value) bool {
	k, ok := kindOf(v.Kind)
	if !ok {
		k = kinds
	}
	if l.kindAt(i) != k {
		return false
	}
	switch k {
	case boolean:
		return l.truth.has(i) == (v.Number != 0)
	case number:
		return math.Float64bits(l.number[i]) == math.Float64bits(v.Number)
	case text:
		return l.texts[l.text[i]] == v.Text
	default:
		return true
	}
}
