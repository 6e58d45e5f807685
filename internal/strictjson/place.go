package strictjson

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// Place sets Line and Column of the faults and sorts them by place. An unplaced
// fault is put where the value at its key is, or else at the nearest value around
// it. It reads the text once more if there are unplaced ones.
func (r *Reading) Place(faults []Fault) {
	r.locate(faults)
	slices.SortStableFunc(faults, func(a, b Fault) int { return a.Offset - b.Offset })
	line, start, at, column := 1, 0, 0, 1
	for i := range faults {
		f := &faults[i]
		passed := r.text[at:f.Offset]
		if n := bytes.Count(passed, []byte("\n")); n > 0 {
			line += n
			start = at + bytes.LastIndexByte(passed, '\n') + 1
			at, column = start, 1
		}
		column += utf8.RuneCount(r.text[at:f.Offset])
		at = f.Offset
		f.Line, f.Column = line, column
	}
}

// locate sets the offsets of the unplaced faults.
func (r *Reading) locate(faults []Fault) {
	l := &locator{scanner: scanner{text: r.text}, offsets: make(map[string]int)}
	for _, f := range faults {
		if f.Offset == Unplaced {
			for key := f.Key; key != ""; key = around(key) {
				l.offsets[key] = Unplaced
			}
		}
	}
	if len(l.offsets) > 0 {
		l.value()
	}
	for i := range faults {
		f := &faults[i]
		for key := f.Key; f.Offset == Unplaced; key = around(key) {
			f.Offset = l.offsets[key] // 0 for the key of the whole text
		}
	}
}

// around returns a shorter key: that of the value around the one at key or, if
// its last name is quoted, perhaps text that is no key.
func around(key string) string { return key[:max(0, strings.LastIndexAny(key, ".["))] }

// A locator finds the offsets of values by their keys, of a repeated key the first.
type locator struct {
	scanner
	offsets map[string]int
}

func (l *locator) value() bool {
	c := l.next()
	if at, wanted := l.offsets[string(l.path)]; wanted && at == Unplaced {
		l.offsets[string(l.path)] = l.pos
	}
	switch {
	case c == '{':
		return l.members(func(name []byte, _ int) bool { return l.within(name, l.value) })
	case c == '[':
		return l.elements(func(int) bool { return l.value() })
	case c == '"':
		_, ok := l.quoted()
		return ok
	case numeric(c):
		return l.number()
	default:
		_, ok := l.word()
		return ok
	}
}
