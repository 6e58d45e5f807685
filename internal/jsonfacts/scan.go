package jsonfacts

import (
	"unicode/utf8"

	"github.com/proffer-go/proffer/internal/slot"
)

// broken is the position after what is not as it should be.
const broken = -1

// A scanner passes over a JSON text once: it checks all of it, and fills the
// slots that it comes by. It only tells that something is wrong: [Object] and
// [Events] tell what. Its memory is used again.
//
// A method that begins with the position of something returns the position after
// it, or broken.
type scanner struct {
	text  []byte
	high  uint64 // bytes of strings, or-ed: without a top bit all text is ASCII
	depth int    // the limit
	guide
	values   []slot.Value // by the slots of schema
	filled   []int32      // the slots below the root that are not absent
	elements []slot.Value // of the lists at slots
	keys     keyStack
	arena    []byte // of strings that had escapes
}

// nowhere is the slot of values that have none.
const nowhere = -1

// object fills the slots at and below root with the object that is all of the
// text.
func (s *scanner) object(text []byte, root int32) bool {
	s.begin(text)
	i, c := s.next(0)
	if c != '{' {
		return false
	}
	i, size := s.inObject(i+1, root, 1)
	s.values[root] = slot.Value{Kind: slot.Map, Size: size}
	return s.isEnd(i)
}

// list calls each after each object of the list that is all of the text. Values
// in it are filled below root.
func (s *scanner) list(text []byte, root int32, each func()) bool {
	s.begin(text)
	i, c := s.next(0)
	if c != '[' || s.depth < 1 {
		return false
	}
	if i, c = s.next(i + 1); c == ']' {
		return s.isEnd(i + 1)
	}
	for c == '{' {
		if i, _ = s.inObject(i+1, root, 2); i == broken {
			return false
		}
		each()
		switch i, c = s.next(i); c {
		case ',':
			i, c = s.next(i + 1)
		case ']':
			return s.isEnd(i + 1)
		default:
			return false
		}
	}
	return false
}

func (s *scanner) begin(text []byte) {
	s.text, s.high = text, 0
	s.keys.drop()
}

// isEnd reports whether nothing follows what is good up to i, and whether the
// encoding is good.
func (s *scanner) isEnd(i int) bool {
	if i == broken {
		return false
	}
	if i, _ = s.next(i); i < len(s.text) {
		return false
	}
	return s.high&topBits == 0 || utf8.Valid(s.text)
}

// next returns the first position from i that is no space, and the byte there: 0,
// which no JSON has there, at the end.
func (s *scanner) next(i int) (int, byte) {
	for ; i < len(s.text); i++ {
		if c := s.text[i]; c > ' ' || spaces>>c&1 == 0 {
			return i, c
		}
	}
	return i, 0
}

const spaces = 1<<' ' | 1<<'\t' | 1<<'\n' | 1<<'\r'

// inObject reads on behind the brace of an object whose members belong below at.
func (s *scanner) inObject(i int, at int32, depth int) (end int, size int32) {
	if depth > s.depth {
		return broken, 0
	}
	i, c := s.next(i)
	if c == '}' {
		return i + 1, 0
	}
	mark, guess := s.keys.open(), s.first(at)
	for {
		if c != '"' {
			return broken, 0
		}
		var below int32
		if i, below = s.key(i+1, at, guess); i == broken {
			return broken, 0
		}
		var v *slot.Value
		if below != nowhere {
			v, guess = &s.values[below], &s.hints[below].next
		}
		if i = s.value(i, below, v, depth); i == broken {
			return broken, 0
		}
		size++
		switch i, c = s.next(i); c {
		case ',':
			i, c = s.next(i + 1)
		case '}':
			if !s.keys.close(mark) {
				return broken, 0
			}
			return i + 1, size
		default:
			return broken, 0
		}
	}
}

// value reads a value into v, if it is not nil, and what the value holds into the
// slots below at and the elements.
func (s *scanner) value(i int, at int32, v *slot.Value, depth int) int {
	if i >= len(s.text) {
		return broken
	}
	switch s.text[i] {
	case '"':
		end, escaped := s.quoted(i + 1)
		if end == broken {
			return broken
		}
		if v != nil {
			v.Kind, v.Text = slot.String, s.unquoted(i+1, end, escaped)
		}
		return end + 1
	case '{':
		i, size := s.inObject(i+1, at, depth+1)
		if v != nil {
			*v = slot.Value{Kind: slot.Map, Size: size}
		}
		return i
	case '[':
		return s.inList(i+1, at, v, depth+1)
	case 't':
		return s.word(i, "true", v, slot.Value{Kind: slot.Bool, Number: 1})
	case 'f':
		return s.word(i, "false", v, slot.Value{Kind: slot.Bool})
	case 'n':
		return s.word(i, "null", v, slot.Value{Kind: slot.Null})
	default:
		return s.number(i, v)
	}
}

// inList reads on behind the bracket of a list. Its elements are kept if it is at
// a slot.
func (s *scanner) inList(i int, at int32, v *slot.Value, depth int) int {
	if depth > s.depth {
		return broken
	}
	list := slot.Value{Kind: slot.List}
	if at != nowhere {
		list.First = int32(len(s.elements))
	}
	i, c := s.next(i)
	for c != ']' || list.Size > 0 { // behind a comma there is a value
		var element *slot.Value
		if at != nowhere {
			s.elements = append(s.elements, slot.Value{})
			element = &s.elements[len(s.elements)-1]
		}
		if i = s.value(i, nowhere, element, depth); i == broken {
			return broken
		}
		list.Size++
		if i, c = s.next(i); c == ']' {
			break
		}
		if c != ',' {
			return broken
		}
		i, _ = s.next(i + 1)
	}
	if v != nil {
		*v = list
	}
	return i + 1
}

func (s *scanner) word(i int, word string, v *slot.Value, means slot.Value) int {
	if len(s.text)-i < len(word) || string(s.text[i:i+len(word)]) != word {
		return broken
	}
	if v != nil {
		*v = means
	}
	return i + len(word)
}

// reset drops what the scanner knows of the last documents.
func (s *scanner) reset() {
	s.text, s.values, s.elements, s.filled = nil, nil, nil, nil
	s.arena = recycle(s.arena[:0])
	s.keys.forget()
}
