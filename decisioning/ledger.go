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
	known []int32           // the line plus 1 of each of the snapshot's counters, 0: none yet
	keys  map[lineKey]int32 // the line of each key; nil unless the application names keys
	draws []draw            // of the offers under limits; the first is of those under none
	// drawn finds the draw of an offer in a placement: 0 is unknown, and its
	// index plus 1 after that. Slots whose application has a capper have their own.
	drawn map[placement.ID][]int32

	unread  bool // the counter could not be read: no line can be relied on
	untaken bool // units could not be taken
}

// newLedger returns the ledger of a decision that knows nothing yet.
func (d *deciding) newLedger() ledger {
	l := ledger{
		known: make([]int32, d.binding.snapshot.counters),
		draws: make([]draw, 1), drawn: make(map[placement.ID][]int32),
	}
	for i := range d.slots {
		if s := &d.slots[i]; s.boundActivity != nil && len(s.strategy.cappers) > 0 {
			l.keys = make(map[lineKey]int32)
		}
	}
	return l
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
		w := draw{lines: make([]int32, 0, len(limits))}
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
	switch {
	case l.key.Placement != "" && l.key.Placement != p:
	case l.per == offer.PerProfile && d.request.ProfileID == "":
		w.missing = true
	default:
		if d.ledger.known[l.id] == 0 {
			d.ledger.known[l.id] = d.open(l) + 1
		}
		i := d.ledger.known[l.id] - 1
		d.ledger.lines[i].max = min(d.ledger.lines[i].max, l.max)
		w.lines = append(w.lines, i)
	}
}

// open returns the line of a counter that the decision draws on for the first time.
func (d *deciding) open(l *limit) int32 {
	if l.per == offer.PerDecision {
		return d.line(l.key, l.max, false)
	}
	k := l.key
	if l.per == offer.PerProfile {
		k.Profile = d.request.ProfileID
	}
	return d.line(l.schedule.At(d.now, k), l.max, true)
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
	l := &d.ledger
	i, ok := l.keys[lineKey{k, counted}]
	if !ok {
		i = int32(len(l.lines))
		l.lines = append(l.lines, line{key: k, max: limit, counted: counted})
		if l.keys != nil {
			l.keys[lineKey{k, counted}] = i
		}
	}
	l.lines[i].max = min(l.lines[i].max, limit)
	return i
}

// find returns the line that is counted on the key, nil if there is none.
func (l *ledger) find(k capping.Key) *line {
	for i := range l.lines {
		if l.lines[i].counted && l.lines[i].key == k {
			return &l.lines[i]
		}
	}
	return nil
}

// enlist finds the lines of all offers that are still in the running.
func (d *deciding) enlist() {
	unread := d.ledger.unread
	d.ledger = d.newLedger()
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
