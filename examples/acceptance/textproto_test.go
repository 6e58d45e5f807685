package acceptance_test

import (
	"io"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// A message is one of the protobuf text format: fields by name, each with its
// values, that are messages or scalars as text. Strings are unquoted.
type message map[string][]any

func (m message) messages(field string) []message {
	var out []message
	for _, v := range m[field] {
		if sub, ok := v.(message); ok {
			out = append(out, sub)
		}
	}
	return out
}

func (m message) text(field string) (string, bool) {
	for _, v := range m[field] {
		if s, ok := v.(string); ok {
			return s, true
		}
	}
	return "", false
}

// readMessage reads a file of the text format.
func readMessage(t *testing.T, r io.Reader) message {
	t.Helper()
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	s := &textproto{rest: string(text)}
	m, ok := s.message("")
	require.True(t, ok && s.rest == "", "no message of the text format at: %.40q", s.rest)
	return m
}

// A textproto is what remains to be read.
type textproto struct{ rest string }

// next returns the next token: a string with its quotes, a name or number, a sign.
func (s *textproto) next() string {
	for {
		s.rest = strings.TrimLeft(s.rest, " \t\r\n,;")
		if !strings.HasPrefix(s.rest, "#") {
			break
		}
		_, s.rest, _ = strings.Cut(s.rest, "\n")
	}
	n := 0
	switch {
	case s.rest == "":
	case s.rest[0] == '"' || s.rest[0] == '\'':
		for n = 1; n < len(s.rest) && s.rest[n] != s.rest[0]; n++ {
			if s.rest[n] == '\\' {
				n++
			}
		}
		n = min(n+1, len(s.rest))
	case s.rest[0] == '[':
		n = strings.IndexByte(s.rest, ']') + 1
	default:
		n = max(1, strings.IndexFunc(s.rest+" ", func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '.' && r != '-' && r != '+'
		}))
	}
	token := s.rest[:n]
	s.rest = s.rest[n:]
	return token
}

func (s *textproto) peek() string {
	ahead := *s
	return ahead.next()
}

// message reads fields up to the closing sign.
func (s *textproto) message(closing string) (message, bool) {
	m := message{}
	for {
		name := s.next()
		if name == closing {
			return m, true
		}
		if s.peek() == ":" {
			s.next()
		}
		switch first := s.next(); {
		case name == "" || first == "":
			return nil, false
		case first == "{":
			sub, ok := s.message("}")
			if !ok {
				return nil, false
			}
			m[name] = append(m[name], sub)
		default:
			m[name] = append(m[name], s.scalar(first))
		}
	}
}

// scalar returns the text of a scalar, for a string of all of its parts.
func (s *textproto) scalar(first string) string {
	if first[0] != '"' && first[0] != '\'' {
		return first
	}
	text := unquote(first)
	for next := s.peek(); strings.HasPrefix(next, `"`) || strings.HasPrefix(next, `'`); next = s.peek() {
		text += unquote(s.next())
	}
	return text
}

func unquote(quoted string) string {
	var b strings.Builder
	for s := quoted[1 : len(quoted)-1]; s != ""; {
		if s[0] == '\\' && len(s) > 1 && strings.IndexByte(`?'"`, s[1]) >= 0 {
			b.WriteByte(s[1])
			s = s[2:]
			continue
		}
		r, multibyte, rest, err := strconv.UnquoteChar(s, 0)
		if err != nil {
			return b.String() + s
		}
		if r < 0x80 || multibyte {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		s = rest
	}
	return b.String()
}
