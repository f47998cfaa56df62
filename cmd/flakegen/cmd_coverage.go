package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/coverage"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

func (p *program) coverageCommand() *cli.Command {
	return &cli.Command{
		Name:      "coverage",
		Usage:     "say for each check and system where it runs, or that it runs nowhere",
		ArgsUsage: "[--system S]… [--json]",
		Description: `A check is a variant of role checked or one that runs tests, the tests whose seed is
the commit, or a check block. For each system it

  gates      runs on every pull request
  nightly    runs on a schedule
  by hand    runs when a person starts it
  never      runs nowhere; unchecked, where the spec says why

as the ci block of the spec has it. Nothing is evaluated or built. flakegen check
says the same of what runs nowhere.

Examples:
  flakegen coverage
  flakegen coverage --system aarch64-darwin
  flakegen coverage --json

Exit codes: 0 said · 1 a check runs nowhere and the spec does not say why, or says
so of one that runs · 2 the spec is in error, or does not list the system.`,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "system", Usage: "show system `S` only; may stand several times", DefaultText: "every system of the spec"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object", DisableDefaultText: true},
		},
		Action: p.coverage,
	}
}

func (p *program) coverage(c *cli.Context) error {
	if err := p.noArguments(c); err != nil {
		return err
	}
	project, err := p.project(c)
	if err != nil {
		return err
	}
	rendering, err := p.rendering(project)
	if err != nil {
		return err
	}
	systems, err := namedSystems(c, rendering.Spec)
	if err != nil {
		return err
	}
	table := coverage.Of(rendering.Spec)
	var findings []coverage.Finding
	for _, f := range table.Findings() {
		if on, ok := f.On(systems); ok {
			findings = append(findings, on)
		}
	}
	if c.Bool("json") {
		err = p.printJSON(coverageJSON(table, findings, systems))
	} else if err = p.showCoverage(table, systems); err == nil {
		p.showUncovered(rendering.Spec, findings)
		p.showUnseen(project, rendering.Spec)
	}
	if err == nil && len(findings) > 0 {
		return ended(exitNo)
	}
	return err
}

// showUnseen says where the workflow stands where its forge does not look.
func (p *program) showUnseen(project *flakegen.Project, s *spec.Spec) {
	if s.CI == nil || !s.CI.Rendered {
		return
	}
	if top := project.Above(); top != "" {
		p.say("GitHub does not see %s, so none of this runs: it reads workflows at the top of the repository only, %s. See flakegen doctor.", s.CI.File, top)
	}
}

// jsonCoverage is the form of `coverage --json`.
type jsonCoverage struct {
	FormatVersion string            `json:"format_version"`
	OK            bool              `json:"ok"`
	Rows          []jsonCoverageRow `json:"rows"`
	Findings      []jsonFinding     `json:"findings"`
}

// jsonCoverageRow is a check on a system. Unchecked is the reason for one that never
// runs, or empty.
type jsonCoverageRow struct {
	Check     string `json:"check"`
	System    string `json:"system"`
	Attribute string `json:"attribute"`
	State     string `json:"state"`
	Unchecked string `json:"unchecked"`
}

func coverageJSON(table *coverage.Table, findings []coverage.Finding, systems []platform.System) jsonCoverage {
	out := jsonCoverage{FormatVersion: formatVersion, OK: len(findings) == 0, Rows: []jsonCoverageRow{}, Findings: uncoveredJSON(findings)}
	for _, row := range table.Rows {
		if slices.Contains(systems, row.System) {
			out.Rows = append(out.Rows, jsonCoverageRow{
				row.Check.Name, string(row.System), row.Check.Attribute(row.System),
				strings.ReplaceAll(string(row.State), " ", "_"), row.Unchecked,
			})
		}
	}
	return out
}

// showCoverage prints a line for each check and a column for each system, or where a
// terminal is too narrow for that a line for each.
func (p *program) showCoverage(table *coverage.Table, systems []platform.System) error {
	width, terminal := widthOf(p.stdout)
	color := terminal && p.colors()
	lines := coverageGrid(table, systems, color)
	if terminal && slices.ContainsFunc(lines, func(line string) bool { return ansi.StringWidth(line) > width }) {
		lines = coverageStack(table, systems, color)
	}
	if notes := coverageNotes(table, systems); len(notes) > 0 {
		lines = append(append(lines, ""), notes...)
	}
	for _, line := range lines {
		if terminal && ansi.StringWidth(line) > width {
			line = hang(line, width)
		}
		if _, err := fmt.Fprintln(p.stdout, p.inert(line)); err != nil {
			return exit(exitUnable, "%s", err)
		}
	}
	return nil
}

func coverageGrid(table *coverage.Table, systems []platform.System, color bool) []string {
	head := []string{"CHECK"}
	for _, system := range systems {
		head = append(head, string(system))
	}
	cells := [][]string{head}
	for _, check := range table.Checks {
		line := []string{printable(check.Name)}
		some := false
		for _, system := range systems {
			row, ok := table.Row(check, system)
			some = some || ok
			if !ok {
				line = append(line, "-")
				continue
			}
			line = append(line, coverageWord(row, color))
		}
		if some {
			cells = append(cells, line)
		}
	}
	return alignColumns(cells)
}

// coverageStack is the table for a narrow terminal.
func coverageStack(table *coverage.Table, systems []platform.System, color bool) []string {
	var lines []string
	for _, check := range table.Checks {
		cells := [][]string{}
		for _, system := range systems {
			if row, ok := table.Row(check, system); ok {
				cells = append(cells, []string{"  " + string(system), coverageWord(row, color)})
			}
		}
		if len(cells) > 0 {
			lines = append(append(lines, printable(check.Name)), alignColumns(cells)...)
		}
	}
	return lines
}

// coverageWord is the state of a row in one word, which colour only repeats.
func coverageWord(row coverage.Row, color bool) string {
	word, code := stateWord(row), "31"
	switch {
	case row.State == coverage.Gates:
		code = "32"
	case row.State != coverage.Never, row.Excused():
		code = "33"
	}
	if !color {
		return word
	}
	return "\x1b[" + code + "m" + word + "\x1b[0m"
}

func stateWord(row coverage.Row) string {
	if row.Excused() {
		return "unchecked"
	}
	return string(row.State)
}

// coverageNotes say what a word leaves open.
func coverageNotes(table *coverage.Table, systems []platform.System) []string {
	switch {
	case len(table.Checks) == 0:
		return []string{"The spec has no check: neither a variant of role checked nor a check block."}
	case table.Unknown:
		return []string{"The spec has no ci block, so nothing is known of what runs where. Add: ci \"github\" { … }"}
	}
	var lines []string
	for _, row := range table.Rows {
		if row.Excused() && slices.Contains(systems, row.System) {
			lines = append(lines, printable(fmt.Sprintf("%s is unchecked on %s: %s", row.Check.Name, row.System, row.Unchecked)))
		}
	}
	return lines
}
