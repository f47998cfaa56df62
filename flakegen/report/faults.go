package report

import (
	"fmt"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// maxFaults is how many faults of one report are named.
const maxFaults = 5

// longest is the longest time that a report may hold, in seconds: more than any
// build takes, and little enough to be a duration and a number of microseconds.
const longest = 1e9

// faults are what a report from a file holds and no build can have done. What
// shows reports takes for granted that there are none.
func faults(r timing.Report) []string {
	var found []string
	left := 0
	fault := func(format string, args ...any) {
		if len(found) == maxFaults {
			left++
			return
		}
		found = append(found, fmt.Sprintf(format, args...))
	}
	time := func(seconds float64, format string, args ...any) {
		if !(seconds >= 0 && seconds <= longest) {
			fault("%s is %v, and no build takes that many seconds", fmt.Sprintf(format, args...), seconds)
		}
	}
	switch r.Status {
	case timing.Succeeded, timing.Failed, timing.Interrupted, timing.Incomplete:
	default:
		fault("status is %q, and a build has succeeded, failed, interrupted or incomplete", clipped(string(r.Status)))
	}
	for _, part := range classesOf(r) {
		time(part.seconds, "%s_seconds", part.field)
	}
	time(r.WallSeconds, "wall_seconds")
	for i, d := range r.Derivations {
		switch d.Disposition {
		case timing.DispositionBuilt, timing.DispositionSubstituted, timing.DispositionPresent,
			timing.DispositionFailed, timing.DispositionInterrupted:
		default:
			fault("derivations[%d].disposition is %q, and it is built, substituted, present, failed or interrupted", i, clipped(string(d.Disposition)))
		}
		time(d.StartSeconds, "derivations[%d].start_seconds", i)
		time(d.Seconds, "derivations[%d].seconds", i)
		for k, p := range d.Phases {
			time(p.StartSeconds, "derivations[%d].phases[%d].start_seconds", i, k)
			time(p.Seconds, "derivations[%d].phases[%d].seconds", i, k)
		}
		if d.Remote != nil {
			time(d.Remote.SendSeconds, "derivations[%d].remote.send_seconds", i)
			time(d.Remote.BuildSeconds, "derivations[%d].remote.build_seconds", i)
			time(d.Remote.ReceiveSeconds, "derivations[%d].remote.receive_seconds", i)
		}
	}
	for i, f := range r.Fetched {
		time(f.StartSeconds, "fetched[%d].start_seconds", i)
		time(f.Seconds, "fetched[%d].seconds", i)
	}
	if left > 0 {
		found = append(found, fmt.Sprintf("and %d more", left))
	}
	return found
}

// share is what one class has of the time of a run.
type share struct {
	name    string // as it is shown
	field   string // in the JSON, without "_seconds"
	seconds float64
	always  bool // shown where it is nothing, too
}

// classesOf is the account of a run's time, in the order in which it is shown.
func classesOf(r timing.Report) []share {
	return []share{
		{"evaluation", "eval", r.EvalSeconds, true},
		{"fetching", "fetch", r.FetchSeconds, true},
		{"building", "build", r.BuildSeconds, true},
		{"copying", "copy", r.CopySeconds, false},
		{"waiting", "wait", r.WaitSeconds, false},
		{"unaccounted", "unaccounted", r.UnaccountedSeconds, true},
	}
}
