package capping

import (
	"context"
	"errors"
	"time"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// Errors that a Counter returns, to be found with errors.Is. Any other error
// means that the backend could not be reached or could not do its work.
var (
	// ErrUnknownDecision: no record of the decision is kept, because it never
	// was or because it is older than the backend's retention.
	ErrUnknownDecision = errors.New("unknown decision")
	// ErrUnknownActivity: the decision's record has no item of the activity.
	ErrUnknownActivity = errors.New("the decision has no such activity")
	// ErrLapsed: the hold is over and the units could not be taken again.
	ErrLapsed = errors.New("the hold has lapsed and its units are taken")
	// ErrReleased: the decision, or the part of it, was released before.
	ErrReleased = errors.New("released before")
	// ErrStale: the decision was decided again, or forgotten, since the attempt began.
	ErrStale = errors.New("decided again or forgotten meanwhile")
	// ErrOtherProfile: the decision's id belongs to another profile.
	ErrOtherProfile = errors.New("the id belongs to a decision for another profile")
	// ErrContradiction: an event says something else than its decision's record.
	ErrContradiction = errors.New("contradicts the decision's record")
)

// A Counter is the backend that counts units. Its methods are atomic: each
// happens at one point in time, whole or not at all, however many processes call.
//   - What is full is an answer, not an error. A call that returns an error has
//     changed nothing, unless its reply was lost on the way.
//   - A rolling window of length w has room at an instant iff fewer than the
//     limit of its units lie less than w before or after it, in whatever order
//     they came. Units of a calendar window and of one for ever are told apart by
//     their keys alone.
//   - A unit is dated by the instant of the decision that took it. Holds,
//     retention, and nothing else, go by the backend's clock.
//   - Held units count until the hold lapses: taken at t and held for h they are
//     back in their windows at t+h.
//   - A record of each decision is kept for the backend's retention (usually an
//     hour) from its latest granted Reserve, or as long as its hold if that is
//     longer. Then the id is new, and what was confirmed still counts.
//   - Nothing of one tenant is seen by another.
//   - A context that is over before the call returns its error and does nothing.
//   - What is passed in is not kept or changed: slices stay the caller's.
//   - Safe for concurrent use.
type Counter interface {
	// Usage reads how many units each key holds, around a.At for a rolling
	// window, in one consistent view and without those of the decision a.ID
	// itself. Events are nobody's own: a key with Counts tells all of them. It
	// appends the numbers to dst in the order of the keys. A key that was never
	// counted is 0. It returns [ErrOtherProfile] if a.ID is recorded for another
	// profile; none is another than any.
	Usage(ctx context.Context, a Attempt, keys []Key, dst []int64) (Usage, error)

	// Reserve takes all units of r, or none, and replaces what the decision r.ID
	// held before.
	//   - Units of the decision itself are free to it. Those that it no longer uses
	//     go back to the windows that they came from, all others get r's instant.
	//   - But units that Resolve confirmed, or that were recorded as displayed, are
	//     kept with the instant that they have, and go back only by a release. Where r asks
	//     for the same key (in a rolling window: less than its length away) they
	//     serve r, their own activity first, and are not taken twice.
	//   - Limits on the same key, also of different items, take one unit each. If
	//     their Max differs the smallest counts.
	//   - A limit with Counts takes nothing: it has room iff fewer than Max events count.
	//   - If the answer names what is full nothing was changed, and it names all.
	//   - It returns [ErrOtherProfile] as Usage does, and [ErrStale] if r.Revision is
	//     not the record's revision any more, or no record is left.
	Reserve(ctx context.Context, r Reservation) (Grant, error)

	// Resolve confirms or releases a decision. Both may be repeated, and a repeat
	// changes nothing. It returns [ErrUnknownDecision], [ErrUnknownActivity], and for a
	// confirmation [ErrReleased] (nothing is left to confirm) and [ErrLapsed].
	Resolve(ctx context.Context, r Resolution) error
}

// A Recorder is a [Counter] that also counts recorded events. Without it, caps
// that count events cannot be read and Record is an error.
type Recorder interface {
	Counter
	// Record counts the event at e.At: on every key whose Counts is its type, whose
	// Offer is its offer or whose Policy is one of its policies, and whose
	// Profile and Placement are empty or its own, in whatever window, also on
	// keys that nobody asked for yet.
	//   - An event counts once for its id, which is remembered for the backend's
	//     event retention (usually 7 days). A repeat does nothing and is no error; an
	//     event that was refused is not remembered.
	//   - With a Decision whose record is kept, the profile and the placement are
	//     filled in from it. It returns [ErrContradiction] if they differ from it, or
	//     if the decision has no such item, and an error that asks for the
	//     activity if the items that it may be about are in several placements.
	//   - With a Decision of which no record is kept, it returns [ErrUnknownDecision]
	//     if profile or placement are missing; without any Decision another error.
	//   - If e.Display is true it confirms what the decision holds for the offer.
	//     The event counts also where that has lapsed and the units are taken.
	Record(ctx context.Context, e Event) error
}

// An Attempt is one deciding of a decision.
type Attempt struct {
	Tenant  string     `json:"tenant,omitempty"`
	ID      string     `json:"id"` // the decision's, not empty
	Profile profile.ID `json:"profileId,omitempty"`
	At      time.Time  `json:"at"` // the decision's instant, between the years 1 and 9999
}

// A Usage is what the counters hold, and where the decision's record stands.
type Usage struct {
	Units    []int64 // by key
	Revision uint64  // of the decision's record, 0 if there is none
}

// A Reservation is what a decision proposes and the units that it takes.
type Reservation struct {
	Attempt
	// Revision is the one that Usage returned: the attempt is refused if the
	// record has moved on. In a decision's own record it is the one of its Grant.
	Revision uint64        `json:"revision"`
	Hold     time.Duration `json:"-"` // how long the units are held, not below 0; 0: they are confirmed at once
	Items    []Item        `json:"items"`
}

// An Item is one proposed offer, or one fallback, of a decision. An activity
// that proposes several offers has several.
type Item struct {
	Activity  offer.ActivityID `json:"activity"`
	Placement placement.ID     `json:"placement"`
	Offer     offer.ID         `json:"offer"`            // an offer's or a fallback's
	Limits    []Limit          `json:"limits,omitempty"` // one unit of each is taken
}

// A Grant is the answer to a Reservation.
type Grant struct {
	// Full names each key that has no room for all that was asked of it, with
	// the units that others hold. If it is empty the reservation stands.
	Full []Full
	// Revision is the record's new revision if the reservation stands, else 0. It
	// is larger than every earlier one of the same id, also of forgotten records.
	Revision uint64
}

// Granted reports whether the reservation stands.
func (g Grant) Granted() bool { return len(g.Full) == 0 }

// Full is a counter without enough room.
type Full struct {
	Key  Key
	Used int64 // units on it that are not the decision's own
}

// An Action is what to do with the units of a decision.
type Action int

// The actions of a Resolution.
const (
	// Confirm makes held units count for good. After the hold has lapsed it takes
	// them again, dated as they were, if all have room, else it returns ErrLapsed.
	// What was released before stays released.
	Confirm Action = iota + 1
	// Release gives units back to their windows, also confirmed ones. What has
	// lapsed can then not be confirmed any more.
	Release
)

// A Resolution confirms or releases a decision, or one activity of it.
type Resolution struct {
	Tenant   string
	ID       string
	Action   Action
	Activity offer.ActivityID // empty: the whole decision
	// Record, for a release, is the decision's own record, with the revision of its
	// Grant: units that still are where it put them go back, whether the backend
	// keeps its record or not, and only once. A record that was replaced since
	// returns what a confirmation or a display has kept of it and no later revision
	// has used, for all else is back already. One without revision was
	// never granted, and does nothing. A confirmation does not look at it.
	Record *Reservation
}

// An Event is something that happened to an offer.
type Event struct {
	Tenant    string
	ID        string     // the event's own, not empty: it is counted once
	Type      string     // not empty
	Offer     offer.ID   // not empty; it need not be known
	Policies  []PolicyID // that count this type for this offer
	Profile   profile.ID
	Placement placement.ID
	At        time.Time        // between the years 1 and 9999; late is fine
	Decision  string           // empty: none is known
	Activity  offer.ActivityID // empty: any of the decision that proposes the offer
	Display   bool             // it confirms what was held
}
