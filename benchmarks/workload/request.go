package workload

import (
	"strconv"
	"time"
)

// A Request is what a caller has in hand: who, when, and three JSON texts.
type Request struct {
	ID, ProfileID            string
	At                       time.Time
	Profile, Events, Context []byte
}

// Requests returns n requests by the people in turn, a millisecond apart.
func (w *Workload) Requests(n int) []Request {
	type texts struct{ profile, events, context []byte }
	known := make([]texts, len(w.People))
	for i, p := range w.People {
		known[i] = texts{p.JSON(w.Attributes, "profile"), p.EventsJSON(), p.JSON(w.Attributes, "context")}
	}
	all := make([]Request, n)
	for i := range all {
		t := known[i%len(known)]
		all[i] = Request{
			ID: "request-" + strconv.Itoa(i), ProfileID: w.People[i%len(known)].ID,
			At:      Epoch.Add(time.Duration(i) * time.Millisecond),
			Profile: t.profile, Events: t.events, Context: t.context,
		}
	}
	return all
}
