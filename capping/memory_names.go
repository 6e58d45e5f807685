package capping

import (
	"math"
	"math/bits"
	"sync"
	"sync/atomic"
)

// names gives a number to each of what very many records have in common, so that they
// name it in a byte or two. All books share them. A name lasts as long as a log has entries
// of its time.
//
// It is found without a lock. Only what is new waits for one.
//
//	hash ──► index ──► name ◄── all, by number ◄── records
type names[V any] struct {
	index atomic.Pointer[[]namePointer[V]] // with linear probing, mostly empty: most are the first that is looked at
	all   atomic.Pointer[[]namePointer[V]]

	mu     sync.Mutex
	byHash map[hash]*name[V]
	free   []uint32
	enough int // to look for names that are not used any more
}

type namePointer[V any] struct{ atomic.Pointer[name[V]] }

type name[V any] struct {
	used   atomic.Int64 // the latest Unix second in which an entry with it may be put in, or gone
	hash   hash
	number uint32
	value  V
}

const (
	fewNames = 64
	sparse   = 4             // slots of the index for each name
	gone     = math.MinInt64 // when a name was used that was taken away
)

func newNames[V any]() *names[V] {
	s := &names[V]{byHash: make(map[hash]*name[V]), enough: fewNames}
	s.index.Store(new(make([]namePointer[V], sparse*fewNames)))
	s.all.Store(new(make([]namePointer[V], fewNames)))
	return s
}

// claim takes note that an entry which names n is put in now. It reports false if n was taken
// away. It writes once in some seconds, for all of them, lest the caches of several processors vie for it.
func (n *name[V]) claim(now int64) bool {
	const seconds = 8
	for {
		switch used := n.used.Load(); {
		case used == gone:
			return false
		case used >= now || n.used.CompareAndSwap(used, max(now, now+seconds-1)):
			return true
		}
	}
}

// find returns the name of the hash, nil if there is none.
func (s *names[V]) find(h hash) *name[V] {
	index := *s.index.Load()
	for i := h.lo; ; i++ {
		n := index[i&uint64(len(index)-1)].Load()
		if n == nil || n.hash == h && n.used.Load() != gone {
			return n
		}
	}
}

// value returns what the number names that is in an entry of a log, the lock of which is held.
func (s *names[V]) value(n uint32) *V { return &(*s.all.Load())[n].Load().value }

// use takes note that what an entry names is in one that is put in now.
func (s *names[V]) use(n uint32, now int64) { (*s.all.Load())[n].Load().claim(now) }

// get returns the name of the hash, which is made if there is none. If there are twice as
// many as were needed it takes those away that were not used since the oldest entry of any log. The caller
// has no lock, for that looks into all books.
func (s *names[V]) get(h hash, now int64, made func() V, oldest func() int64) *name[V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.byHash[h]
	if n == nil {
		if len(s.byHash) >= s.enough {
			s.sweep(oldest())
			s.enough = max(fewNames, 2*len(s.byHash))
			s.reindex()
		}
		n = &name[V]{hash: h, number: s.number(), value: made()}
		n.used.Store(max(now, gone+1)) // a clock that was never read is behind all
		s.byHash[h] = n
		(*s.all.Load())[n.number].Store(n)
		n.enter(*s.index.Load())
	}
	return n
}

// number returns one that is free.
func (s *names[V]) number() uint32 {
	if k := len(s.free); k > 0 {
		n := s.free[k-1]
		s.free = s.free[:k-1]
		return n
	}
	all, n := *s.all.Load(), len(s.byHash)
	if n == len(all) {
		larger := make([]namePointer[V], 2*n)
		for i := range all {
			larger[i].Store(all[i].Load())
		}
		s.all.Store(&larger)
	}
	return uint32(n) //nolint:gosec // far fewer
}

// reindex makes an index with room for enough.
func (s *names[V]) reindex() {
	index := make([]namePointer[V], 1<<bits.Len(uint(sparse*s.enough-1))) //nolint:gosec // it is above 0
	for _, n := range s.byHash {
		n.enter(index)
	}
	s.index.Store(&index)
}

// enter puts the name into the index.
func (n *name[V]) enter(index []namePointer[V]) {
	i := n.hash.lo
	for index[i&uint64(len(index)-1)].Load() != nil {
		i++
	}
	index[i&uint64(len(index)-1)].Store(n)
}

func (s *names[V]) sweep(oldest int64) {
	all := *s.all.Load()
	for h, n := range s.byHash {
		used := n.used.Load()
		if used < oldest && n.used.CompareAndSwap(used, gone) {
			delete(s.byHash, h)
			all[n.number].Store(nil)
			s.free = append(s.free, n.number)
		}
	}
}
