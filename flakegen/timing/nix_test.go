package timing

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/internal/require"
)

// TestRealNix builds derivations that sleep for known times, with the nix on
// PATH, and holds the account to those times.
func TestRealNix(t *testing.T) {
	nix := require.Program(t, "nix")
	dir := t.TempDir()
	file := filepath.Join(dir, "default.nix")
	expression := fmt.Sprintf(`let
  make = name: deps: script: derivation {
    inherit name deps;
    system = builtins.currentSystem;
    stamp = "%d";
    builder = "/bin/sh";
    args = [ "-c" "PATH=/usr/bin:/bin; phase() { echo \"@nix { \\\"action\\\": \\\"setPhase\\\", \\\"phase\\\": \\\"$1\\\" }\" >&2; }; ${script}" ];
  };
  base = make "base" [ ] "phase buildPhase; sleep 0.4; phase installPhase; sleep 0.6; echo > $out";
in {
  tested = make "tested" [ base ] "phase buildPhase; sleep 0.3; phase checkPhase; echo checking; sleep 0.9; echo > $out";
  quick = make "quick" [ ] "sleep 0.3; echo > $out";
  failing = make "failing" [ base ] "phase checkPhase; sleep 0.4; echo FAIL: test_x; exit 3";
}
`, time.Now().UnixNano())
	if err := os.WriteFile(file, []byte(expression), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(nix, "--extra-experimental-features", "nix-command", "build", "--no-link", "--keep-going",
		"--max-jobs", "2", "--log-format", "internal-json", "--file", file, "tested", "quick", "failing")
	cmd.Env = append(os.Environ(), "NIX_CONFIG=substituters =\nsandbox = false\nbuild-users-group =", "XDG_CACHE_HOME="+dir)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	a := NewAccount(time.Now())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d := nixcmd.NewDecoder(stderr, time.Now)
	for {
		e, err := d.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		a.Add(e)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("nix build: %v, want it to fail", err)
	}
	code := exit.ExitCode()
	r := a.Finish(Ending{At: time.Now(), ExitCode: &code})

	// A machine under load adds to all that a process does. Nix tells of a phase
	// when it gets to it, so one may seem to begin late.
	near := func(what string, got, want float64) {
		t.Helper()
		if got < want-0.2 || got > want*1.05+0.5 {
			t.Errorf("%s: %g s, want %g", what, got, want)
		}
	}
	if r.Status != Failed {
		t.Errorf("status %s: %v", r.Status, r.Errors)
	}
	wantTook := map[string]float64{"base": 1, "tested": 1.2, "quick": 0.3, "failing": 0.4}
	wantPhases := map[string][]Phase{
		"base":    {{Name: "buildPhase", Seconds: 0.4}, {Name: "installPhase", Seconds: 0.6}},
		"tested":  {{Name: "buildPhase", Seconds: 0.3}, {Name: "checkPhase", Seconds: 0.9}},
		"failing": {{Name: "checkPhase", Seconds: 0.4}},
	}
	if len(r.Derivations) != len(wantTook) {
		t.Errorf("derivations %+v", r.Derivations)
	}
	for _, d := range r.Derivations {
		near(d.Name, d.Seconds, wantTook[d.Name])
		want := DispositionBuilt
		if d.Name == "failing" {
			want = DispositionFailed
			if d.Failure == nil || d.Failure.ExitCode != 3 {
				t.Errorf("failing: %+v", d.Failure)
			}
			if len(d.LogTail) != 1 || d.LogTail[0] != "FAIL: test_x" {
				t.Errorf("log %q", d.LogTail)
			}
		}
		if d.Disposition != want {
			t.Errorf("%s was %s", d.Name, d.Disposition)
		}
		if len(d.Phases) != len(wantPhases[d.Name]) {
			t.Errorf("%s: phases %v", d.Name, d.Phases)
			continue
		}
		for i, p := range wantPhases[d.Name] {
			if d.Phases[i].Name != p.Name {
				t.Errorf("%s: phase %s, want %s", d.Name, d.Phases[i].Name, p.Name)
			}
			near(d.Name+" "+p.Name, d.Phases[i].Seconds, p.Seconds)
		}
	}
	near("building", r.BuildSeconds, 2.2) // base, then tested
	sum := r.EvalSeconds + r.FetchSeconds + r.BuildSeconds + r.CopySeconds + r.WaitSeconds + r.UnaccountedSeconds
	if math.Abs(sum-r.WallSeconds) > 1e-6 {
		t.Errorf("classes add up to %g of %g", sum, r.WallSeconds)
	}
	if r.FetchSeconds != 0 || r.UnaccountedSeconds > 1 {
		t.Errorf("fetch %g, unaccounted %g", r.FetchSeconds, r.UnaccountedSeconds)
	}
	if c := d.Counts(); c.Malformed+c.Truncated > 0 || c.UnknownActivities != nil || c.UnknownResults != nil {
		t.Errorf("counts %+v", c)
	}
}
