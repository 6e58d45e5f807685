//go:build race

package decisioning_test

// judgeBatches is how many hundred random catalogs are compared.
const judgeBatches = 5

// racing: the race detector allocates.
const racing = true
