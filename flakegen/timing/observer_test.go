package timing

import (
	"reflect"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// recorded is an [Observer] that keeps what it is told.
type recorded struct{ changes []Change }

func (r *recorded) Observe(c Change) { r.changes = append(r.changes, c) }

// of are the changes of the kind of one.
func (r *recorded) of(kind Change) []Change {
	var some []Change
	for _, c := range r.changes {
		if reflect.TypeOf(c) == reflect.TypeOf(kind) {
			some = append(some, c)
		}
	}
	return some
}

func TestObserver(t *testing.T) {
	var got recorded
	a := NewAccount(epoch)
	a.Observer = &got
	at := func(s int) time.Time { return epoch.Add(time.Duration(s) * time.Second) }
	a.Add(nixcmd.Message{At: at(0), Level: nixcmd.LevelInfo, Text: "these 3 derivations will be built:"})
	a.Add(nixcmd.Message{At: at(0), Level: nixcmd.LevelInfo, Text: "  " + drvA})
	a.Add(nixcmd.Line{At: at(0), Text: "trace: x"})
	a.Add(nixcmd.Message{At: at(0), Level: nixcmd.LevelInfo, Text: "this path will be fetched (1 MiB download, 2 MiB unpacked):"})
	a.Add(nixcmd.Message{At: at(0), Level: nixcmd.LevelInfo, Text: "  " + drvB})
	script(t, a, `
		1 start 10 realise
		1 start 12 paths
		1 start 20 build `+drvA+` ""
		2 phase 20 buildPhase
		3 log 20 text
		4 warn dirty
		5 start 21 substitute /nix/store/x http://one
		6 stop 21
		7 stop 20
		8 error builder for '`+drvA+`' failed with exit code 1
	`)
	want := []Change{
		Planned{At: at(0), Builds: 3},
		PlannedBuild{At: at(0), Derivation: drvA},
		Note{At: at(0), Level: nixcmd.LevelInfo, Text: "trace: x"},
		Turned{At: at(1), To: ""},
		BuildStarted{At: at(1), Derivation: drvA},
		Turned{At: at(1), To: "building"},
		PhaseStarted{At: at(2), Derivation: drvA, Phase: "buildPhase"},
		LogLine{At: at(3), Derivation: drvA, Text: "text"},
		Note{At: at(4), Level: nixcmd.LevelWarn, Text: "warning: dirty"},
		FetchStarted{At: at(5), Path: "/nix/store/x", From: "http://one"},
		FetchEnded{At: at(6), Path: "/nix/store/x"},
		BuildEnded{At: at(7), Derivation: drvA, Took: 6 * time.Second, Outcome: Uncounted},
		Turned{At: at(7), To: ""},
		Note{At: at(8), Derivation: drvA, Text: "error: builder for '" + drvA + "' failed with exit code 1"},
	}
	if !reflect.DeepEqual(got.changes, want) {
		t.Errorf("got  %v\nwant %v", got.changes, want)
	}
}
