// Package paged holds lists of which a changed copy costs two pages, not the list:
// a snapshot shares with the one that it was made from all but what was changed.
package paged

import "slices"

// size is how many elements a page has, a power of two: what a change copies.
const size = 256

// A List is a list in pages. It is immutable, but for what At points to, which is
// its maker's to fill before anybody else has the list. The zero List is empty.
type List[T any] struct {
	pages []*[size]T
	n     int
}

// Make returns a list of n zero elements.
func Make[T any](n int) List[T] {
	l := List[T]{pages: make([]*[size]T, (n+size-1)/size), n: n}
	whole := make([][size]T, len(l.pages))
	for i := range whole {
		l.pages[i] = &whole[i]
	}
	return l
}

// Len returns the number of elements.
func (l List[T]) Len() int { return l.n }

// At returns the element at i, which has to be there.
func (l List[T]) At(i int) *T { return &l.pages[uint(i)/size][uint(i)%size] }

// With returns the list with v at i, or with v after its last element if i is its length.
func (l List[T]) With(i int, v T) List[T] {
	pages := slices.Clone(l.pages)
	page := new([size]T)
	if i/size < len(pages) {
		*page = *pages[i/size]
		pages[i/size] = page
	} else {
		pages = append(pages, page)
	}
	page[i%size] = v
	return List[T]{pages, max(l.n, i+1)}
}

// WithoutLast returns the list without its last element.
func (l List[T]) WithoutLast() List[T] {
	n := l.n - 1
	if n%size == 0 {
		return List[T]{l.pages[: n/size : n/size], n}
	}
	var none T
	l = l.With(n, none) // it holds on to nothing
	return List[T]{l.pages, n}
}
