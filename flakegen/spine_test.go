package flakegen

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/internal/require"
	"github.com/flakegen/flakegen/platform"
)

// TestNixVariants reads the derivations of this repository's own rts: its variants
// differ in what the spec varies and in nothing else, on every system, and a
// variant's derivations for two systems differ in what follows from the system.
func TestNixVariants(t *testing.T) {
	require.Program(t, "nix")
	require.Program(t, "git")
	project, nix := copyOfRepository(t)
	rendering, err := project.Rendering()
	if err != nil || rendering.Diagnostics.HasErrors() {
		t.Fatal(err, rendering.Diagnostics)
	}
	systems := rendering.Spec.Systems
	derivations := &store.Derivations{}
	read := func(name string) map[platform.System]*store.Derivation {
		outputs, _, err := Targets(rendering.Spec, []string{name}, systems)
		if err != nil {
			t.Fatal(err)
		}
		var installables []nixcmd.Installable
		for _, o := range outputs {
			attribute, err := nixcmd.ParseAttribute(o.Attribute)
			if err != nil {
				t.Fatal(err)
			}
			installables = append(installables, nixcmd.Installable{Flake: ".", Attribute: attribute})
		}
		answers, err := nix.Evaluate(context.Background(), installables)
		if err != nil {
			t.Fatal(err)
		}
		bySystem := map[platform.System]*store.Derivation{}
		for i, answer := range answers {
			if answer.Err != nil {
				t.Fatal(answer.Err)
			}
			if bySystem[systems[i]], err = derivations.Get(answer.Derivation); err != nil {
				t.Fatal(err)
			}
		}
		return bySystem
	}
	build, checked, alias := read("rts-build"), read("rts-checked"), read("rts")

	for _, system := range systems {
		if got, want := differing(t, derivations, build[system], checked[system]), []string{"checkPhase", "doCheck", "out"}; !slices.Equal(got, want) {
			t.Errorf("on %s rts-build and rts-checked differ in %q, want %q", system, got, want)
		}
		want := build[system]
		if system.Kernel() == "linux" {
			want = checked[system]
		}
		if alias[system].Path != want.Path {
			t.Errorf("on %s rts is %s, want %s", system, alias[system].Path, want.Path)
		}
	}
	for _, variant := range []map[platform.System]*store.Derivation{build, checked} {
		differences, err := derivations.Compare(variant["x86_64-linux"], variant["aarch64-darwin"])
		if err != nil {
			t.Fatal(err)
		}
		if len(differences) == 0 {
			t.Error("the derivations for two systems are the same")
		}
		for _, d := range differences {
			if d.Reason != store.BySystem && d.Reason != store.ByOutput {
				t.Errorf("%s differs across systems by %s", d.Attribute, d.Reason)
			}
		}
	}
}

// differing names the attributes in which two derivations differ.
func differing(t *testing.T, derivations *store.Derivations, a, b *store.Derivation) []string {
	differences, err := derivations.Compare(a, b)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range differences {
		names = append(names, d.Attribute)
	}
	return names
}

// copyOfRepository gives this repository, as its work tree is, in a folder of its
// own with a git of its own, and a nix that takes nixpkgs from nix/hostpkgs.
func copyOfRepository(t *testing.T) (*Project, *nixcmd.Nix) {
	t.Helper()
	from, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	files, err := exec.Command("git", "-C", from, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.Trim(string(files), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join(from, name))
		if os.IsNotExist(err) {
			continue // deleted, and that is not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, content, mode(t, filepath.Join(from, name))); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	args, err := nixcmd.ParseArgs([]string{"--override-input", "nixpkgs", "path:./nix/hostpkgs"}, dir)
	if err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "NIX_CONFIG=substituters =\nsandbox = false\nbuild-users-group =\n")
	return &Project{Root: dir, Folder: dir, From: ".", Env: env}, &nixcmd.Nix{Dir: dir, Env: env, Args: args}
}

func mode(t *testing.T, path string) fs.FileMode {
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}
