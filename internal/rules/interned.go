package rules

import (
	"hash/maphash"
	"sync"
	"weak"
)

// interned finds expressions by what they are compiled from. It keeps none of them
// alive: what nobody holds any more goes with the next garbage collection, so that
// a compiler may live as long as the process, whatever passes through it.
type interned struct {
	seed   maphash.Seed
	shards [64]shard // so that workers seldom wait for each other
}

type shard struct {
	sync.Mutex
	exprs map[source]weak.Pointer[Expr]
	full  int // at so many entries, those of expressions that are gone are removed
}

// A source is what an expression is compiled from.
type source struct {
	kind Kind
	text string
}

func newInterned() *interned { return &interned{seed: maphash.MakeSeed()} }

// get returns the expression of the source, or makes it.
func (n *interned) get(src source, newExpr func() *Expr) *Expr {
	s := &n.shards[maphash.String(n.seed, src.text)%uint64(len(n.shards))]
	s.Lock()
	defer s.Unlock()
	if e := s.exprs[src].Value(); e != nil {
		return e
	}
	if len(s.exprs) >= s.full {
		s.sweep()
	}
	e := newExpr()
	s.exprs[src] = weak.Make(e)
	return e
}

// sweep removes the entries of expressions that are gone. As it waits until there
// may be as many of them as of others, it takes no more time than adding them took.
func (s *shard) sweep() {
	if s.exprs == nil {
		s.exprs = make(map[source]weak.Pointer[Expr])
	}
	for src, e := range s.exprs {
		if e.Value() == nil {
			delete(s.exprs, src)
		}
	}
	s.full = 2*len(s.exprs) + 8
}

// len returns how many entries there are.
func (n *interned) len() int {
	total := 0
	for i := range n.shards {
		s := &n.shards[i]
		s.Lock()
		total += len(s.exprs)
		s.Unlock()
	}
	return total
}
