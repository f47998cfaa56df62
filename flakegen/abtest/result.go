package abtest

import (
	"maps"
	"slices"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// Result is a finished test, or what there is of one that ended early.
type Result struct {
	// Status is succeeded where every run was made.
	Status timing.Status
	// System is what was built for; both, where an installable is for another one.
	System string
	// Runs of each side were asked for, and Warmup before them that do not count.
	Runs, Warmup int
	Seed         uint64
	// Targets are what was compared, by side; Same says that both are one build.
	Targets [2]Target
	Same    bool
	// Steps are the runs that were made, in their order.
	Steps []Step
	// NixVersion is the Nix that built.
	NixVersion string
	// Leftover are store paths of the runs that could not be removed.
	Leftover []string
}

// Target is what one side builds.
type Target struct {
	timing.Output
	// Revision is the commit, as the user named it and in full; both are empty for
	// the files as they are.
	Revision, Commit string
	// Differs are the .drv files that each run builds: what is needed for this side
	// and not for the other, the output itself last.
	Differs []string
}

// Step is a run.
type Step struct {
	Side Side
	// Number counts the runs of both sides from 1, apart for those that warm up.
	Number int
	Warmup bool
	// Seconds is the wall time from the start of the first build to the end of the
	// last, and Derivations what was built in it.
	Seconds     float64
	Derivations []timing.Derivation
}

// Sample is the measurements of a side.
func (r Result) Sample(s Side) Sample {
	return NewSample(secondsOf(r.counted(s)))
}

func (r Result) counted(s Side) []Step {
	return slices.DeleteFunc(slices.Clone(r.Steps), func(step Step) bool { return step.Warmup || step.Side != s })
}

func secondsOf(steps []Step) []float64 {
	seconds := make([]float64, len(steps))
	for i, step := range steps {
		seconds[i] = step.Seconds
	}
	return seconds
}

// Compare compares the two sides.
func (r Result) Compare() Comparison { return Compare(r.Sample(A), r.Sample(B)) }

// Machines are the store URIs of the remote builders that built in the runs, sorted;
// this machine is the empty one.
func (r Result) Machines() []string {
	seen := map[string]bool{}
	for _, step := range r.Steps {
		for _, d := range step.Derivations {
			seen[d.Machine] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
