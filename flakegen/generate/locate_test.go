package generate_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/flakegen/flakegen/flakegen/generate"
)

func TestLocate(t *testing.T) {
	const source = `flake { systems = ["x86_64-linux"] }
input "nixpkgs" { url = "x" }
package "rts" {
  name = "rts"
  env = {
    A = pkgs.a
    B = pkgs.b
  }
  variant "checked" {
    # a comment
    checkPhase = <<-EOT
      one
      two
    EOT
  }
}
shell "default" {
  packages = [
    pkgs.one,
    pkgs.two,
  ]
}
`
	rendering, err := generate.Tree(fstest.MapFS{"flakegen.hcl": {Data: []byte(source)}})
	if err != nil || rendering.Diagnostics.HasErrors() {
		t.Fatal(err, rendering.Diagnostics)
	}
	for _, test := range []struct {
		file, text string
		line       int // in the spec
	}{
		{"nix/rts.nix", "name =", 4},
		{"nix/rts.nix", "env =", 5},
		{"nix/rts.nix", "B = pkgs.b", 7},
		{"nix/rts.nix", "rts-checked =", 9},
		{"nix/rts.nix", "checkPhase =", 11},
		{"nix/rts.nix", "two", 11},
		{"flake.nix", "nixpkgs.url", 2},
		{"flake.nix", "pkgs.two", 20},
	} {
		line := lineOf(t, rendering, test.file, test.text)
		rng, ok := rendering.Locate(test.file, line)
		if !ok || rng.Start.Line != test.line {
			t.Errorf("%s:%d (%s) leads to line %d (%v), want %d", test.file, line, test.text, rng.Start.Line, ok, test.line)
		}
	}
	if _, ok := rendering.Locate("nix/rts.nix", 1); ok {
		t.Error("the marker line comes from no place in the spec")
	}
	if _, ok := rendering.Locate("other.nix", 9); ok {
		t.Error("a file that is not rendered comes from no place in the spec")
	}
}

// lineOf gives the first line of a rendered file that holds text.
func lineOf(t *testing.T, r *generate.Rendering, path, text string) int {
	for _, f := range r.Files {
		if f.Path != path {
			continue
		}
		for i, line := range strings.Split(string(f.Content), "\n") {
			if strings.Contains(line, text) {
				return i + 1
			}
		}
	}
	t.Fatalf("no %q in %s", text, path)
	return 0
}
