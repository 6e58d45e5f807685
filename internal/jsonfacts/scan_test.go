package jsonfacts

import (
	"encoding/binary"
	"math/bits"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/internal/instant"
)

// TestSpecialFindsTheFirstSpecialByte tries each byte at each place, before and
// behind each other.
func TestSpecialFindsTheFirstSpecialByte(t *testing.T) {
	for c := range 256 {
		isSpecial := c == '"' || c == '\\' || c < ' '
		for at := range 8 {
			for other := range 256 {
				word := [8]byte{'a', 0x7f, ' ', '!', '#', 0x80, 0xff, ']'}
				word[at] = byte(c)
				if at < 7 {
					word[at+1] = byte(other)
				}
				want := 8
				for i, b := range word {
					if b == '"' || b == '\\' || b < ' ' {
						want = min(want, i)
					}
				}
				got := bits.TrailingZeros64(special(binary.LittleEndian.Uint64(word[:]))) / 8
				require.Equal(t, want, got, "%q", word)
				require.False(t, isSpecial && got > at)
			}
		}
	}
}

// checkDated compares with [instant.Parse], the judge.
func checkDated(t require.TestingT, text string) {
	want, err := instant.Parse(text)
	seconds, nanos, ok := dated(text)
	require.Equal(t, err == nil, ok, text)
	if ok {
		require.Equal(t, want.Unix(), seconds, text)
		require.Equal(t, want.Nanosecond(), int(nanos), text)
	}
}

func TestDatedReadsAllMonths(t *testing.T) {
	for first := time.Date(1, 1, 1, 23, 59, 59, 0, time.UTC); first.Year() < 10_000; first = first.AddDate(0, 1, 0) {
		for _, at := range []time.Time{first, first.AddDate(0, 1, -1)} {
			seconds, ok := utcSeconds(at.Format(time.RFC3339))
			if !ok || seconds != at.Unix() {
				require.Equal(t, at.Unix(), seconds, at)
			}
		}
	}
}

func TestDatedIsInstantParse(t *testing.T) {
	for _, text := range []string{"", "2026-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2026-06-30T23:59:60Z", "0000-01-01T00:00:00Z", "2026-06-01t12:00:00z"} {
		checkDated(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		checkDated(t, rapid.StringMatching(`[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-]0[0-9]:[0-5]0|\.[0-9]{1,10}Z)`).Draw(t, "text"))
		text := []byte("2026-06-01T12:00:00Z")
		text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		checkDated(t, string(text))
	})
}

func TestHexIsFourDigits(t *testing.T) {
	for c := range 256 {
		text := []byte{'0', byte(c), '0', '0'}
		want := -1
		for i, digit := range "0123456789abcdef" {
			if rune(c) == digit || rune(c) == digit-'a'+'A' && digit >= 'a' {
				want = i
			}
		}
		got, ok := hex(text)
		assert.Equal(t, want >= 0, ok)
		if ok {
			assert.Equal(t, rune(want<<8), got)
		}
	}
	_, ok := hex([]byte("123"))
	assert.False(t, ok)
}
