package timing

import (
	"math"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// event makes an event of three bytes: what it is, of which activity, and a
// detail. Any order of events can be had, those that Nix never writes too.
func event(at time.Time, what, id, detail byte) nixcmd.Event {
	derivations := []string{drvA, drvB, drvC}
	activity := uint64(id % 8)
	text := func(s ...string) (f nixcmd.Fields) {
		for _, t := range s {
			f = append(f, nixcmd.Field{Text: t})
		}
		return f
	}
	start := nixcmd.Start{At: at, ID: activity, Parent: uint64(detail & 1)}
	switch what % 13 {
	case 0:
		start.Type = nixcmd.ActivityRealise
		return start
	case 1:
		start.Type = nixcmd.ActivityBuilds
		return start
	case 2:
		start.Type = nixcmd.ActivityCopyPaths
		return start
	case 3:
		start.Type, start.Fields = nixcmd.ActivityBuild, text(derivations[detail%3], "")
		return start
	case 4:
		start.Type, start.Fields = nixcmd.ActivityBuild, text(derivations[detail%3], "ssh://mac")
		return start
	case 5:
		start.Type, start.Fields = nixcmd.ActivitySubstitute, text("/nix/store/path", "http://cache")
		return start
	case 6:
		start.Text = []string{"evaluating", "copying x", "waiting x"}[detail%3]
		return start
	case 7, 8:
		return nixcmd.Stop{At: at, ID: activity}
	case 9:
		var counts nixcmd.Fields
		for shift := 0; shift < 8; shift += 2 {
			counts = append(counts, nixcmd.Field{Kind: nixcmd.FieldNumber, Number: uint64(detail>>shift) & 3})
		}
		return nixcmd.Result{At: at, ID: activity, Type: nixcmd.ResultProgress, Fields: counts}
	case 10:
		return nixcmd.Result{At: at, ID: activity, Type: nixcmd.ResultSetPhase, Fields: text([]string{"a", "b"}[detail%2])}
	case 11:
		return nixcmd.Result{At: at, ID: activity, Type: nixcmd.ResultLogLine, Fields: text("line")}
	}
	raw := []string{
		"builder for '" + derivations[detail%3] + "' failed with exit code 1", "timed out after 1 seconds",
		"1 dependencies of derivation '" + derivations[detail%3] + "' failed to build", "no",
	}[detail%4]
	return nixcmd.Message{At: at, Text: "error: " + raw, Raw: raw}
}

// FuzzAccount takes any events to account: no panic, no class open less than
// never, times that add up, and no success while a build is not counted.
func FuzzAccount(f *testing.F) {
	f.Add([]byte{0, 1, 0, 1, 2, 0, 3, 3, 0, 3, 4, 1, 9, 2, 32, 10, 3, 0, 9, 2, 17, 7, 4, 0, 9, 2, 2, 7, 3, 0, 7, 2, 0, 7, 1, 0})
	f.Add([]byte{0, 1, 0, 1, 2, 0, 4, 3, 0, 0, 5, 1, 3, 4, 0, 11, 4, 0, 7, 4, 0, 9, 2, 1, 7, 3, 0, 7, 2, 0, 7, 1, 0, 12, 0, 0})
	f.Add([]byte{6, 6, 0, 0, 1, 0, 2, 2, 0, 5, 3, 0, 9, 2, 20, 7, 3, 0, 5, 3, 0, 9, 2, 1, 7, 3, 0, 7, 2, 0, 7, 1, 0, 7, 6, 0})
	f.Fuzz(func(t *testing.T, script []byte) {
		var changes recorded
		a := NewAccount(epoch)
		a.Observer = &changes
		now := epoch
		for ; len(script) >= 3; script = script[3:] {
			now = now.Add(100 * time.Millisecond)
			a.Add(event(now, script[0], script[1], script[2]))
			for k, n := range a.clock.open {
				if n < 0 {
					t.Fatalf("class %d is open %d times", k, n)
				}
			}
		}
		uncounted := false
		for _, b := range a.order {
			uncounted = uncounted || b.running || b.outcome == Uncounted
		}
		r := a.Finish(Ending{})
		sum := r.EvalSeconds + r.FetchSeconds + r.BuildSeconds + r.CopySeconds + r.WaitSeconds + r.UnaccountedSeconds
		if math.Abs(sum-r.WallSeconds) > 1e-6 || r.UnaccountedSeconds < 0 {
			t.Errorf("classes add up to %g of %g", sum, r.WallSeconds)
		}
		if uncounted && r.Status == Succeeded {
			t.Errorf("a success with builds that are not counted: %+v", r.Derivations)
		}
		for _, d := range r.Derivations {
			if m := d.Remote; m != nil && min(m.SendSeconds, m.BuildSeconds, m.ReceiveSeconds) < 0 {
				t.Errorf("%s: %+v", d.Name, m)
			}
			phases := 0.0
			for _, p := range d.Phases {
				phases += p.Seconds
			}
			if d.Seconds < 0 || d.Seconds > r.WallSeconds+1e-6 || phases > r.WallSeconds+1e-6 {
				t.Errorf("%s took %g of %g, its phases %g", d.Name, d.Seconds, r.WallSeconds, phases)
			}
		}
		if r.IdleSeconds < 0 || r.ToBuildSeconds > r.WallSeconds+1e-6 {
			t.Errorf("of %g s %g to build, %g idle", r.WallSeconds, r.ToBuildSeconds, r.IdleSeconds)
		}
		started, ended := len(changes.of(BuildStarted{})), len(changes.of(BuildEnded{}))
		if ended > started {
			t.Errorf("%d builds began, %d ended", started, ended)
		}
	})
}
