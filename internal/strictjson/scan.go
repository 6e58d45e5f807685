package strictjson

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxDepth = 128      // deeper is a fault
	hopeless = 10_000   // deeper is not read on
	maxNoted = 16 << 20 // bytes of faults; hostile text could make any number
)

// A scanner goes through JSON text and keeps the key of where it is. Its methods
// return false where the text cannot be read on; the fault is then noted.
type scanner struct {
	text   []byte
	pos    int
	path   []byte
	depth  int
	faults []Fault
	noted  int // bytes of faults
	more   int // faults that were not noted any more
}

// fault notes what is wrong at an offset, under the current key.
func (s *scanner) fault(offset int, format string, args ...any) {
	const fixed = 128 // bytes of a fault without its texts
	if s.noted += fixed + 2*len(s.path); s.noted > maxNoted {
		s.more++
		return
	}
	key := string(s.path)
	s.faults = append(s.faults, Fault{Path: key, Key: key, Offset: offset, Message: fmt.Sprintf(format, args...)})
}

// end notes the fault that ends the reading. It returns false.
func (s *scanner) end(format string, args ...any) bool {
	s.noted = 0 // whatever was left out, this one tells where reading ended
	s.fault(s.pos, format, args...)
	s.faults[len(s.faults)-1].Ends = true
	return false
}

func (s *scanner) unexpected(want string) bool {
	if s.pos >= len(s.text) {
		return s.end("the text ends, want %s", want)
	}
	r, size := utf8.DecodeRune(s.text[s.pos:])
	if r == utf8.RuneError && size == 1 {
		return s.end("invalid UTF-8, want %s", want)
	}
	return s.end("unexpected %q, want %s", r, want)
}

// next passes over white space and returns the byte there, 0 at the end.
func (s *scanner) next() byte {
	for ; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// members calls each with the name of every member of the object at pos and the
// name's offset; pos is then at the value, which each passes over.
func (s *scanner) members(each func(name []byte, at int) bool) bool {
	return s.list('}', "',' or '}'", func(int) bool {
		if s.next() != '"' {
			return s.unexpected("a name in double quotes")
		}
		at := s.pos
		name, ok := s.quoted()
		if !ok {
			return false
		}
		if s.next() != ':' {
			return s.unexpected("':'")
		}
		s.pos++
		return each(name, at)
	})
}

// within calls do under the key of the member.
func (s *scanner) within(name []byte, do func() bool) bool {
	here := len(s.path)
	s.path = appendField(s.path, string(name))
	ok := do()
	s.path = s.path[:here]
	return ok
}

// elements calls each for every element of the array at pos, under its key.
func (s *scanner) elements(each func(i int) bool) bool {
	return s.list(']', "',' or ']'", func(i int) bool {
		here := len(s.path)
		s.path = AppendElement(s.path, i)
		ok := each(i)
		s.path = s.path[:here]
		return ok
	})
}

func (s *scanner) list(closing byte, want string, each func(i int) bool) bool {
	if s.depth++; s.depth == maxDepth+1 {
		s.fault(s.pos, "nested deeper than %d", maxDepth)
	}
	if s.depth > hopeless {
		return s.end("nested deeper than can be read")
	}
	s.pos++
	if s.next() == closing {
		s.pos++
		s.depth--
		return true
	}
	for i := 0; each(i); i++ {
		switch s.next() {
		case ',':
			s.pos++
		case closing:
			s.pos++
			s.depth--
			return true
		default:
			return s.unexpected(want)
		}
	}
	return false
}

// quoted reads the string at pos. Text that is not Unicode is a fault.
func (s *scanner) quoted() ([]byte, bool) {
	start, escaped, ascii := s.pos, false, true
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == '"':
			s.pos++
			return s.unicode(start, escaped, ascii), true
		case c < ' ':
			return nil, s.end("unexpected %q in a string, want its closing quote or an escape", c)
		case c == '\\':
			escaped = true
			if !s.escape() {
				return nil, false
			}
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return nil, s.unexpected("the closing quote of a string")
}

func (s *scanner) escape() bool {
	s.pos++
	switch {
	case s.pos >= len(s.text):
		return s.unexpected("an escape")
	case escapes[s.text[s.pos]] != 0:
		return true
	case s.text[s.pos] == 'u' && s.pos+4 < len(s.text):
		if _, ok := hex(s.text[s.pos+1:]); ok {
			s.pos += 4
			return true
		}
	}
	return s.unexpected("an escape such as \\n or \\u00e9")
}

// escapes are the bytes that a backslash and a byte stand for, but for \u.
var escapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// unicode returns the content of the string literal between start and pos.
func (s *scanner) unicode(start int, escaped, ascii bool) []byte {
	content := s.text[start+1 : s.pos-1]
	if !ascii && !utf8.Valid(content) {
		s.fault(start+1+invalidAt(content), "invalid UTF-8")
	}
	if !escaped {
		return content
	}
	content, ok := unescape(content)
	if !ok {
		s.fault(start, "half a surrogate pair is no character")
	}
	return content
}

func invalidAt(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(text)
}

// unescape resolves the escapes of a string, which are known to be well formed.
// It reports false if one is half a surrogate pair.
func unescape(text []byte) ([]byte, bool) {
	out, whole := make([]byte, 0, len(text)), true
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			out = append(out, text[i])
			continue
		}
		i++
		if text[i] != 'u' {
			out = append(out, escapes[text[i]])
			continue
		}
		r, _ := hex(text[i+1:])
		i += 4
		if utf16.IsSurrogate(r) {
			low := rune(utf8.RuneError)
			if bytes.HasPrefix(text[i+1:], []byte(`\u`)) {
				low, _ = hex(text[i+3:])
			}
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				whole = false
			} else {
				i += 6
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out, whole
}

// hex returns the number that the first four bytes are in hexadecimal.
func hex(digits []byte) (rune, bool) {
	n := rune(0)
	for _, c := range digits[:4] {
		switch lower := c | 0x20; {
		case '0' <= c && c <= '9':
			n = n<<4 | rune(c-'0')
		case 'a' <= lower && lower <= 'f':
			n = n<<4 | rune(lower-'a'+10)
		default:
			return 0, false
		}
	}
	return n, true
}

// numeric reports whether a number begins with c.
func numeric(c byte) bool { return c == '-' || '0' <= c && c <= '9' }

// number passes over the number at pos.
func (s *scanner) number() bool {
	if s.at() == '-' {
		s.pos++
	}
	if s.at() == '0' {
		s.pos++
	} else if !s.digits() {
		return false
	}
	if s.at() == '.' {
		s.pos++
		if !s.digits() {
			return false
		}
	}
	if c := s.at(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.at(); c == '+' || c == '-' {
			s.pos++
		}
		return s.digits()
	}
	return true
}

// at returns the byte at pos, 0 at the end.
func (s *scanner) at() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *scanner) digits() bool {
	start := s.pos
	for c := s.at(); '0' <= c && c <= '9'; c = s.at() {
		s.pos++
	}
	return s.pos > start || s.unexpected("a digit")
}

// word reads true, false or null at pos.
func (s *scanner) word() (string, bool) {
	for _, w := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(s.text[s.pos:], []byte(w)) {
			s.pos += len(w)
			return w, true
		}
	}
	return "", s.unexpected("a JSON value")
}
