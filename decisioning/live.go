package decisioning

import "sync/atomic"

// A live holds an order without the offers that had expired at an instant: decisions
// from then on walk it. What makes it is a decision that passed over many of them, so
// that they are out of the way within a second, and an inventory that is mostly past costs
// no more than what is left of it.
type live struct {
	from  int64 // Unix seconds: for decisions at this instant or later
	order *order
}

// expiredAtOnce is how many expired candidates a walk passes over before it is worth
// while to make the order without them.
const expiredAtOnce = 64

// order returns the candidates of a selection, perhaps without some that have expired.
func (d *deciding) order(r *ranking) *order {
	if r.order != nil {
		return r.order
	}
	if l := d.binding.live[r.number].Load(); l != nil && l.order != nil && l.from <= d.seconds {
		return l.order
	}
	return d.binding.snapshot.orders[r.number]
}

// prune takes what has expired out of the way of later decisions, at most once a second
// for each order, and never for an instant that is yet to come. It takes time in
// proportion to the order.
func (d *deciding) prune(w *walk) {
	at := &d.binding.live[w.ranking.number]
	last := at.Load()
	if w.ranking.order != nil || last != nil && last.from >= d.seconds || d.seconds > d.clock() {
		return
	}
	pruned := &live{d.seconds, w.order.unexpired(d.seconds)}
	at.CompareAndSwap(last, pruned) // who comes second has done the same
}

// unexpired returns the order without the entries that end before the second.
func (o *order) unexpired(second int64) *order {
	left := &order{byIndex: o.byIndex, policies: o.policies, blanket: o.blanket}
	var block []entry
	for e := range o.all {
		if e.end < second {
			continue
		}
		if len(block) == blockSize {
			left.blocks, block = append(left.blocks, newBlock(block)), nil
		}
		if block == nil {
			block = make([]entry, 0, blockSize)
		}
		block = append(block, *e)
		left.n++
	}
	if len(block) > 0 {
		left.blocks = append(left.blocks, newBlock(block))
	}
	return left
}

// liveAfter returns the live orders of a snapshot that was made from another: those
// of the orders that are the same. The others may be made again a second later.
func liveAfter(of []atomic.Pointer[live], from, to []*order) []atomic.Pointer[live] {
	next := make([]atomic.Pointer[live], len(to))
	for i := range next {
		l := of[i].Load()
		if l != nil && from[i] != to[i] {
			l = &live{from: l.from}
		}
		next[i].Store(l)
	}
	return next
}
