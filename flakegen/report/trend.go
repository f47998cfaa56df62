package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// Trend is what one output took for one system, build by build, first to last.
type Trend struct {
	Project string  `json:"project"`
	Output  string  `json:"output"`
	System  string  `json:"system"`
	Points  []Point `json:"points"`
	// Present counts the builds in which it was there, or came from a cache.
	Present int `json:"present"`
}

// Point is one build of an output: what its derivation took, that of what it needs
// apart. A build in which nothing of it was built is no point.
type Point struct {
	ID          string             `json:"id"`
	Started     time.Time          `json:"started"`
	Commit      string             `json:"commit"`
	Dirty       bool               `json:"dirty"`
	Variant     string             `json:"variant"`
	Machine     string             `json:"machine"`
	Disposition timing.Disposition `json:"disposition"`
	Seconds     float64            `json:"seconds"`
	// CheckSeconds is how much of it the phases took that check.
	CheckSeconds float64 `json:"check_seconds"`
}

// Median is the median of what finished builds took, and how many there are.
func (t Trend) Median() (seconds float64, n int) {
	var took []float64
	for _, p := range t.Points {
		if p.Disposition == timing.DispositionBuilt {
			took = append(took, p.Seconds)
		}
	}
	if len(took) == 0 {
		return 0, 0
	}
	slices.Sort(took)
	middle := len(took) / 2
	if len(took)%2 == 0 {
		return (took[middle-1] + took[middle]) / 2, len(took)
	}
	return took[middle], len(took)
}

// Trends are the trends of all outputs in builds, by project, output and system.
func Trends(records []history.Record) []Trend {
	type key struct{ project, output, system string }
	at := map[key]int{}
	var list []Trend
	for _, r := range inOrder(records) {
		derivations := byPath(r.Report)
		for _, o := range r.Report.Outputs {
			k := key{r.Project, o.Name, o.System}
			i, known := at[k]
			if !known {
				i = len(list)
				at[k] = i
				list = append(list, Trend{Project: r.Project, Output: o.Name, System: o.System, Points: []Point{}})
			}
			d, known := derivations[o.Derivation]
			switch {
			case !known:
			case d.Disposition == timing.DispositionPresent, d.Disposition == timing.DispositionSubstituted:
				list[i].Present++
			default:
				list[i].Points = append(list[i].Points, point(r, o, d))
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Trend) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Output, b.Output), cmp.Compare(a.System, b.System))
	})
	return list
}

func point(r history.Record, o timing.Output, d timing.Derivation) Point {
	p := Point{
		ID: r.ID, Started: r.Report.Started, Commit: r.Commit, Dirty: r.Dirty, Variant: o.Variant,
		Machine: d.Machine, Disposition: d.Disposition, Seconds: d.Seconds,
	}
	for _, phase := range d.Phases {
		if history.IsCheck(phase.Name) {
			p.CheckSeconds += phase.Seconds
		}
	}
	return p
}

// Brief is what [Trends], [Differences] and an overview look at in a build, so that
// many can be held at once: of its derivations those that were asked for, without
// their logs, and the number of the others that were built.
func Brief(r history.Record) history.Record {
	wanted := map[string]bool{}
	for _, o := range r.Report.Outputs {
		wanted[o.Derivation] = true
	}
	var kept []timing.Derivation
	for _, d := range r.Report.Derivations {
		if wanted[d.Derivation] && d.Derivation != "" {
			d.LogTail = nil
			kept = append(kept, d)
		} else if d.Disposition == timing.DispositionBuilt {
			kept = append(kept, timing.Derivation{Disposition: d.Disposition})
		}
	}
	r.Report.Derivations = kept
	r.Report.Fetched, r.Report.Errors, r.Report.Warnings, r.Report.CriticalPath, r.Report.Blocked = nil, nil, nil, nil, nil
	return r
}

// inOrder are builds by their start; where that is equal, as they came.
func inOrder(records []history.Record) []history.Record {
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(a, b history.Record) int {
		return cmp.Or(a.Report.Started.Compare(b.Report.Started), cmp.Compare(a.ID, b.ID))
	})
	return records
}

func byPath(r timing.Report) map[string]timing.Derivation {
	m := make(map[string]timing.Derivation, len(r.Derivations))
	for _, d := range r.Derivations {
		if d.Derivation != "" {
			m[d.Derivation] = d
		}
	}
	return m
}
