//go:build !race

package decisioning_test

// judgeBatches is how many hundred random catalogs are compared.
const judgeBatches = 100

// racing: the race detector allocates.
const racing = false
