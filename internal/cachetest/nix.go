package cachetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/internal/require"
)

// Nix runs the real nix as root, without a sandbox and with no memory of what
// caches said before.
type Nix struct {
	Program string
	Env     []string

	made *made
}

// made is what the derivations of a test left in the store, one list for each time.
type made struct{ derivations []Derivations }

// NewNix finds nix. The settings are lines of nix.conf. What it instantiates is
// deleted when the test ends, with all outputs.
func NewNix(t testing.TB, settings ...string) Nix {
	t.Helper()
	lines := append([]string{
		"experimental-features = nix-command flakes",
		"substituters =",
		"sandbox = false",
		"build-users-group =",
		"narinfo-cache-negative-ttl = 0",
		"narinfo-cache-positive-ttl = 0",
	}, settings...)
	n := Nix{
		Program: require.Program(t, "nix"),
		Env:     append(os.Environ(), "NIX_CONFIG="+strings.Join(lines, "\n"), "XDG_CACHE_HOME="+t.TempDir()),
		made:    &made{},
	}
	t.Cleanup(func() { n.delete(t) })
	return n
}

// Run runs a command of Nix, with what it says on stdout and stderr.
func (n Nix) Run(args ...string) (stdout, stderr string, err error) {
	cmd := exec.Command(n.Program, args...)
	cmd.Env = n.Env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err = cmd.Run(); err != nil {
		err = fmt.Errorf("nix %s: %w\n%s", strings.Join(args, " "), err, errs.String())
	}
	return out.String(), errs.String(), err
}

// Derivations are derivations of one test, by name.
type Derivations struct {
	// File holds an attribute set of them.
	File string
	// Path is the path of each .drv file, Outputs the paths of its outputs.
	Path    map[string]string
	Outputs map[string]map[string]string
}

// Instantiate has Nix write the derivations of an attribute set, in which
//
//	make NAME ATTRIBUTES
//
// is one that Nix has to build, differing from those of every other run. Its
// outputs hold the word built and the variable uses.
func (n Nix) Instantiate(t testing.TB, set string) Derivations {
	t.Helper()
	d := Derivations{File: filepath.Join(t.TempDir(), "all.nix")}
	text := fmt.Sprintf(`let
  make = name: more: derivation ({
    inherit name;
    system = "x86_64-linux";
    builder = "/bin/sh";
    salt = "%s %d";
    args = [ "-c" "for o in $outputs; do eval p=\\$$o; echo built $uses >$p; done" ];
    outputs = [ "out" ];
  } // more);
in %s
`, t.Name(), time.Now().UnixNano(), set)
	if err := os.WriteFile(d.File, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out, _, err := n.Run("eval", "--json", "--file", d.File, "--apply",
		`builtins.mapAttrs (n: d: { path = d.drvPath; outputs = builtins.listToAttrs (map (o: { name = o; value = d.${o}.outPath; }) d.outputs); })`)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]struct {
		Path    string
		Outputs map[string]string
	}
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	d.Path, d.Outputs = map[string]string{}, map[string]map[string]string{}
	for name, one := range all {
		d.Path[name], d.Outputs[name] = one.Path, one.Outputs
	}
	n.made.derivations = append(n.made.derivations, d)
	return d
}

// deletedAtOnce is how many paths are deleted together. Nix looks each time who uses
// the store, which takes most of a second, and a command line has an end.
const deletedAtOnce = 5000

func (n Nix) delete(t testing.TB) {
	var paths []string
	flush := func() {
		if len(paths) == 0 {
			return
		}
		cmd := exec.Command("nix-store", append([]string{"--delete"}, paths...)...)
		cmd.Env = n.Env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Logf("leaves its paths in the store: %v\n%s", err, out)
		}
		paths = nil
	}
	for _, d := range n.made.derivations {
		for name, outputs := range d.Outputs {
			paths = append(paths, d.Path[name])
			for _, path := range outputs {
				if _, err := os.Lstat(path); err == nil {
					paths = append(paths, path)
				}
			}
		}
		if len(paths) > deletedAtOnce {
			flush()
		}
	}
	flush()
}
