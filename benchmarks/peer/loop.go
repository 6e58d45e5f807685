package peer

import "github.com/proffer-go/proffer/benchmarks/workload"

// A Loop decides as a competent developer would write it: decode the request to
// maps, and for each activity in order go through the offers, drop those that are
// out by the cheapest check first, and keep the best of the rest. Rules are plain
// CEL, and the decoded maps serve all of them. Lists of candidates, made beforehand
// for each activity, are what [Expert] has.
type Loop struct {
	*Inventory
	Memo bool // evaluate each rule once a request

	programs *programs
	vars     *maps
	counters counters
	used     map[int32]bool
	memo     []truth // by rule
	choice   []int32
}

// A truth is what is known of a rule in a request.
type truth uint8

const (
	unknown truth = iota
	no
	yes
)

// NewLoop returns a Loop with counters of its own. Loops over the same programs
// share what is compiled.
func NewLoop(inv *Inventory, p *Programs, memo bool) *Loop {
	return &Loop{
		Inventory: inv, Memo: memo, programs: &p.maps, vars: newMaps(), counters: newCounters(),
		used: make(map[int32]bool), memo: make([]truth, len(inv.rules)),
	}
}

// Decide returns the offer that each activity proposes, by index, or None. The
// slice is good until the next call.
func (l *Loop) Decide(r *workload.Request) ([]int32, error) {
	l.vars.read(r)
	clear(l.used)
	if l.Memo {
		clear(l.memo)
	}
	l.choice = l.choice[:0]
	at := r.At.UnixNano()
	for i := range l.activities {
		a := &l.activities[i]
		base := tieBase(r.ProfileID, a.hash)
		best := int32(None)
		for o := range int32(len(l.offers)) {
			c := &l.offers[o]
			switch {
			case at < c.start || at >= c.end || !a.takes(c.def) || l.used[o]:
			case !l.counters.room(o, c.caps, r.ProfileID, r.At):
			case c.rule >= 0 && !l.holds(c.rule):
			case best < 0 || l.better(o, best, base):
				best = o
			}
		}
		if best >= 0 {
			l.used[best] = true
		}
		l.choice = append(l.choice, best)
	}
	for _, o := range l.choice {
		if o >= 0 {
			l.counters.take(o, l.offers[o].caps, r.ProfileID, r.At)
		}
	}
	return l.choice, l.vars.err
}

func (l *Loop) holds(rule int32) bool {
	if !l.Memo {
		return l.programs.holds(rule, l.vars)
	}
	if l.memo[rule] == unknown {
		l.memo[rule] = no
		if l.programs.holds(rule, l.vars) {
			l.memo[rule] = yes
		}
	}
	return l.memo[rule] == yes
}

func (l *Loop) better(a, b int32, base uint64) bool {
	x, y := &l.offers[a], &l.offers[b]
	if x.priority != y.priority {
		return x.priority > y.priority
	}
	return tieOf(base, x.hash) < tieOf(base, y.hash)
}
