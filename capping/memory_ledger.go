package capping

import (
	"slices"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// A ledger holds what is counted. Calendar windows and for ever need a number;
// only rolling windows and events, which any window may count, need the dates.
type ledger struct {
	counts  map[Key]int64
	rolling map[Key]timeline
	events  map[Key]timeline // by key without its window
}

func newLedger() ledger {
	return ledger{make(map[Key]int64), make(map[Key]timeline), make(map[Key]timeline)}
}

// used returns how many units, or events, count on k at the instant.
func (l *ledger) used(k *Key, at instant) int64 {
	if k.Counts != "" {
		return l.happened(k, at)
	}
	if w := k.Window.Rolling; w > 0 {
		return l.rolling[*k].near(at, w)
	}
	return l.counts[*k]
}

func (l *ledger) happened(k *Key, at instant) int64 {
	stream := *k
	stream.Window, stream.Start, stream.End = offer.Window{}, 0, 0
	events := l.events[stream]
	switch w := k.Window; {
	case w.Rolling > 0:
		return events.near(at, w.Rolling)
	case w.Every != "":
		return events.within(k.Start, k.End)
	default:
		return int64(len(events))
	}
}

// take counts a unit on k.
func (l *ledger) take(k *Key, at instant) {
	if k.Window.Rolling > 0 {
		l.rolling[*k] = l.rolling[*k].with(at)
	} else {
		l.counts[*k]++
	}
}

// giveBack takes a unit off k. A counter without that unit stays as it is.
func (l *ledger) giveBack(k *Key, at instant) {
	if k.Window.Rolling > 0 {
		if left := l.rolling[*k].without(at); len(left) > 0 {
			l.rolling[*k] = left
		} else {
			delete(l.rolling, *k)
		}
		return
	}
	if left := l.counts[*k] - 1; left > 0 {
		l.counts[*k] = left
	} else {
		delete(l.counts, *k)
	}
}

// happen counts the event in every stream that a key may read.
func (l *ledger) happen(e *Event) {
	at := instantOf(e.At)
	profiles := slices.Compact([]profile.ID{"", e.Profile})
	placements := slices.Compact([]placement.ID{"", e.Placement})
	count := func(k Key) {
		for _, k.Profile = range profiles {
			for _, k.Placement = range placements {
				l.events[k] = l.events[k].with(at)
			}
		}
	}
	count(Key{Tenant: e.Tenant, Counts: e.Type, Offer: e.Offer})
	for i, p := range e.Policies {
		if !slices.Contains(e.Policies[:i], p) {
			count(Key{Tenant: e.Tenant, Counts: e.Type, Policy: p})
		}
	}
}

// gone reports whether units on k at the instant may have been dropped, if what no
// instant from horizon on can see is.
func gone(k *Key, at, horizon instant) bool {
	switch w := k.Window; {
	case k.Counts != "":
		return false
	case w.Rolling > 0:
		return at.before(horizon)
	case w.Every != "":
		return !horizon.before(instant{second: k.End})
	default:
		return false
	}
}

// purge looks at n counters of either kind, whichever the maps come upon, and
// drops what no instant from horizon on can see. Called with a few for each
// unit that is taken it keeps what is dead a small part of the whole, without a pause.
func (l *ledger) purge(horizon instant, n int) {
	left := n
	for k := range l.counts {
		if left--; left < 0 {
			break
		}
		if gone(&k, horizon, horizon) {
			delete(l.counts, k)
		}
	}
	left = n
	for k, units := range l.rolling {
		if left--; left < 0 {
			break
		}
		if dead := units.before(horizon.add(1 - k.Window.Rolling)); dead == len(units) {
			delete(l.rolling, k)
		} else if dead > 0 {
			l.rolling[k] = units[dead:]
		}
	}
}
