package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/coverage"
	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/worktree"
)

func (p *program) checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "say whether the files agree with the spec",
		ArgsUsage: "[--staged] [--diff] [--json]",
		Description: `Renders the spec in memory and holds the files against it, in milliseconds and
without Nix. What differs is told apart: missing, stale (the spec has changed),
edited (the file has), both, foreign (not flakegen's), orphan (the spec no longer
describes it), untracked (git does not know it, so a flake would not see it). It
also finds checks that run nowhere, where the spec has a ci block (see flakegen
coverage).

With --staged it asks git for what the next commit holds: that is for a
pre-commit hook.

Examples:
  flakegen check                hold the files on disk against the spec
  flakegen check --diff         show what differs
  flakegen check --staged       hold the next commit against its own spec

Exit codes: 0 they agree · 1 they do not, or a check runs nowhere · 2 the spec is in error.`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "staged", Usage: "check what git would commit", DisableDefaultText: true},
			&cli.BoolFlag{Name: "diff", Usage: "show what differs", DisableDefaultText: true},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object", DisableDefaultText: true},
		},
		Action: p.check,
	}
}

func (p *program) check(c *cli.Context) error {
	if err := p.noArguments(c); err != nil {
		return err
	}
	project, err := p.project(c)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt)
	defer stop()
	rendering, comparison, findings, err := p.findings(ctx, project, c.Bool("staged"))
	if err != nil {
		return err
	}
	uncovered := coverage.Of(rendering.Spec).Findings()
	if c.Bool("json") {
		err = p.printFindings(findings, uncovered)
	} else {
		p.showFindings(comparison, findings, c.Bool("diff"))
		p.showUncovered(rendering.Spec, uncovered)
	}
	if err == nil && len(findings)+len(uncovered) > 0 {
		return ended(exitNo)
	}
	return err
}

// findings checks the files on disk, or those of the next commit.
func (p *program) findings(ctx context.Context, project *flakegen.Project, staged bool) (rendering *generate.Rendering, comparison *worktree.Comparison, findings []worktree.Finding, err error) {
	if staged {
		var release func() error
		rendering, comparison, release, err = project.Staged(ctx)
		switch {
		case errors.Is(err, gitcmd.ErrNoRepository):
			return nil, nil, nil, exit(exitUsage, "--staged asks git for the next commit, and %s is not in a git repository.", project.Root)
		case errors.Is(err, flakegen.ErrNotStaged):
			return nil, nil, nil, exit(exitNo, "the next commit has no flakegen.hcl. Add it: git add flakegen.hcl")
		case err != nil:
			return nil, nil, nil, p.failure(ctx, err)
		}
		// Reading is over by then; a process that ends badly changes nothing.
		defer func() { _ = release() }()
		if err := p.judge(rendering); err != nil {
			return nil, nil, nil, err
		}
	} else {
		if rendering, err = p.rendering(project); err != nil {
			return nil, nil, nil, err
		}
		comparison = project.Comparison(rendering)
	}
	findings, err = comparison.Check(ctx)
	if err != nil {
		return nil, nil, nil, p.failure(ctx, err)
	}
	return rendering, comparison, findings, nil
}

// showFindings writes findings for people, and the commands that mend them all.
func (p *program) showFindings(comparison *worktree.Comparison, findings []worktree.Finding, diffs bool) {
	for _, f := range findings {
		fmt.Fprintf(p.stderr, "%s\n  %s\n", printable(f.Summary), printable(f.Detail))
		if diffs {
			fmt.Fprint(p.stdout, p.diff(f.Diff()))
		}
	}
	if len(findings) == 0 {
		return
	}
	commands := comparison.Remedies(findings)
	for _, f := range findings {
		// Where no command mends it, the remedy is a sentence.
		if len(comparison.Remedies([]worktree.Finding{f})) == 0 {
			fmt.Fprintf(p.stderr, "%s\n", printable(f.Remedy))
		}
	}
	if len(commands) > 0 {
		fmt.Fprintln(p.stderr, "To mend it:")
		for _, command := range commands {
			fmt.Fprintf(p.stderr, "  %s\n", printable(command))
		}
	}
}

// formatVersion is the version of every JSON object that the program prints.
const formatVersion = "1"

// jsonFindings is the form of findings in the output of --json.
type jsonFindings struct {
	FormatVersion string        `json:"format_version"`
	OK            bool          `json:"ok"`
	Findings      []jsonFinding `json:"findings"`
}

type jsonFinding struct {
	Rule    string     `json:"rule"`
	Summary string     `json:"summary"`
	Detail  string     `json:"detail"`
	File    string     `json:"file"`
	Range   *jsonRange `json:"range"`
	Remedy  string     `json:"remedy"`

	// Of verify and coverage only.
	System string `json:"system,omitempty"`
	Output string `json:"output,omitempty"`
	// Of verify only.
	Attribute string `json:"attribute,omitempty"`
	Diff      string `json:"diff,omitempty"`
}

// jsonRange is a place in a file; drift has none, as it is about a whole file.
type jsonRange struct {
	Start jsonPosition `json:"start"`
	End   jsonPosition `json:"end"`
}

type jsonPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

func (p *program) printFindings(findings []worktree.Finding, uncovered []coverage.Finding) error {
	out := jsonFindings{FormatVersion: formatVersion, OK: len(findings)+len(uncovered) == 0, Findings: []jsonFinding{}}
	for _, f := range findings {
		out.Findings = append(out.Findings, jsonFinding{
			Rule: string(f.Kind), Summary: f.Summary, Detail: f.Detail, File: f.Path, Remedy: f.Remedy,
		})
	}
	out.Findings = append(out.Findings, uncoveredJSON(uncovered)...)
	return p.printJSON(out)
}

// printJSON writes one object to stdout.
func (p *program) printJSON(v any) error {
	if err := writeJSON(p.stdout, v); err != nil {
		return exit(exitUnable, "%s", err)
	}
	return nil
}

func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
