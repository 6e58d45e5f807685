package decisioning_test

import (
	"slices"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// display is the type of the event that confirms what was held.
const display = "decisioning.propositionDisplay"

// judgeKey is the identity of a counter, and for a calendar window which one.
type judgeKey struct {
	offer     offer.ID
	policy    capping.PolicyID
	profile   profile.ID
	counts    string
	placement placement.ID
	window    offer.Window
	slot      string // the calendar window, named
}

// judgeUnit is one unit that a proposition took.
type judgeUnit struct {
	key   judgeKey
	limit int64
	at    time.Time
	until time.Time // when the hold lapses; zero: confirmed
	kept  bool      // confirmed explicitly or displayed: it goes back only by a release
	back  bool      // it is back in its window

	serves *judgeRecord // the latest deciding that has a use for it, remembered or not
}

func (u *judgeUnit) lapsed(clock time.Time) bool { return !u.until.IsZero() && !clock.Before(u.until) }

// judgeRecord is what is remembered of a decision.
type judgeRecord struct {
	id       string
	profile  profile.ID
	decided  time.Time // by the clock of the counter
	revision int
	items    []judgeItem
	left     []*judgeUnit // kept units that the latest deciding has no use for
	released bool         // as a whole
}

type judgeItem struct {
	activity  decisioning.ActivityID
	placement placement.ID
	offer     offer.ID // of an offer or a fallback
	units     []*judgeUnit
	released  bool
}

// judgeEvent is a recorded outcome with all it needs filled in.
type judgeEvent struct {
	decisioning.Outcome
	policies []capping.PolicyID
}

// judgeCounters is a list of all units ever taken, a list of all events, and
// the records of decisions.
type judgeCounters struct {
	clock   time.Time
	units   []*judgeUnit
	events  []judgeEvent
	seen    map[string]bool // events, by id
	records map[string]*judgeRecord
	decided int
}

// retention is how long records are kept.
const retention = time.Hour

// record returns what is remembered of a decision, nil if nothing is.
func (c *judgeCounters) record(id string) *judgeRecord {
	r := c.records[id]
	if r == nil || !c.clock.Before(r.decided.Add(retention)) {
		return nil
	}
	return r
}

// used counts what the counter holds around the instant, without the units of own.
func (c *judgeCounters) used(k judgeKey, at time.Time, own *judgeRecord) int64 {
	inWindow := func(unit time.Time) bool {
		return k.window.Rolling == 0 || at.Sub(unit).Abs() < k.window.Rolling
	}
	var n int64
	if k.counts != "" {
		for _, e := range c.events {
			if e.matches(k) && inWindow(e.At) {
				n++
			}
		}
		return n
	}
	for _, u := range c.units {
		if u.key == k && !u.back && !u.lapsed(c.clock) && !own.owns(u) && inWindow(u.at) {
			n++
		}
	}
	return n
}

// matches reports whether the event counts on the key.
func (e *judgeEvent) matches(k judgeKey) bool {
	of := k.policy == "" && e.Offer == k.offer
	for _, p := range e.policies {
		of = of || p == k.policy
	}
	return of && e.Type == k.counts && (k.profile == "" || k.profile == e.ProfileID) &&
		(k.placement == "" || k.placement == e.Placement) && windowOf(k.window, e.At) == k.slot
}

func (r *judgeRecord) owns(u *judgeUnit) bool {
	return slices.Contains(r.units(), u)
}

func (r *judgeRecord) units() []*judgeUnit {
	if r == nil {
		return nil
	}
	units := r.left
	for _, item := range r.items {
		units = append(slices.Clip(units), item.units...)
	}
	return units
}

// replace takes the units of the new items, gives back what the decision held,
// and leaves what was confirmed or displayed, which serves the new items first.
// It is called when there is room for all.
func (c *judgeCounters) replace(old *judgeRecord, id string, person profile.ID, items []judgeItem) *judgeRecord {
	c.decided++
	now := &judgeRecord{id: id, profile: person, decided: c.clock, revision: c.decided}
	var kept []*judgeUnit
	for _, u := range old.units() {
		if u.kept && !u.back {
			kept = append(kept, u)
		} else {
			u.back = true
		}
	}
	for _, item := range items {
		for i, u := range item.units {
			if k := serving(kept, u); k >= 0 {
				item.units[i] = kept[k]
				kept = append(kept[:k], kept[k+1:]...)
			} else {
				c.units = append(c.units, u)
			}
			item.units[i].serves = now
		}
		now.items = append(now.items, item)
	}
	now.left = kept
	c.records[id] = now
	return now
}

// serving finds the kept unit that serves instead of the new one: on the same
// key, and in a rolling window less than its length away.
func serving(kept []*judgeUnit, u *judgeUnit) int {
	for i, k := range kept {
		if length := k.key.window.Rolling; k.key == u.key && (length == 0 || k.at.Sub(u.at).Abs() < length) {
			return i
		}
	}
	return -1
}

// full names the keys without room for all units that the items ask for.
func (c *judgeCounters) full(items []judgeItem, at time.Time, own *judgeRecord) map[judgeKey]int64 {
	asked, limits := map[judgeKey]int64{}, map[judgeKey]int64{}
	for _, item := range items {
		for _, u := range item.units {
			asked[u.key]++
			limits[u.key] = u.limit
		}
	}
	full := map[judgeKey]int64{}
	for k, n := range asked {
		if used := c.used(k, at, own); used+n > limits[k] {
			full[k] = used
		}
	}
	return full
}

// confirm makes the units of a decision, or of one of its activities, count for good.
func (c *judgeCounters) confirm(id string, activity decisioning.ActivityID) error {
	r := c.record(id)
	if r == nil {
		return capping.ErrUnknownDecision
	}
	var items []judgeItem
	known := activity == "" && r.released
	for _, item := range r.items {
		if activity == "" || item.activity == activity {
			known = true
			if !item.released {
				items = append(items, item)
			}
		}
	}
	if known && len(items) == 0 {
		return capping.ErrReleased
	}
	var again []judgeItem
	for _, item := range items {
		var lapsed []*judgeUnit
		for _, u := range item.units {
			if u.lapsed(c.clock) {
				lapsed = append(lapsed, u)
			}
		}
		if len(lapsed) > 0 {
			again = append(again, judgeItem{units: lapsed})
		}
	}
	// Its lapsed units are not counted any more, the others are.
	if len(again) > 0 && len(c.full(again, again[0].units[0].at, nil)) > 0 {
		return capping.ErrLapsed
	}
	for _, item := range items {
		for _, u := range item.units {
			u.until, u.kept = time.Time{}, true
		}
	}
	return nil
}

// release gives the units of a decision, or of one of its activities, back.
func (c *judgeCounters) release(id string, activity decisioning.ActivityID) error {
	r := c.record(id)
	if r == nil {
		return capping.ErrUnknownDecision
	}
	r.release(activity)
	return nil
}

func (r *judgeRecord) release(activity decisioning.ActivityID) {
	for i, item := range r.items {
		if activity == "" || item.activity == activity {
			r.items[i].released = true
			for _, u := range item.units {
				u.back = true
			}
		}
	}
	if activity == "" {
		r.released = true
		for _, u := range r.left {
			u.back = true
		}
	}
}

// releaseRecord gives the units of a decision back at any age, but for those that
// serve a later deciding of its id.
func (c *judgeCounters) releaseRecord(of *judgeRecord) {
	latest := c.records[of.id]
	if latest == of {
		of.release("")
		return
	}
	for _, u := range of.units() {
		u.back = u.back || u.serves == of && !latest.owns(u) || slices.Contains(latest.left, u)
	}
}

// happened counts an outcome, once for its id.
func (c *judgeCounters) happened(o decisioning.Outcome, policies []capping.PolicyID) error {
	if o.At.IsZero() {
		o.At = c.clock
	}
	if o.At.After(c.clock.Add(5 * time.Minute)) {
		return errFuture
	}
	if c.seen[o.ID] {
		return nil
	}
	items, err := c.fill(&o)
	if err != nil {
		return err
	}
	c.seen[o.ID] = true
	c.events = append(c.events, judgeEvent{o, policies})
	for _, item := range items {
		for _, u := range item.units {
			if o.Type == display && !u.back && !u.lapsed(c.clock) {
				u.until, u.kept = time.Time{}, true
			}
		}
	}
	return nil
}

// fill fills profile and placement in from the record of the outcome's decision
// and returns the items that the outcome is about.
func (c *judgeCounters) fill(o *decisioning.Outcome) ([]judgeItem, error) {
	r := c.record(o.Decision)
	if o.Decision == "" || r == nil {
		if o.Decision != "" && (o.ProfileID == "" || o.Placement == "") {
			return nil, capping.ErrUnknownDecision
		}
		return nil, nil
	}
	var items []judgeItem
	for _, item := range r.items {
		if item.offer == o.Offer && (o.Activity == "" || o.Activity == item.activity) {
			items = append(items, item)
		}
	}
	if o.ProfileID == "" {
		o.ProfileID = r.profile
	}
	if o.Placement == "" && len(items) > 0 {
		o.Placement = items[0].placement
	}
	if o.ProfileID != r.profile || len(items) == 0 || o.Placement != items[0].placement {
		return nil, capping.ErrContradiction
	}
	return items, nil
}
