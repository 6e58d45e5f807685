package capping

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/offer"
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

func (w *words) hold(text string) bool {
	return slices.ContainsFunc(w.slots, func(w word) bool { return same(w.text, text) })
}

func TestTextsAreHeldOnlyIfTheyComeTwiceAndForAWhile(t *testing.T) {
	seeds := newSeeds()
	var h hasher
	text := strings.Clone("home")
	h.start(&seeds, "")
	h.word(text)
	assert.False(t, h.words.hold(text))
	h.word(text)
	assert.True(t, h.words.hold(text))
	assert.False(t, h.words.hold(strings.Clone(text)), "it is not the same, but equal")
	for range holdWords {
		h.start(&seeds, "")
	}
	assert.False(t, h.words.hold(text))
}

// TestTextsOfEventsAreNotHeld: an event is about several streams, and its message may be large.
func TestTextsOfEventsAreNotHeld(t *testing.T) {
	m := still()
	message := strings.Clone("display x pressure p hero")
	e := Event{Type: message[:7], Offer: offer.ID(message[8:9]), Policies: []PolicyID{PolicyID(message[10:18])}}
	h := happening{Event: &e, person: m.seeds.name("p"), offer: m.seeds.name("x"), placement: m.seeds.name("hero")}
	d := m.desk()
	d.begin(m, &Attempt{})
	h.find(d)
	assert.Len(t, h.streams, 8)
	for _, text := range []string{e.Type, string(e.Offer), string(e.Policies[0])} {
		assert.False(t, d.words.hold(text), text)
	}
}
