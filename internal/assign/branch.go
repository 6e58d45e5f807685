package assign

import (
	"math"
	"slices"
)

// minimise settles the stage by branch and bound, best bound first. It reports
// false if the search was cut short. It notes which pairs plans as good as the
// best may have.
func (h *search) minimise(root *branch) bool {
	open, plunging := []*branch{root}, true
	for len(open) > 0 {
		b := open[len(open)-1]
		if plunging {
			open = open[:len(open)-1]
		} else {
			b, open = nearest(open)
		}
		plunging = false
		if !h.closed(b) {
			h.tighten(b)
		}
		if h.n.steps > h.maxSteps && !h.closed(b) {
			return false
		}
		if !h.closed(b) {
			open = append(open, h.split(b)...)
			plunging = true
		} else if b.bound == h.stage.of(h.best) {
			h.note(b)
		}
	}
	return true
}

// note takes in the pairs that an optimal plan of the branch may have.
func (h *search) note(b *branch) {
	for i := range h.ties {
		h.ties[i] |= ^b.dead[i]
	}
}

// nearest takes out the branch of the lowest bound, of several the newest.
func nearest(open []*branch) (*branch, []*branch) {
	at := 0
	for i, b := range open {
		if b.bound <= open[at].bound {
			at = i
		}
	}
	b := open[at]
	return b, slices.Delete(open, at, at+1)
}

// split divides the branch: by how many units a class of pairs takes, if the
// master's mixture is split over that, else by whether a plan has a pair. The
// likelier part comes last: it is tried first.
func (h *search) split(b *branch) []*branch {
	if b.master == nil {
		return nil
	}
	if c, units, likely, ok := h.splitClass(b); ok {
		up, down := b.child(), b.child()
		up.rows = append(slices.Clone(b.rows), row{[]term{{c, -1}}, -units - 1})
		down.rows = append(slices.Clone(b.rows), row{[]term{{c, 1}}, units})
		if likely {
			up, down = down, up
		}
		return []*branch{up, down}
	}
	e := h.splitPair(b)
	if e == none { // the branch is a single plan, and that was considered
		h.note(b)
		return nil
	}
	without, with := b.child(), b.child()
	without.dead.add(e)
	with.forced.add(e)
	return []*branch{without, with}
}

func (b *branch) child() *branch {
	return &branch{
		bound: b.bound, rows: b.rows, prices: slices.Clone(b.prices),
		forced: b.forced.clone(), dead: b.dead.clone(),
	}
}

// splitClass returns the class whose units are most undecided, and their whole
// part.
func (h *search) splitClass(b *branch) (metric int32, units int64, up, ok bool) {
	widest := 1e-6
	for c, mean := range h.means(b) {
		whole := math.Floor(mean)
		part := mean - whole
		if d := min(part, 1-part); d > widest {
			widest, metric, units, up, ok = d, int32(numTerms+c), int64(whole), part > 0.5, true
		}
	}
	return metric, units, up, ok
}

// means returns how many units the master's mixture takes, by class.
func (h *search) means(b *branch) []float64 {
	means := make([]float64, len(h.inClass))
	b.master.mixture(func(j int, share float64) {
		for c, units := range b.plans[j].metrics[numTerms:] {
			means[c] += float64(share * float64(units))
		}
	})
	return means
}

// splitPair returns the pair to branch on: the most undecided one of the mixture,
// or else any that is not decided yet.
func (h *search) splitPair(b *branch) int32 {
	share := make([]float64, len(h.n.pairs))
	b.master.mixture(func(j int, part float64) {
		for e := range share {
			if b.plans[j].pairs.has(int32(e)) {
				share[e] += part
			}
		}
	})
	best, pick, widest := int32(none), int32(none), 1e-6
	for e := range share {
		if b.forced.has(int32(e)) || b.dead.has(int32(e)) {
			continue
		}
		if pick == none || share[e] > share[pick] {
			pick = int32(e)
		}
		if d := min(share[e], 1-share[e]); d > widest {
			best, widest = int32(e), d
		}
	}
	if best != none {
		return best
	}
	return pick
}
