package assign

import (
	"math"
	"slices"
)

// A branch is a part of the plans: those that keep rows of its own, have all
// pairs of forced and none of dead.
type branch struct {
	bound  int64 // the objective is at least that
	rows   []row
	prices []float64 // of all rows; shorter: 0 for the rest
	forced bitset
	dead   bitset
	master *master
	plans  []*plan // in the master
}

// hopeless is the bound of a branch without plans.
const hopeless = math.MaxInt64

// forcing is the reward for a forced pair: more than all else can amount to.
var forcing = wide{1 << 46, 0}

// tighten bounds the branch from below. It relaxes all rows, at a price for each
// unit (Lagrange): what is left is a flow, and its cost less the worth of the rows'
// bounds is a bound, whatever the prices. The master finds the best prices from the
// flows that earlier prices gave (Kelley; Dantzig and Wolfe). Flows that keep all
// rows are plans; the others are repaired.
func (h *search) tighten(b *branch) {
	rows := append(slices.Clone(h.rows), b.rows...)
	for len(b.prices) < len(rows) {
		b.prices = append(b.prices, 0)
	}
	for round := range 50 + 10*len(rows) {
		p, bound := h.relaxed(b, rows)
		b.bound = max(b.bound, bound)
		if h.closed(b) || p == nil || h.n.steps > h.maxSteps {
			return
		}
		if round == 0 {
			h.openMaster(b, rows)
		} else if slices.ContainsFunc(b.plans, func(q *plan) bool { return slices.Equal(p.pairs, q.pairs) }) {
			h.guide(b)
			return
		}
		h.addPlan(b, rows, p)
		h.remember(p)
		b.master.solve()
		h.n.steps += b.master.work / 4
		b.master.work = 0
		for i := range rows {
			b.prices[i] = b.master.price(i)
		}
	}
}

// closed reports whether nothing better than the best plan is in the branch.
func (h *search) closed(b *branch) bool {
	if h.wanted {
		return h.found || b.bound > h.stage.of(h.best)
	}
	return b.bound >= h.stage.of(h.best)
}

// remember keeps the plan for the masters of other branches.
func (h *search) remember(p *plan) {
	if len(h.pool) == cap(h.pool) && len(h.pool) >= 256 {
		h.pool = append(h.pool[:0], h.pool[128:]...)
	}
	h.pool = append(h.pool, p)
}

// openMaster starts the branch's master from the plans of the pool that are in it.
func (h *search) openMaster(b *branch, rows []row) {
	rhs := make([]float64, len(rows))
	for i := range rows {
		rhs[i] = float64(rows[i].bound)
	}
	b.plans = nil
	b.master = newMaster(rhs, 4*float64(h.s.total+1)*float64(h.s.total+1))
	for _, p := range h.pool {
		if b.forced.within(p.pairs) && !b.dead.meets(p.pairs) {
			h.addPlan(b, rows, p)
		}
	}
}

func (h *search) addPlan(b *branch, rows []row, p *plan) {
	use := make([]float64, len(rows))
	for i := range rows {
		use[i] = float64(rows[i].of(p))
	}
	b.plans = append(b.plans, p)
	b.master.addPlan(float64(h.stage.of(p))/h.stage.unit, use)
}

// relaxed finds the cheapest flow at the branch's prices and the bound that it
// proves. It leaves out of the branch the pairs that would bring the bound above
// the best plan, and offers the flow, repaired, as a plan. No flow: the branch has
// no plan.
func (h *search) relaxed(b *branch, rows []row) (*plan, int64) {
	n, t := h.n, &h.stage
	worth := h.weigh(b, rows)
	n.clearFlow()
	h.charge(b)
	n.solve()
	total, ok := h.total(b)
	if !ok {
		return nil, hopeless
	}
	total = total.sub(worth)
	p := h.read()
	h.consider(p)
	if !h.feasible(p) {
		h.repair(b)
	}
	h.strike(b, p, total)
	return p, total.ceilShift(t.shift)
}

// weigh prices the metrics and returns what the rows' bounds are worth.
func (h *search) weigh(b *branch, rows []row) wide {
	clear(h.weight)
	var worth wide
	h.weight[h.stage.metric] = wideOf(1 << h.stage.shift)
	for i := range rows {
		w := wideOfFloat(math.Ldexp(b.prices[i]*h.stage.unit, int(h.stage.shift)))
		worth = worth.add(w.times(rows[i].bound))
		for _, x := range rows[i].terms {
			h.weight[x.metric] = h.weight[x.metric].add(w.times(x.factor))
		}
	}
	return worth
}

// charge sets the costs of the network.
func (h *search) charge(b *branch) {
	n := h.n
	n.sorted = false
	n.steps += 4 * len(n.arcs)
	n.fallback, n.empty = h.weight[fallbacks], h.weight[missed]
	for e := range n.arcs {
		p, a := &n.pairs[e], &n.arcs[e]
		cost := h.weight[numTerms+p.class].sub(h.weight[loss].times(p.value))
		if p.tier != 0 {
			cost = cost.add(h.weight[tiers].times(int64(p.tier)))
		}
		if p.unscored {
			cost = cost.add(h.weight[unscored])
		}
		a.frozen, a.closed = b.forced.has(int32(e)), b.dead.has(int32(e))
		if a.frozen {
			cost = cost.sub(forcing)
		}
		a.cost = cost
	}
}

// total returns the cost of the flow, forced pairs at their own cost, and whether
// it has them all.
func (h *search) total(b *branch) (wide, bool) {
	n := h.n
	var sum wide
	for i := range n.slots {
		s := &n.slots[i]
		sum = sum.add(n.empty.times(int64(s.count - s.fill)))
		if s.fill == 0 && s.count > 0 && !s.optional {
			sum = sum.add(n.fallback)
		}
	}
	for e := range n.arcs {
		a := &n.arcs[e]
		if a.chosen {
			sum = sum.add(a.cost)
		}
		if a.frozen {
			if !a.chosen {
				return sum, false
			}
			sum = sum.add(forcing)
		}
	}
	return sum, true
}

// strike leaves out the pairs whose reduced cost would bring the total above the
// best plan's. Pairs that an equally good plan may have stay.
func (h *search) strike(b *branch, p *plan, total wide) {
	n := h.n
	spare := wideOf(h.stage.of(h.best)).times(1 << h.stage.shift).sub(total)
	for e := range n.arcs {
		if p.pairs.has(int32(e)) || b.dead.has(int32(e)) {
			continue
		}
		a := &n.arcs[e]
		reduced := a.cost.add(n.nodes[n.pairs[e].slot].potential).sub(n.nodes[a.bin].potential)
		if spare.less(reduced) {
			b.dead.add(int32(e))
		}
	}
}
