package flakegen

import (
	"fmt"
	"maps"
	"slices"

	"github.com/flakegen/flakegen/flakegen/coverage"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/platform"
)

// Event is what starts the jobs of a forge.
type Event string

// The events.
const (
	// PullRequest builds what each system gets, and the check blocks.
	PullRequest Event = "pull_request"
	// Nightly builds the checks that pull requests leave out.
	Nightly Event = "nightly"
)

// events maps what GitHub calls an event to what it starts.
var events = map[string]Event{
	"pull_request": PullRequest, "push": PullRequest, "merge_group": PullRequest,
	"nightly": Nightly, "schedule": Nightly, "workflow_dispatch": Nightly,
}

// EventNames are the names that [EventOf] knows, sorted.
func EventNames() []string { return slices.Sorted(maps.Keys(events)) }

// EventOf gives what an event of GitHub starts, by its name there.
func EventOf(name string) (Event, error) {
	if e, ok := events[name]; ok {
		return e, nil
	}
	remedy := "Write pull_request or nightly, or what GitHub calls the event."
	if near := platform.Nearest(name, EventNames()); near != "" {
		remedy = fmt.Sprintf("Did you mean %q?", near)
	}
	return "", &UsageError{fmt.Sprintf("Unknown event %q", name), remedy}
}

// Jobs lists what an event builds on those of the systems that have a runner, by the
// spec's ci block. Each has the attribute that it is found by.
func Jobs(s *spec.Spec, event Event, systems []platform.System) ([]timing.Output, error) {
	if s.CI == nil {
		return nil, &UsageError{"The spec has no ci block", "It says which machine each system's jobs run on. For a workflow kept by hand add: ci \"github\" { render = false … }"}
	}
	table := coverage.Of(s)
	var jobs []timing.Output
	for _, system := range systems {
		var targets []coverage.Target
		switch {
		case len(s.CI.Runners[system]) == 0:
		case event == Nightly:
			targets = table.Left(system)
		case s.CI.PullRequest:
			targets = coverage.Gated(s, system)
		}
		for _, t := range targets {
			jobs = append(jobs, job(t, system))
		}
	}
	return jobs, nil
}

// job is a target as what is asked for. It is not called an alias, so that no other
// variant is looked at beside it.
func job(t coverage.Target, system platform.System) timing.Output {
	o := timing.Output{Name: t.Name, System: string(system), Attribute: t.Attribute(system), Paths: []string{}}
	if resolved := resolve(t.Output, system); resolved != nil {
		o.Package = resolved.Package.Name
		if resolved.Variant != nil {
			o.Variant, o.Role = resolved.Variant.Name, string(resolved.Variant.Role)
		}
	}
	return o
}
