package assign

import (
	"math/rand/v2"
	"testing"
)

func TestOne(t *testing.T) {
	var solver Solver
	p := large["gaps"].problem(rand.New(rand.NewPCG(0, 5)))
	solver.Optimal(p, 20000000)
}
