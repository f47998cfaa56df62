package abtest

import "math/rand/v2"

// Side is one of the two things that are compared.
type Side int

const (
	A Side = iota
	B
)

func (s Side) String() string {
	if s == A {
		return "a"
	}
	return "b"
}

// Other is the other side.
func (s Side) Other() Side { return 1 - s }

// Order is which side is run when: blocks of both sides, of which the seed draws
// which begins. The same seed draws the same order everywhere.
func Order(seed uint64, blocks int) []Side {
	// The generator itself, because how math/rand makes smaller numbers of its
	// output may change.
	source := rand.NewPCG(seed, 0)
	order := make([]Side, 0, 2*blocks)
	for range blocks {
		first := Side(source.Uint64() >> 63)
		order = append(order, first, first.Other())
	}
	return order
}
