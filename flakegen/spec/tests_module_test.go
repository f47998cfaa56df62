package spec_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/fstest"

	"github.com/flakegen/flakegen/flakegen/spec"
)

// Every seed is in exactly one chunk, and chunks are of nearly one length, however
// many seeds there are.
func TestChunks(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	cases := [][3]int64{{0, 1<<62 - 1, 1}, {0, 1<<62 - 1, 100_000}, {1, 1<<62 - 1, 99_999}, {1<<62 - 1, 1<<62 - 1, 1}, {1, 10, 3}, {1, 10, 10}}
	for range 100 {
		first := random.Int64N(1 << random.IntN(62))
		last := first + random.Int64N(min(1<<random.IntN(62), 1<<62-first))
		cases = append(cases, [3]int64{first, last, 1 + random.Int64N(min(last-first+1, 2000))})
	}
	for _, c := range cases {
		first, last, n := c[0], c[1], c[2]
		s, diags, err := spec.Load(fstest.MapFS{spec.FileName: {Data: fmt.Appendf(nil, `flake { systems = ["x86_64-linux"] }
input "nixpkgs" { url = "x" }
package "p" {
  variant "checked" { tests = "inline" }
  tests {
    modules = ["m"]
    seeds   = [%d, %d]
    chunks  = %d
    run     = "true"
  }
}
`, first, last, n)}})
		if err != nil || diags.HasErrors() {
			t.Fatal(err, diags)
		}
		chunks := s.Packages[0].Tests.Modules[0].Chunks
		if int64(len(chunks)) != n {
			t.Fatalf("%d chunks of %d to %d, want %d", len(chunks), first, last, n)
		}
		next, shortest := first, (last-first+1)/n
		for _, chunk := range chunks {
			if length := chunk.Last - chunk.First + 1; chunk.First != next || length != shortest && length != shortest+1 {
				t.Fatalf("%d chunks of %d to %d: %d to %d where %d begins, of %d or one more", n, first, last, chunk.First, chunk.Last, next, shortest)
			}
			next = chunk.Last + 1
		}
		if next != last+1 {
			t.Fatalf("%d chunks of %d to %d end before %d", n, first, last, next)
		}
	}
}
