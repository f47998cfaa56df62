package flakegen_test

import (
	"fmt"
	"path/filepath"
	"testing"
)

// TestNixMatrixCost counts what Nix does to evaluate what needs every shard: for each
// of 10,000 shards, hardly more than for each of 100.
func TestNixMatrixCost(t *testing.T) {
	w := newWorld(t)
	counts := map[int]map[string]float64{}
	for _, shards := range []int{1, 100, 10000} {
		name := fmt.Sprintf("shards-%d", shards)
		writeFile(t, filepath.Join(w.dir, name, "flakegen.hcl"), []byte(shardsSpec(shards)))
		renderInto(t, filepath.Join(w.dir, name))
		_, counts[shards] = w.cost(name, "packages.x86_64-linux.many-checked")
	}
	// What a flake and a package cost without shards is in none of them.
	each := func(counter string, shards int) float64 {
		return (counts[shards][counter] - counts[1][counter]) / float64(shards-1)
	}
	for _, counter := range costCounters {
		few, many := each(counter, 100), each(counter, 10000)
		t.Logf("%s of a shard: %.1f of 100, %.1f of 10,000: %.3f", counter, few, many, many/few)
		if many > 1.5*few {
			t.Errorf("%s of a shard is %.1f of 100, and %.1f of 10,000", counter, few, many)
		}
	}
}

// shardsSpec is a spec of so many tests, a shard each.
func shardsSpec(shards int) string {
	modules, chunks := max(1, shards/100), min(shards, 100)
	return fmt.Sprintf(`flake { systems = ["x86_64-linux"] }
input "nixpkgs" { url = "path:HOSTPKGS" }
package "many" {
  name         = "many"
  dontUnpack   = true
  installPhase = "echo content >$out"
  variant "build" { doCheck = false }
  variant "checked" { tests = "shards" }
  tests {
    modules = { for n in range(%d) : "m${n}" => 1 }
    seeds   = [1, 100]
    chunks  = %d
    run     = "true # STAMP"
  }
}
`, modules, chunks)
}
