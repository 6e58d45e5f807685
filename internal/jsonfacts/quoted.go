package jsonfacts

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// A byte repeated in a word, and the top bits of the bytes of a word.
const (
	eachByte = 0x0101010101010101
	topBits  = 0x80 * eachByte
)

// special returns a word whose lowest top bit is that of the first byte in w that
// is a quote, a backslash or a control character; 0 if w has none. A borrow marks
// only bytes above the first. Toggling the second bit puts the quote right behind
// the control characters, so that one subtraction finds both (Lemire, "Detect
// control characters, quotes and backslashes efficiently using SWAR", 2025).
func special(w uint64) uint64 {
	quote, slash := w^2*eachByte, w^'\\'*eachByte
	return ((quote - ('"'-1)*eachByte) | (slash - eachByte)) &^ w & topBits
}

// quoted returns where the string ends that begins at i: the position of its
// quote, or broken; and whether it has escapes, which are good.
func (s *scanner) quoted(i int) (end int, escaped bool) {
	text, high := s.text, uint64(0)
	for ; i+8 <= len(text); i += 8 {
		w := binary.LittleEndian.Uint64(text[i:])
		high |= w // what is behind the string does no harm
		if m := special(w); m != 0 {
			i += bits.TrailingZeros64(m) / 8
			break
		}
	}
	s.high |= high
	if i < len(text) && text[i] == '"' {
		return i, false
	}
	return s.quotedSlowly(i)
}

// quotedSlowly is quoted for strings that have escapes, are broken or are nearly
// at the end of the text.
func (s *scanner) quotedSlowly(i int) (end int, escaped bool) {
	for i < len(s.text) {
		switch c := s.text[i]; {
		case c == '"':
			return i, escaped
		case c < ' ':
			return broken, false
		case c == '\\':
			escaped = true
			if i = s.escape(i + 1); i == broken {
				return broken, false
			}
		default:
			s.high |= uint64(c)
			i++
		}
	}
	return broken, false
}

// escape reads on behind a backslash.
func (s *scanner) escape(i int) int {
	if i >= len(s.text) {
		return broken
	}
	switch s.text[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		if _, ok := hex(s.text[i+1:]); ok {
			return i + 5
		}
	}
	return broken
}

// unquoted returns what text[i:end] means, a good string. It is a part of the
// text or of the arena.
//
// A string in memory that can be written is safe as long as nobody does: a
// document is not to be changed while a decision is under way, and bytes in the
// arena are written once, before they are a string. [Reader.Reset] and
// [Reader.Keep] see to it that none outlives them.
func (s *scanner) unquoted(i, end int, escaped bool) string {
	if escaped {
		return s.unescaped(i, end)
	}
	return unsafe.String(&s.text[i], end-i) // where it is empty there is its quote
}

func (s *scanner) unescaped(i, end int) string {
	start := len(s.arena)
	s.arena = unescape(s.arena, s.text[i:end])
	return unsafe.String(&s.arena[start], len(s.arena)-start) // no escape is nothing
}

// unescape appends what the good string means to dst. Surrogates that are no pair
// are replaced one by one, as encoding/json does.
func unescape(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			dst = append(dst, text[i])
			continue
		}
		i++
		switch text[i] {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, _ := hex(text[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				low, ok := rune(0), false
				if i+2 < len(text) && text[i+1] == '\\' && text[i+2] == 'u' {
					low, ok = hex(text[i+3:])
				}
				if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
					i += 6
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, text[i])
		}
	}
	return dst
}

// hex returns the number that the first four bytes write.
func hex(text []byte) (r rune, ok bool) {
	if len(text) < 4 {
		return 0, false
	}
	for _, c := range text[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
