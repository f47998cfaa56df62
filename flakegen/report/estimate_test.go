package report

import (
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// An estimate is made only of what is known, and says what it leaves out.
func TestEstimate(t *testing.T) {
	usual := map[string]time.Duration{drv("a"): 60 * time.Second, drv("b"): 20 * time.Second, drv("c"): 30 * time.Second}
	needs := map[string][]string{drv("c"): {drv("a"), drv("present")}}
	options := ViewOptions{
		Start: epoch,
		Usual: func(d string) (time.Duration, bool) { took, ok := usual[d]; return took, ok },
		Needs: func(d string) ([]string, bool) { n, ok := needs[d]; return n, ok },
	}
	start := []timing.Change{
		timing.Turned{At: at(0)},
		timing.Planned{At: at(0), Builds: 3},
		timing.PlannedBuild{At: at(0), Derivation: drv("a")},
		timing.PlannedBuild{At: at(0), Derivation: drv("b")},
		timing.PlannedBuild{At: at(0), Derivation: drv("c")},
		timing.BuildStarted{At: at(0), Derivation: drv("a")},
		timing.BuildStarted{At: at(0), Derivation: drv("b")},
	}
	tests := []struct {
		name    string
		changes []timing.Change
		now     float64
		want    string
		leaves  string
	}{
		{"c waits for a", nil, 10, "about 1 min 20 s left", ""},
		{"a over its time", nil, 80, "at least 30 s left", "2 of unknown time"},
		{"an unknown one", []timing.Change{timing.Planned{At: at(1), Builds: 1}, timing.PlannedBuild{At: at(1), Derivation: drv("new")}}, 10, "at least 1 min 20 s left", "1 of unknown time"},
		{"one without a name", []timing.Change{timing.Planned{At: at(1), Builds: 1}}, 10, "at least 1 min 20 s left", "1 of unknown time"},
		{"paths to come", []timing.Change{timing.Counted{At: at(1), Fetched: 1, ExpectedFetches: 2}}, 10, "at least 1 min 20 s left", ""},
		{"the last one", []timing.Change{
			timing.BuildEnded{At: at(20), Derivation: drv("b"), Outcome: timing.CountedDone},
			timing.BuildEnded{At: at(60), Derivation: drv("a"), Outcome: timing.CountedDone},
			timing.BuildStarted{At: at(60), Derivation: drv("c")},
		}, 87, "about 5 s left", ""},
		{"evaluating again", []timing.Change{timing.Turned{At: at(2), To: "evaluating"}}, 10, "", ""},
	}
	for _, test := range tests {
		p := newProgress(options)
		for _, c := range append(start[:len(start):len(start)], test.changes...) {
			p.observe(c)
		}
		for derivation := range p.planned {
			p.outlook.known[derivation] = needs[derivation]
		}
		e := p.estimate(at(test.now))
		if e.String() != test.want || e.leavesOut() != test.leaves {
			t.Errorf("%s: %q, %q; want %q, %q", test.name, e.String(), e.leavesOut(), test.want, test.leaves)
		}
	}

	usual = nil
	p := newProgress(options)
	for _, c := range start {
		p.observe(c)
	}
	if e := p.estimate(at(10)); e.String() != "" || e.leavesOut() != "" {
		t.Errorf("nothing is known: %+v", e)
	}
}

// The needs of a thousand builds are read a few at a time, each once; until then
// there is no estimate.
func TestNeedsAreReadOnce(t *testing.T) {
	count := 0
	screen := newTerminal(120, 24)
	live := NewLive(screen, screen.size, ViewOptions{
		Start: epoch,
		Usual: func(string) (time.Duration, bool) { return time.Second, true },
		Needs: func(string) ([]string, bool) { count++; return nil, false },
	})
	live.Observe(timing.Turned{At: at(0)})
	for i := range 1000 {
		live.Observe(timing.PlannedBuild{At: at(0), Derivation: drv(time.Duration(i).String())})
	}
	if live.progress.estimate(at(0)).known || count > 0 {
		t.Errorf("%d needs were asked for in a frame", count)
	}
	for i := range 40 {
		before := count
		if err := live.Tick(at(float64(i))); err != nil {
			t.Fatal(err)
		}
		if count-before > asked {
			t.Fatalf("%d in one frame", count-before)
		}
		if i == 5 && live.progress.estimate(at(float64(i))).known {
			t.Error("an estimate before the needs are known")
		}
	}
	if count != 1000 || !live.progress.estimate(at(100)).known {
		t.Errorf("asked %d times, %+v", count, live.progress.outlook.last)
	}
}

func TestRoughly(t *testing.T) {
	for seconds, want := range map[int]string{0: "5 s", 4: "5 s", 31: "35 s", 58: "1 min", 61: "1 min 10 s", 130: "2 min 30 s", 610: "11 min", 3600: "1 h 00 min", 7301: "2 h 02 min"} {
		if got := roughly(time.Duration(seconds) * time.Second); got != want {
			t.Errorf("%d s: %s, want %s", seconds, got, want)
		}
	}
}
