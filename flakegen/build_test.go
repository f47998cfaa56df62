package flakegen

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/internal/require"
	"github.com/flakegen/flakegen/platform"
)

// foreign is a system that the machine of the tests is not, nor builds for.
const foreign = "aarch64-darwin"

// flakeOfBuilds is a repository whose flake has packages for the native system
// and a foreign one. They differ from run to run, so that they are built.
type flakeOfBuilds struct {
	t    *testing.T
	dir  string
	nix  *nixcmd.Nix
	home string
}

func newFlakeOfBuilds(t *testing.T, dir string) *flakeOfBuilds {
	t.Helper()
	require.Program(t, "nix")
	require.Program(t, "git")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`{
  outputs = { self }:
    let
      packages = system: rec {
        make = name: script: derivation {
          inherit name system;
          stamp = "%s %d";
          builder = "/bin/sh";
          args = [ "-c" script ];
        };
        base = make "base" "echo base > $out";
        rts = make "rts" "echo testing; read line < ${base}; echo $line > $out";
        rts-build = make "rts-build" "echo > $out";
        other = make "other" "echo other > $out";
        broken = make "broken" "echo 'test 3 of 7 fails'; exit 3";
        slow = make "slow" "sleep() { /bin/sleep $1 || /usr/bin/sleep $1; }; sleep 60; echo > $out";
        thrown = throw "by intention";
      };
    in
    { packages = builtins.listToAttrs (map (name: { inherit name; value = packages name; }) [ "%s" "%s" ]); };
}
`, t.Name(), time.Now().UnixNano(), NativeSystem(), foreign)
	f := &flakeOfBuilds{t: t, dir: dir, home: t.TempDir()}
	if err := os.WriteFile(filepath.Join(dir, "flake.nix"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	f.run("git", "init", "-q")
	f.run("git", "add", "-A")
	f.nix = &nixcmd.Nix{Dir: dir, Env: append(os.Environ(), "XDG_CACHE_HOME="+f.home,
		"NIX_CONFIG=substituters =\nsandbox = false\nbuild-users-group =\nbuilders =\n")}
	return f
}

func (f *flakeOfBuilds) run(program string, args ...string) {
	f.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = f.dir
	if f.nix != nil {
		cmd.Env = f.nix.Env
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		f.t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
}

// arguments are for nix, as behind a --.
func (f *flakeOfBuilds) arguments(args ...string) {
	f.t.Helper()
	var err error
	if f.nix.Args, err = nixcmd.ParseArgs(args, f.dir); err != nil {
		f.t.Fatal(err)
	}
}

func (f *flakeOfBuilds) options(system platform.System, names ...string) BuildOptions {
	o := BuildOptions{Nix: f.nix, Root: f.dir, NoLink: true, Now: time.Now}
	for _, name := range names {
		o.Outputs = append(o.Outputs, output(system, name))
	}
	return o
}

func output(system platform.System, name string) timing.Output {
	return timing.Output{Name: name, System: string(system), Attribute: fmt.Sprintf("packages.%s.%s", system, name)}
}

func (f *flakeOfBuilds) build(system platform.System, names ...string) *timing.Report {
	f.t.Helper()
	report, err := Build(f.t.Context(), f.options(system, names...))
	if err != nil {
		f.t.Fatal(err)
	}
	return report
}

// dispositions are the derivations of a report by name.
func dispositions(r *timing.Report) map[string]timing.Disposition {
	byName := map[string]timing.Disposition{}
	for _, d := range r.Derivations {
		byName[d.Name] = d.Disposition
	}
	return byName
}

func TestBuildReports(t *testing.T) {
	f := newFlakeOfBuilds(t, filepath.Join(t.TempDir(), "a folder"))
	native := NativeSystem()
	r := f.build(native, "rts")
	if r.Status != timing.Succeeded || Outcome(r, nil) != BuildSucceeded || r.Nix.ExitCode == nil || *r.Nix.ExitCode != 0 {
		t.Errorf("%+v", r)
	}
	version, err := f.nix.Version(t.Context())
	if err != nil || r.Nix.Version != version.String() {
		t.Errorf("the version is %q, want %s, %v", r.Nix.Version, version, err)
	}
	if got := dispositions(r); len(got) != 2 || got["rts"] != timing.DispositionBuilt || got["base"] != timing.DispositionBuilt {
		t.Errorf("the derivations are %v", got)
	}
	for _, d := range r.Derivations {
		if d.System != string(native) {
			t.Errorf("the system of %s is %q", d.Name, d.System)
		}
	}
	rts := r.Outputs[0]
	if !strings.HasSuffix(rts.Derivation, "-rts.drv") || len(rts.Paths) != 1 || r.CriticalPath[len(r.CriticalPath)-1] != rts.Derivation || len(r.CriticalPath) != 2 {
		t.Errorf("%+v by %q", rts, r.CriticalPath)
	}
	if text, err := os.ReadFile(rts.Paths[0]); err != nil || string(text) != "base\n" {
		t.Errorf("it holds %q, %v", text, err)
	}

	again := f.build(native, "rts")
	if got := dispositions(again); len(got) != 1 || got["rts"] != timing.DispositionPresent || again.BuildSeconds != 0 {
		t.Errorf("the second time: %v in %v s", got, again.BuildSeconds)
	}
	if got := again.Outputs[0]; got.Derivation != rts.Derivation || !slices.Equal(got.Paths, rts.Paths) {
		t.Errorf("the second time: %+v", got)
	}
}

func TestBuildTellsOutputsApart(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	o := f.options(NativeSystem(), "rts", "base", "other", "base")
	o.Installables = []string{".#packages." + string(NativeSystem()) + ".rts-build"}
	r, err := Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range r.Outputs {
		if !strings.HasSuffix(o.Paths[0], "-"+strings.TrimSuffix(nixName(o.Derivation), ".drv")) || o.System != string(NativeSystem()) {
			t.Errorf("%+v", o)
		}
		got = append(got, nixName(o.Derivation))
	}
	if want := []string{"rts.drv", "base.drv", "other.drv", "rts-build.drv"}; !slices.Equal(got, want) {
		t.Errorf("the outputs are %q, want %q: each once, in order", got, want)
	}
}

func nixName(path string) string {
	_, name, _ := strings.Cut(filepath.Base(path), "-")
	return name
}

func TestBuildFailureIsReported(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	o := f.options(NativeSystem(), "broken", "other")
	o.KeepGoing = true
	r, err := Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != timing.Failed || Outcome(r, nil) != BuildFailed || *r.Nix.ExitCode != 1 {
		t.Errorf("%+v", r)
	}
	if got := dispositions(r); got["broken"] != timing.DispositionFailed || got["other"] != timing.DispositionBuilt {
		t.Errorf("the derivations are %v", got)
	}
	for _, d := range r.Derivations {
		if d.Name == "broken" && !slices.Equal(d.LogTail, []string{"test 3 of 7 fails"}) {
			t.Errorf("the log is %q", d.LogTail)
		}
	}
	broken, other := r.Outputs[0], r.Outputs[1]
	if !strings.HasSuffix(broken.Derivation, "-broken.drv") || broken.Paths == nil || len(broken.Paths) != 0 {
		t.Errorf("%+v", broken)
	}
	if !strings.HasSuffix(other.Derivation, "-other.drv") || len(other.Paths) != 1 {
		t.Errorf("%+v", other)
	}
}

func TestBuildOfWhatDoesNotEvaluate(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	for name, want := range map[string]string{"thrown": "by intention", "none": "does not provide attribute"} {
		r := f.build(NativeSystem(), name)
		if r.Status != timing.Failed || len(r.Derivations) != 0 || !strings.Contains(strings.Join(r.Errors, "\n"), want) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestBuildIsInterrupted(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := f.options(NativeSystem(), "slow")
	o.Observer = onBuildStarted(cancel)
	r, err := Build(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != timing.Interrupted || Outcome(r, nil) != BuildInterrupted || dispositions(r)["slow"] != timing.DispositionInterrupted {
		t.Errorf("%+v", r)
	}
}

type onBuildStarted func()

func (act onBuildStarted) Observe(c timing.Change) {
	if _, ok := c.(timing.BuildStarted); ok {
		act()
	}
}

func TestBuildWithoutNix(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	f.nix.Env = append(f.nix.Env, "PATH="+t.TempDir())
	for _, system := range []platform.System{NativeSystem(), foreign} {
		r, err := Build(t.Context(), f.options(system, "rts"))
		if !errors.Is(err, nixcmd.ErrNoNix) || Outcome(r, err) != BuildUnable {
			t.Errorf("%s: %+v, %v", system, r, err)
		}
	}
}

func TestBuildWhereNixCannotWork(t *testing.T) {
	require.Root(t) // build-users-group counts for root alone
	f := newFlakeOfBuilds(t, t.TempDir())
	f.arguments("--option", "build-users-group", "no-such-group")
	r, err := Build(t.Context(), f.options(NativeSystem(), "rts"))
	if Outcome(r, err) != BuildUnable {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestDryRun(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	missing, err := DryRun(t.Context(), f.options(foreign, "rts"))
	if err != nil || len(missing.Build) != 2 || len(missing.Products) != 1 {
		t.Errorf("%+v, %v", missing, err)
	}
}
