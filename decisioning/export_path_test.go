package decisioning

import (
	"context"

	"github.com/proffer-go/proffer/capping"
)

// Never is a visit budget that no decision reaches.
const Never = -1

// SetVisitBudget sets how many rules a decision looks up one by one. It is called
// before the engine decides.
func (e *Engine) SetVisitBudget(n int) { e.visitBudget = n }

// SetCounter sets the counter of an engine that does not decide.
func (e *Engine) SetCounter(c capping.Counter) { e.counter = guard{c} }

// A Path is a way that a decision took; it may take several.
type Path int

// The paths.
const (
	SetWise   Path = iota // all rules were looked up at once
	OneByOne              // no rules were
	Programs              // the index could not tell, and CEL was asked
	Bands                 // a tie was served in bands
	Blocks                // candidates of several blocks were visited
	Heaped                // all candidates waited in a heap
	Best                  // the best candidates did
	NextBest              // and the next best ones after them
	Batched               // the application scored
	Sifted                // a filter saw all candidates together
	Kept                  // a filter judged candidates one by one
	Contested             // the solver was asked
	Partly                // for some of the slots alone
	Grown                 // slots listed more candidates than they propose
	Rounds                // more candidates were drawn for full counters, more than once
	Tiers                 // a walk after the first was begun
	Ready                 // the facts were prepared
	Direct                // counters were read one by one
	Again                 // and then all at once, as the decision was not new
	pathCount
)

// PathCount is how many paths there are.
const PathCount = int(pathCount)

func (p Path) String() string {
	return [...]string{
		"set-wise", "one by one", "CEL programs", "bands", "blocks", "heaps", "best bands", "next best bands", "batches", "sifted", "kept",
		"contested", "contested in part", "longer lists", "several rounds", "later tiers", "prepared", "direct", "direct and again",
	}[p]
}

// DecideWatched is DecideInto, and tells which paths the decision took.
func (e *Engine) DecideWatched(ctx context.Context, r Request, into *Decision) (paths [PathCount]bool, err error) {
	d := e.scratch.Get().(*deciding)
	defer e.scratch.Put(d)
	defer d.end()
	d.copied = r
	d.request = &d.copied
	d.contest.solving = d.contest.solving[:0]
	if err := d.decide(ctx, e, into); err != nil {
		return paths, err
	}
	paths[SetWise] = d.swept
	paths[OneByOne] = d.visited > 0 && !paths[SetWise]
	for _, v := range d.unfit {
		paths[Programs] = paths[Programs] || v != unjudged
	}
	paths[Ready] = d.prepared != nil
	l := &d.ledger
	direct := d.engine.counter.isLocal() && !r.DryRun && len(l.counted) > 0
	paths[Direct], paths[Again] = direct && d.revision == 0, direct && d.revision != 0
	paths[Contested] = len(d.contest.solving) > 0
	paths[Partly] = paths[Contested] && len(d.contest.solving) < len(d.slots)
	for i := range d.slots {
		if s := &d.slots[i]; s.boundActivity != nil {
			s.mark(&paths)
		}
	}
	return paths, nil
}

func (s *slot) mark(paths *[PathCount]bool) {
	mark := func(p Path, took bool) { paths[p] = paths[p] || took }
	mark(Batched, s.batched)
	mark(Sifted, s.sifted)
	mark(Kept, len(s.strategy.lazy) > 0 && !s.sifted)
	mark(Grown, int(s.need) > s.ref.Count)
	mark(Rounds, s.extra > 1)
	mark(Tiers, s.walking > 0 && int(s.walking) < len(s.walks))
	for i := range s.walks {
		w := &s.walks[i]
		mark(Heaped, w.heaped && w.bests.dry && w.bests.size == 0)
		mark(Best, w.heaped && w.bests.size > 0)
		mark(NextBest, w.heaped && w.bests.size > firstBand)
		mark(Blocks, w.ties.next > 1)
		mark(Bands, w.ties.width > 0 && w.ties.floor > 0)
	}
}
