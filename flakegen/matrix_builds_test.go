package flakegen_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestNixMatrixBuilds makes test binaries where that is not as simple as it looks.
func TestNixMatrixBuilds(t *testing.T) {
	var many []string
	for i := range 400 {
		many = append(many, fmt.Sprintf("%q", fmt.Sprintf("module_%d", i)))
	}
	tests := []struct{ name, modules, attributes string }{
		// What builds them all is more than a variable of the environment holds.
		{"many", strings.Join(many, ", "), `dontUnpack = true`},
		// What comes after the build of the package looks for what it has built.
		{"postBuild", `"a", "b"`, `
  unpackPhase = "mkdir package; cd package"
  buildPhase  = "echo STAMP >unit; runHook postBuild"
  postBuild   = "test -e unit"
  dontBuild   = false`},
		{"dontBuild", `"a", "b"`, "dontUnpack = true\n  dontBuild = true"},
		// The sources are a folder tests, in which something of the same name lies.
		{"sources", `"a", "b"`, `src = path("tests")`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMatrix(t, map[string]string{"tests/debug/a/source": "", "flakegen.hcl": matrixHead + strings.NewReplacer("ATTRIBUTES", test.attributes, "MODULES", test.modules).Replace(`
package "unit" {
  name         = "unit"
  installPhase = "echo STAMP >$out"
  ATTRIBUTES
  variant "build" { doCheck = false }
  variant "checked" { tests = "shards" }
  variant "inline" { tests = "inline" }
  tests {
    variants = ["debug", "release"]
    modules  = [MODULES]
    seeds    = [1, 1]
    least    = 100
    build { script = "echo 'a program of ${each.variant} ${each.module}, in STAMP' >$tests/unit" }
    run      = "grep '${each.variant} ${each.module},' $tests/unit; [[ ! -e $tests/source ]]"
  }
}
`)})
			for _, variant := range []string{"checked", "inline"} {
				if test.name == "many" && variant == "checked" {
					continue // a derivation each, which the others show
				}
				b := m.build(packagesOf("unit-" + variant))
				if b.err != nil {
					t.Fatalf("%s: %v\n%s", variant, b.err, b.log)
				}
				if missing := without(m.labels(), b.passed); len(missing) > 0 {
					t.Errorf("%s: %d have not passed, among them %q", variant, len(missing), missing[0])
				}
			}
		})
	}
}
