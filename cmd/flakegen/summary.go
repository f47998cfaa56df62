package main

import (
	"errors"
	"os"
	"strings"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/report"
)

// summaryVariable names the file in which GitHub Actions collects what a step has
// to show on the page of its run, as Markdown.
const summaryVariable = "GITHUB_STEP_SUMMARY"

// stepSummary adds a build to the summary of the step of GitHub Actions that it
// runs in; elsewhere it does nothing. What goes wrong there is said and fails no
// build.
func (p *program) stepSummary(record history.Record) {
	name := p.env.get(summaryVariable)
	if p.env.get("GITHUB_ACTIONS") != "true" || name == "" {
		return
	}
	if err := appendSummary(name, record); err != nil {
		p.say("the build is not in the step's summary, %s: %s", name, cause(err))
	}
}

func appendSummary(name string, record history.Record) (err error) {
	// A pipe could hold the build up for good, so look before opening.
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("it is no regular file")
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info, err = f.Stat(); err != nil {
		return err
	}
	// The limit is for all that a step writes, and a summary above it is not shown.
	var text strings.Builder
	room := report.SummaryLimit - int(min(info.Size(), report.SummaryLimit))
	if info.Size() > 0 {
		text.WriteString("\n")
	}
	if err := report.Markdown(&text, record, max(1, room-text.Len())); err != nil {
		return err
	}
	if strings.TrimSpace(text.String()) == "" {
		return errors.New("the step has written as much as GitHub takes, 1 MiB")
	}
	_, err = f.WriteString(text.String())
	return err
}
