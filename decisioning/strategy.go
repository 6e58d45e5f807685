package decisioning

import (
	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/rank"
)

// A Strategy is how an application adds to what the catalog says. The zero
// Strategy adds nothing.
type Strategy struct {
	// Filters narrow further, in order, after the catalog's own constraints.
	Filters []constraint.Filter
	// Ranker ranks where the catalog names no ranking. Nil ranks by priority.
	Ranker rank.Ranker
	// Capper adds limits to the catalog's caps and contact policies. Nil adds none.
	Capper capping.Capper
	// Arbitration says how the activities of a request are decided together. Only
	// [Config].Strategy has one. Zero is Optimal.
	Arbitration Arbitration
}

// Arbitration says how the activities of a request compete for offers.
type Arbitration int

const (
	// Optimal finds the best plan for all activities together. It is exact.
	Optimal Arbitration = iota
	// Sequential fills the activities in the order of the request, each with its
	// best remaining offers.
	Sequential
)
