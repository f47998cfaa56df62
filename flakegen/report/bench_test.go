package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/flakegen/abtest"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// benchOf is a bench of mini-rts whose runs took what is given, in seconds; the last
// phases of B are tests.
func benchOf(a, b []float64, check float64) abtest.Result {
	const hash = "/nix/store/0000000000000000000000000000000"
	r := abtest.Result{Status: timing.Succeeded, System: "aarch64-darwin", Runs: 10, Warmup: 1, Seed: 7, NixVersion: "2.34.0"}
	for side, name := range []string{"rts-build", "rts-checked"} {
		r.Targets[side].Name = name
		r.Targets[side].Derivation = fmt.Sprintf("%s%d-mini-rts.drv", hash, side)
		r.Targets[side].Differs = []string{r.Targets[side].Derivation}
	}
	for side, times := range [][]float64{a, b} {
		for i, seconds := range times {
			d := timing.Derivation{Name: "mini-rts", Seconds: seconds, Phases: []timing.Phase{{Name: "unpackPhase", Seconds: 0.001}, {Name: "buildPhase", Seconds: seconds - 0.2}, {Name: "installPhase", Seconds: 0.2}}}
			if side == 1 && check > 0 {
				d.Phases = []timing.Phase{{Name: "buildPhase", Seconds: seconds - 0.2 - check}, {Name: "checkPhase", Seconds: check}, {Name: "installPhase", Seconds: 0.2}}
			}
			r.Steps = append(r.Steps, abtest.Step{Side: abtest.Side(side), Number: 2*i + side, Seconds: seconds, Derivations: []timing.Derivation{d}})
		}
	}
	return r
}

var (
	fourSeconds    = []float64{3.7, 3.8, 3.6, 3.7, 4.0, 3.5, 3.71, 3.72, 3.69, 3.65}
	fifteenSeconds = []float64{15.3, 15.1, 15.2, 15.0, 15.4, 15.25, 15.35, 15.15, 15.22, 15.31}
)

func TestBenchText(t *testing.T) {
	many := benchOf(fourSeconds, fifteenSeconds, 11.2)
	for i := range many.Steps {
		for n := range 12 {
			d := timing.Derivation{Name: fmt.Sprintf("dependency-%02d-with-a-long-name-that-does-not-fit-anywhere", n), Seconds: 60 + float64(n)}
			if many.Steps[i].Side == abtest.B {
				d.Seconds *= 1.1
			}
			many.Steps[i].Derivations = append(many.Steps[i].Derivations, d)
		}
	}
	hostile := benchOf(fourSeconds, fifteenSeconds, 11.2)
	hostile.Targets[0].Name = "path:\x1b]0;x\a#a\nb"
	hostile.Steps[0].Derivations[0].Name = "mini\x1b[31m"
	installables := benchOf(fourSeconds, fifteenSeconds, 0)
	for side := range installables.Targets {
		installables.Targets[side].Name = fmt.Sprintf("github:NixOS/nixpkgs#legacyPackages.aarch64-darwin.hello-%d", side)
		installables.Targets[side].Differs = []string{"one", "two"}
	}
	remote, machines := benchOf(fourSeconds, fifteenSeconds, 0), benchOf(fourSeconds, fifteenSeconds, 0)
	for i := range remote.Steps {
		remote.Steps[i].Derivations[0].Machine = "ssh-ng://root@mac"
	}
	machines.Steps[3].Derivations[0].Machine = "ssh-ng://root@mac"
	interrupted := benchOf(fourSeconds[:4], fifteenSeconds[:3], 0)
	interrupted.Status = timing.Interrupted
	for name, test := range map[string]struct {
		result abtest.Result
		style  Style
	}{
		"faster":       {benchOf(fourSeconds, fifteenSeconds, 11.2), Style{}},
		"color":        {benchOf(fourSeconds, fifteenSeconds, 11.2), Style{Color: true}},
		"equal":        {benchOf(fourSeconds, append([]float64{3.75}, fourSeconds[1:]...), 0), Style{}},
		"slower":       {benchOf(fifteenSeconds, fourSeconds, 0), Style{}},
		"installables": {installables, Style{}},
		"remote":       {remote, Style{}},
		"machines":     {machines, Style{}},
		"interrupted":  {interrupted, Style{}},
		"nothing":      {benchOf(nil, nil, 0), Style{}},
		"many":         {many, Style{}},
		"narrow":       {many, Style{Width: 40}},
		"hostile":      {hostile, Style{}},
	} {
		var b bytes.Buffer
		if err := Bench(&b, test.result, test.style); err != nil {
			t.Fatal(err)
		}
		checkGolden(t, "testdata/bench/"+name+".golden", b.String())
		for line := range strings.Lines(b.String()) {
			if width := ansi.StringWidth(strings.TrimRight(line, "\n")); width > test.style.width() {
				t.Errorf("%s: a line is %d columns wide: %q", name, width, line)
			}
		}
		if !test.style.Color && strings.Contains(b.String(), "\x1b") {
			t.Errorf("%s: an escape sequence gets through", name)
		}
	}
}

func TestBenchRatios(t *testing.T) {
	for want, values := range map[string][]float64{
		"4.1 3.9 to 4.3":          {4.12, 3.91, 4.29},
		"15 12 to 39":             {15.2, 12.1, 39},
		"12.1 12.0 to 12.2":       {12.1, 12.0, 12.2},
		"1.05 1.04 to 1.06":       {1.05, 1.04, 1.06},
		"1.052 1.050 to 1.054":    {1.052, 1.05, 1.054},
		"1.100 1.004 to 1.300":    {1.1, 1.004, 1.3},
		"1.0 0.9 to 1.2":          {1, 0.9, 1.2},
		"1.0 1.0 to 1.0":          {1, 1, 1},
		"1.0001 1.0000 to 1.0002": {1.0001, 1.00004, 1.0002},
	} {
		got := ratios(values...)
		if text := fmt.Sprintf("%s %s to %s", got[0], got[1], got[2]); text != want {
			t.Errorf("%v is %q, want %q", values, text, want)
		}
	}
}

// TestBenchProgress lets time pass in a step: it says nothing until it takes long.
func TestBenchProgress(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	const drv = "/nix/store/00000000000000000000000000000000-mini-rts.drv"
	var b bytes.Buffer
	p := NewBenchProgress(&b, Style{}, "run 3 of 20", start)
	tick := func(second int) {
		if err := p.Tick(at(second)); err != nil {
			t.Fatal(err)
		}
	}
	tick(1)
	tick(30)
	p.Observe(timing.BuildStarted{At: at(31), Derivation: drv})
	tick(59)
	tick(60)
	p.Observe(timing.PhaseStarted{At: at(61), Derivation: drv, Phase: "check\x1b[1mPhase"})
	p.Observe(timing.LogLine{At: at(62), Derivation: drv, Text: "a line of the log"})
	tick(100)
	p.Observe(timing.FetchStarted{At: at(101), Path: "/nix/store/00000000000000000000000000000000-gcc"})
	p.Observe(timing.Note{At: at(102), Level: 1, Text: "warning: a warning"})
	p.Observe(timing.Note{At: at(103), Level: 0, Text: "error: an error"})
	tick(131)
	tick(140)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := BenchStep(&b, Style{}, "run 3 of 20", "rts-build", 132*time.Second); err != nil {
		t.Fatal(err)
	}
	checkGolden(t, "testdata/bench/progress.golden", b.String())

	p = NewBenchProgress(failing{}, Style{}, "run 3 of 20", start)
	_ = p.Tick(at(40))
	if p.Close() == nil {
		t.Error("an error of the writer is lost")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
