package capping

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestWordsTellTheHashesOfTheirTexts asks for texts that come again and again, some of them equal but in
// other memory, more than there is room for, and across the call in which all are let go.
func TestWordsTellTheHashesOfTheirTexts(t *testing.T) {
	seeds := newSeeds()
	all := strings.Repeat("abcdefghij", 500)
	texts := []string{"", all}
	for i := range 2 * manyWords {
		texts = append(texts, strconv.Itoa(i), all[i:i+3])
	}
	rapid.Check(t, func(t *rapid.T) {
		var h hasher
		h.words.calls = rapid.SampledFrom([]int{0, holdWords - 3}).Draw(t, "calls")
		some := texts[:rapid.SampledFrom([]int{9, 400, len(texts)}).Draw(t, "texts")]
		stride := rapid.IntRange(1, 999).Draw(t, "stride")
		for call := range 6 {
			h.start(&seeds, "")
			for i := range some {
				text := some[i*stride%len(some)]
				if i%7 == call {
					text = strings.Clone(text)
				}
				require.Equal(t, seeds.name(text), h.word(text).hash)
			}
		}
	})
}

func TestTextsAreHeldOnlyIfTheyComeTwiceAndForAWhile(t *testing.T) {
	seeds := newSeeds()
	var h hasher
	held := func(text string) bool {
		for i := range h.words.slots {
			if same(h.words.slots[i].text, text) {
				return true
			}
		}
		return false
	}
	text := strings.Clone("home")
	h.start(&seeds, "")
	h.word(text)
	assert.False(t, held(text))
	h.word(text)
	assert.True(t, held(text))
	assert.False(t, held(strings.Clone(text)), "it is not the same, but equal")
	for range holdWords {
		h.start(&seeds, "")
	}
	assert.False(t, held(text))
}
