package timing

import (
	"testing"
	"time"
)

func TestSlots(t *testing.T) {
	// a needs 4 s, b 2 s beside it; c follows b after half a second in which Nix
	// has it counted as expected.
	const run = `
		1    start 10 realise
		1    start 11 builds
		1    count 11 0 3 0 0
		1    start 20 build ` + drvA + ` ""
		1    count 11 0 3 1 0
		1    start 21 build ` + drvB + ` ""
		1    count 11 0 3 2 0
		3    count 11 1 3 1 0
		3    stop 21
		3.5  start 22 build ` + drvC + ` ""
		3.5  count 11 1 3 2 0
		4.5  count 11 2 3 1 0
		4.5  stop 22
		5    count 11 3 3 0 0
		5    stop 20
		7    stop 11
		7    stop 10`
	tests := []struct {
		name     string
		settings int
		slots    int
		from     SlotsFrom
		idle     float64
	}{
		{"not known", 0, 2, SlotsFromLog, 1}, // 2 × 4 s, less 4, 2 and 1 s
		{"by settings", 3, 3, SlotsFromSettings, 5},
		// A builder was added since, or the daemon has other settings.
		{"fewer than ran", 1, 2, SlotsFromLog, 1},
	}
	for _, test := range tests {
		r := finish(t, run, Ending{ExitCode: exit(0), Slots: test.settings})
		if r.Slots != test.slots || r.SlotsFrom != test.from || r.ToBuildSeconds != 4 || r.IdleSeconds != test.idle {
			t.Errorf("%s: %d slots from %s, to build %g s, idle %g s", test.name, r.Slots, r.SlotsFrom, r.ToBuildSeconds, r.IdleSeconds)
		}
	}
}

// While Nix waits for inputs to be fetched, there is something to be built.
func TestSlotsWaitForInputs(t *testing.T) {
	r := finish(t, `
		1 start 10 realise
		1 start 11 builds
		1 start 12 paths
		1 count 11 0 1 0 0
		1 start 21 substitute /nix/store/x http://cache
		3 stop 21
		3 start 20 build `+drvA+` ""
		3 count 11 0 1 1 0
		4 count 11 1 1 0 0
		4 stop 20
		4 stop 12
		4 stop 11
		4 stop 10
	`, Ending{ExitCode: exit(0), Slots: 2})
	if r.Slots != 2 || r.ToBuildSeconds != 3 || r.IdleSeconds != 5 {
		t.Errorf("%d slots, to build %g s, idle %g s", r.Slots, r.ToBuildSeconds, r.IdleSeconds)
	}
}

func TestSlotsOfNothingBuilt(t *testing.T) {
	r := finish(t, `
		1 start 10 realise
		1 stop 10
	`, Ending{ExitCode: exit(0), Slots: 8})
	if r.Slots != 0 || r.SlotsFrom != "" || r.ToBuildSeconds != 0 || r.IdleSeconds != 0 {
		t.Errorf("%d slots from %q, to build %g s, idle %g s", r.Slots, r.SlotsFrom, r.ToBuildSeconds, r.IdleSeconds)
	}
}

func TestMostAtOnce(t *testing.T) {
	at := func(ms int) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }
	tests := []struct {
		name  string
		spans []span
		want  int
	}{
		{"one", []span{{started: at(0), ended: at(10)}}, 1},
		{"in turn", []span{{started: at(0), ended: at(100)}, {started: at(100), ended: at(200)}}, 1},
		{"counted late", []span{{started: at(0), ended: at(105)}, {started: at(100), ended: at(200)}}, 1},
		{"at once", []span{{started: at(0), ended: at(100)}, {started: at(50), ended: at(200)}}, 2},
		{"three, two of them for long", []span{{started: at(0), ended: at(100)}, {started: at(0), ended: at(200)}, {started: at(95), ended: at(300)}}, 2},
		{"short ones", []span{{started: at(0), ended: at(1)}, {started: at(0), ended: at(1)}}, 1},
	}
	for _, test := range tests {
		if got := mostAtOnce(test.spans); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}
