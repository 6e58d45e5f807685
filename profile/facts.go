package profile

import "time"

// ID identifies a person. Empty is an unknown one.
type ID string

// Facts are what is known of one person at one instant: attributes, events,
// the context of the request, and the instant itself. They are the only input of
// filters, rankers and cappers, and never change during a decision.
//
// Facts are safe for concurrent reading. What their methods return is not to be
// changed or kept.
type Facts struct {
	given Given
	from  Loader // nil: all is given
}

// Given is what Facts are made of. Numbers are float64, objects map[string]any
// and lists []any, as encoding/json decodes them.
type Given struct {
	ID      ID        // empty: unknown
	Now     time.Time // the instant of the decision
	Profile map[string]any
	Context map[string]any
	Events  []map[string]any // without those later than Now

	ProfileErr error // why the profile could not be had; nil if it could
	EventsErr  error // why the events could not be had; nil if they could
}

// NewFacts returns the facts that g gives, for tests of an application's parts:
// the engine makes its own from each request.
func NewFacts(g Given) *Facts { return &Facts{given: g} }

// A Loader gives facts when they are asked for, in the form of [Given]. Its methods
// may be called several times and at the same time, and give the same each time.
type Loader interface {
	Profile() (map[string]any, error)
	Events() ([]map[string]any, error)
	Context() map[string]any
}

// Load returns the facts of a person at an instant that l gives. Who does not ask for
// them does not pay for their decoding.
func Load(id ID, now time.Time, l Loader) Facts {
	return Facts{given: Given{ID: id, Now: now}, from: l}
}

// ID returns the id of the person, empty if unknown.
func (f *Facts) ID() ID { return f.given.ID }

// Now returns the instant of the decision. It is the only clock that a rule,
// filter or ranker may use.
func (f *Facts) Now() time.Time { return f.given.Now }

// Profile returns the person's attributes, or why they could not be had.
func (f *Facts) Profile() (map[string]any, error) {
	if f.from != nil {
		return f.from.Profile()
	}
	return f.given.Profile, f.given.ProfileErr
}

// Events returns the person's events, none later than Now, or why they could
// not be had.
func (f *Facts) Events() ([]map[string]any, error) {
	if f.from != nil {
		return f.from.Events()
	}
	return f.given.Events, f.given.EventsErr
}

// Context returns what the request told of its circumstances.
func (f *Facts) Context() map[string]any {
	if f.from != nil {
		return f.from.Context()
	}
	return f.given.Context
}
