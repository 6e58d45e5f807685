package peer

import (
	"strings"

	"github.com/proffer-go/proffer/benchmarks/workload"
)

// A Matcher finds the rules that are true for a request, from its JSON.
//
// Most come in two forms. The plain one is the language as it is documented, over
// decoded JSON, and counts events in the language. The tuned one has types where
// the language takes them, and gets every count that a rule could ask for from Go code,
// for which the types and windows must be known beforehand.
type Matcher interface {
	// Match appends the indexes of the true rules to dst, ascending.
	Match(r *workload.Request, dst []int32) ([]int32, error)
}

// CEL matches with cel-go over decoded maps.
type CEL struct {
	programs *programs
	rules    int
	maps     *maps
}

// NewCEL compiles the workload's rules. The programs may have more.
func NewCEL(w *workload.Workload, p *Programs) *CEL {
	p.maps.first(len(w.Rules))
	return &CEL{&p.maps, len(w.Rules), newMaps()}
}

// Match implements [Matcher].
func (c *CEL) Match(r *workload.Request, dst []int32) ([]int32, error) {
	c.maps.read(r)
	for i := range c.rules {
		if c.programs.holds(int32(i), c.maps) {
			dst = append(dst, int32(i))
		}
	}
	return dst, c.maps.err
}

// TunedCEL matches with cel-go over typed variables, as a tuned [Expert] does.
type TunedCEL struct {
	programs *programs
	rules    int
	facts    *facts
}

// NewTunedCEL compiles the workload's rules. The programs may have more.
func NewTunedCEL(w *workload.Workload, p *Programs) *TunedCEL {
	p.typed.first(len(w.Rules))
	return &TunedCEL{&p.typed, len(w.Rules), newFacts(w.Attributes)}
}

// Match implements [Matcher].
func (c *TunedCEL) Match(r *workload.Request, dst []int32) ([]int32, error) {
	if err := c.facts.read(r); err != nil {
		return dst, err
	}
	for i := range c.rules {
		if c.programs.holds(int32(i), c.facts) {
			dst = append(dst, int32(i))
		}
	}
	return dst, c.facts.err
}

// counts are all that a rule could ask for.
func counts() (all []workload.Count) {
	for _, t := range workload.EventTypes {
		for _, days := range workload.EventDays {
			all = append(all, workload.Count{Type: t, Days: days})
		}
	}
	return all
}

// joined writes the terms of the rule and joins them.
func joined(r workload.Rule, and string, write func(workload.Term) string) string {
	terms := make([]string, len(r.Terms))
	for i, t := range r.Terms {
		terms[i] = write(t)
	}
	return strings.Join(terms, and)
}
