package column

import "math"

// Run writes the scores of the offers from from up to to to scores, which has room
// for as many: NaN is no score. Infinities are written as they are.
func (e *Eval) Run(t *Table, from, to int, scores []float64) {
	e.ready(min(to-from+from%size, size))
	for g := from / size; from < to; g++ {
		end := min(to, (g+1)*size)
		low := from % size
		e.page = t.groups[g].pages
		e.block(end - g*size)
		e.write(scores[:end-from], low)
		scores, from = scores[end-from:], end
	}
	e.page = nil
}

// RunAt writes the scores of the offers with the indexes to scores, which has room
// for as many: NaN is no score. Infinities are written as they are.
func (e *Eval) RunAt(t *Table, indexes []int32, scores []float64) {
	e.ready(min(len(indexes), size))
	e.gathered = atLeast(e.gathered, len(e.program.columns))
	for len(indexes) > 0 {
		n := min(len(indexes), size)
		for i, c := range e.program.columns {
			e.gathered[i].gather(t, c, indexes[:n])
		}
		e.block(n)
		e.write(scores[:n], 0)
		indexes, scores = indexes[n:], scores[n:]
	}
}

// ready spreads what was folded to blocks of n offers.
func (e *Eval) ready(n int) {
	if e.spread >= n {
		return
	}
	for i := range e.program.fixed {
		e.fixed[i].spread(n)
	}
	e.spread = n
}

func (e *Eval) block(n int) { e.n, e.live = n, first(n) }

// write computes the block and writes its scores from the offer low on.
func (e *Eval) write(scores []float64, low int) {
	out := e.eval(e.program.root, 0)
	of := out.numeric()
	if of.empty() {
		for i := range scores {
			scores[i] = math.NaN()
		}
		return
	}
	copy(scores, out.number[low:])
	if of.covers(&e.live) {
		return
	}
	for i := range scores {
		if !of.has(low + i) {
			scores[i] = math.NaN()
		}
	}
}
