package flakegen_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/internal/require"
)

// examples are the folders of examples/ that are repositories with a spec of
// their own.
func examples(t *testing.T) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir("../examples", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "flakegen.hcl" {
			list = append(list, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 5 {
		t.Fatalf("examples/ has only the specs of %q", list)
	}
	return list
}

// TestExamplesAreRendered holds the files of an example against its spec.
func TestExamplesAreRendered(t *testing.T) {
	for _, dir := range examples(t) {
		rendering, err := generate.Tree(os.DirFS(dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range rendering.Diagnostics {
			t.Errorf("%s: %v", dir, d)
		}
		if len(rendering.Files) < 2 {
			t.Errorf("%s renders %d files", dir, len(rendering.Files))
		}
		for _, f := range rendering.Files {
			onDisk, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
			if err != nil || !bytes.Equal(onDisk, f.Content) {
				t.Errorf("%s in %s is not as the spec renders it; run: flakegen -C %[2]s render (%v)", f.Path, dir, err)
			}
		}
	}
}

// TestNixExamplesEvaluate holds what each system gets of an example: how many
// outputs, and which variant a name stands for.
func TestNixExamplesEvaluate(t *testing.T) {
	w := newWorld(t)
	alias := func(linux, darwin string) map[string]string {
		return map[string]string{"x86_64-linux": linux, "aarch64-linux": linux, "aarch64-darwin": darwin}
	}
	tests := []struct {
		dir     string
		aliases map[string]map[string]string
		// sets are the sets of outputs, with how many outputs each has on Linux and
		// on darwin.
		sets map[string][2]int
	}{
		{
			"motoko/whole",
			map[string]map[string]string{"rts": alias("rts-checked", "rts-build"), "default": alias("rts-checked", "rts-build")},
			map[string][2]int{"packages": {4, 4}, "devShells": {1, 1}},
		},
		{
			"motoko/adopted",
			map[string]map[string]string{"rts": alias("rts-checked", "rts-build"), "default": alias("moc", "moc")},
			map[string][2]int{"packages": {5, 5}, "devShells": {1, 1}},
		},
		{
			"go-service",
			map[string]map[string]string{"greeter": alias("greeter-checked", "greeter-build"), "default": alias("greeter-checked", "greeter-build")},
			map[string][2]int{"packages": {5, 4}, "checks": {1, 1}, "devShells": {1, 1}, "apps": {1, 1}, "formatter": {1, 1}},
		},
		{
			"rust-crate",
			map[string]map[string]string{"wordcount": alias("wordcount-checked", "wordcount-build"), "default": alias("wordcount-checked", "wordcount-build")},
			map[string][2]int{"packages": {4, 4}, "checks": {4, 3}, "devShells": {1, 1}, "apps": {1, 1}},
		},
		{
			"c-library",
			map[string]map[string]string{"ring": alias("ring-checked", "ring-build"), "default": alias("ring-checked", "ring-build")},
			map[string][2]int{"packages": {4, 4}, "checks": {2, 0}, "devShells": {1, 1}},
		},
		{
			"matrix",
			map[string]map[string]string{"codec": alias("codec-checked", "codec-build"), "default": alias("codec-checked", "codec-build")},
			map[string][2]int{"packages": {5, 5}, "checks": {1, 1}},
		},
	}
	if all := examples(t); len(all) != len(tests) {
		t.Errorf("%d examples are tested, of %q", len(tests), all)
	}
	for _, test := range tests {
		dir := filepath.Join("examples", test.dir)
		copyTree(t, filepath.Join("..", dir), filepath.Join(w.dir, dir))
		w.parse(dir)
		for set, counts := range test.sets {
			outputs := w.outputs(dir, set)
			if systems := slices.Sorted(maps.Keys(outputs)); !slices.Equal(systems, slices.Sorted(slices.Values(adoptionSystems))) {
				t.Errorf("%s#%s is for %q", dir, set, systems)
			}
			for system, paths := range outputs {
				want := counts[0]
				if strings.HasSuffix(system, "-darwin") {
					want = counts[1]
				}
				if len(paths) != want {
					t.Errorf("%s#%s.%s has %d outputs, not %d: %v", dir, set, system, len(paths), want, paths)
				}
				if set != "packages" {
					continue
				}
				for name, other := range test.aliases {
					if paths[name] == "" || paths[name] != paths[other[system]] {
						t.Errorf("%s#%s.%s.%s is not %s: %v", dir, set, system, name, other[system], paths)
					}
				}
			}
		}
	}
	if a, b := w.outputs("examples/c-library", "packages"), "x86_64-linux"; a[b]["ring-build"] == a[b]["ring-checked"] {
		t.Error("the variants of the library are one derivation")
	}
}

// outputs gives, for each system of an output set, the names and the derivations'
// paths; of what is no derivation, its text.
func (w *world) outputs(flake, set string) map[string]map[string]string {
	w.t.Helper()
	const describe = `set: builtins.mapAttrs (_: outputs:
		let describe = x: if x.type or null == "derivation" then x.drvPath else x.program; in
		if outputs.type or null == "derivation" then { default = describe outputs; }
		else builtins.mapAttrs (_: describe) outputs) set`
	out := w.run("nix", w.flakeArguments("eval", "--json", "--apply", describe, w.flakeReference(flake)+"#"+set)...)
	var outputs map[string]map[string]string
	if err := json.Unmarshal(out, &outputs); err != nil {
		w.t.Fatalf("%v in\n%s", err, out)
	}
	return outputs
}

func (w *world) flakeReference(flake string) string { return "path:" + filepath.Join(w.dir, flake) }

// flakeArguments are a command and its arguments, with the stand-ins of the world
// in the place of inputs, whether the flake has these or not.
func (w *world) flakeArguments(command string, args ...string) []string {
	w.t.Helper()
	inputs, err := os.ReadDir(filepath.Join(w.dir, "inputs"))
	if err != nil {
		w.t.Fatal(err)
	}
	list := []string{command, "--no-write-lock-file", "--override-input", "nixpkgs", w.flakeReference("nixpkgs")}
	for _, input := range inputs {
		list = append(list, "--override-input", input.Name(), w.flakeReference("inputs/"+input.Name()))
	}
	return append(list, args...)
}

// TestNixExamplesBuild builds of the examples what the compilers of this machine
// can build.
func TestNixExamplesBuild(t *testing.T) {
	w := newWorld(t)
	require.Root(t)
	for _, program := range []string{"go", "cc", "make"} {
		require.Program(t, program)
	}
	system := strings.TrimSpace(string(w.run("nix", "eval", "--impure", "--raw", "--expr", "builtins.currentSystem")))
	build := func(dir string, attributes ...string) string {
		t.Helper()
		copyTree(t, filepath.Join("../examples", dir), filepath.Join(w.dir, dir))
		args := w.flakeArguments("build", "--no-link", "--json")
		for _, attribute := range attributes {
			set, name, _ := strings.Cut(attribute, ".")
			args = append(args, w.flakeReference(dir)+"#"+set+"."+system+"."+name)
		}
		var built []struct{ Outputs map[string]string }
		if err := json.Unmarshal(w.run("nix", args...), &built); err != nil || len(built) == 0 {
			t.Fatalf("nix build says %v (%v)", built, err)
		}
		return built[0].Outputs["out"]
	}

	ring := build("c-library", "packages.ring", "packages.ring-build", "checks.sanitized", "checks.installed")
	for name, want := range map[string]bool{"lib/libring.a": true, "include": false} {
		if _, err := os.Stat(filepath.Join(ring, name)); (err == nil) != want {
			t.Errorf("%s has %s: %v", ring, name, !want)
		}
	}

	build("matrix", "packages.codec-inline", "checks.codec-seeded")
	codec := build("matrix", "packages.codec")
	if _, err := os.Stat(filepath.Join(codec, "lib/libcodec.a")); err != nil {
		t.Error(err)
	}

	// Without its tests: Go would compile its own library a second time for them.
	greeter := build("go-service", "packages.greeter-build", "checks.gofmt")
	out, err := exec.Command(filepath.Join(greeter, "bin/greeter"), "-version").CombinedOutput()
	if err != nil || string(out) != "dirty\n" {
		t.Errorf("greeter -version prints %q (%v)", out, err)
	}
}
