package peer

import (
	"time"

	"github.com/tidwall/gjson"

	"github.com/proffer-go/proffer/benchmarks/workload"
)

// An event is one of a person.
type event struct {
	Type string    `json:"eventType"`
	At   time.Time `json:"timestamp"`
}

// A history is the events of a person for Go code that counts in it.
type history struct {
	events []event
	now    time.Time
}

// read takes the events of the request.
func (h *history) read(r *workload.Request) error {
	h.now, h.events = r.At, h.events[:0]
	if !gjson.ValidBytes(r.Events) {
		return errJSON
	}
	gjson.ParseBytes(r.Events).ForEach(func(_, value gjson.Result) bool {
		var e event
		value.ForEach(func(key, v gjson.Result) bool {
			switch key.Str {
			case "eventType":
				e.Type = v.Str
			case "timestamp":
				e.At, _ = time.Parse(time.RFC3339, v.Str)
			}
			return true
		})
		h.events = append(h.events, e)
		return true
	})
	return nil
}

// count returns how many events of the type lie in the last days.
func (h *history) count(eventType string, days int) int {
	after, n := ago(h.now, days), 0
	for i := range h.events {
		e := &h.events[i]
		if e.Type == eventType && e.At.After(after) && !e.At.After(h.now) {
			n++
		}
	}
	return n
}

// ago returns the instant before which a window of days begins.
func ago(now time.Time, days int) time.Time { return now.Add(-time.Duration(days) * 24 * time.Hour) }
