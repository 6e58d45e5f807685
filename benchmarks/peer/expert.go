package peer

import (
	"cmp"

	"cel.dev/cel-go/cel"

	"github.com/proffer-go/proffer/benchmarks/workload"
)

// An Expert decides as an expert would write it: it walks each activity's
// candidates in rank order and stops at the first that qualifies, does what is cheap
// first, decodes only what a rule reads, evaluates a rule only when it must and once a
// request, and keeps its memory.
//
// Rules are the same plain CEL as for [Loop], or with Tuned a language of their own:
// every attribute is a typed variable, events are counted by Go code, and gjson reads
// the request without decoding it. That is as far as cel-go goes.
type Expert struct {
	*Inventory
	Tuned bool

	programs *programs
	maps     *maps
	facts    *facts
	counters counters
	memo     []stamped // by rule
	used     []uint32  // by offer: the request that proposes it
	request  uint32
	tied     []contender
	choice   []int32
}

// A stamped truth is of one request, so that nothing is cleared between requests.
type stamped struct {
	request uint32
	truth
}

type contender struct {
	hash  uint64
	offer int32
}

// NewExpert returns an Expert with counters of its own.
func NewExpert(inv *Inventory, p *Programs, tuned bool) *Expert {
	x := &Expert{
		Inventory: inv, Tuned: tuned, programs: &p.maps, maps: newMaps(), facts: newFacts(inv.attributes), counters: newCounters(),
		memo: make([]stamped, len(inv.rules)), used: make([]uint32, len(inv.offers)),
	}
	if tuned {
		x.programs = &p.typed
	}
	return x
}

// Decide returns the offer that each activity proposes, by index, or None. The
// slice is good until the next call.
func (x *Expert) Decide(r *workload.Request) ([]int32, error) {
	if err := x.read(r); err != nil {
		return nil, err
	}
	x.request++
	x.choice = x.choice[:0]
	for i := range x.activities {
		best := x.first(&x.activities[i], r)
		if best >= 0 {
			x.used[best] = x.request
		}
		x.choice = append(x.choice, best)
	}
	for _, o := range x.choice {
		if o >= 0 {
			x.counters.take(o, x.offers[o].caps, r.ProfileID, r.At)
		}
	}
	return x.choice, cmp.Or(x.maps.err, x.facts.err)
}

func (x *Expert) read(r *workload.Request) error {
	if x.Tuned {
		return x.facts.read(r)
	}
	x.maps.read(r)
	return nil
}

// vars returns what rules read.
func (x *Expert) vars() cel.Activation {
	if x.Tuned {
		return x.facts
	}
	return x.maps
}

// first returns the first candidate that qualifies. Those of one priority are
// ordered by hash, but only as far as it takes.
func (x *Expert) first(a *activity, r *workload.Request) int32 {
	base := tieBase(r.ProfileID, a.hash)
	for from := 0; from < len(a.candidates); {
		priority := x.offers[a.candidates[from]].priority
		x.tied = x.tied[:0]
		at := r.At.UnixNano()
		for ; from < len(a.candidates) && x.offers[a.candidates[from]].priority == priority; from++ {
			o := a.candidates[from]
			if c := &x.offers[o]; at >= c.start && at < c.end && x.used[o] != x.request {
				x.tied = append(x.tied, contender{tieOf(base, c.hash), o})
			}
		}
		for len(x.tied) > 0 {
			if o := x.next(); x.qualifies(o, r) {
				return o
			}
		}
	}
	return None
}

// next takes out the contender with the least hash. As few are asked for, a
// search for each is less than a sort.
func (x *Expert) next() int32 {
	least := 0
	for i := range x.tied {
		if x.tied[i].hash < x.tied[least].hash {
			least = i
		}
	}
	o := x.tied[least].offer
	last := len(x.tied) - 1
	x.tied[least] = x.tied[last]
	x.tied = x.tied[:last]
	return o
}

func (x *Expert) qualifies(o int32, r *workload.Request) bool {
	c := &x.offers[o]
	return x.counters.room(o, c.caps, r.ProfileID, r.At) && (c.rule < 0 || x.holds(c.rule))
}

func (x *Expert) holds(rule int32) bool {
	m := &x.memo[rule]
	if m.request != x.request {
		*m = stamped{x.request, no}
		if x.programs.holds(rule, x.vars()) {
			m.truth = yes
		}
	}
	return m.truth == yes
}
