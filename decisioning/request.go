package decisioning

import (
	"time"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A Request asks for the propositions of some activities for one person at one
// instant.
type Request struct {
	// ID names the decision. It has at most 1024 bytes of UTF-8, as ProfileID. To decide an id again replaces what it reserved.
	// Empty: the decision gets a new one,
	// and without a ProfileID either ties fall alike for everybody.
	ID string
	// ProfileID is the person. Empty: unknown; then offers under caps per profile are out.
	ProfileID profile.ID
	// At is the instant to decide at. Zero: Config.Now.
	At time.Time
	// Profile, Events and Context are the facts. What is given wins over the
	// application's sources; not given anywhere: {}, [] and {}.
	Profile, Events, Context profile.Document
	// Activities are to be decided together, in order; at least one, each once.
	Activities []ActivityID
	// Exclude names offers not to propose. Unknown ones are passed over.
	Exclude []offer.ID
	// AllowDuplicates lets activities propose the same offer.
	AllowDuplicates bool
	// DryRun obeys caps and takes nothing.
	DryRun bool
	// Hold is how long the units are held for Confirm. 0: they are confirmed at once.
	Hold time.Duration
	// Trace says how much to explain. Zero: nothing.
	Trace TraceLevel

	prepared *prepared // what Prepare made of the facts; nil: nothing
}

// TraceLevel says how much of a decision is explained.
type TraceLevel int

const (
	// NoTrace explains nothing.
	NoTrace TraceLevel = iota
	// TraceReasons counts what each step left, and gives each offer's reason.
	TraceReasons
)
