package capping

import "unsafe"

// A word is a text that keys and items name, with what was made of it.
type word struct {
	text    string
	missed  uintptr // where the latest text is that was not found here
	hash    hash
	choice  *name[choice] // of the latest item that proposes it, nil until there was one
	claimed int64         // the choice is in use until that Unix second at least
	number  uint32        // of the choice
	plain   bool          // the choice has no limits
}

// words know texts by where they are in memory: those of a catalog are the very same strings in all
// decisions, so that neither they nor what was made of them need be looked at again. It is a cache
// in which a text has two places, side by side, the second for the one that came earlier.
//
// A word holds its text, whose memory is therefore nobody else's while the word is known, and strings
// do not change. But a text may keep a far larger one alive, of which it was cut: so it is held
// only if it comes from the same memory twice, and for a number of calls.
type words struct {
	slots    []word // a power of two
	learnt   int    // since there were so many
	calls    int
	stranger word // a text that is not held
}

const (
	fewWords  = 1 << 6
	manyWords = 1 << 11
	holdWords = 1 << 12 // calls
)

// same reports whether two texts are one and the same. Equal ones need not be.
func same[T ~string](a, b T) bool {
	return len(a) == len(b) && unsafe.StringData(string(a)) == unsafe.StringData(string(b)) //nolint:gosec // only compared
}

// begin begins a call. If it is number 0 all texts were let go.
func (w *words) begin() {
	if w.slots == nil {
		w.slots = make([]word, fewWords)
	}
	if w.calls++; w.calls == holdWords {
		w.calls = 0
		clear(w.slots)
	}
}

// places returns both of a text that is there in memory.
func (w *words) places(at uintptr) *[2]word { return (*[2]word)(w.slots[home(at, len(w.slots)):]) }

// home returns the index of the first place among n words of a text that is there in memory.
func home(at uintptr, n int) uint64 { return uint64(at) * odd >> 32 & uint64(n-2) } //nolint:gosec // it is not negative

// whereIs returns where the text is in memory.
func whereIs(text string) uintptr { return uintptr(unsafe.Pointer(unsafe.StringData(text))) } //nolint:gosec // only compared

// word returns that of the text; it is good until the next.
func (h *hasher) word(text string) *word {
	at := whereIs(text)
	w := h.words.places(at)
	if same(w[0].text, text) {
		return &w[0]
	}
	if same(w[1].text, text) {
		return &w[1]
	}
	if w[0].missed == at {
		return h.learn(at, text)
	}
	w[0].missed = at
	h.words.stranger = word{hash: h.name(text)}
	return &h.words.stranger
}

func (h *hasher) learn(at uintptr, text string) *word {
	all := &h.words
	if all.learnt++; all.learnt > len(all.slots) && len(all.slots) < manyWords {
		all.slots, all.learnt = make([]word, 2*len(all.slots)), 0
	}
	w := all.places(at)
	w[1], w[0] = w[0], word{text: text, hash: h.name(text)}
	return &w[0]
}

// chooses takes note of the choice of the item with the text.
func (w *word) chooses(n *name[choice], plain bool) {
	w.choice, w.number, w.plain, w.claimed = n, n.number, plain, n.used.Load()
}
