//go:build !race

package capping_test

const raced = false
