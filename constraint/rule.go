package constraint

import (
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/offer"
)

// RuleID identifies a rule. It is valid UTF-8 without control characters, 1 to
// 256 bytes.
type RuleID = offer.RuleID

// A Rule is a condition that entities share by its id.
type Rule struct {
	ID   RuleID `json:"id"`
	Expr string `json:"expr"` // in CEL, over profile, context, events and now
}

// PolicyID identifies a policy. It is valid UTF-8 without control characters, 1
// to 256 bytes.
type PolicyID string

// A Policy says when not to propose: while When is true and Until is not yet
// reached, the offers of the collection are suppressed.
type Policy struct {
	ID       PolicyID      `json:"id"`
	When     string        `json:"when"` // rule in CEL
	Suppress collection.ID `json:"suppress"`
	Until    string        `json:"until,omitempty"`   // CEL for a timestamp; empty, or an error, is no end
	Reason   string        `json:"reason,omitempty"`  // for people, quoted in explanations
	OnError  OnError       `json:"onError,omitempty"` // what an error of When means
}

// OnError says what a policy does when its condition ends in an error.
type OnError string

// What an error of a policy's condition means. The empty OnError suppresses
// nothing, unless a source failed.
const (
	SuppressOnError OnError = "suppress"
)
