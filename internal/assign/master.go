package assign

import "math"

// A master is the linear program over plans found so far: the cheapest mixture
// of them that keeps all rows on average. Its dual values price the rows. Solved
// by the revised simplex method with an explicit inverse; rows are few.
//
// It only suggests prices and branches. What follows from them is computed in
// integers, so that rounding here can cost time, never exactness.
type master struct {
	rhs     []float64 // by row
	penalty float64   // of exceeding a row by 1
	cost    []float64 // by plan
	use     [][]float64

	basis   []int // by row and, first, for the mixture: what is in the basis
	value   []float64
	inverse [][]float64
	dual    []float64
	column  []float64
	step    []float64

	work int // numbers looked at
}

// In the basis, plan j is j; the slack of row i is -1-2i and its excess -2-2i.
func slack(i int) int  { return -1 - 2*i }
func excess(i int) int { return -2 - 2*i }

func newMaster(rhs []float64, penalty float64) *master {
	return &master{rhs: rhs, penalty: penalty}
}

func (m *master) addPlan(cost float64, use []float64) {
	m.cost = append(m.cost, cost)
	m.use = append(m.use, use)
}

// start makes a basis of the first plan alone.
func (m *master) start() {
	n := len(m.rhs) + 1
	m.basis, m.value = make([]int, n), make([]float64, n)
	m.dual, m.column, m.step = make([]float64, n), make([]float64, n), make([]float64, n)
	m.inverse = make([][]float64, n)
	for i := range m.inverse {
		m.inverse[i] = make([]float64, n)
	}
	m.inverse[0][0], m.value[0] = 1, 1
	for i, room := range m.rhs {
		used := m.use[0][i]
		sign := 1.0
		m.basis[i+1] = slack(i)
		if used > room {
			sign = -1
			m.basis[i+1] = excess(i)
		}
		m.inverse[i+1][i+1], m.inverse[i+1][0] = sign, -sign*used
		m.value[i+1] = sign * (room - used)
	}
}

// solve brings in all plans added; price and mixture tell the outcome.
func (m *master) solve() {
	if m.basis == nil {
		m.start()
	}
	idle := 0
	for range 20 * len(m.basis) {
		m.work += len(m.basis) * (len(m.basis) + len(m.cost))
		m.reckonDuals()
		in, ok := m.entering(idle > len(m.basis))
		if !ok {
			break
		}
		moved, ok := m.pivot(in)
		if !ok {
			break
		}
		if idle++; moved {
			idle = 0
		}
	}
}

// price returns what a unit of the row is worth.
func (m *master) price(row int) float64 { return max(0, -m.dual[row+1]) }

func (m *master) costOf(b int) float64 {
	switch {
	case b >= 0:
		return m.cost[b]
	case b%2 == 0:
		return m.penalty
	}
	return 0
}

func (m *master) reckonDuals() {
	for k := range m.dual {
		sum := 0.0
		for i, b := range m.basis {
			if c := m.costOf(b); c != 0 {
				sum += float64(c * m.inverse[i][k])
			}
		}
		m.dual[k] = sum
	}
}

// entering returns what lowers the cost fastest, if anything does beyond rounding;
// or the first that lowers it, lest pivots that move nothing go in circles (Bland).
func (m *master) entering(first bool) (int, bool) {
	best, in := 0.0, 0
	offer := func(b int, reduced, size float64) {
		if reduced < best && reduced < -1e-10*(1+size) && !(first && best < 0) {
			best, in = reduced, b
		}
	}
	for j, c := range m.cost {
		reduced, size := c-m.dual[0], math.Abs(c)+math.Abs(m.dual[0])
		for i, a := range m.use[j] {
			worth := float64(a * m.dual[i+1])
			reduced -= worth
			size += math.Abs(worth)
		}
		offer(j, reduced, size)
	}
	for i := range m.rhs {
		offer(slack(i), -m.dual[i+1], 0)
		offer(excess(i), m.penalty+m.dual[i+1], m.penalty)
	}
	return in, best < 0
}

// pivot brings b into the basis. It reports whether the mixture has changed, and
// not ok if rounding has made the pivot impossible.
func (m *master) pivot(b int) (moved, ok bool) {
	clear(m.column)
	switch {
	case b >= 0:
		m.column[0] = 1
		copy(m.column[1:], m.use[b])
	case b%2 == 0:
		m.column[(-2-b)/2+1] = -1
	default:
		m.column[(-1-b)/2+1] = 1
	}
	out, limit := -1, math.Inf(1)
	for i := range m.step {
		sum := 0.0
		for k, c := range m.column {
			if c != 0 {
				sum += float64(c * m.inverse[i][k])
			}
		}
		m.step[i] = sum
		if sum > 1e-9 && (m.value[i]/sum < limit || m.value[i]/sum == limit && m.basis[i] < m.basis[out]) {
			out, limit = i, m.value[i]/sum
		}
	}
	if out < 0 {
		return false, false
	}
	m.exchange(out, b, max(0, limit))
	return limit > 1e-12, true
}

func (m *master) exchange(out, b int, amount float64) {
	head := m.inverse[out]
	for k := range head {
		head[k] /= m.step[out]
	}
	for i, row := range m.inverse {
		if i == out || m.step[i] == 0 {
			continue
		}
		m.value[i] = max(0, m.value[i]-float64(m.step[i]*amount))
		for k := range row {
			row[k] -= float64(m.step[i] * head[k])
		}
	}
	m.basis[out], m.value[out] = b, amount
}

// mixture calls visit with the plans of the best mixture and their shares.
func (m *master) mixture(visit func(plan int, share float64)) {
	for i, b := range m.basis {
		if b >= 0 && m.value[i] > 1e-9 {
			visit(b, m.value[i])
		}
	}
}
