package decisioning

import (
	"fmt"
	"math"
	"slices"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// A ledger is what a decision knows of the counters that it may draw on: each
// once, whichever offers share it.
type ledger struct {
	lines []line
	keys  map[lineKey]int32
	draws []draw // of the offers under limits; the first is of those under none
	// drawn finds the draw of an offer in a placement: 0 is unknown, and its
	// index plus 1 after that. Slots whose application has a capper have their own.
	drawn map[placement.ID][]int32

	unread  bool // the counter could not be read: no line can be relied on
	untaken bool // units could not be taken
}

func newLedger() ledger {
	return ledger{
		keys: make(map[lineKey]int32), draws: make([]draw, 1), drawn: make(map[placement.ID][]int32),
	}
}

// A lineKey tells lines apart. What counts within one decision only shares
// nothing with what is counted by the same name.
type lineKey struct {
	capping.Key
	counted bool
}

// A line is a counter with the limit that it stands under.
type line struct {
	key       capping.Key
	max, used int64
	counted   bool // false: only among the propositions of this decision
	contended bool // it was refused too often
}

// A draw is what a proposition of an offer draws on.
type draw struct {
	lines   []int32
	missing bool // it is limited per profile, and there is no profile id
	broken  bool // the application's capper failed
}

// takes reports whether a proposition takes a unit of the line.
func (l *line) takes() bool { return l.key.Counts == "" }

func (l *line) room() int64 { return l.max - l.used }

// draw returns what a proposition of the offer in the slot draws on.
func (d *deciding) draw(s *slot, o int32) *draw {
	limits := d.binding.snapshot.options[o].limits
	if len(limits) == 0 && len(s.strategy.cappers) == 0 {
		return &d.ledger.draws[0]
	}
	if s.drawn[o] == 0 {
		var w draw
		for i := range limits {
			d.enter(&w, &limits[i], s.ref.Placement)
		}
		for _, c := range s.strategy.cappers {
			d.enterOwn(&w, s, o, c)
		}
		slices.Sort(w.lines)
		w.lines = slices.Compact(w.lines)
		d.ledger.draws = append(d.ledger.draws, w)
		s.drawn[o] = int32(len(d.ledger.draws))
	}
	return &d.ledger.draws[s.drawn[o]-1]
}

// enter adds the limit to the draw if it bears on the placement.
func (d *deciding) enter(w *draw, l *limit, p placement.ID) {
	k := l.key
	if k.Placement != "" && k.Placement != p {
		return
	}
	if l.per == offer.PerDecision {
		w.lines = append(w.lines, d.line(k, l.max, false))
		return
	}
	if l.per == offer.PerProfile {
		if k.Profile = d.request.ProfileID; k.Profile == "" {
			w.missing = true
			return
		}
	}
	w.lines = append(w.lines, d.line(l.schedule.At(d.now, k), l.max, true))
}

// enterOwn adds the limits that the application's capper names.
func (d *deciding) enterOwn(w *draw, s *slot, o int32, c capping.Capper) {
	var limits []capping.Limit
	err := func() (err error) {
		defer contain(&err)
		limits = c.Limits(d.facts, d.binding.snapshot.options[o].offer, s.ref.Placement, nil)
		return capping.CheckLimits(limits)
	}()
	if err != nil {
		d.degrade(CapperFailed, s.id, err)
		w.broken = true
		return
	}
	for _, l := range limits {
		w.lines = append(w.lines, d.line(l.Key, l.Max, !l.PerDecision))
	}
}

// line returns the line of the key. Where limits on one key differ the smallest
// counts.
func (d *deciding) line(k capping.Key, limit int64, counted bool) int32 {
	k.Tenant = d.engine.config.Tenant
	i, ok := d.ledger.keys[lineKey{k, counted}]
	if !ok {
		i = int32(len(d.ledger.lines))
		d.ledger.keys[lineKey{k, counted}] = i
		d.ledger.lines = append(d.ledger.lines, line{key: k, max: limit, counted: counted})
	}
	d.ledger.lines[i].max = min(d.ledger.lines[i].max, limit)
	return i
}

// enlist finds the lines of all offers that are still in the running.
func (d *deciding) enlist() {
	unread := d.ledger.unread
	d.ledger = newLedger()
	d.ledger.unread = unread
	for i := range d.slots {
		s := &d.slots[i]
		if s.boundActivity == nil {
			continue
		}
		s.drawn = d.drawn(s)
		for o := range s.narrowed.All() {
			d.draw(s, int32(o))
		}
	}
}

// drawn returns where the draws of the slot are found.
func (d *deciding) drawn(s *slot) []int32 {
	n := len(d.binding.snapshot.options)
	if len(s.strategy.cappers) > 0 {
		return make([]int32, n)
	}
	p := s.ref.Placement
	if d.ledger.drawn[p] == nil {
		d.ledger.drawn[p] = make([]int32, n)
	}
	return d.ledger.drawn[p]
}

// cap takes out the candidates that a full counter, or one that cannot be
// read, does not let pass.
func (s *slot) cap(d *deciding) {
	s.candidates.Reset(s.narrowed.Offers, s.ref)
	for o := range s.narrowed.All() {
		reason, detail := d.capped(d.draw(s, int32(o)))
		s.exclude(o, reason, detail) // also that it is not, if it was before
		if reason == "" {
			s.candidates.Add(o)
		}
	}
}

// capped returns the reason if a line of the draw has no room.
func (d *deciding) capped(w *draw) (Reason, string) {
	switch {
	case w.broken:
		return Capped, "the application's capper failed"
	case w.missing:
		return Capped, "no profile id"
	}
	for _, i := range w.lines {
		switch l := &d.ledger.lines[i]; {
		case l.contended:
			return CappedContended, d.full(l)
		case d.ledger.down(l):
			if !d.engine.config.FailOpen {
				return CappingUnavailable, d.full(l)
			}
		case l.room() <= 0:
			return Capped, d.full(l)
		}
	}
	return "", ""
}

// down reports whether the counter failed to do what the line needs.
func (l *ledger) down(on *line) bool {
	return on.counted && (l.unread || l.untaken && on.takes())
}

// rooms returns how many units arbitration may take of each line.
func (l *ledger) rooms() []int {
	rooms := make([]int, len(l.lines))
	for i := range l.lines {
		rooms[i] = int(min(max(l.lines[i].room(), 0), math.MaxInt32))
	}
	return rooms
}

// full says what is full, without naming a person.
func (d *deciding) full(l *line) string {
	if !d.tracing() {
		return ""
	}
	what := "cap"
	if l.key.Policy != "" {
		what = fmt.Sprintf("contact policy %s", l.key.Policy)
	}
	per := "over all"
	switch {
	case !l.counted:
		per = "per decision"
	case l.key.Profile != "":
		per = "per profile"
	}
	return fmt.Sprintf("%s: %d of %d %s", what, l.used, l.max, per)
}
