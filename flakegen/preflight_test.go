package flakegen

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// unable builds what must be refused, and gives the refusal.
func (f *flakeOfBuilds) unable(o BuildOptions) *UnableError {
	f.t.Helper()
	r, err := Build(f.t.Context(), o)
	var unable *UnableError
	if !errors.As(err, &unable) || Outcome(r, err) != BuildUnable {
		f.t.Fatalf("%+v, %v, want a refusal", r, err)
	}
	return unable
}

func TestForeignSystemIsRefused(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	o := f.options(foreign, "rts")
	o.Alternatives = []timing.Output{output(foreign, "rts-build")}
	unable := f.unable(o)
	blocked := unable.Finding.Blocked
	if len(blocked) != 1 || blocked[0].Output.Name != "rts" || len(blocked[0].Derivations) != 2 || len(unable.Finding.Available) != 0 {
		t.Errorf("%+v", unable.Finding)
	}
	for _, line := range []string{
		"Nothing here can build or fetch rts for aarch64-darwin: rts (aarch64-darwin), base (aarch64-darwin) would have to be built.",
		"  system: " + string(NativeSystem()) + "\n", "  extra-platforms: ", "  builders: none\n", "  external-builders: none\n", "  caches: none\n",
		"a remote builder for aarch64-darwin", "--dry-run",
	} {
		if !strings.Contains(unable.Error(), line) {
			t.Errorf("%q is missing in\n%s", line, unable)
		}
	}
}

// What is here needs no builder, and so an alternative that is here is proposed.
func TestForeignOutputThatIsPresent(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	f.arguments("--extra-platforms", foreign)
	f.build(foreign, "rts-build")
	f.build(foreign, "base")
	f.arguments()
	if got := dispositions(f.build(foreign, "rts-build")); got["rts-build"] != timing.DispositionPresent {
		t.Errorf("%v", got)
	}
	o := f.options(foreign, "rts", "rts-build")
	o.Alternatives = []timing.Output{output(foreign, "rts-build"), output(foreign, "other")}
	unable := f.unable(o)
	if b := unable.Finding.Blocked; len(b) != 1 || b[0].Output.Name != "rts" || len(b[0].Derivations) != 1 {
		t.Errorf("blocked is %+v: base is here", b)
	}
	if a := unable.Finding.Available; len(a) != 1 || a[0].Name != "rts-build" {
		t.Errorf("available is %+v", a)
	}
	if want := "flakegen build rts-build --system aarch64-darwin"; !strings.Contains(unable.Error(), want) {
		t.Errorf("%q is missing in\n%s", want, unable)
	}
}

// What a cache has needs no builder either.
func TestForeignOutputThatIsFetched(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	f.arguments("--extra-platforms", foreign)
	path := f.build(foreign, "other").Outputs[0].Paths[0]
	cache := "file://" + t.TempDir()
	features := []string{"--extra-experimental-features", "nix-command"}
	f.run("nix", append(features, "copy", "--to", cache, path)...)
	f.run("nix", append(features, "store", "delete", path)...)
	f.arguments()
	f.unable(f.options(foreign, "other"))
	f.arguments("--option", "substituters", cache+"?trusted=1")
	r := f.build(foreign, "other")
	if got := dispositions(r); r.Status != timing.Succeeded || got["other"] != timing.DispositionSubstituted {
		t.Errorf("%s, %v", r.Status, got)
	}
}

func TestForeignSystemThatIsProvided(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	f.arguments("--extra-platforms", foreign)
	if r := f.build(foreign, "rts"); r.Status != timing.Succeeded || r.Derivations[0].System != foreign {
		t.Errorf("%+v", r)
	}
	// A builder for the system is believed: nix is started, and says that it
	// cannot be reached.
	machines := filepath.Join(t.TempDir(), "machines")
	if err := os.WriteFile(machines, []byte("ssh://flakegen-test.invalid "+foreign+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	f.arguments("--builders", "@"+machines, "--option", "connect-timeout", "1")
	r := f.build(foreign, "other")
	if r.Status != timing.Failed || Outcome(r, nil) != BuildUnable {
		t.Errorf("%s with %q and %v", r.Status, r.Errors, dispositions(r))
	}
}

func TestMaxJobsZero(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	f.arguments("--max-jobs", "0", "--extra-platforms", foreign)
	unable := f.unable(f.options(foreign, "other"))
	if want := "which builds nothing, as max-jobs is 0"; !strings.Contains(unable.Error(), want) {
		t.Errorf("%q is missing in\n%s", want, unable)
	}
}

// Two seconds beyond Nix's evaluation, which is none here, also where no cache
// answers.
func TestRefusalIsQuick(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	f.arguments("--option", "substituters", "http://127.0.0.1:1")
	start := time.Now()
	unable := f.unable(f.options(foreign, "rts"))
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
	for _, want := range []string{"http://127.0.0.1:1 (did not answer)", "connect-timeout 10"} {
		if !strings.Contains(unable.Error(), want) {
			t.Errorf("%q is missing in\n%s", want, unable)
		}
	}
}

// What Nix cannot evaluate is not refused for its system: the error is Nix's.
func TestForeignOutputThatDoesNotEvaluate(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	r := f.build(foreign, "thrown")
	if r.Status != timing.Failed || !strings.Contains(strings.Join(r.Errors, "\n"), "by intention") {
		t.Errorf("%+v", r)
	}
}

func TestInterruptedPreflight(t *testing.T) {
	f := newFlakeOfBuilds(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := Build(ctx, f.options(foreign, "rts"))
	if r != nil || !errors.Is(err, nixcmd.ErrInterrupted) || Outcome(r, err) != BuildInterrupted {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAlternatives(t *testing.T) {
	s := parse(t, twoVariants)
	for name, want := range map[string]string{
		"both":        "packages.aarch64-darwin.rts-checked",
		"rts-checked": "packages.aarch64-darwin.rts-build",
		"tool":        "",
		"none":        "",
	} {
		var got []string
		for _, o := range Alternatives(s, []timing.Output{output(foreign, name)}) {
			got = append(got, o.Attribute)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("the alternatives of %s are %q, want %q", name, got, want)
		}
	}
}
