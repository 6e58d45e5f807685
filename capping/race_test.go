//go:build race

package capping_test

// raced: the race detector lets pools lose what they are given.
const raced = true
