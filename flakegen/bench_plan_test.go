package flakegen

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/store"
)

// TestWhatDiffers holds what each run builds against what differs by intention.
func TestWhatDiffers(t *testing.T) {
	nix := testNix(t)
	nix.Env = append(nix.Env, "NIX_CONFIG=substituters =\nbuild-users-group =\nextra-experimental-features = ca-derivations\n")
	paths := instantiated(t, nix, `let
  make = name: more: derivation ({ inherit name; system = "x86_64-linux"; builder = "/bin/sh"; } // more);
  # One download, by different means.
  fetch = tool: make "source" { outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; outputHashMode = "flat"; inherit tool; };
  lib = tool: make "lib" { src = fetch tool; };
  dep = n: make "dep" { inherit n; outputs = [ "out" "dev" ]; };
  rts = tool: n: more: make "rts" ({ lib = lib tool; dep = (dep n).dev; } // more);
in rec {
  build = rts "curl" 1 { doCheck = false; };
  checked = rts "curl" 1 { doCheck = true; };
  wget = rts "wget" 1 { doCheck = true; };
  older = rts "curl" 2 { doCheck = true; };
  around = make "around" { inherit build; };
  download = fetch "curl";
  floating = make "floating" { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
  onFloating = make "on-floating" { inherit floating; };
}`)
	derivations := &store.Derivations{}
	for _, test := range []struct {
		a, b         string
		onlyTop      bool
		wantA, wantB string
		needed       string
	}{
		{a: "build", b: "checked", wantA: "rts", wantB: "rts", needed: "lib^out dep^dev"},
		{a: "checked", b: "wget", wantA: "rts", wantB: "rts", needed: "lib^out lib^out dep^dev"}, // equal
		{a: "checked", b: "older", wantA: "dep rts", wantB: "dep rts", needed: "lib^out"},
		{a: "checked", b: "older", onlyTop: true, wantA: "rts", wantB: "rts", needed: "lib^out dep^dev dep^dev"},
		{a: "build", b: "around", wantA: "rts", wantB: "around", needed: "lib^out dep^dev rts^out"},
		{a: "build", b: "build", wantA: "rts", wantB: "rts", needed: "lib^out dep^dev"},
	} {
		var closures [2]benchClosure
		var sides [2]benchSide
		for i, name := range []string{test.a, test.b} {
			var err error
			if closures[i], err = closureOf(derivations, paths[name]); err != nil {
				t.Fatal(err)
			}
		}
		for i := range sides {
			sides[i].builds = closures[i].without(closures[1-i], test.onlyTop)
			want := []string{test.wantA, test.wantB}[i]
			if got := namesOf(sides[i].builds); got != want {
				t.Errorf("%s against %s: side %d builds %s, want %s", test.a, test.b, i, got, want)
			}
		}
		var installables []string
		for _, installable := range needed(nixcmd.Version{Number: "2.34.0"}, sides) {
			file, outputs, _ := strings.Cut(installable.String(), "^")
			installables = append(installables, store.Name(file)+"^"+outputs)
		}
		slices.SortFunc(installables, func(a, b string) int { return strings.Index(test.needed, a) - strings.Index(test.needed, b) })
		if got := strings.Join(installables, " "); got != test.needed {
			t.Errorf("%s against %s: needed is %s, want %s", test.a, test.b, got, test.needed)
		}
	}
	for name, want := range map[string]error{"download": errFixed, "floating": errFloating, "onFloating": errFloating} {
		if _, err := closureOf(derivations, paths[name]); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func namesOf(derivations []*store.Derivation) string {
	var names []string
	for _, d := range derivations {
		names = append(names, d.Name)
	}
	return strings.Join(names, " ")
}
