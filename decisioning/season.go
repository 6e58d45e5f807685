package decisioning

import (
	"math"
	"slices"
)

// A season is a time in which no calendar of a block begins or ends, with what is open then. So the
// calendars are looked at once for many decisions, and of the entries only those that pass.
type season struct {
	from, until int64 // Unix seconds, neither of which is part of it
	open        []opening
	expired     int // entries that are past

	entries    []entry // of the block
	begin, end int     // it has those between: all, unless it is a decision's own
}

// An opening is a candidate that is open, in as little as is looked at of most.
type opening struct {
	hash  uint64
	rule  ruleRef
	offer int32
	place uint8 // in the block
	run   uint8 // how many are tied from here on, with this one, or maxRun
	shown uint8 // as the entry has it, like rule and offer
	bare  bool  // it has a score, and no counter can hold it back
}

// opening returns the entry at the place of its block as it is open.
func (e *entry) opening(place uint8) opening {
	return opening{hash: e.hash, rule: e.rule, offer: e.offer, place: place, run: 1, shown: e.shown, bare: !e.limited && !e.unscored}
}

// maxRun stands for all longer runs, and those in which two have the same hash.
const maxRun = math.MaxUint8

// noSeason is that of no block.
var noSeason = season{from: math.MinInt64, until: math.MaxInt64}

// at returns the season of the block for the decision. Mostly it is that of the last one. If that is over
// a new one is made for all later decisions. But for an instant that lies before it or ahead of the clock, or
// in the second of a bound, the decision goes on with a part of its own: instants may come in any order.
func (b *block) at(d *deciding, own *season) *season {
	last := b.season.Load()
	if last != nil && last.has(d.seconds) {
		return last
	}
	if (last == nil || last.until <= d.seconds) && b.bound.Load() != d.seconds && d.seconds <= d.clock() {
		if !own.fill(d, b.entries, 0, len(b.entries)) {
			b.bound.Store(d.seconds)
			return own
		}
		if kept := own.clone(); b.season.CompareAndSwap(last, kept) {
			return kept
		}
		return own
	}
	if same := len(own.entries) == len(b.entries) && &own.entries[0] == &b.entries[0]; !same || own.begin > 0 || !own.has(d.seconds) {
		own.fill(d, b.entries, 0, part)
	}
	return own
}

func (s *season) has(second int64) bool { return s.from < second && second < s.until }

// part is how many entries a part has at least, but for the last one: few of a block are looked at.
const part = 16

func (s *season) clone() *season {
	return &season{from: s.from, until: s.until, open: slices.Clone(s.open), expired: s.expired, entries: s.entries, begin: s.begin, end: s.end}
}

// fill makes s the season of the decision, with as many entries from a place on as are wanted, and those that
// are tied with them. It reports whether it is more than a second of which the nanoseconds tell.
func (s *season) fill(d *deciding, entries []entry, at, wanted int) (more bool) {
	s.from, s.until, s.expired = math.MinInt64, math.MaxInt64, 0
	s.open, s.entries, s.begin, s.end = s.open[:0], entries, at, at
	more = true
	for ; s.end < len(entries); s.end++ {
		e := &entries[s.end]
		if s.end-at >= wanted && !e.tied(&entries[s.end-1]) {
			break
		}
		more = s.border(e.start, d.seconds) && s.border(e.end, d.seconds) && more
		switch {
		case e.inCalendar(d):
			s.open = append(s.open, e.opening(uint8(s.end)))
		case e.end < d.seconds:
			s.expired++
		}
	}
	s.countRuns()
	if !more {
		s.until = s.from // it is of no use to another
	}
	return more
}

// countRuns counts how many are tied from each opening on. Ties in which two ids have one hash, which is
// rare, pass for long ones, in which ids are looked at.
func (s *season) countRuns() {
	for k := len(s.open) - 2; k >= 0; k-- {
		o, next := &s.open[k], &s.open[k+1]
		if !s.entries[o.place].tied(&s.entries[next.place]) {
			continue
		}
		o.run = min(next.run, maxRun-1) + 1
		if o.run > shortTie || slices.ContainsFunc(s.open[k+1:k+int(o.run)], func(p opening) bool { return p.hash == o.hash }) {
			o.run = maxRun
		}
	}
}

// border ends the season where a calendar has a bound. It reports false if that is the second itself.
func (s *season) border(bound, second int64) bool {
	switch {
	case bound < second:
		s.from = max(s.from, bound)
	case bound > second:
		s.until = min(s.until, bound)
	default:
		return false
	}
	return true
}

// clock returns the second in which the application's clock was when the decision first asked for it. It is
// read anew only if that was second 0.
func (d *deciding) clock() int64 {
	if d.present == 0 {
		d.present = d.engine.config.Now().Unix()
	}
	return d.present
}
