package flakegen

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/abtest"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/internal/require"
)

// hardToCopy are derivations with what a .drv file can hold.
const hardToCopy = `let
  make = name: more: derivation ({ inherit name; system = "x86_64-linux"; builder = "/bin/sh"; } // more);
  file = builtins.toFile "file" "text";
in rec {
  bare = make "bare" { };
  odd = make "odd-1.0" {
    args = [ "-c" "echo \"a\tb\\n\" '\r'\nsecond \${x}" "" "''" ];
    text = "quote \" backslash \\ newline \n tab \t ü \${y}";
    "a b.c" = "an odd name";
    empty = "";
    list = [ 1 true "a" null ];
    __structuredAttrs = false;
    source = file;
  };
  base = make "base" { outputs = [ "out" "dev" "lib" ]; args = [ "-c" "echo > $out; echo > $dev; echo > $lib" ]; };
  user = make "user" {
    dev = base.dev;
    base = baseNameOf base.lib;
    args = [ "-c" "echo ${base}/x ${base.lib} > $out" ];
    own = builtins.placeholder "out";
  };
  # Its builder is an output, and it needs the files of a closure, not its outputs.
  builder = make "builder" { builder = "${base}/bin/sh"; whole = base.drvPath; passAsFile = [ "text" ]; text = "x"; };
  graph = make "graph" { exportReferencesGraph = [ "g" user ]; };
  fetched = make "fetched" { outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; outputHashMode = "flat"; uses = base; };
  onFetched = make "on-fetched" { inherit fetched base; };
  structured = make "structured" {
    __structuredAttrs = true;
    outputs = [ "out" "doc" ];
    nested = { list = [ 1 (-2) true null "a" { b = "${base}"; } ]; empty = { }; none = [ ]; };
    large = 9007199254740993;
    part = 1.5;
    text = "quote \" newline \n ü ${user}";
    uses = [ base.dev file ];
  };
  onStructured = make "on-structured" { uses = structured.doc; };
  top = make "top" { all = [ bare odd base.lib user builder graph onFetched onStructured ]; };
}`

// instantiated lets Nix write the .drv files of a set, and gives their paths.
func instantiated(t *testing.T, nix *nixcmd.Nix, text string) map[string]string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "all.nix")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	program := require.Program(t, "nix")
	cmd := exec.Command(program, "--extra-experimental-features", "nix-command", "eval", "--json", "--file", file, "--apply", "builtins.mapAttrs (name: drv: drv.drvPath)")
	cmd.Env, cmd.Stderr = nix.Env, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var paths map[string]string
	if err := json.Unmarshal(out, &paths); err != nil {
		t.Fatal(err)
	}
	return paths
}

func testNix(t *testing.T) *nixcmd.Nix {
	t.Helper()
	require.Program(t, "nix")
	return &nixcmd.Nix{Dir: t.TempDir(), Env: append(os.Environ(), "NIX_CONFIG=substituters =\nsandbox = false\nbuild-users-group =\nbuilders =\n")}
}

// TestTwins copies derivations of every kind. Without a stamp Nix makes the original
// .drv files of the copies. With one a twin differs from its original in the
// variable, and in the paths that follow from it, and in nothing else.
func TestTwins(t *testing.T) {
	nix := testNix(t)
	paths := instantiated(t, nix, hardToCopy)
	derivations := &store.Derivations{}
	closure, err := closureOf(derivations, paths["top"])
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range closure.order {
		names = append(names, d.Name)
	}
	slices.Sort(names)
	// The download is not among them.
	if want := []string{"bare", "base", "builder", "graph", "odd-1.0", "on-fetched", "on-structured", "structured", "top", "user"}; !slices.Equal(names, want) {
		t.Fatalf("the closure has %q, want %q", names, want)
	}
	sides := [2]benchSide{{builds: closure.order}, {builds: closure.order[len(closure.order)-1:]}}
	b := &bench{nix: nix, sides: sides, folder: t.TempDir()}
	if err := b.writeTwins(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, side := range sides {
		twins, err := b.twins(t.Context(), abtest.Side(i), "stamp")
		if err != nil {
			t.Fatal(err)
		}
		follows := map[string]string{}
		for at, d := range side.builds {
			twin, err := derivations.Get(twins[at].derivation)
			if err != nil {
				t.Fatal(err)
			}
			for name, output := range d.Outputs {
				follows[hashPart(twin.Outputs[name].Path)] = hashPart(output.Path)
				if twin.Outputs[name].Path == output.Path || !slices.Contains(twins[at].outputs, twin.Outputs[name].Path) {
					t.Errorf("%s: the twin's output %s is %s", d.Name, name, twin.Outputs[name].Path)
				}
			}
			follows[hashPart(twin.Path)] = hashPart(d.Path)
			compareTwin(t, d, twin, follows)
		}
	}
}

// compareTwin holds a twin, with the paths of the twins replaced by those of the
// originals, against its original.
func compareTwin(t *testing.T, d, twin *store.Derivation, follows map[string]string) {
	t.Helper()
	var pairs []string
	for from, to := range follows {
		pairs = append(pairs, from, to)
	}
	replacer := strings.NewReplacer(pairs...)
	text := func(d *store.Derivation, replace func(string) string) string {
		var lines []string
		add := func(format string, args ...any) { lines = append(lines, replace(fmt.Sprintf(format, args...))) }
		add("%q %q %q %q", d.Name, d.System, d.Builder, d.Args)
		for _, name := range slices.Sorted(maps.Keys(d.Env)) {
			if name != "__json" && name != twinVariable {
				add("%q = %q", name, d.Env[name])
			}
		}
		for name, value := range d.Structured {
			if name != twinVariable {
				add("%q: %s", name, value)
			}
		}
		for file, outputs := range d.Inputs {
			add("%s %q", file, outputs)
		}
		for _, source := range d.Sources {
			add("%s", source)
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	want := text(d, func(s string) string { return s })
	if got := text(twin, replacer.Replace); got != want {
		t.Errorf("the twin of %s is\n%s\nwant\n%s", d.Name, got, want)
	}
	stamped := twin.Env[twinVariable] == "stamp"
	if d.Structured != nil {
		stamped = string(twin.Structured[twinVariable]) == `"stamp"`
	}
	if !stamped {
		t.Errorf("the twin of %s has no stamp", d.Name)
	}
}

// TestTwinsText shows what is written.
func TestTwinsText(t *testing.T) {
	d := &store.Derivation{
		Path: "/nix/store/00000000000000000000000000000000-a.drv", Name: "a", System: "x86_64-linux", Builder: "/bin/sh", Args: []string{"-c", "true"},
		Env:     map[string]string{"name": "a", "system": "x86_64-linux", "builder": "/bin/sh", "out": "/nix/store/11111111111111111111111111111111-a", "x": "${y}"},
		Outputs: map[string]store.Output{"out": {Path: "/nix/store/11111111111111111111111111111111-a"}},
	}
	function, err := twinsOf([]*store.Derivation{d})
	if err != nil {
		t.Fatal(err)
	}
	const want = `stamp:
let
  seal = if stamp == null then { } else { flakegenBench = stamp; };
  twin0 = builtins.derivationStrict (
    {
      x = "\${y}";
      name = "a";
      system = "x86_64-linux";
      args = [
        "-c"
        "true"
      ];
      builder = builtins.appendContext "/bin/sh" { };
    }
    // seal
  );
in
[ twin0 ]
`
	if got := string(nixlang.Format(&nixlang.File{Body: function})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	d.Env["x"] = "a byte that Nix cannot write: \xff"
	if _, err := twinsOf([]*store.Derivation{d}); err == nil || !strings.Contains(err.Error(), "attribute x") {
		t.Errorf("%v", err)
	}
}
