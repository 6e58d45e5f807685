//go:build !race

package rules

// How much slower than a quiet machine the tests may be, and how much more memory
// they may take than an ordinary build.
const slack, waste = 4, 1
