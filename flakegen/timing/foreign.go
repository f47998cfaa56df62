package timing

import (
	"fmt"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// A report that comes from a file may hold anything. Complete and Faults are for
// whoever reads one.

// Complete makes lists that were left out empty ones, as a report has them.
func (r *Report) Complete() {
	complete(&r.Outputs)
	complete(&r.Derivations)
	complete(&r.CriticalPath)
	complete(&r.Fetched)
	complete(&r.Blocked)
	complete(&r.LeftOut)
	complete(&r.Errors)
	complete(&r.Warnings)
	for i := range r.Outputs {
		complete(&r.Outputs[i].Paths)
	}
	for i := range r.LeftOut {
		complete(&r.LeftOut[i].Phases)
	}
	for i := range r.Derivations {
		complete(&r.Derivations[i].Phases)
		complete(&r.Derivations[i].LogTail)
		complete(&r.Derivations[i].FailedTests)
	}
}

func complete[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}

// maxFaults is how many faults of one report are named.
const maxFaults = 5

// maxSeconds is thirty years: more than any build takes, and little enough to be a
// duration and a number of microseconds.
const maxSeconds = 1e9

// Faults are what the report holds and no build can have done, each a line that
// names the field of the JSON. What shows and counts reports takes for granted that
// there are none.
func (r *Report) Faults() []string {
	var f faults
	switch r.Status {
	case Succeeded, Failed, Interrupted, Incomplete:
	default:
		f.add("status is %q, and a build has succeeded, failed, interrupted or incomplete", quotable(string(r.Status)))
	}
	f.times("", named{"wall_seconds", r.WallSeconds}, named{"eval_seconds", r.EvalSeconds}, named{"fetch_seconds", r.FetchSeconds},
		named{"build_seconds", r.BuildSeconds}, named{"copy_seconds", r.CopySeconds}, named{"wait_seconds", r.WaitSeconds},
		named{"unaccounted_seconds", r.UnaccountedSeconds}, named{"to_build_seconds", r.ToBuildSeconds}, named{"idle_seconds", r.IdleSeconds})
	for i := range r.Derivations {
		f.derivation(i, &r.Derivations[i])
	}
	for i, fetched := range r.Fetched {
		f.span("fetched[%d].", fetched.StartSeconds, fetched.Seconds, i)
	}
	for i, l := range r.LeftOut {
		for k, p := range l.Phases {
			f.span("left_out[%d].phases[%d].", p.StartSeconds, p.Seconds, i, k)
		}
	}
	if f.left > 0 {
		f.named = append(f.named, fmt.Sprintf("and %d more", f.left))
	}
	return f.named
}

// faults are gathered, the first ones by name.
type faults struct {
	named []string
	left  int
}

// named is a time with its field.
type named struct {
	field   string
	seconds float64
}

func (f *faults) add(format string, args ...any) {
	if len(f.named) == maxFaults {
		f.left++
		return
	}
	f.named = append(f.named, fmt.Sprintf(format, args...))
}

func (f *faults) derivation(i int, d *Derivation) {
	switch d.Disposition {
	case DispositionBuilt, DispositionSubstituted, DispositionPresent, DispositionFailed, DispositionInterrupted:
	default:
		f.add("derivations[%d].disposition is %q, and it is built, substituted, present, failed or interrupted", i, quotable(string(d.Disposition)))
	}
	f.span("derivations[%d].", d.StartSeconds, d.Seconds, i)
	for k, p := range d.Phases {
		f.span("derivations[%d].phases[%d].", p.StartSeconds, p.Seconds, i, k)
	}
	if d.Remote != nil {
		f.times(fmt.Sprintf("derivations[%d].remote.", i), named{"send_seconds", d.Remote.SendSeconds},
			named{"build_seconds", d.Remote.BuildSeconds}, named{"receive_seconds", d.Remote.ReceiveSeconds})
	}
}

// span is where something began and how long it took. The place is put together
// only for a fault: there may be a hundred thousand spans.
func (f *faults) span(place string, start, took float64, indices ...int) {
	if possible(start) && possible(took) {
		return
	}
	args := make([]any, len(indices))
	for i, index := range indices {
		args[i] = index
	}
	f.times(fmt.Sprintf(place, args...), named{"start_seconds", start}, named{"seconds", took})
}

func (f *faults) times(place string, list ...named) {
	for _, t := range list {
		if !possible(t.seconds) {
			f.add("%s%s is %v, and no build takes that many seconds", place, t.field, t.seconds)
		}
	}
}

func possible(seconds float64) bool { return seconds >= 0 && seconds <= maxSeconds }

// quotable is text from a file for an error, in bounds.
func quotable(text string) string { return nixcmd.Printable(clip(text, 80)) }
