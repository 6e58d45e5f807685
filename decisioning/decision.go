package decisioning

import (
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// A Decision is the answer to a request: one proposition for each activity, in
// the order of the request. It may be kept as JSON and read back.
type Decision struct {
	ID           string        `json:"id"`
	ProfileID    profile.ID    `json:"profileId,omitempty"`
	At           time.Time     `json:"at"`
	Version      string        `json:"version"` // of the snapshot that it was made by
	Propositions []Proposition `json:"propositions"`
	// Degraded says what could not be done as it should; empty if all went well.
	Degraded []Degradation `json:"degraded,omitempty"`
	// Unsettled: a reservation was tried and its reply was lost. Its units count
	// as taken until the id is decided again or released.
	Unsettled bool `json:"unsettled,omitempty"`
	// Warnings tell what is doubtful about the catalog or its rules and changes no
	// answer: rankers mixed without weights, policies and formulas that err.
	Warnings []Warning `json:"warnings,omitempty"`
	// Trace explains the decision, by activity; nil unless asked for.
	Trace map[ActivityID]*ActivityTrace `json:"trace,omitempty"`
	// Record is what was reserved, for [Engine.ReleaseRecord]; nil if nothing was.
	Record *capping.Reservation `json:"record,omitempty"`

	memory memory
}

// PropositionKind says what an activity proposes.
type PropositionKind string

// The kinds of propositions.
const (
	ProposesOffer    PropositionKind = "offer"
	ProposesFallback PropositionKind = "fallback"
	ProposesNone     PropositionKind = "none"
)

// A Proposition is what one activity proposes. Its representations are the
// snapshot's own, shared by all decisions: they are not to be changed.
type Proposition struct {
	Activity  ActivityID        `json:"activity"`
	Placement placement.ID      `json:"placement"`
	Kind      PropositionKind   `json:"kind"`
	Offers    []ProposedOffer   `json:"offers,omitempty"`   // in rank order, if Kind is ProposesOffer
	Fallback  *ProposedFallback `json:"fallback,omitempty"` // if Kind is ProposesFallback
	Reason    Reason            `json:"reason,omitempty"`   // why an activity is out: Quarantined
}

// A ProposedOffer is an offer in a proposition.
type ProposedOffer struct {
	ID             offer.ID              `json:"id"`
	Score          *float64              `json:"score"` // nil: without a score
	Tier           int                   `json:"tier"`
	Representation *offer.Representation `json:"representation"`
	Uncounted      bool                  `json:"uncounted,omitempty"` // fail open: its caps could not be checked
}

// A ProposedFallback is the fallback of a proposition.
type ProposedFallback struct {
	ID             offer.ID              `json:"id"`
	Representation *offer.Representation `json:"representation"`
}

// DegradedBy says what degraded a decision.
type DegradedBy string

// What can degrade a decision.
const (
	ProfileUnavailable DegradedBy = "profile_unavailable" // the source failed, or its data were refused
	EventsUnavailable  DegradedBy = "events_unavailable"  // as the profile
	FilterFailed       DegradedBy = "filter_failed"       // nothing passed it
	RankerFailed       DegradedBy = "ranker_failed"       // its offers have no score
	CapperFailed       DegradedBy = "capper_failed"       // its offers are out as capped
	CappingDown        DegradedBy = "capping_unavailable" // the counter failed
	Superseded         DegradedBy = "superseded"          // its id was decided again meanwhile: it took nothing
	SearchCut          DegradedBy = "search_cut"          // the plan may not be the best one
	DeadlinePassed     DegradedBy = "deadline_passed"     // rules that were not reached count as not true
)

// A Degradation is something that could not be done as it should.
type Degradation struct {
	Reason   DegradedBy `json:"reason"`
	Activity ActivityID `json:"activity,omitempty"` // empty: the whole decision
	Detail   string     `json:"detail,omitempty"`   // the text of Err, if Config.ErrorText
	Err      error      `json:"-"`                  // the cause, for the program; it may quote data
}

// A Warning is something to look at that changes no answer.
type Warning struct {
	Entity string `json:"entity"` // activities, policies[open-complaint], …
	Detail string `json:"detail"`
}

// A Reason is why an offer is not proposed: the first step of narrowing that it
// does not pass.
type Reason string

// The reasons, in the order of the steps.
const (
	NotApproved        Reason = "status"
	NotPlaced          Reason = "placement"           // no representation for the activity's placement
	NotSelected        Reason = "collection"          // no selection takes it, or the request excludes it
	OutOfCalendar      Reason = "calendar"            // the offer's, or the activity's
	Suppressed         Reason = "suppressed"          // by a policy
	SuppressionUnknown Reason = "suppression_unknown" // a policy could not be told from the data that were there
	Ineligible         Reason = "ineligible"          // by the rules of activity, selection, collection or offer
	Inapplicable       Reason = "inapplicable"        //
	Unsuitable         Reason = "unsuitable"          //
	Filtered           Reason = "filtered"            // by a filter of the application
	Capped             Reason = "capped"              // a cap or contact policy has no room
	CappedContended    Reason = "capped_contended"    // its units were refused too often
	CappingUnavailable Reason = "capping_unavailable" // its caps could not be read or taken
	BelowMinScore      Reason = "below_min_score"     //
	Outranked          Reason = "outranked"           // others were chosen
	Duplicate          Reason = "duplicate"           // it is proposed elsewhere in this decision
	Quarantined        Reason = "quarantined"         // of a proposition: its activity is out
)
