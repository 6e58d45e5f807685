package jsonfacts

import (
	"time"

	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/profile"
)

// An eventList is events as the reader keeps them.
type eventList struct {
	document profile.Document
	facts    []map[string]any // once asked for; also those to come
	past     []map[string]any // those of them that exist at now, once asked for
	now      time.Time
	guide    guide
	values   [eventSlots]slot.Value // of the event that is being read
	filled   []int32                // the slots of values that are not absent
	elements []slot.Value           // of lists there, which nobody reads
}

// What counts look at in an event.
const (
	typeKey      = "eventType"
	timestampKey = "timestamp"
)

// An event is read as if it were a profile of two slots.
var eventSchema = slot.NewSchema().With([]slot.Path{{Keys: []string{typeKey}}, {Keys: []string{timestampKey}}}, nil)

// Their slots follow the roots.
const (
	typeSlot = iota + slot.Context + 1
	timestampSlot
	eventSlots
)

// Events reads the events in place of those that were read. A document that is not
// given is an empty list. An error is that of [Events], and leaves no events.
func (r *Reader) Events(d profile.Document) error {
	r.forgetEvents()
	r.Row.NoEvents = false
	r.events.document = d
	if !d.Given() {
		return nil
	}
	if text := d.Text(); r.isReadable(text) {
		if r.scanEvents(text) {
			return nil
		}
		r.forgetEvents()
	}
	events, err := decodeEvents(d, r.limits)
	if err != nil {
		r.FailEvents()
		return err
	}
	r.events.document, r.events.facts = d, events
	for _, event := range events {
		kind, timestamp := valueOf(event[typeKey]), valueOf(event[timestampKey])
		r.addEvent(&kind, &timestamp)
	}
	return nil
}

// FailEvents makes the events ones that could not be had.
func (r *Reader) FailEvents() {
	r.forgetEvents()
	r.Row.NoEvents = true
}

// EventMaps returns the facts that [Events] gives for the document at the instant:
// nil if the events could not be had. They are decoded when first asked for and
// are not to be changed.
func (r *Reader) EventMaps(now time.Time) []map[string]any {
	e := &r.events
	if r.Row.NoEvents {
		return nil
	}
	if e.facts == nil {
		e.facts, _ = decodeEvents(e.document, r.limits) // which was read without an error
	}
	if e.past == nil || !e.now.Equal(now) {
		e.now, e.past = now, make([]map[string]any, 0, len(e.facts))
		for _, event := range e.facts {
			if !isLater(event, now) {
				e.past = append(e.past, event)
			}
		}
	}
	return e.past
}

// Count returns how many events c counts at the instant, and whether the events
// could be had.
func (r *Reader) Count(c slot.Count, now time.Time) (n int, ok bool) { return r.Row.Count(c, now) }

// scanEvents reports whether the text is good, and adds its events. What they are
// read into is memory that the next event overwrites.
func (r *Reader) scanEvents(text []byte) bool {
	s, values := &r.scan, &r.events.values
	facts := s.guide
	r.events.guide.follow(eventSchema)
	s.guide, s.values, s.elements, s.filled = r.events.guide, values[:], r.events.elements, r.events.filled
	ok := s.list(text, 0, func() {
		r.addEvent(&values[typeSlot], &values[timestampSlot])
		for _, filled := range s.filled {
			values[filled].Kind = slot.Absent
		}
		clear(s.elements)
		s.filled, s.elements = s.filled[:0], s.elements[:0]
	})
	clear(values[:])
	clear(s.elements)
	r.events.filled, r.events.elements, s.guide = s.filled[:0], recycle(s.elements[:0]), facts
	return ok
}

func (r *Reader) addEvent(kind, timestamp *slot.Value) {
	r.Row.Events = append(r.Row.Events, slot.Event{})
	event := &r.Row.Events[len(r.Row.Events)-1]
	if kind.Kind == slot.String {
		event.Type, event.Typed = kind.Text, true
	}
	if timestamp.Kind == slot.String {
		event.Seconds, event.Nanos, event.Dated = dated(timestamp.Text)
	}
}

func (r *Reader) forgetEvents() {
	e := &r.events
	clear(r.Row.Events)
	r.Row.Events = recycle(r.Row.Events[:0])
	e.document, e.facts, e.past = profile.Document{}, nil, nil
}
