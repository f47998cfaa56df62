package report

import (
	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// Build is the JSON form of one build: its report, and where it is known whose
// build it was. [Read] takes it back.
type Build struct {
	timing.Report
	// ID and the others are those of [history.Record].
	ID      string `json:"id,omitempty"`
	Command string `json:"command,omitempty"`
	Project string `json:"project,omitempty"`
	Commit  string `json:"commit,omitempty"`
	Dirty   bool   `json:"dirty,omitempty"`
	Host    string `json:"host,omitempty"`
}

// BuildOf is the JSON form of a record.
func BuildOf(r history.Record) Build {
	return Build{
		Report: r.Report, ID: r.ID, Command: r.Command, Project: r.Project,
		Commit: r.Commit, Dirty: r.Dirty, Host: r.Host,
	}
}

func (b Build) record() history.Record {
	return history.Record{
		Report: b.Report, ID: b.ID, Command: b.Command, Project: b.Project,
		Commit: b.Commit, Dirty: b.Dirty, Host: b.Host,
	}
}
