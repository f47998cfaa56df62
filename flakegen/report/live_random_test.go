package report

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// Whatever happens and however the terminal is resized, it shows the notes and
// the last frame, and nothing else; at the end the notes alone.
func TestLiveLeavesNothingOver(t *testing.T) {
	names := []string{"zlib", "宽字符-lib", "a-name-that-is-longer-than-most-names-are-1.2.3", "e\u0301accent", "rts-checked", "👩‍🚀-emoji"}
	for seed := range uint64(24) {
		random := rand.New(rand.NewPCG(seed, 7))
		screen := newTerminal(80, 400) // all that a narrow one wraps fits
		usual := func(string) (time.Duration, bool) {
			return time.Duration(random.IntN(100)) * time.Second, random.IntN(2) == 0
		}
		live := NewLive(screen, screen.size, ViewOptions{Start: epoch, Usual: usual, Style: Style{Color: seed%2 == 0}})
		var notes []string
		var running []string
		now := 0.0
		check := func(frame []string) {
			t.Helper()
			want := append([]string{}, notes...)
			for _, line := range frame {
				if ansi.StringWidth(line) >= screen.columns {
					t.Fatalf("seed %d: line %q in %d columns", seed, line, screen.columns)
				}
				want = append(want, strings.TrimRight(ansi.Strip(line), " "))
			}
			if got := screen.text(); got != strings.TrimRight(strings.Join(want, "\n"), "\n") {
				t.Fatalf("seed %d, at %g s, %d columns: the terminal shows\n%s\nwant\n%s", seed, now, screen.columns, got, strings.Join(want, "\n"))
			}
			if screen.noWrap || screen.frame {
				t.Fatalf("seed %d: the terminal is left in a mode", seed)
			}
		}
		for range 150 {
			now += 0.2
			switch random.IntN(8) {
			case 0, 1:
				d := drv(fmt.Sprint(names[random.IntN(len(names))], "-", now))
				live.Observe(timing.BuildStarted{At: at(now), Derivation: d, Machine: []string{"", "ssh-ng://root@mac1?x=y"}[random.IntN(2)]})
				running = append(running, d)
			case 2:
				if len(running) > 0 {
					live.Observe(timing.BuildEnded{At: at(now), Derivation: running[0], Outcome: timing.CountedDone})
					running = running[1:]
				}
			case 3:
				if len(running) > 0 {
					live.Observe(timing.PhaseStarted{At: at(now), Derivation: running[0], Phase: "check\x1b[2JPhase"})
				}
			case 4:
				if len(running) > 0 {
					live.Observe(timing.LogLine{At: at(now), Derivation: running[0], Text: "\x1b]0;title\x07 進捗 " + strings.Repeat("=\t", random.IntN(40))})
				}
			case 5:
				note := fmt.Sprint("note ", len(notes))
				live.Observe(timing.Note{At: at(now), Level: nixcmd.LevelInfo, Text: "\x1b[1A" + note + "\x07"})
				notes = append(notes, note)
			case 6:
				screen.reflow(20 + random.IntN(100))
			case 7:
				live.Observe(timing.FetchStarted{At: at(now), Path: fmt.Sprint("/nix/store/x-", now)})
				live.Observe(timing.Counted{At: at(now), ExpectedFetches: random.IntN(5)})
			}
			screen.writes = nil
			if err := live.Tick(at(now)); err != nil {
				t.Fatal(err)
			}
			if len(screen.writes) > 1 {
				t.Fatalf("seed %d: %d writes for one frame", seed, len(screen.writes))
			}
			check(live.screen)
		}
		if err := live.Close(); err != nil {
			t.Fatal(err)
		}
		check(nil)
	}
}

// What a shell writes while the program is stopped stays, and the view begins
// anew below.
func TestLiveResume(t *testing.T) {
	screen := newTerminal(60, 20)
	live := NewLive(screen, screen.size, ViewOptions{Start: epoch})
	live.Observe(timing.BuildStarted{At: at(0), Derivation: drv("x")})
	if err := live.Tick(at(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := screen.Write([]byte("[1]+ Stopped\r\n$ fg\r\n")); err != nil {
		t.Fatal(err)
	}
	live.Resume()
	for _, seconds := range []float64{2, 3} {
		if err := live.Tick(at(seconds)); err != nil {
			t.Fatal(err)
		}
	}
	want := "  x   1 s\n1 s · 1 building\n[1]+ Stopped\n$ fg\n  x   3 s\n3 s · 1 building"
	if got := screen.text(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// The width of columns does not shrink while the terminal has its size: a row
// stays where it is when another one goes.
func TestLiveColumnsStay(t *testing.T) {
	screen := newTerminal(100, 20)
	live := NewLive(screen, screen.size, ViewOptions{Start: epoch})
	tick := func(seconds float64) string {
		if err := live.Tick(at(seconds)); err != nil {
			t.Fatal(err)
		}
		return screen.text()
	}
	live.Observe(timing.BuildStarted{At: at(0), Derivation: drv("short")})
	live.Observe(timing.PhaseStarted{At: at(0), Derivation: drv("short"), Phase: "buildPhase"})
	live.Observe(timing.BuildStarted{At: at(0), Derivation: drv("a-much-longer-name"), Machine: "ssh://mac1"})
	live.Observe(timing.PhaseStarted{At: at(0), Derivation: drv("a-much-longer-name"), Phase: "configurePhase"})
	before := strings.Split(tick(9), "\n")[0]
	live.Observe(timing.BuildEnded{At: at(9), Derivation: drv("a-much-longer-name"), Outcome: timing.CountedDone})
	after := strings.Split(tick(10), "\n")[0]
	if want := strings.Replace(before, " 9 s", "10 s", 1); after != want {
		t.Errorf("got  %q\nwant %q", after, want)
	}
}

// BenchmarkLiveFrame is a tenth of a second of a heavy run: a frame over a
// thousand running builds, and the ten thousand log lines before it. Its time
// against a tenth of a second is the part of a core that the view takes.
func BenchmarkLiveFrame(b *testing.B) {
	var derivations []string
	live := NewLive(discard{}, func() (int, int) { return 200, 60 }, ViewOptions{
		Start: epoch,
		Usual: func(string) (time.Duration, bool) { return time.Minute, true },
	})
	for i := range 1000 {
		d := drv(fmt.Sprint("build-", i))
		derivations = append(derivations, d)
		live.Observe(timing.BuildStarted{At: at(0), Derivation: d})
	}
	now := epoch
	for b.Loop() {
		now = now.Add(FrameInterval)
		for i := range 10_000 {
			live.Observe(timing.LogLine{At: now, Derivation: derivations[i%1000], Text: "cc -c a.c -o a.o"})
		}
		if err := live.Tick(now); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(100*b.Elapsed().Seconds()/float64(b.N)/FrameInterval.Seconds(), "%core")
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
