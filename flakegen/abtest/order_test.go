package abtest

import (
	"slices"
	"testing"
)

func TestOrder(t *testing.T) {
	// Written out, so that a seed draws the same order in every version.
	if got, want := Order(1, 5), []Side{B, A, A, B, B, A, A, B, B, A}; !slices.Equal(got, want) {
		t.Errorf("seed 1 draws %v, want %v", got, want)
	}
	begins := map[Side]int{}
	for seed := range uint64(200) {
		order := Order(seed, 10)
		if len(order) != 20 || !slices.Equal(order, Order(seed, 10)) {
			t.Fatalf("seed %d draws %v", seed, order)
		}
		for i := 0; i < len(order); i += 2 {
			if order[i] == order[i+1] {
				t.Fatalf("seed %d: block %d is %v", seed, i/2, order[i:i+2])
			}
			begins[order[i]]++
		}
	}
	// 2,000 fair draws: outside of 900 to 1100 is 4.5 standard deviations off.
	if begins[A] < 900 || begins[A] > 1100 {
		t.Errorf("A begins %d of 2000 blocks", begins[A])
	}
	if got := Order(1, 0); len(got) != 0 {
		t.Errorf("no block is %v", got)
	}
}
