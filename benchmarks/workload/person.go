package workload

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Epoch is when all requests are made, give or take a minute.
var Epoch = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// EventTypes are the types of the events that people have.
var EventTypes = []string{
	"purchaseCompleted", "productPageViewed", "cartItemAdded", "emailOpened", "emailLinkClicked", "storeVisited",
	"supportCalled", "offerDisplayed",
}

// EventDays are the windows that rules count events in.
var EventDays = []int{1, 7, 30, 90}

const eventsEach = 50

// A Person is who asks, with the circumstances of the request.
type Person struct {
	ID     string
	Values []any // by [Attribute.Index]; nil: missing
	Events []Event

	counts [8][4]int // of the events, by type and window
}

// An Event is something that the person did.
type Event struct {
	Type string
	At   time.Time
}

// newPerson draws a person. lacking is the share of what anybody has that this
// person lacks.
func newPerson(rng *rand.Rand, id string, all []*Attribute, skew bool, lacking float64) *Person {
	p := &Person{ID: id, Values: make([]any, len(all)), Events: make([]Event, eventsEach)}
	for i, a := range all {
		v := a.draw(rng, skew)
		if a.Optional() && rng.Float64() >= a.Present || rng.Float64() < lacking {
			v = nil
		}
		p.Values[i] = v
	}
	for i := range p.Events {
		ago := time.Hour + time.Duration(rng.Int64N(int64(100*day))).Truncate(time.Second)
		p.Events[i] = Event{EventTypes[pick(rng, len(EventTypes), skew)], Epoch.Add(-ago)}
	}
	slices.SortFunc(p.Events, func(a, b Event) int { return b.At.Compare(a.At) })
	p.countEvents()
	return p
}

// countEvents counts once what the terms of thousands of rules ask for.
func (p *Person) countEvents() {
	for _, e := range p.Events {
		for w, days := range EventDays {
			if e.At.After(Epoch.AddDate(0, 0, -days)) {
				p.counts[slices.Index(EventTypes, e.Type)][w]++
			}
		}
	}
}

// Count returns how many events of the type lie in the last days before [Epoch].
func (p *Person) Count(eventType string, days int) int {
	return p.counts[slices.Index(EventTypes, eventType)][slices.Index(EventDays, days)]
}

// JSON returns the attributes of the root as an object.
func (p *Person) JSON(all []*Attribute, root string) []byte {
	text := []byte{'{'}
	open := "" // the nested object that is being written
	for i, a := range all {
		if a.Root != root || p.Values[i] == nil {
			continue
		}
		name := a.Name
		outer, inner, nested := strings.Cut(name, ".")
		if open != "" && (!nested || outer != open) {
			text, open = append(text, '}'), ""
		}
		if len(text) > 1 && text[len(text)-1] != '{' {
			text = append(text, ',')
		}
		if nested && open == "" {
			text, open = append(strconv.AppendQuote(text, outer), ':', '{'), outer
		}
		if nested {
			name = inner
		}
		value, err := json.Marshal(p.Values[i])
		if err != nil {
			panic(err) // numbers, texts and lists of texts have a form
		}
		text = append(append(strconv.AppendQuote(text, name), ':'), value...)
	}
	if open != "" {
		text = append(text, '}')
	}
	return append(text, '}')
}

// EventsJSON returns the events as an array.
func (p *Person) EventsJSON() []byte {
	text := []byte{'['}
	for i, e := range p.Events {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(strconv.AppendQuote(append(text, `{"eventType":`...), e.Type), `,"timestamp":`...)
		text = append(strconv.AppendQuote(text, e.At.Format(time.RFC3339)), '}')
	}
	return append(text, ']')
}
