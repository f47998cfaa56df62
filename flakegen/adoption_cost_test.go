package flakegen_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mostCost is what evaluating a rendered flake may cost, as a multiple of what the
// same packages cost in a flake written by hand.
const mostCost = 1.05

// TestNixAdoptionCost counts what Nix does to evaluate one package, and all of
// them for four systems, in the rendered flake and in one written by hand. The
// counts are the same on every run; times are not.
func TestNixAdoptionCost(t *testing.T) {
	w := newWorld(t)
	for _, kind := range []costKind{plainPackages, variantPackages, partialPackages} {
		for _, count := range []int{1, 100, 1000} {
			rendered := fmt.Sprintf("rendered-%s-%d", kind.name, count)
			writeFile(t, filepath.Join(w.dir, rendered, "flakegen.hcl"), []byte(kind.spec(count)))
			renderInto(t, filepath.Join(w.dir, rendered))
			hand := fmt.Sprintf("hand-%s-%d", kind.name, count)
			for path, text := range kind.hand(count) {
				writeFile(t, filepath.Join(w.dir, hand, path), []byte(text))
			}
			for _, attribute := range []string{"packages.x86_64-linux.part0", "packages"} {
				name := fmt.Sprintf("%s of %d %s packages", attribute, count, kind.name)
				gotPaths, got := w.cost(rendered, attribute)
				wantPaths, want := w.cost(hand, attribute)
				if !bytes.Equal(gotPaths, wantPaths) {
					t.Errorf("%s: the derivations are\n%.1000s\nand by hand\n%.1000s", name, gotPaths, wantPaths)
				}
				for _, counter := range costCounters {
					ratio := float64(got[counter]) / float64(want[counter])
					t.Logf("%s: %s %.0f, by hand %.0f: %.3f", name, counter, got[counter], want[counter], ratio)
					if ratio > mostCost {
						t.Errorf("%s: %s is %.3f times what it is by hand, more than %g", name, counter, ratio, mostCost)
					}
				}
			}
		}
	}
}

// costCounters are what Nix counts, under its names.
var costCounters = []string{"nrThunks", "nrFunctionCalls", "nrPrimOpCalls", "nrLookups", "nrOpUpdates"}

// cost evaluates the paths of all derivations at an attribute of a flake, and gives
// them with Nix's counts.
func (w *world) cost(flake, attribute string) (paths []byte, counts map[string]float64) {
	w.t.Helper()
	const derivationPaths = `let paths = x: if x.type or null == "derivation" then x.drvPath else builtins.mapAttrs (_: paths) x; in paths`
	stats := filepath.Join(w.dir, "stats.json")
	counted := *w
	counted.env = append(slices.Clone(w.env), "NIX_SHOW_STATS=1", "NIX_SHOW_STATS_PATH="+stats)
	paths = counted.run("nix", "eval", "--json", "--read-only", "--no-write-lock-file",
		"--override-input", "nixpkgs", w.flakeReference("nixpkgs"),
		"--apply", derivationPaths, w.flakeReference(flake)+"#"+attribute)
	data, err := os.ReadFile(stats)
	if err != nil {
		w.t.Fatal(err)
	}
	// What else Nix says there are objects.
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		w.t.Fatal(err)
	}
	counts = map[string]float64{}
	for _, counter := range costCounters {
		n, _ := all[counter].(float64)
		if n == 0 {
			w.t.Fatalf("Nix does not count %s in %s", counter, data)
		}
		counts[counter] = n
	}
	return paths, counts
}

// costKind is a flake of any number of packages, as a spec, and by hand as files.
type costKind struct {
	name string
	spec func(count int) string
	hand func(count int) map[string]string
}

const (
	costHead = `flake {
  systems = ["x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin"]
}

input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }
`
	handHead = `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" "x86_64-darwin" ];
      forAllSystems = f: nixpkgs.lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});
    in
    {
`
)

// plainPackages are packages alone, a file each.
var plainPackages = costKind{
	name: "plain",
	spec: func(count int) string {
		spec := costHead
		for n := range count {
			spec += fmt.Sprintf(`
package "part%[1]d" {
  pname       = "part"
  version     = "1.%[1]d"
  src         = "/none"
  buildInputs = [pkgs.jq]
}
`, n)
		}
		return spec
	},
	hand: func(count int) map[string]string {
		files := map[string]string{}
		var flake strings.Builder
		flake.WriteString(handHead + "packages = forAllSystems (pkgs: {\n")
		for n := range count {
			fmt.Fprintf(&flake, "part%d = import ./nix/part%d.nix { inherit pkgs; };\n", n, n)
			files[fmt.Sprintf("nix/part%d.nix", n)] = fmt.Sprintf(
				"{ pkgs }:\npkgs.stdenv.mkDerivation { pname = \"part\"; version = \"1.%d\"; src = \"/none\"; buildInputs = [ pkgs.jq ]; }\n", n)
		}
		flake.WriteString("});\n};\n}\n")
		files["flake.nix"] = flake.String()
		return files
	},
}

// variantPackages are packages of two variants, a name for each that means one of
// them by system, a value that all share, and a check and a shell beside them.
var variantPackages = costKind{
	name: "varied",
	spec: func(count int) string {
		var spec strings.Builder
		spec.WriteString(costHead + `
let { greeting = "hello from ${pkgs.stdenv.hostPlatform.system}" }
check "greeting" {
  name = "greeting"
  text = let.greeting
}
shell "default" { packages = [pkgs.jq] }
`)
		for n := range count {
			fmt.Fprintf(&spec, `
package "part%[1]d" {
  pname       = "part"
  version     = "1.%[1]d"
  src         = "/none"
  buildInputs = [pkgs.jq]
  greeting    = let.greeting
  variant "build" { doCheck = false }
  variant "checked" {
    doCheck     = true
    buildInputs = concat(shared.buildInputs, [pkgs.git])
  }
}
alias "part%[1]d" {
  linux  = package.part%[1]d.checked
  darwin = package.part%[1]d.build
}
`, n)
		}
		return spec.String()
	},
	hand: func(count int) map[string]string {
		files := map[string]string{}
		var bindings, entries strings.Builder
		for n := range count {
			fmt.Fprintf(&bindings, "part%d = import ./nix/part%[1]d.nix { inherit pkgs greeting; };\n", n)
			fmt.Fprintf(&entries, "part%d-build = part%[1]d.build;\npart%[1]d-checked = part%[1]d.checked;\n", n)
			fmt.Fprintf(&entries, "part%d = if isDarwin then part%[1]d.build else part%[1]d.checked;\n", n)
			files[fmt.Sprintf("nix/part%d.nix", n)] = fmt.Sprintf(`{ pkgs, greeting }:
let
  common = { pname = "part"; version = "1.%d"; src = "/none"; buildInputs = [ pkgs.jq ]; inherit greeting; };
in
{
  build = pkgs.stdenv.mkDerivation (common // { doCheck = false; });
  checked = pkgs.stdenv.mkDerivation (common // { doCheck = true; buildInputs = common.buildInputs ++ [ pkgs.git ]; });
}
`, n)
		}
		files["flake.nix"] = handHead + `
      packages = forAllSystems (pkgs: let
        inherit (pkgs.stdenv.hostPlatform) isDarwin system;
        greeting = "hello from ${system}";
        ` + bindings.String() + `
      in {
        ` + entries.String() + `
      });
      checks = forAllSystems (pkgs: {
        greeting = pkgs.stdenv.mkDerivation { name = "greeting"; text = "hello from ${pkgs.stdenv.hostPlatform.system}"; };
      });
      devShells = forAllSystems (pkgs: { default = pkgs.mkShell { packages = [ pkgs.jq ]; }; });
    };
}
`
		return files
	},
}

// partialPackages are packages of which every other one is for Linux alone, and so
// is a name for it.
var partialPackages = costKind{
	name: "partial",
	spec: func(count int) string {
		var spec strings.Builder
		spec.WriteString(costHead)
		for n := range count {
			systems := ""
			if n%2 == 1 {
				systems = `systems = ["linux"]`
				fmt.Fprintf(&spec, `
alias "name%[1]d" {
  linux  = package.part%[1]d
  darwin = null
}
`, n)
			}
			fmt.Fprintf(&spec, `
package "part%[1]d" {
  pname       = "part"
  version     = "1.%[1]d"
  src         = "/none"
  buildInputs = [pkgs.jq]
  %s
}
`, n, systems)
		}
		return spec.String()
	},
	hand: func(count int) map[string]string {
		files := map[string]string{}
		var everywhere, linux strings.Builder
		for n := range count {
			to := &everywhere
			if n%2 == 1 {
				to = &linux
				fmt.Fprintf(to, "name%d = self.packages.${system}.part%[1]d;\n", n)
			}
			fmt.Fprintf(to, "part%d = import ./nix/part%[1]d.nix { inherit pkgs; };\n", n)
			files[fmt.Sprintf("nix/part%d.nix", n)] = fmt.Sprintf(
				"{ pkgs }:\npkgs.stdenv.mkDerivation { pname = \"part\"; version = \"1.%d\"; src = \"/none\"; buildInputs = [ pkgs.jq ]; }\n", n)
		}
		files["flake.nix"] = handHead + `
      packages = forAllSystems (pkgs:
        let inherit (pkgs.stdenv.hostPlatform) isLinux system; in
        {
          ` + everywhere.String() + `
        }
        // nixpkgs.lib.optionalAttrs isLinux {
          ` + linux.String() + `
        });
    };
}
`
		return files
	},
}

// TestNixManyPartialPackages renders more packages and names of only some systems
// than operators that Nix's parser takes in a row.
func TestNixManyPartialPackages(t *testing.T) {
	const count = 8400
	w := newWorld(t)
	writeFile(t, filepath.Join(w.dir, "many", "flakegen.hcl"), []byte(partialPackages.spec(count)))
	renderInto(t, filepath.Join(w.dir, "many"))
	w.parse("many")
	const sizes = "builtins.mapAttrs (_: packages: builtins.length (builtins.attrNames packages))"
	got := w.run("nix", w.flakeArguments("eval", "--json", "--apply", sizes, w.flakeReference("many")+"#packages")...)
	var want bytes.Buffer
	fmt.Fprintf(&want, `{"aarch64-darwin":%[1]d,"aarch64-linux":%[2]d,"x86_64-darwin":%[1]d,"x86_64-linux":%[2]d}`, count/2, count*3/2)
	if !bytes.Equal(bytes.TrimSpace(got), want.Bytes()) {
		t.Errorf("the systems have %s outputs, not %s", got, want.Bytes())
	}
	last := w.run("nix", w.flakeArguments("eval", "--raw", w.flakeReference("many")+fmt.Sprintf("#packages.x86_64-linux.name%d.version", count-1))...)
	if want := fmt.Sprintf("1.%d", count-1); string(last) != want {
		t.Errorf("the last name has version %s, not %s", last, want)
	}
}
