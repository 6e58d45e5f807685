package capping

import (
	"slices"
	"time"
)

// A ledger holds what is counted; its zero value is empty. Calendar windows and for ever need a number;
// only rolling windows and events, which any window may count, need the dates.
type ledger struct {
	forEver counts
	periods map[int64]*period // by their ends
	recent  [4]*period        // some of them, by slot
	ends    []int64           // of the periods, in order
	rolling map[time.Duration]*dated
	events  dated // by stream
	unswept int   // units that were taken since the last sweep
}

// A period is a calendar window with its counts.
type period struct {
	end int64
	counts
}

// counts are numbers above 0 by hash: those below many as marks in a table, others
// in one that has room for them.
type counts struct {
	low  table[struct{}]
	high table[int64]
}

const many = maxMark

// A number is where one is kept that was found; it is good until a counter comes or goes.
type number struct {
	low  *slot[struct{}]
	high *int64
}

// add adds n, if there is room.
func (x number) add(n int64) bool {
	switch {
	case x.high != nil:
		*x.high += n
	case x.low != nil && x.low.mark()+n < many:
		x.low.setMark(x.low.mark() + n)
	default:
		return false
	}
	return true
}

func (c *counts) of(h hash) int64 {
	n, _ := c.find(h)
	return n
}

// find returns the number of h, and where it is.
func (c *counts) find(h hash) (int64, number) {
	low := c.low.get(h)
	if low == nil {
		return 0, number{}
	}
	if n := low.mark(); n < many {
		return n, number{low: low}
	}
	high := &c.high.get(h).val
	return *high, number{high: high}
}

func (c *counts) add(h hash) {
	low, found := c.low.put(h)
	switch n := low.mark(); {
	case !found:
	case n < many-1:
		low.setMark(n + 1)
	default:
		high, found := c.high.put(h)
		if low.setMark(many); !found {
			high.val = n
		}
		high.val++
	}
}

func (c *counts) remove(h hash) {
	low := c.low.get(h)
	switch {
	case low == nil:
	case low.mark() == many:
		high := c.high.get(h)
		if high.val--; high.val < many {
			low.setMark(high.val)
			c.high.delete(h)
		}
	case low.mark() > 1:
		low.setMark(low.mark() - 1)
	default:
		c.low.delete(h)
	}
}

// counts returns those in which c counts, nil if there are none yet.
func (l *ledger) counts(c *counter) *counts {
	if c.end == never {
		return &l.forEver
	}
	if p := l.period(c.end); p != nil {
		return &p.counts
	}
	return nil
}

// slotOf returns the place among the recent ones of the period with the end: those that go on at the
// same time end at different full hours.
func (l *ledger) slotOf(end int64) **period { return &l.recent[uint64(end)*odd>>62] } //nolint:gosec // any bits do

// period returns the one with the end, nil if there is none yet.
func (l *ledger) period(end int64) *period {
	slot := l.slotOf(end)
	if p := *slot; p != nil && p.end == end {
		return p
	}
	p := l.periods[end]
	if p != nil {
		*slot = p
	}
	return p
}

// used returns how many units, or events, count on s at the instant.
func (l *ledger) used(s *source, at instant) int64 {
	if s.events {
		return l.happened(s, at)
	}
	return l.units(&s.counter, at)
}

// find returns how many units count on c at the instant, and the number that each more of them adds
// one to, if there is one.
func (l *ledger) find(c *counter, at instant) (int64, number) {
	if c.rolling > 0 {
		return l.units(c, at), number{}
	}
	if counts := l.counts(c); counts != nil {
		return counts.find(c.id)
	}
	return 0, number{}
}

// touch has the counter at hand for what follows. Its result means nothing.
func (l *ledger) touch(c *counter) uint64 {
	switch {
	case c.rolling > 0:
		if d := l.rolling[c.rolling]; d != nil && len(d.eras) > 0 {
			return d.eras[0].cells.touch(c.id)
		}
	case c.end == never:
		return l.forEver.low.touch(c.id)
	default:
		if p := l.period(c.end); p != nil {
			return p.low.touch(c.id)
		}
	}
	return 0
}

func (l *ledger) units(c *counter, at instant) int64 {
	if w := c.rolling; w > 0 {
		if d := l.rolling[w]; d != nil {
			return d.between(c.id, at.add(1-w), at.add(w))
		}
		return 0
	}
	n, _ := l.find(c, at)
	return n
}

func (l *ledger) happened(s *source, at instant) int64 {
	switch w := s.rolling; {
	case w > 0:
		return l.events.between(s.stream, at.add(1-w), at.add(w))
	case s.end != never:
		return l.events.between(s.stream, instant{second: s.start}, instant{second: s.end})
	default:
		return l.events.between(s.stream, earliest, latest)
	}
}

// take counts a unit on c.
func (l *ledger) take(c *counter, at instant) {
	l.unswept++
	if w := c.rolling; w > 0 {
		d := l.rolling[w]
		if d == nil {
			d = l.newRolling(w)
		}
		d.add(c.id, at)
		return
	}
	counts := l.counts(c)
	if counts == nil {
		counts = l.newPeriod(c.end)
	}
	counts.add(c.id)
}

func (l *ledger) newRolling(w time.Duration) *dated {
	if l.rolling == nil {
		l.rolling = make(map[time.Duration]*dated)
	}
	l.rolling[w] = new(dated)
	return l.rolling[w]
}

func (l *ledger) newPeriod(end int64) *counts {
	if l.periods == nil {
		l.periods = make(map[int64]*period)
	}
	i, _ := slices.BinarySearch(l.ends, end)
	l.ends = slices.Insert(l.ends, i, end)
	p := &period{end: end}
	l.periods[end] = p
	return &p.counts
}

// giveBack takes a unit off c. A counter without that unit stays as it is.
func (l *ledger) giveBack(c *counter, at instant) {
	if w := c.rolling; w > 0 {
		if d := l.rolling[w]; d != nil {
			d.remove(c.id, at)
		}
	} else if counts := l.counts(c); counts != nil {
		counts.remove(c.id)
	}
}

// purge drops what no instant from horizon on can see: calendar windows as a whole,
// and of rolling ones a segment of counters for each so many units that were taken,
// which keeps what is dead a small part of the whole, without a pause.
func (l *ledger) purge(horizon instant) {
	for len(l.ends) > 0 && (term{end: l.ends[0]}).gone(horizon, horizon) {
		delete(l.periods, l.ends[0])
		*l.slotOf(l.ends[0]) = nil
		l.ends = l.ends[1:]
	}
	if l.unswept < segmentLength/4 {
		return
	}
	l.unswept = 0
	for w, d := range l.rolling {
		d.sweep(horizon.add(1 - w))
	}
}
