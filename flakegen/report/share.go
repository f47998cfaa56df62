package report

import "github.com/flakegen/flakegen/flakegen/timing"

// share is what one class has of the time of a run.
type share struct {
	name    string // as it is shown
	field   string // in the JSON of a report, without "_seconds"
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
