package decisioning

// firsts finds where a key was first. Lists of an offer are short, so that it
// compares the first few keys one by one, and needs a map only for more.
type firsts[K comparable] struct {
	n    int
	few  [8]firstAt[K]
	more map[K]int
}

type firstAt[K comparable] struct {
	key K
	i   int
}

func (f *firsts[K]) find(key K) (i int, ok bool) {
	for j := range f.few[:f.n] {
		if f.few[j].key == key {
			return f.few[j].i, true
		}
	}
	i, ok = f.more[key]
	return i, ok
}

// add says where a key is that was not found.
func (f *firsts[K]) add(key K, i int) {
	if f.n < len(f.few) {
		f.few[f.n] = firstAt[K]{key, i}
		f.n++
		return
	}
	if f.more == nil {
		f.more = make(map[K]int)
	}
	f.more[key] = i
}
