// Package rules is the one place where proffer meets CEL: it compiles rules and
// formulas, checks them, and evaluates them within bounds.
//
// A [Compiler] turns text into an [Expr], each text once. An [Input] binds the
// facts of one decision for any number of expressions, and an [Object] is an
// offer or an activity as formulas see it.
//
// # Trust
//
// Both rules and data may be hostile. At compile time the text, its nesting and
// its nodes are bounded, patterns that are no literals are refused, and so is
// what would cost too much over data of the declared sizes. At run time a meter
// counts steps and bytes, and every call that can be slow or large is priced
// before it is made, so that one evaluation ends within 50 ms and 8 MiB whatever
// the rule and the data. The meter never reads a clock: the same rule over the
// same data ends in the same way on every machine.
//
// Errors of an evaluation are reported by kind and position; only [Error].Detail
// may quote data.
package rules
