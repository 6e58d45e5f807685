//go:build race

package rules

// The race detector slows evaluation about tenfold, and keeps some values on the
// heap that need not be there.
const slack, waste = 40, 8
