package decisioning

import (
	"context"
	"errors"
	"slices"

	"github.com/proffer-go/proffer/internal/predicate"
	"github.com/proffer-go/proffer/internal/rules"
)

// narrow lays out the walks over the candidates of each slot. Whether a candidate
// passes is looked at when its turn comes.
func (d *deciding) narrow(ctx context.Context) {
	d.suppress()
	d.scoring.tallies = d.scoring.tallies[:0]
	d.plain = !d.suppressing && len(d.excluded) == 0 && !d.tracing()
	d.learnt, d.pruning = 1, false
	base := tieBase(d.engine.config.Seed, d.person())
	if d.plain && d.seating.layout.holds(d) {
		for i := range d.slots {
			s := &d.slots[i]
			if s.begin(base); s.boundActivity != nil {
				s.resume()
			}
		}
		return
	}
	for i := range d.slots {
		s := &d.slots[i]
		s.begin(base)
		switch {
		case s.boundActivity == nil:
		case d.plain && s.layout.holds(d):
			s.resume()
		default:
			s.narrow(ctx, d)
		}
	}
	if d.plain {
		d.keepAll()
	}
}

// begin forgets what the last decision found for the slot.
func (s *slot) begin(base uint64) {
	// One by one: a tuple would be made elsewhere first, and copied.
	s.progress = progress{}
	s.learnt = 1
	s.need = s.count
	s.tieBase = mix(base ^ s.tieHash)
	s.pool = s.pool[:0]
	s.chosen = s.chosen[:0]
	s.list = s.list[:0]
}

func (s *slot) narrow(ctx context.Context, d *deciding) {
	s.walks, s.closed = s.walks[:0], s.closed[:0]
	s.layout.forget(d)
	if s.open = s.openAt(d) && d.all(s.conditions); s.open {
		for t := range s.rankings {
			if !d.all(s.selections[t].conditions) {
				s.closed = append(s.closed, int32(t))
				continue
			}
			n := len(s.walks)
			s.walks = resize(s.walks, n+1)
			s.walks[n].begin(s, d, t)
		}
	}
	switch {
	case len(s.strategy.filters) > 0:
		s.filter(ctx, d)
	case d.plain:
		s.keepWalks(d)
	}
}

// passes reports whether nothing keeps the candidate out but caps and scores.
func (s *slot) passes(d *deciding, w *walk, e *entry) bool {
	switch {
	case !s.stands(d, w, e):
		return false
	case e.rule != noRule && !d.admits(e):
		return false
	case s.sifted:
		return s.allowed.Has(int(e.offer))
	default:
		return len(s.strategy.lazy) == 0 || s.keeps(d, e)
	}
}

// stands reports whether the candidate is in the running but for its rules.
func (s *slot) stands(d *deciding, w *walk, e *entry) bool {
	return !s.barred && (len(d.excluded) == 0 || !d.excludes(e.offer)) &&
		(!d.suppressing || d.suppresses(e.bundle) == passes) &&
		(len(s.selections[w.tier].earlier) == 0 || !s.takesEarlier(d, w, e))
}

// takesEarlier reports whether an open selection before the walk's takes the offer.
func (s *slot) takesEarlier(d *deciding, w *walk, e *entry) bool {
	for _, t := range s.selections[w.tier].earlier {
		if !slices.Contains(s.closed, t) &&
			d.binding.snapshot.shelf.takes(s.selections[t].collection, d.option(e.offer).offer) {
			return true
		}
	}
	return false
}

// visits counts a rule that is looked up, unless holds has more to do.
func (d *deciding) visits() bool {
	d.visited++
	if d.visited < d.due {
		return true
	}
	d.visited--
	return false
}

// pause looks at the clock, and once at all rules.
func (d *deciding) pause() {
	d.due = d.visited + between
	switch d.listen(); {
	case d.alarm.ringing:
	case d.visited < d.budget:
		d.due = min(d.due, d.budget)
	case !d.swept:
		d.match.All()
		d.swept = true
	}
}

// holds returns whether the rule is true; one that errs is not. It is unknown in the rare
// case that the index knows the rule, but not what these very facts make of it.
func (d *deciding) holds(r ruleRef) predicate.Truth {
	if d.visited++; d.visited >= d.due {
		d.pause()
	}
	if d.alarm.ringing {
		return predicate.False
	}
	if r >= 0 {
		return d.match.Holds(predicate.Rule(r))
	}
	u := &d.binding.snapshot.unfits[noRule-1-r]
	t := d.match.Holds(u.rule)
	if t != predicate.Unknown {
		return t
	}
	if d.run(u.programs) {
		return predicate.True
	}
	return predicate.False
}

// expect looks all rules up at once if so many candidates, all of which are going to be
// visited, are too many to look up the rule of each.
func (d *deciding) expect(candidates int) {
	if d.swept || d.visited < d.budget && d.visited+candidates >= d.budget {
		d.match.AllAtOnce()
		d.swept = true
	}
}

// admits reports whether all conditions of the offer hold.
func (d *deciding) admits(e *entry) bool {
	t := d.holds(e.rule)
	return t == predicate.True || t == predicate.Unknown && d.meets(e)
}

// meets is admits where the index does not know.
func (d *deciding) meets(e *entry) bool {
	for _, conditions := range d.binding.snapshot.conditions(d.option(e.offer)) {
		for i := range conditions {
			if ok, err := conditions[i].expr.Bool(d.cel()); err != nil || !ok {
				return false
			}
		}
	}
	return true
}

// run asks CEL for what the index cannot tell, each condition once in a decision.
func (d *deciding) run(programs []int32) bool {
	for _, i := range programs {
		if d.unfit[i] == unjudged {
			d.unfit[i] = fails
			if ok, err := d.binding.snapshot.programs[i].Bool(d.cel()); err == nil && ok {
				d.unfit[i] = passes
			}
		}
		if d.unfit[i] == fails {
			return false
		}
	}
	return true
}

// all reports whether all conditions hold. One that errs does not. Mostly there is none,
// and then this costs no call.
func (d *deciding) all(conditions []condition) bool {
	return len(conditions) == 0 || d.each(conditions)
}

func (d *deciding) each(conditions []condition) bool {
	for i := range conditions {
		t := d.holds(conditions[i].rule)
		if t == predicate.Unknown {
			if d.truth(&conditions[i]).holds {
				t = predicate.True
			}
		}
		if t != predicate.True {
			return false
		}
	}
	return true
}

// A truth is what a condition came to.
type truth struct {
	holds bool
	err   *rules.Error // why it has no value
}

// errLate is what a condition comes to when the time is up.
var errLate = &rules.Error{Kind: "deadline passed"}

// truth is holds for those who want to know of errors.
func (d *deciding) truth(c *condition) (t truth) {
	if d.rang() {
		return truth{err: errLate}
	}
	if c.rule != noRule {
		switch d.match.Value(d.binding.snapshot.indexed(c.rule)) {
		case predicate.True:
			return truth{holds: true}
		case predicate.False:
			return truth{}
		default: // CEL knows, or knows why not
		}
	}
	t, known := d.truths[c.expr]
	if !known {
		var err error
		if t.holds, err = c.expr.Bool(d.cel()); err != nil {
			t.err, _ = errors.AsType[*rules.Error](err)
		}
		if d.tracing() {
			d.truths[c.expr] = t
		}
	}
	return t
}

// A verdict is what a policy makes of its offers, or how something was judged.
type verdict uint8

const (
	unjudged verdict = iota
	passes
	fails
	suppressed
	suppressionUnknown
)

// An alarm tells that the time of a call is up. It is looked at once in a while,
// so that short decisions are made whole.
type alarm struct {
	done    <-chan struct{}
	asked   int
	ringing bool
}

// between is how many rules lie between two looks.
const between = 64

// rang reports whether it has rung, and looks at the clock once in so many times.
func (d *deciding) rang() bool {
	if d.alarm.asked++; d.alarm.asked%between == 0 {
		d.listen()
	}
	return d.alarm.ringing
}

// listen looks at the clock. Once the time is up no rule is looked up any more.
func (d *deciding) listen() {
	select {
	case <-d.alarm.done:
		d.alarm.ringing = true
	default:
	}
	if d.alarm.ringing {
		d.due = 0
	}
}
