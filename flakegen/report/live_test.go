package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

func at(seconds float64) time.Time {
	return epoch.Add(time.Duration(seconds * float64(time.Second)))
}

func drv(name string) string {
	return "/nix/store/00000000000000000000000000000000-" + name + ".drv"
}

// TestLiveScenes shows the view as a terminal has it, scene by scene.
func TestLiveScenes(t *testing.T) {
	scenes := []struct {
		title   string
		changes []timing.Change
		now     float64
	}{
		{"evaluating", nil, 0.9},
		{"two builds and a fetch", []timing.Change{
			timing.Turned{At: at(1)},
			timing.Planned{At: at(1), Builds: 4},
			timing.PlannedBuild{At: at(1), Derivation: drv("moc-rts-checked")},
			timing.PlannedBuild{At: at(1), Derivation: drv("lib1")},
			timing.PlannedBuild{At: at(1), Derivation: drv("lib2")},
			timing.PlannedBuild{At: at(1), Derivation: drv("lib3")},
			timing.Counted{At: at(1), Expected: 4, ExpectedFetches: 2},
			timing.Transferred{At: at(1), Done: 3 << 20, Expected: 12 << 20},
			timing.FetchStarted{At: at(1), Path: "/nix/store/00000000000000000000000000000000-zlib-1.3", From: "https://cache.nixos.org"},
			timing.BuildStarted{At: at(1), Derivation: drv("moc-rts-checked")},
			timing.PhaseStarted{At: at(2), Derivation: drv("moc-rts-checked"), Phase: "unpackPhase"},
			timing.BuildStarted{At: at(2.5), Derivation: drv("lib1"), Machine: "ssh-ng://root@mac1?ssh-key=/k"},
		}, 3.2},
		{"the next phase", []timing.Change{
			timing.Counted{At: at(4), Expected: 4, Fetched: 2, ExpectedFetches: 2},
			timing.LogLine{At: at(4), Derivation: drv("moc-rts-checked"), Text: "\x1b[32mok 17\x1b[m - the collector\tsurvives"},
			timing.FetchEnded{At: at(4), Path: "/nix/store/00000000000000000000000000000000-zlib-1.3"},
			timing.PhaseStarted{At: at(4), Derivation: drv("moc-rts-checked"), Phase: "checkPhase"},
		}, 4.5},
		{"a warning, with colours and tricks", []timing.Change{
			timing.Note{At: at(5), Level: nixcmd.LevelWarn, Text: "\x1b[35;1mwarning:\x1b[0m dirty\x1b[2J\x07 tree"},
			timing.Note{At: at(5), Level: nixcmd.LevelInfo, Text: "trace: first\ntrace: second"},
		}, 5},
		{"one done, one failed", []timing.Change{
			timing.BuildEnded{At: at(64), Derivation: drv("moc-rts-checked"), Outcome: timing.CountedDone},
			timing.Note{At: at(65), Level: nixcmd.LevelError, Derivation: drv("lib1"), Text: "error: builder failed"},
			timing.BuildEnded{At: at(65), Derivation: drv("lib1"), Outcome: timing.CountedFailed},
			timing.BuildStarted{At: at(65), Derivation: drv("lib2")},
		}, 126.5},
		{"only fetching", []timing.Change{
			timing.BuildEnded{At: at(127), Derivation: drv("lib2"), Outcome: timing.CountedDone},
			timing.FetchStarted{At: at(127), Path: "/nix/store/00000000000000000000000000000000-gcc-13.2.0", From: "https://cache.nixos.org"},
		}, 130},
	}
	usual := map[string]time.Duration{drv("moc-rts-checked"): 3 * time.Second, drv("lib1"): 2 * time.Minute, drv("lib2"): 90 * time.Second, drv("lib3"): 90 * time.Second}
	for _, columns := range []int{110, 80, 40, 16} {
		screen := newTerminal(columns, 24)
		live := NewLive(screen, screen.size, ViewOptions{Start: epoch, Usual: func(d string) (time.Duration, bool) {
			took, ok := usual[d]
			return took, ok
		}})
		var b strings.Builder
		for _, scene := range scenes {
			for _, c := range scene.changes {
				live.Observe(c)
			}
			if err := live.Tick(at(scene.now)); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "--- %s, at %g s\n%s\n", scene.title, scene.now, screen.text())
		}
		if err := live.Close(); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "--- closed\n%s\n", screen.text())
		if screen.noWrap || screen.frame || screen.column != 0 {
			t.Errorf("closed: wrapping off: %t, in a frame: %t, in column %d", screen.noWrap, screen.frame, screen.column)
		}
		checkGolden(t, fmt.Sprintf("testdata/live/%d.golden", columns), b.String())
	}
}

// At every moment of a real stream the terminal shows the frame and nothing
// else; a frame is one write, and a line that has not changed is not in it.
func TestLiveOverStreams(t *testing.T) {
	for _, stream := range []string{"2.8-tops", "2.34-mini-checkfail", "2.34-subst", "2.26-remote-fail", "2.34-interrupt-pair"} {
		for _, size := range [][2]int{{80, 24}, {30, 3}, {20, 2}, {100, 1}} {
			screen := newTerminal(size[0], size[1])
			live := NewLive(screen, screen.size, ViewOptions{Start: epoch})
			var last []string
			replay(t, stream, live, func(now time.Time) {
				screen.writes = nil
				if err := live.Tick(now); err != nil {
					t.Fatal(err)
				}
				if len(screen.writes) > 1 {
					t.Fatalf("%s: %d writes for one frame", stream, len(screen.writes))
				}
				frame := slices.Clone(live.screen)
				if len(frame) > max(1, size[1]-1) {
					t.Fatalf("%s: %d lines in %d rows", stream, len(frame), size[1])
				}
				text := screen.text()
				for i, l := range frame {
					if ansi.StringWidth(l) >= size[0] {
						t.Fatalf("%s: line %q in %d columns", stream, l, size[0])
					}
					frame[i] = strings.TrimRight(l, " ")
				}
				want := strings.Join(frame, "\n")
				if size[1] > 1 && !strings.HasSuffix("\n"+text, "\n"+want) {
					t.Fatalf("%s: the terminal shows\n%s\nthe frame is\n%s", stream, text, want)
				}
				if len(screen.writes) == 1 && len(last) == len(frame) && !strings.Contains(screen.writes[0], ansi.EraseScreenBelow) {
					for i, l := range frame {
						if l == last[i] && l != "" && strings.Contains(screen.writes[0], l) {
							t.Fatalf("%s: unchanged line %q was written again", stream, l)
						}
					}
				}
				last = frame
			})
			if err := live.Close(); err != nil {
				t.Fatal(err)
			}
			if text := screen.text(); size[1] > 1 && strings.Contains(text, "building") {
				t.Errorf("%s: left behind:\n%s", stream, text)
			}
		}
	}
}

func TestLiveFrameRate(t *testing.T) {
	screen := newTerminal(80, 24)
	live := NewLive(screen, screen.size, ViewOptions{Start: epoch})
	for ms := range 1000 {
		live.Observe(timing.BuildStarted{At: at(0), Derivation: drv(fmt.Sprint("build-", ms))})
		if err := live.Tick(epoch.Add(time.Duration(ms) * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(screen.writes); n > 20 {
		t.Errorf("%d frames in a second", n)
	}
	screen.writes = nil
	for ms := range 900 {
		if err := live.Tick(at(1).Add(time.Duration(ms) * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(screen.writes); n > 1 {
		t.Errorf("%d writes while nothing changed but a second", n)
	}
}

// A terminal that is made narrower wraps what stands there; the view takes all
// of it back.
func TestLiveResize(t *testing.T) {
	screen := newTerminal(60, 24)
	live := NewLive(screen, screen.size, ViewOptions{Start: epoch})
	live.Observe(timing.BuildStarted{At: at(0), Derivation: drv("a-name-of-some-length")})
	if err := live.Tick(at(1)); err != nil {
		t.Fatal(err)
	}
	screen.reflow(20)
	if err := live.Tick(at(2)); err != nil {
		t.Fatal(err)
	}
	want := "  a-name-of-…   2 s\n2 s · 1 building"
	if got := screen.text(); got != want {
		t.Errorf("narrower:\n%s\nwant:\n%s", got, want)
	}
	screen.reflow(60)
	if err := live.Tick(at(3)); err != nil {
		t.Fatal(err)
	}
	want = "  a-name-of-some-length   3 s\n3 s · 1 building"
	if got := screen.text(); got != want {
		t.Errorf("wider:\n%s\nwant:\n%s", got, want)
	}
}

func TestLiveMoreBuildsThanRows(t *testing.T) {
	screen := newTerminal(28, 5)
	live := NewLive(screen, screen.size, ViewOptions{Style: Style{ASCII: true}, Start: epoch})
	for i := range 7 {
		live.Observe(timing.BuildStarted{At: at(0), Derivation: drv(fmt.Sprint("build-", i))})
	}
	if err := live.Tick(at(1)); err != nil {
		t.Fatal(err)
	}
	want := "  build-0   1 s\n  build-1   1 s\n  and 5 more\n1 s, 7 building"
	if got := screen.text(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// However fast lines come, all are written and few are kept, with the view below
// them where it is drawn.
func TestLiveLeavesNoLineOut(t *testing.T) {
	screen := newTerminal(40, 10)
	live := NewLive(screen, screen.size, ViewOptions{Start: epoch})
	live.Observe(timing.BuildStarted{At: at(0), Derivation: drv("x")})
	if err := live.Tick(at(0)); err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	say := func(text string) {
		t.Helper()
		live.Observe(timing.Note{At: at(1), Level: nixcmd.LevelInfo, Text: text})
		want.WriteString(text + "\n")
		if len(live.notes) >= maxNotes || live.noted >= maxNoteBytes {
			t.Fatalf("%d notes, %d bytes are kept", len(live.notes), live.noted)
		}
	}
	for i := range 1234 {
		say(fmt.Sprint("line ", i))
	}
	const view = "  x   1 s\n1 s · 1 building"
	written := screen.text()
	if all, below := strings.CutSuffix(written, view); !below || !strings.HasPrefix(want.String(), all) || strings.Count(all, "\n") < 1234-maxNotes {
		t.Errorf("before the frame:\n%s", written)
	}
	for range 5 {
		say(strings.Repeat("x", 39) + "\n" + strings.Repeat(strings.Repeat("y", 39)+"\n", 1000) + "z")
	}
	if err := live.Tick(at(1)); err != nil {
		t.Fatal(err)
	}
	if got := screen.text(); got != want.String()+view {
		t.Errorf("it ends with %q, want %q", got[len(got)-200:], want.String()[want.Len()-200:])
	}

	// In the background of a shell, and when it is closed, the lines alone.
	if _, err := screen.Write([]byte("$ ")); err != nil {
		t.Fatal(err)
	}
	want.WriteString(view + "\n$ ")
	live.Leave()
	for i := range maxNotes {
		say(fmt.Sprint("behind ", i))
	}
	if got := screen.text(); got+"\n" != want.String() {
		t.Errorf("it ends with %q, want %q", got[max(0, len(got)-200):], want.String()[want.Len()-200:])
	}
	live.Resume()
	if err := errors.Join(live.Tick(at(2)), live.Close()); err != nil {
		t.Fatal(err)
	}
	say("after it")
	if got := screen.text(); got+"\n" != want.String() {
		t.Errorf("it ends with %q, want %q", got[max(0, len(got)-200):], want.String()[want.Len()-200:])
	}
}

func TestLiveWithoutFrames(t *testing.T) {
	screen := newTerminal(40, 10)
	live := NewLive(screen, screen.size, ViewOptions{Start: epoch})
	if err := live.Close(); err != nil || len(screen.writes) > 0 {
		t.Errorf("%v, wrote %q", err, screen.writes)
	}
	if err := live.Tick(at(1)); err != nil || len(screen.writes) > 0 {
		t.Errorf("closed: %v, wrote %q", err, screen.writes)
	}
}

func TestLiveColors(t *testing.T) {
	screen := newTerminal(80, 10)
	live := NewLive(screen, screen.size, ViewOptions{Style: Style{Color: true}, Start: epoch})
	live.Observe(timing.BuildStarted{At: at(0), Derivation: drv("library")})
	live.Observe(timing.PhaseStarted{At: at(0), Derivation: drv("library"), Phase: "checkPhase"})
	live.Observe(timing.BuildStarted{At: at(0), Derivation: drv("y")})
	live.Observe(timing.BuildEnded{At: at(0), Derivation: drv("y"), Outcome: timing.CountedFailed})
	if err := live.Tick(at(1)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\x1b[36mcheck", "1 s · \x1b[31m1 failed\x1b[m"} {
		if !strings.Contains(screen.writes[0], want) {
			t.Errorf("%q is not in %q", want, screen.writes[0])
		}
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken pipe")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrors(t *testing.T) {
	live := NewLive(brokenWriter{}, func() (int, int) { return 0, 0 }, ViewOptions{Start: epoch})
	if err := live.Tick(at(1)); err != errBroken {
		t.Errorf("live: %v", err)
	}
	if err := live.Close(); err != errBroken {
		t.Errorf("live, closed: %v", err)
	}
	p := newPlain(brokenWriter{})
	p.Observe(timing.Planned{At: at(1), Builds: 1})
	if err := p.Tick(at(2)); err != errBroken {
		t.Errorf("plain: %v", err)
	}
	if err := p.Close(); err != errBroken {
		t.Errorf("plain, closed: %v", err)
	}
	if err := Text(brokenWriter{}, sample(), Style{}); err != errBroken {
		t.Errorf("text: %v", err)
	}
}

// A stream is read in one place and time passes in another.
func TestViewsAreSafeForConcurrentUse(t *testing.T) {
	screen := newTerminal(80, 24)
	live := NewLive(screen, screen.size, ViewOptions{Start: epoch})
	var out strings.Builder
	p := newPlain(&out)
	var both sync.WaitGroup
	both.Go(func() {
		for i := range 500 {
			for _, c := range []timing.Change{
				timing.BuildStarted{At: at(float64(i)), Derivation: drv(fmt.Sprint(i))},
				timing.BuildEnded{At: at(float64(i)), Derivation: drv(fmt.Sprint(i)), Outcome: timing.CountedDone},
			} {
				live.Observe(c)
				p.Observe(c)
			}
		}
	})
	both.Go(func() {
		for i := range 500 {
			if err := errors.Join(live.Tick(at(float64(i))), p.Tick(at(float64(i)))); err != nil {
				t.Error(err)
			}
		}
	})
	both.Wait()
	if err := live.Tick(at(1000)); err != nil || screen.text() != "16 min 40 s · 500 done · evaluating" {
		t.Errorf("%v: %s", err, screen.text())
	}
	if n := strings.Count(out.String(), ": done in"); n != 500 {
		t.Errorf("%d of 500 builds told", n)
	}
}
