package predicate

import "hash/maphash"

// A vocabulary has the texts that are constants of atoms.
type vocabulary struct {
	places []uint32 // number+1 of a text by its hash; 0 if free
	sought []bool   // by slot: whether the text there is asked for
}

func newVocabulary(v *View) vocabulary {
	w := vocabulary{places: make([]uint32, tableSize(len(v.texts))), sought: make([]bool, v.schema.Len())}
	for n, text := range v.texts {
		w.places[w.place(v, text)] = uint32(n + 1)
	}
	return w
}

// place returns where the text is, or would be.
func (w *vocabulary) place(v *View, text string) uint64 {
	mask := uint64(len(w.places) - 1)
	i := maphash.String(v.seed, text) & mask
	for w.places[i] != 0 && v.texts[w.places[i]-1] != text {
		i = (i + 1) & mask
	}
	return i
}

func (w *vocabulary) code(v *View, text string) uint64 {
	if n := w.places[w.place(v, text)]; n > 0 {
		return textCode + uint64(n-1)
	}
	return otherCode
}
