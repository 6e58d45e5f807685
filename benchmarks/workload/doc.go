// Package workload makes the inventories, rules and people that everything is
// measured on: the same from the same [Options] on every machine.
//
// Rules are made as trees ([Term]) that each peer writes in its own language, and
// that [Rule.Holds] judges by itself, so that no peer is the measure of another.
//
//	attributes ──► a sample of people ──► quantiles and shares
//	                                           │ each conjunct is chosen to be true
//	                                           ▼ for as many people as it should
//	offers, activities ◄────────────────── rules
package workload
