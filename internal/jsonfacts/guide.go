package jsonfacts

import (
	"unicode/utf8"

	"github.com/proffer-go/proffer/internal/slot"
)

// A guide leads the scanner to slots. Documents of one source have their members
// in the same order: the guide guesses the next one from the last document (Li et
// al., "Mison: A Fast JSON Parser for Data Analytics", 2017). It is right or wrong
// in one comparison, which spares looking for the key's end, its colon and its
// slot.
type guide struct {
	schema *slot.Schema
	hints  []hint // by slot
	none   int32  // the hint of objects that have no slot
}

// A hint is the slots that followed one, or noHint. Their keys are ASCII and need
// no escapes, so that a text that begins with a label of theirs has that key.
type hint struct {
	first int32  // of the first member below it that had a slot
	next  int32  // of the next member beside it that had a slot
	label string // of the slot itself; not set before another's hint leads to it
}

// noHint is a root, which follows nothing.
const noHint = 0

// follow makes g lead to the slots of the schema.
func (g *guide) follow(s *slot.Schema) {
	if g.schema != s {
		g.schema, g.hints = s, make([]hint, s.Len())
	}
}

// first returns the guess at the first member below at.
func (g *guide) first(at int32) *int32 {
	if at == nowhere {
		return &g.none
	}
	return &g.hints[at].first
}

// key reads on behind the quote of a key, to its value, and returns the slot of
// that: the one that is guessed, if this object is like the last one.
func (s *scanner) key(i int, at int32, guess *int32) (value int, below int32) {
	if *guess != noHint {
		label := s.hints[*guess].label
		if len(label) <= len(s.text)-i && string(s.text[i:i+len(label)]) == label {
			return s.fills(i+len(label), *guess)
		}
	}
	end, escaped := s.quoted(i)
	if end == broken {
		return broken, nowhere
	}
	key := slot.KeyOf(s.unquoted(i, end, escaped))
	i, c := s.next(end + 1)
	if c != ':' {
		return broken, nowhere
	}
	if below = nowhere; at != nowhere {
		below = s.schema.Below(at, &key)
	}
	if below == nowhere {
		s.keys.add(key)
		i, _ = s.next(i + 1)
		return i, nowhere
	}
	if !escaped && isASCII(key.Text()) {
		*guess, s.hints[below].label = below, s.schema.Label(below)
	}
	return s.fills(i+1, below)
}

// fills reads on behind a colon and passes on the slot, unless it is filled: by a
// repeated key.
func (s *scanner) fills(i int, below int32) (value int, _ int32) {
	if s.values[below].Kind != slot.Absent {
		return broken, nowhere
	}
	s.filled = append(s.filled, below)
	i, _ = s.next(i)
	return i, below
}

func isASCII(text string) bool {
	for _, c := range []byte(text) {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
