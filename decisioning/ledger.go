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
	refs  []int32           // the lines of the draws
	known []knownLine       // by the snapshot's counters
	epoch uint32            // of known
	keys  map[lineKey]int32 // the line of each key; nil unless the application names keys

	counted []capping.Key // of the lines that are counted, in their order
	others  []capping.Key // of the other lines
	read    int           // how many of the counted keys were read
	units   []int64       // scratch of usage
	fresh   int           // lines from here on were not read
	asked   bool          // the counter has answered
	direct  bool          // it answers for each line as soon as there is one, in the session
	unread  bool          // the counter could not be read: no line can be relied on
	untaken bool          // units could not be taken
	closed  bool          // no units are taken any more
	session capping.Session
}

// A knownLine says that a counter has a line, if it is of this decision.
type knownLine struct {
	epoch uint32
	line  int32
}

// A lineKey tells lines apart. What counts within one decision only shares
// nothing with what is counted by the same name.
type lineKey struct {
	capping.Key
	counted bool
}

// A line is a counter with the limit that it stands under.
type line struct {
	key       *capping.Key
	max, used int64
	counter   int32 // of the snapshot; -1: the application named the key
	counted   bool  // false: only among the propositions of this decision
	contended bool  // it was refused too often
}

// A draw is what a proposition of an offer draws on: its caps, and then the policies over it,
// of which the first that is full is the reason.
type draw struct {
	from, to int32 // lines, of ledger.refs
	missing  bool  // it is limited per profile, and there is no profile id
	broken   bool  // the application's capper failed
}

// free reports whether no counter can hold the proposition back.
func (w *draw) free() bool { return w.from == w.to && !w.missing && !w.broken }

// of returns the lines of the draw.
func (l *ledger) of(w *draw) []int32 { return l.refs[w.from:w.to] }

// begin forgets the last decision.
func (l *ledger) begin(d *deciding) {
	l.lines, l.refs, l.fresh = l.lines[:0], l.refs[:0], 0
	l.counted, l.others, l.read = l.counted[:0], l.others[:0], 0
	l.asked, l.direct, l.unread, l.untaken, l.closed = false, false, false, false, false
	l.known = resize(l.known, d.binding.snapshot.counters)
	if l.epoch++; l.epoch == 0 {
		clear(l.known[:cap(l.known)])
		l.epoch = 1
	}
	if l.keys = nil; d.seating.capped {
		l.keys = make(map[lineKey]int32)
	}
}

// takes reports whether a proposition takes a unit of the line.
func (l *line) takes() bool { return l.key.Counts == "" }

func (l *line) room() int64 { return l.max - l.used }

// draw returns what a proposition of the offer in the slot draws on.
func (d *deciding) draw(s *slot, o *option) draw {
	w := draw{from: int32(len(d.ledger.refs))}
	for i := range o.limits {
		d.enter(&w, &o.limits[i], o, s.placement)
	}
	shared := d.binding.snapshot.bundles[o.bundle].limits
	for i := range shared {
		d.enter(&w, &shared[i], o, s.placement)
	}
	for _, c := range s.strategy.cappers {
		d.enterOwn(&w, s, o, c)
	}
	w.to = int32(len(d.ledger.refs))
	return w
}

// drawOn adds the line to the draw, once.
func (l *ledger) drawOn(w *draw, line int32) {
	if !slices.Contains(l.refs[w.from:], line) {
		l.refs = append(l.refs, line)
	}
}

// enter adds the limit to the draw if it bears on the placement.
func (d *deciding) enter(w *draw, l *limit, o *option, p placement.ID) {
	switch {
	case l.cap.Placement != "" && l.cap.Placement != p:
	case l.cap.Per == offer.PerProfile && d.request.ProfileID == "":
		w.missing = true
	default:
		known := &d.ledger.known[l.id]
		if known.epoch != d.ledger.epoch {
			*known = knownLine{d.ledger.epoch, d.open(l, o)}
		}
		if on := &d.ledger.lines[known.line]; l.cap.Limit < on.max {
			on.max = l.cap.Limit
			d.learnt++ // lists may reckon with more
		}
		d.ledger.drawOn(w, known.line)
	}
}

// open returns the line of a counter that the decision draws on for the first time.
func (d *deciding) open(l *limit, o *option) int32 {
	counted := l.cap.Per != offer.PerDecision
	k := d.ledger.newKey(counted)
	k.Tenant, k.Offer, k.Policy, k.Profile = d.engine.config.Tenant, "", l.policy, ""
	if l.policy == "" {
		k.Offer = o.offer.ID
	}
	if l.cap.Per == offer.PerProfile {
		k.Profile = d.request.ProfileID
	}
	k.Counts, k.Placement = l.cap.Counts, l.cap.Placement
	k.Start, k.End = 0, 0
	k.Window.Every, k.Window.Timezone, k.Window.Rolling, k.Window.WeekStart = "", "", l.cap.Window.Rolling, ""
	if l.cap.Window.Every != "" { // else the instant does not matter
		*k = l.schedule.At(d.now, *k)
	}
	return d.line(k, l.cap.Limit, counted, l.id)
}

// enterOwn adds the limits that the application's capper names.
func (d *deciding) enterOwn(w *draw, s *slot, o *option, c capping.Capper) {
	var limits []capping.Limit
	err := func() (err error) {
		defer contain(&err)
		limits = c.Limits(&d.facts, o.offer, s.placement, nil)
		return capping.CheckLimits(limits)
	}()
	if err != nil {
		d.degrade(CapperFailed, s.id, err)
		w.broken = true
		return
	}
	for _, l := range limits {
		k := d.ledger.newKey(!l.PerDecision)
		*k = l.Key
		k.Tenant = d.engine.config.Tenant
		d.ledger.drawOn(w, d.line(k, l.Max, !l.PerDecision, -1))
	}
}

// newKey returns the memory of the key of a new line. A line before keeps its own where this
// one moves them.
func (l *ledger) newKey(counted bool) *capping.Key {
	keys := &l.others
	if counted {
		keys = &l.counted
	}
	n := len(*keys)
	*keys = resize(*keys, n+1)
	return &(*keys)[n]
}

// line returns the line of the new key. Where limits on one key differ the smallest counts.
func (d *deciding) line(k *capping.Key, limit int64, counted bool, counter int32) int32 {
	l := &d.ledger
	if l.keys == nil {
		return d.newLine(k, limit, counted, counter)
	}
	i, ok := l.keys[lineKey{*k, counted}]
	if !ok {
		i = d.newLine(k, limit, counted, counter)
		l.keys[lineKey{*k, counted}] = i
		return i
	}
	if counted { // the memory of k is the last one's
		l.counted = l.counted[:len(l.counted)-1]
	} else {
		l.others = l.others[:len(l.others)-1]
	}
	if limit < l.lines[i].max {
		l.lines[i].max = limit
		d.learnt++ // lists may reckon with more
	}
	return i
}

// newLine returns a new line, which is read if that can be done at once.
func (d *deciding) newLine(k *capping.Key, limit int64, counted bool, counter int32) int32 {
	i := d.ledger.add(k, limit, counted, counter)
	if d.ledger.direct {
		d.look(&d.ledger.lines[i])
	}
	return i
}

// add returns a new line.
func (l *ledger) add(k *capping.Key, limit int64, counted bool, counter int32) int32 {
	n := len(l.lines)
	l.lines = resize(l.lines, n+1)
	on := &l.lines[n]
	on.key, on.max, on.used, on.counter, on.counted, on.contended = k, limit, 0, counter, counted, false
	return int32(n)
}

// find returns the line that is counted on the key, nil if there is none.
func (l *ledger) find(k capping.Key) *line {
	for i := range l.lines {
		if l.lines[i].counted && *l.lines[i].key == k {
			return &l.lines[i]
		}
	}
	return nil
}

// capped returns the reason if something that the draw is on has no room.
func (d *deciding) capped(w *draw) Reason {
	reason, _ := d.cappedBy(w)
	return reason
}

// cappedBy also returns the line, nil if it is none.
func (d *deciding) cappedBy(w *draw) (Reason, *line) {
	if w.broken || w.missing {
		return Capped, nil
	}
	for _, i := range d.ledger.of(w) {
		switch l := &d.ledger.lines[i]; {
		case l.contended, l.counted && d.ledger.closed:
			return CappedContended, l
		case d.ledger.down(l):
			if !d.engine.config.FailOpen {
				return CappingUnavailable, l
			}
		case l.room() <= 0:
			return Capped, l
		}
	}
	return "", nil
}

// down reports whether the counter failed to do what the line needs.
func (l *ledger) down(on *line) bool {
	return on.counted && (l.unread || l.untaken && on.takes())
}

// binds reports whether the line has less room than this decision may ask for.
func (d *deciding) binds(i int32) bool {
	l := &d.ledger.lines[i]
	return l.takes() && !d.ledger.down(l) && l.room() < d.demand(l)
}

// demand is how many units of the line the decision may ask for: no offer is proposed
// twice, unless duplicates are allowed, and its own caps are nobody else's unless
// the application says so.
func (d *deciding) demand(l *line) int64 {
	if l.key.Offer != "" && d.ledger.keys == nil && !d.request.AllowDuplicates {
		return 1
	}
	return int64(d.seating.wanted)
}

// units returns how many units arbitration may take of the line.
func (l *line) units() int { return int(min(max(l.room(), 0), math.MaxInt32)) }

// full says what is full, without naming a person.
func (l *line) full() string {
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
