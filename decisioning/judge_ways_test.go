package decisioning_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/proffer-go/proffer/decisioning"
)

// A way is how an engine is made to decide. All ways lead to the same decisions.
type way struct {
	name     string
	budget   int  // of visits; 0: the engine's own
	traced   bool // with a trace, which looks at all candidates
	prepared bool // from prepared facts
	into     bool // in the memory of the decision before
	shuffled bool // the entities of the catalog stand the other way round
	updated  bool // the snapshot came about by changes
	batched  bool // among others, by DecideAll
	direct   bool // where nothing is upset the counter is in memory and nothing else
}

func (w way) String() string { return w.name }

// ways are the ways that tell paths apart. The first is the one whose sneaks the
// judge is told of.
var ways = []way{
	{name: "traced", traced: true},
	{name: "one by one", budget: decisioning.Never, into: true, direct: true},
	{name: "set-wise", budget: 1},
	{name: "switched at 3", budget: 3, prepared: true},
	{name: "shuffled", shuffled: true, into: true, batched: true, direct: true},
	{name: "updated", updated: true, into: true, direct: true},
	{name: "updated, set-wise, traced", updated: true, budget: 2, traced: true},
}

// A twin is an engine that decides all that the others decide, over a counter of
// its own.
type twin struct {
	way
	engine  *decisioning.Engine
	version string
	counter *upsetCounter // nil: nothing is upset
	asked   sourcesAsked
	alone   bool // the last batch was in the goroutine of its loop

	id   string // of the decision
	got  *decisioning.Decision
	took [decisioning.PathCount]bool
}

func (t *twin) decide(ctx context.Context, a *inquiry, r decisioning.Request) (err error) {
	t.counter.begin(a)
	t.asked.profiles.Store(false)
	t.asked.events.Store(false)
	if !t.traced {
		r.Trace = decisioning.NoTrace
	}
	if t.direct {
		t.engine.SetCounter(t.counter)
		if t.counter.isCalm() {
			t.engine.SetCounter(t.counter.Memory)
		}
	}
	if t.prepared {
		if r, err = t.engine.Prepare(r); err != nil {
			return err
		}
	}
	if t.batched {
		return t.decideAll(ctx, r)
	}
	if t.got == nil || !t.into {
		t.got = new(decisioning.Decision)
	}
	t.took, err = t.engine.DecideWatched(ctx, r, t.got)
	return err
}

// decideAll decides the request between others that take nothing.
func (t *twin) decideAll(ctx context.Context, r decisioning.Request) error {
	other := r
	other.ID, other.DryRun = "", true
	if t.alone = !t.alone; t.alone {
		t.engine.SetAlone(time.Hour)
	} else {
		t.engine.SetAlone(-1)
	}
	i := 0
	for d, err := range t.engine.DecideAll(ctx, slices.Values([]decisioning.Request{other, r, other})) {
		if i++; i != 2 {
			continue
		}
		if err != nil {
			return err
		}
		t.got = d
		t.got = t.kept() // before its memory is used again
	}
	return nil
}

// kept returns the decision as it can be kept while its memory is used again.
func (t *twin) kept() *decisioning.Decision {
	if !t.into {
		return t.got
	}
	kept := new(decisioning.Decision)
	if err := json.Unmarshal([]byte(asJSON(t.got)), kept); err != nil {
		panic(err)
	}
	return kept
}

// reversed returns the catalog with its entities the other way round, but for those
// whose order says something.
func reversed(c decisioning.Catalog) decisioning.Catalog {
	c.Placements, c.Rules, c.Offers = backwards(c.Placements), backwards(c.Rules), backwards(c.Offers)
	c.Fallbacks, c.Collections, c.Activities = backwards(c.Fallbacks), backwards(c.Collections), backwards(c.Activities)
	c.ContactPolicies = backwards(c.ContactPolicies)
	return c
}

func backwards[T any](s []T) []T {
	s = slices.Clone(s)
	slices.Reverse(s)
	return s
}

// compareTwins compares what the judge knows nothing of: the twins report the same,
// and ask for the same units. A trace may tell of more that it looked at.
func (p *player) compareTwins(first upset) {
	var other *twin
	for i, t := range p.twins {
		if i > 0 && (!t.direct || !t.counter.isCalm()) {
			if took, at := fmt.Sprint(t.counter.end().sneaks), fmt.Sprint(first.sneaks); took != at {
				p.failf("%s: others took %s, and with %s %s", t, took, p.twins[0], at)
			}
		}
		switch {
		case t.traced:
		case other == nil:
			other = t
		default:
			if a, b := reports(t.got), reports(other.got); a != b {
				p.failf("%s reports\n%s\n%s\n%s", t, a, other, b)
			}
		}
	}
}

// reports are what a decision says of itself besides its propositions.
func reports(d *decisioning.Decision) string {
	for i := range d.Degraded {
		d.Degraded[i].Err = nil
	}
	return asJSON([]any{d.Degraded, d.Unsettled, d.Warnings})
}
