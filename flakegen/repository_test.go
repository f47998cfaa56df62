package flakegen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/generate"
)

// renderedRepository is a git repository of the files and of what their spec
// renders. What is rendered may be changed; change may be nil.
func renderedRepository(t *testing.T, files map[string]string, change func(path, text string) string) (*flakegen.Project, *generate.Rendering) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		write(name, text)
	}
	project, err := flakegen.Find(dir, dir, os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	rendering, err := project.Rendering()
	if err != nil || rendering.Diagnostics.HasErrors() {
		t.Fatal(err, rendering.Diagnostics)
	}
	for _, f := range rendering.Files {
		text := string(f.Content)
		if change != nil {
			text = change(f.Path, text)
		}
		write(f.Path, text)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	return project, rendering
}

// withHostpkgs are the flags that put the stand-in for nixpkgs in its place.
func withHostpkgs(t *testing.T) []string {
	t.Helper()
	hostpkgs, err := filepath.Abs("../nix/hostpkgs")
	if err != nil {
		t.Fatal(err)
	}
	// Nix takes no reference to a folder whose path has a space in it.
	nixpkgs := filepath.Join(t.TempDir(), "hostpkgs")
	copyTree(t, hostpkgs, nixpkgs)
	return []string{"--override-input", "nixpkgs", "path:" + nixpkgs}
}
