package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/platform"
)

func (p *program) ciCommand() *cli.Command {
	return &cli.Command{
		Name:      "ci",
		Usage:     "what a workflow kept by hand needs to know",
		ArgsUsage: "COMMAND",
		Description: `The workflow that a ci block of the spec describes is written by flakegen render. For
one that is kept by hand, with render = false in the block, this says what to build.

Example:
  flakegen ci matrix --json     the jobs that would build something`,
		Subcommands: []*cli.Command{p.ciMatrixCommand()},
		Action:      p.ci,
	}
}

// ci runs where no command below it was named.
func (p *program) ci(c *cli.Context) error {
	name := c.Args().First()
	if name == "" {
		_ = cli.ShowSubcommandHelp(c)
		return nil
	}
	remedy := "See flakegen ci --help."
	if near := platform.Nearest(name, []string{"matrix"}); near != "" {
		remedy = fmt.Sprintf("Did you mean %q?", near)
	}
	return exit(exitUsage, "unknown command %q. %s", "ci "+name, remedy)
}

func (p *program) ciMatrixCommand() *cli.Command {
	return &cli.Command{
		Name:      "matrix",
		Usage:     "a matrix of GitHub Actions, of what would have to be built",
		ArgsUsage: "[--event E] [--system S]… [--all] [--offline] [--json] [-- NIX ARGS]",
		Description: `Plans what an event builds on each system that has a runner (flakegen plan), and
gives a row for each output that is neither present nor in a cache: output, system,
runner, installable, and the minutes that its builds usually take, null where the
history knows none of them. --json prints it on one line, for fromJSON.

Examples:
  flakegen ci matrix
  flakegen ci matrix --event nightly
  flakegen ci matrix --event "$GITHUB_EVENT_NAME" --json

Exit codes: 0 said · 1 an output does not evaluate (it has a row all the same), or
files and spec do not agree · 2 the spec is in error, has no ci block, or does not
list the system · 3 no Nix · 130 interrupted.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "event", Usage: "what starts the jobs: `E` is pull_request or nightly, or what GitHub calls it", Value: string(flakegen.PullRequest)},
			&cli.StringSliceFlag{Name: "system", Usage: "rows for system `S` only; may stand several times", DefaultText: "every system of the spec"},
			&cli.BoolFlag{Name: "all", Usage: "give what would not be built as well", DisableDefaultText: true},
			&cli.BoolFlag{Name: "offline", Usage: "ask no cache that is reached through the network", DisableDefaultText: true},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object, on one line", DisableDefaultText: true},
			&cli.BoolFlag{Name: "no-check", Usage: "go on even if files and spec do not agree", DisableDefaultText: true},
		},
		Action: p.ciMatrix,
	}
}

func (p *program) ciMatrix(c *cli.Context) error {
	if c.Args().Present() {
		return exit(exitUsage, "ci matrix takes no argument %q: the spec says what is built. See flakegen ci matrix --help.", c.Args().First())
	}
	o, err := p.open(c)
	if err != nil {
		return err
	}
	defer o.stop()
	jobs, err := matrixJobs(c, o.rendering.Spec)
	if err != nil {
		return err
	}
	plan := &flakegen.Plan{}
	if len(jobs) > 0 {
		if plan, err = p.planned(c, o, flakegen.PlanOptions{Outputs: jobs}); err != nil {
			return err
		}
	}
	rows := matrixRows(o.rendering.Spec, plan, c.Bool("all"))
	if c.Bool("json") {
		err = p.printMatrix(rows)
	} else {
		err = p.showMatrix(rows)
	}
	if err != nil || len(jobs) == 0 {
		return err
	}
	return p.planEnded(o.rendering, plan, false)
}

// matrixJobs are what the command line asks for.
func matrixJobs(c *cli.Context, s *spec.Spec) ([]timing.Output, error) {
	event, err := flakegen.EventOf(c.String("event"))
	if err != nil {
		return nil, exit(exitUsage, "%s", err)
	}
	systems, err := namedSystems(c, s)
	if err != nil {
		return nil, err
	}
	jobs, err := flakegen.Jobs(s, event, systems)
	if err != nil {
		return nil, exit(exitUsage, "%s", err)
	}
	return jobs, nil
}

// jsonMatrix is a matrix of GitHub Actions; include is the part that it takes.
type jsonMatrix struct {
	FormatVersion string          `json:"format_version"`
	Include       []jsonMatrixRow `json:"include"`
}

// jsonMatrixRow is a job. Runner is a label, or a list of them; ExpectedMinutes is
// what the builds usually take, rounded to a tenth, and the least where some are
// unknown.
type jsonMatrixRow struct {
	Output          string   `json:"output"`
	System          string   `json:"system"`
	Runner          any      `json:"runner"`
	Installable     string   `json:"installable"`
	ExpectedMinutes *float64 `json:"expected_minutes"`
}

// matrixRows are the rows that would build, or of which that is not known.
func matrixRows(s *spec.Spec, plan *flakegen.Plan, all bool) []jsonMatrixRow {
	rows := []jsonMatrixRow{}
	for _, r := range plan.Rows {
		if !all && r.Err == nil && !r.NeedsBuilds() {
			continue
		}
		row := jsonMatrixRow{Output: r.Output.Name, System: r.Output.System, Installable: ".#" + r.Output.Attribute}
		if labels := s.CI.Runners[platform.System(r.Output.System)]; len(labels) == 1 {
			row.Runner = labels[0]
		} else {
			row.Runner = labels
		}
		if r.Err == nil && (len(r.Builds) == 0 || r.Time.Known > 0) {
			minutes := math.Round(r.Time.Seconds/6) / 10
			row.ExpectedMinutes = &minutes
		}
		rows = append(rows, row)
	}
	return rows
}

// printMatrix writes one line: what a step of a workflow hands on must be one.
func (p *program) printMatrix(rows []jsonMatrixRow) error {
	encoder := json.NewEncoder(p.stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(jsonMatrix{formatVersion, rows}); err != nil {
		return exit(exitUnable, "%s", err)
	}
	return nil
}

func (p *program) showMatrix(rows []jsonMatrixRow) error {
	if len(rows) == 0 {
		fmt.Fprintln(p.stdout, "nothing to build")
		return nil
	}
	cells := [][]string{{"OUTPUT", "SYSTEM", "RUNNER", "MINUTES"}}
	for _, r := range rows {
		minutes := "unknown"
		if r.ExpectedMinutes != nil {
			minutes = fmt.Sprint(*r.ExpectedMinutes)
		}
		runner, ok := r.Runner.(string)
		if !ok {
			runner = strings.Join(r.Runner.([]string), ", ")
		}
		cells = append(cells, []string{r.Output, r.System, printable(runner), minutes})
	}
	return p.showTable(cells)
}
