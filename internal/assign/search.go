package assign

import (
	"math"
	"slices"
)

// What plans are measured by. The first five are the terms of the order, lower is
// better; then come the units taken by each class of pairs.
const (
	fallbacks = iota
	missed
	tiers
	unscored
	loss // minus the sum of values
	numTerms
)

// A search finds the best plan where some limits are loose: they overlap without
// nesting, and the network leaves them out.
//
// It settles the terms of the order one after another (see stage), by branch and
// bound. Then it settles who fares best among the plans that are equal in all of
// them (see settleTies).
type search struct {
	s        *Solver
	n        *network
	maxSteps int

	room    []int64   // by loose limit
	inClass [][]int32 // by class, its loose limits
	rows    []row     // that all plans must keep: the limits, and the terms settled

	stage stage
	best  *plan
	ties  bitset  // pairs that plans as good as best, in the stage, may have
	pool  []*plan // found so far

	wanted bool // look only for a plan as good as best
	found  bool

	weight []wide  // of the metrics, in the relaxation at hand
	taken  []int64 // units, by loose limit
	shuts  []bool  // by class: closed for want of room
	quota  []int64 // by class: units that a repair may use
}

// A plan is a flow.
type plan struct {
	pairs   bitset
	metrics []int64
}

// A row bounds a sum of metrics from above.
type row struct {
	terms []term
	bound int64
}

type term struct {
	metric int32
	factor int64
}

func (r *row) of(p *plan) int64 {
	var sum int64
	for _, t := range r.terms {
		sum += t.factor * p.metrics[t.metric]
	}
	return sum
}

// A stage minimises a metric.
type stage struct {
	metric int32
	shift  uint    // prices are multiples of 2^-shift
	unit   float64 // of the metric, in the master: the most that a pair adds
}

func (t *stage) of(p *plan) int64 { return p.metrics[t.metric] }

func newSearch(s *Solver, maxSteps int) *search {
	h := &search{s: s, n: &s.net, maxSteps: maxSteps}
	h.reduce()
	h.classify()
	h.ties = newBitset(len(h.n.pairs))
	for l := range h.room {
		r := row{bound: h.room[l]}
		for c, limits := range h.inClass {
			if slices.Contains(limits, int32(l)) {
				r.terms = append(r.terms, term{int32(numTerms + c), 1})
			}
		}
		h.rows = append(h.rows, r)
	}
	h.n.units = make([]int32, len(h.inClass))
	h.shuts = make([]bool, len(h.inClass))
	h.quota = make([]int64, len(h.inClass))
	for c := range h.quota {
		h.quota[c] = math.MaxInt64
	}
	h.weight = make([]wide, numTerms+len(h.inClass))
	h.taken = make([]int64, len(h.room))
	return h
}

// classify puts pairs in one class that draw on the same loose limits and are alike
// in tier and in having a score: all rows are sums over classes.
func (h *search) classify() {
	b := &h.s.build
	index := make([]int32, len(h.s.p.Room))
	for i := range index {
		index[i] = none
	}
	for i, l := range b.tree.loose {
		index[l] = int32(i)
		h.room = append(h.room, int64(h.s.p.Room[l]))
	}
	b.shared.reset()
	type key struct {
		limits, tier int32
		unscored     bool
	}
	number := map[key]int32{}
	for e := range h.n.pairs {
		var limits []int32
		for _, l := range b.sets.of(h.n.pairs[e].set) {
			if index[l] != none {
				limits = append(limits, index[l])
			}
		}
		slices.Sort(limits)
		class := key{b.shared.add(limits), h.n.pairs[e].tier, h.n.pairs[e].unscored}
		id, known := number[class]
		if !known {
			id = int32(len(h.inClass))
			number[class] = id
			h.inClass = append(h.inClass, limits)
		}
		h.n.pairs[e].class = id
	}
}

// run leaves the best plan in the network and reports whether the search was cut
// short.
func (h *search) run() (cut bool) {
	h.greedy()
	h.repair(nil)
	done := h.settleAll()
	h.load(h.best)
	return !done
}

func (h *search) settleAll() bool {
	pairs := len(h.n.pairs)
	root := &branch{forced: newBitset(pairs), dead: newBitset(pairs)}
	for _, t := range h.stages() {
		h.stage = t
		root.bound, root.prices = -hopeless, nil
		h.tighten(root)
		if !h.closed(root) && 2*root.dead.size() > len(h.n.pairs) {
			h.shrink(root)
		}
		if !h.minimise(root) {
			return false
		}
		for i := range root.dead {
			root.dead[i] = ^(h.ties[i] | h.best.pairs[i])
		}
		h.shrink(root)
		if t.metric != loss {
			h.settle(t)
		}
	}
	h.wanted = true
	return h.settleTies(root)
}

// reduce divides tiers and values by what they have in common: bounds, being
// whole, bound the more tightly.
func (h *search) reduce() {
	var tier, value int64
	for i := range h.n.pairs {
		tier, value = gcd(tier, int64(h.n.pairs[i].tier)), gcd(value, h.n.pairs[i].value)
	}
	for i := range h.n.pairs {
		p := &h.n.pairs[i]
		p.tier /= int32(max(tier, 1))
		p.value /= max(value, 1)
	}
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}

// stages returns the terms of the order that may tell plans apart.
func (h *search) stages() []stage {
	var most [numTerms]int64
	for i := range h.n.slots {
		s := &h.n.slots[i]
		if !s.optional {
			most[fallbacks] = 1
		}
		if s.optional || s.count > 1 {
			most[missed] = 1
		}
	}
	for i := range h.n.pairs {
		p := &h.n.pairs[i]
		most[tiers] = max(most[tiers], int64(p.tier))
		most[loss] = max(most[loss], p.value, -p.value, 1)
		if p.unscored {
			most[unscored] = 1
		}
	}
	var list []stage
	for metric, m := range most {
		if m == 0 {
			continue
		}
		shift := uint(20)
		for shift > 0 && float64(m)*float64(h.s.total) > math.Ldexp(1, 60-int(shift)) {
			shift--
		}
		list = append(list, stage{metric: int32(metric), shift: shift, unit: float64(m)})
	}
	return list
}

// settle makes what the stage has found a condition for those that follow.
func (h *search) settle(t stage) {
	h.rows = append(h.rows, row{terms: []term{{t.metric, 1}}, bound: t.of(h.best)})
}

// read returns the plan in the network.
func (h *search) read() *plan {
	n := h.n
	p := &plan{pairs: newBitset(len(n.pairs)), metrics: make([]int64, len(h.weight))}
	for i := range n.slots {
		s := &n.slots[i]
		p.metrics[missed] += int64(s.count - s.fill)
		if s.fill == 0 && s.count > 0 && !s.optional {
			p.metrics[fallbacks]++
		}
	}
	for e := range n.arcs {
		if !n.arcs[e].chosen {
			continue
		}
		x := &n.pairs[e]
		p.pairs.add(int32(e))
		p.metrics[tiers] += int64(x.tier)
		if x.unscored {
			p.metrics[unscored]++
		}
		p.metrics[loss] -= x.value
		p.metrics[numTerms+x.class]++
	}
	return p
}

// load marks the plan's pairs as chosen.
func (h *search) load(p *plan) {
	for e := range h.n.arcs {
		h.n.arcs[e].chosen = p.pairs.has(int32(e))
	}
}

// feasible reports whether the plan keeps the loose limits.
func (h *search) feasible(p *plan) bool {
	for i := range h.room {
		if h.rows[i].of(p) > h.room[i] {
			return false
		}
	}
	return true
}

// consider takes the plan for the best if it is.
func (h *search) consider(p *plan) {
	if !h.feasible(p) {
		return
	}
	if h.best == nil {
		h.best = p
		return
	}
	order := slices.Compare(p.metrics[:numTerms], h.best.metrics[:numTerms])
	if order < 0 && h.stage.of(p) < h.stage.of(h.best) {
		clear(h.ties)
	}
	if order < 0 || order == 0 && p.pairs.before(h.best.pairs) {
		h.best, h.found = p, true
	}
}
