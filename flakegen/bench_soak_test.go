package flakegen

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/abtest"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

var (
	benchTrials = flag.Int("bench-trials", 0, "how many trials TestBenchTrials makes of each kind; 20 take about half an hour")
	benchLength = flag.Duration("bench-length", 3*time.Second, "how long the builds of a trial sleep")
	benchRuns   = flag.Int("bench-runs", 10, "how many runs of each side a trial makes")
)

// silent is an observer of a bench who looks at nothing.
type silent struct{}

func (silent) Planned(abtest.Result)           {}
func (silent) Began(BenchStep) timing.Observer { return nil }
func (silent) Ended(BenchStep, time.Duration)  {}

// benchOfSleeps benches two builds that sleep. They differ from each other and from
// those of earlier calls.
func benchOfSleeps(t *testing.T, runs int, seed uint64, sleeps [2]time.Duration) *abtest.Result {
	t.Helper()
	nix := testNix(t)
	o := BenchOptions{Nix: nix, Runs: runs, Warmup: 1, Seed: seed, Observer: silent{}, Now: time.Now}
	for i, sleep := range sleeps {
		name := fmt.Sprintf("sleeps-%s", abtest.Side(i))
		text := fmt.Sprintf(`{
  outputs = { self }: {
    packages.x86_64-linux.default = derivation {
      name = "%s";
      stamp = "%s %d";
      system = "x86_64-linux";
      builder = "/bin/sh";
      PATH = "/bin:/usr/bin";
      args = [ "-c" "sleep %.3f; echo > $out" ];
    };
  };
}
`, name, t.Name(), time.Now().UnixNano(), sleep.Seconds())
		folder := filepath.Join(nix.Dir, name)
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "flake.nix"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		o.Targets[i] = BenchTarget{
			Target:      abtest.Target{Output: timing.Output{Name: name}},
			installable: nixcmd.Installable{Text: "path:" + folder + "#packages.x86_64-linux.default"},
		}
	}
	result, err := Bench(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if result.Status != timing.Succeeded || len(result.Leftover) > 0 {
		t.Fatalf("%s, left over: %q", result.Status, result.Leftover)
	}
	return result
}

// TestBenchTrials benches equal outputs and outputs of which one is 5 % slower. What
// is asked for is that of 20 trials 16 show no difference of equal ones, and 16 the
// difference of the others. Both kinds run at the same time: they have the same noise,
// and builds that sleep are not in each other's way.
//
//	go test ./flakegen -run TestBenchTrials -bench-trials 20 -timeout 2h -v
func TestBenchTrials(t *testing.T) {
	if *benchTrials == 0 {
		t.Skip("takes long; see -bench-trials")
	}
	for _, kind := range []struct {
		name   string
		slower time.Duration
		want   abtest.Verdict
	}{
		{"equal", 0, abtest.NoDifference},
		{"slower", *benchLength / 20, abtest.AFaster},
	} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			var noise, detectable, ratios []float64
			right := 0
			for trial := range *benchTrials {
				result := benchOfSleeps(t, *benchRuns, uint64(trial), [2]time.Duration{*benchLength, *benchLength + kind.slower})
				c, a, b := result.Compare(), result.Sample(abtest.A).Noise, result.Sample(abtest.B).Noise
				if c.Verdict() == kind.want {
					right++
				}
				noise, detectable, ratios = append(noise, a, b), append(detectable, c.Detectable()), append(ratios, c.Ratio)
				t.Logf("trial %d: ratio %.4f, %.4f to %.4f, p %.2g, noise %.2f %% and %.2f %%", trial, c.Ratio, c.Low, c.High, c.P, 100*a, 100*b)
			}
			t.Logf("%d of %d trials are right; n = %d; noise %.2f %% in the median, %.2f %% at most; detectable %.1f %% in the median; ratios %.4f to %.4f",
				right, *benchTrials, *benchRuns, 100*abtest.Median(noise), 100*slices.Max(noise),
				100*abtest.Median(detectable), slices.Min(ratios), slices.Max(ratios))
			if 20*right < 16**benchTrials {
				t.Errorf("%d of %d trials are right", right, *benchTrials)
			}
		})
	}
}

// TestBenchShows is one trial with a difference that a machine at work cannot hide.
func TestBenchShows(t *testing.T) {
	result := benchOfSleeps(t, 6, 1, [2]time.Duration{1200 * time.Millisecond, 200 * time.Millisecond})
	c := result.Compare()
	if c.Verdict() != abtest.BFaster || c.Ratio < 1.5 || !c.Slower(0.05) {
		t.Errorf("1.2 s against 0.2 s: %+v\n%v\n%v", c, result.Sample(abtest.A), result.Sample(abtest.B))
	}
	if got := len(result.Steps); got != 14 {
		t.Errorf("%d steps, want 12 runs and 2 before them", got)
	}
	for i, step := range result.Steps {
		if step.Side != abtest.Order(1, 7)[i] || step.Warmup != (i < 2) || len(step.Derivations) != 1 {
			t.Errorf("step %d is %+v", i, step)
		}
	}
}
