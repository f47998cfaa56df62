package flakegen_test

import (
	"slices"
	"strings"
	"testing"
)

const orderSpec = matrixHead + `
package "unit" {
  name         = "unit"
  dontUnpack   = true
  installPhase = "echo content >$out"
  variant "build" { doCheck = false }
  variant "checked" { tests = "shards" }
  tests {
    variants = ["debug", "release"]
    modules  = { short = 1, middling = 3, long = 900 }
    build { script = "echo '${each.variant} STAMP' >$tests/unit" }
    run = "cat $tests/unit"
  }
}
`

// TestNixMatrixOrder holds the order in which Nix begins: the test binaries of all
// variants before the shards of any, else a long one of the last variant would wait for
// short ones; and the heavy shards first.
func TestNixMatrixOrder(t *testing.T) {
	m := newMatrix(t, map[string]string{"flakegen.hcl": orderSpec})
	b := m.build(packagesOf("unit-checked"), "--max-jobs", "1")
	if b.err != nil {
		t.Fatalf("%v\n%s", b.err, b.log)
	}
	var got []string
	for _, match := range matrixBuilding.FindAllStringSubmatch(b.log, -1) {
		if name, ok := strings.CutPrefix(match[1], "unit-"); ok {
			got = append(got, name)
		}
	}
	want := []string{
		"binaries-debug", "binaries-release", "test-a-long-debug", "test-a-long-release",
		"test-i-middling-debug", "test-i-middling-release", "test-j-short-debug", "test-j-short-release",
	}
	if !slices.Equal(got, want) {
		t.Errorf("Nix builds %q, want %q", got, want)
	}
}
