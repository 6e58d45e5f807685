package strictjson

import "hash/maphash"

// words are short strings that were made, each in the one place that its hash gives,
// so that what is often there is made once. The zero words are ready to use.
type words struct {
	seed  maphash.Seed
	table []string
}

const (
	maxWord    = 32
	wordPlaces = 1 << 12
)

func (w *words) get(content []byte) string {
	if len(content) > maxWord {
		return string(content)
	}
	if w.table == nil {
		w.seed, w.table = maphash.MakeSeed(), make([]string, wordPlaces)
	}
	at := &w.table[maphash.Bytes(w.seed, content)%wordPlaces]
	if *at != string(content) {
		*at = string(content)
	}
	return *at
}
